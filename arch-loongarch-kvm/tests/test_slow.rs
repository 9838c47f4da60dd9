// SPDX-License-Identifier: GPL-2.0

//! Exits that may sleep or go to the VMM: what is decoded, decided and kept for the answer.

use crate::iocsr;
use crate::kvm::abi::{Gpr, HcallReturn};
use crate::kvm::access::Load;
use crate::kvm::access::Width;
use crate::kvm::task::exception::Exception;
use crate::kvm::task::request::Request;
use crate::kvm::task::waiting::Waiting;
use crate::slow::outcome::Outcome;
use crate::slow::unit::Unit;
use crate::slow::{mmio, notify, unit};
use proptest::prelude::*;

fn width(bytes: u32) -> Width {
    match bytes {
        1 => Width::Byte,
        2 => Width::Half,
        4 => Width::Word,
        _ => Width::Double,
    }
}

fn load(rd: u32, bytes: u32, signed: bool) -> Load {
    Load {
        rd: Gpr::from_insn(rd, 0),
        width: width(bytes),
        signed,
    }
}

/// `kvm_emu_mmio_read()` and `kvm_emu_mmio_write()`: opcodes as `asm/inst.h` has them.
fn kernel_mmio(word: u32) -> Option<mmio::Access> {
    let rd = word & 31;
    let read = |bytes, signed| Some(mmio::Access::Load(load(rd, bytes, signed)));
    let write = |bytes| Some(mmio::Access::Store(Gpr::from_insn(rd, 0), width(bytes)));
    match word >> 24 {
        0x24 => read(4, true),
        0x25 => write(4),
        0x26 => read(8, true),
        0x27 => write(8),
        0x28..=0x2a => match word >> 22 {
            0xa0 => read(1, true),
            0xa1 => read(2, true),
            0xa2 => read(4, true),
            0xa3 => read(8, true),
            0xa4 => write(1),
            0xa5 => write(2),
            0xa6 => write(4),
            0xa7 => write(8),
            0xa8 => read(1, false),
            0xa9 => read(2, false),
            0xaa => read(4, false),
            _ => None,
        },
        0x38 => match word >> 15 {
            0x7000 => read(1, true),
            0x7008 => read(2, true),
            0x7010 => read(4, true),
            0x7018 => read(8, true),
            0x7020 => write(1),
            0x7028 => write(2),
            0x7030 => write(4),
            0x7038 => write(8),
            0x7040 => read(1, false),
            0x7048 => read(2, false),
            0x7050 => read(4, false),
            _ => None,
        },
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn loads_and_stores(
        top in prop_oneof![0x20..0x40_u32, 0..0x100_u32],
        rest in prop_oneof![0..0x100_0000_u32, (0..0x200_u32).prop_map(|x| x << 15)],
    ) {
        let word = top << 24 | rest;
        prop_assert_eq!(mmio::decode(word), kernel_mmio(word));
    }

    #[test]
    fn iocsr_instructions(low in 0..0x2_0000_u32, high in prop_oneof![Just(0x0648_0000_u32), any::<u32>()]) {
        let word = (high & !0x1_ffff) | low;
        let rd = word & 31;
        // iocsrrd.b is 0x19200, iocsrwr.d 0x19207.
        let want = match word >> 10 {
            op @ 0x19200..=0x19203 => Some(iocsr::Access::Read(load(rd, 1 << (op & 3), true))),
            op @ 0x19204..=0x19207 => {
                Some(iocsr::Access::Write(Gpr::from_insn(rd, 0), width(1 << (op & 3))))
            }
            _ => None,
        };
        prop_assert_eq!(iocsr::decode(word), want);
    }

    #[test]
    fn what_is_waited_for_is_kept(rd in 0..32_u32, log in 0..4_u32, signed: bool, value: u64) {
        let load = load(rd, 1 << log, signed);
        for waiting in [Waiting::Mmio(load), Waiting::Iocsr(load), Waiting::Call, Waiting::Nothing] {
            prop_assert_eq!(Waiting::unpack(waiting.pack()), waiting);
        }
        let want = match (log, signed) {
            (0, true) => value as i8 as u64,
            (0, false) => value as u8 as u64,
            (1, true) => value as i16 as u64,
            (1, false) => value as u16 as u64,
            (2, true) => value as i32 as u64,
            (2, false) => value as u32 as u64,
            _ => value,
        };
        prop_assert_eq!(load.value(value), want);
    }

    #[test]
    fn any_word_is_something_waited_for(word: u32) {
        let waiting = Waiting::unpack(word);
        prop_assert_eq!(Waiting::unpack(waiting.pack()), waiting);
    }

    #[test]
    fn units(word: u32) {
        let cases = [
            (Unit::Fpu, 1, Request::Fpu),
            (Unit::Lsx, 1 << 6, Request::Fpu),
            (Unit::Lasx, 1 << 7, Request::Fpu),
            (Unit::Lbt, 7 << 18, Request::Lbt),
        ];
        for (which, bits, request) in cases {
            let want = if word & bits == 0 {
                Outcome::Inject(Exception::INE)
            } else {
                Outcome::Again(Some(request))
            };
            prop_assert_eq!(unit::handle(which, word), want);
        }
    }

    #[test]
    fn steal_time(id in prop_oneof![Just(4_u64), any::<u64>()], data: u64, keep: bool) {
        let data = if keep { data & 0xffff_ffff_ffff_ffc1 } else { data };
        let answer = match notify::handle(id, data) {
            Outcome::Steal(area) => {
                prop_assert_eq!((area.word(), area.is_valid()), (data, data & 1 != 0));
                None
            }
            Outcome::Retire(answer) => Some(answer.value),
            other => panic!("{other:?}"),
        };
        let want = if id != 4 {
            Some(HcallReturn::InvalidCode.value())
        } else if data & !0xffff_ffff_ffff_ffc1 != 0 {
            Some(HcallReturn::InvalidParameter.value())
        } else {
            None
        };
        prop_assert_eq!(answer, want);
    }
}

#[test]
fn a_new_vcpu_waits_for_nothing() {
    assert_eq!(Waiting::unpack(0), Waiting::Nothing);
    assert_eq!(Waiting::Nothing.pack(), 0);
}
