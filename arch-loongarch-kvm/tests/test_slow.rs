// SPDX-License-Identifier: GPL-2.0

//! Exits that may sleep or go to the VMM: what is decoded, decided and kept for the answer.

use crate::iocsr;
use crate::kvm::abi::HcallReturn;
use crate::kvm::exception::Exception;
use crate::kvm::task::request::Request;
use crate::kvm::task::waiting::Waiting;
use crate::reference::{self, load};
use crate::slow::outcome::Outcome;
use crate::slow::{mmio, notify, unit};
use crate::unit::Unit;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn loads_and_stores(
        top in prop_oneof![0x20..0x40_u32, 0..0x100_u32],
        rest in prop_oneof![0..0x100_0000_u32, (0..0x200_u32).prop_map(|x| x << 15)],
    ) {
        let word = top << 24 | rest;
        prop_assert_eq!(mmio::decode(word), reference::kernel_mmio(word));
    }

    #[test]
    fn iocsr_instructions(low in 0..0x2_0000_u32, high in prop_oneof![Just(0x0648_0000_u32), any::<u32>()]) {
        let word = (high & !0x1_ffff) | low;
        prop_assert_eq!(iocsr::decode(word), reference::kernel_iocsr(word));
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
