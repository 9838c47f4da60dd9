// SPDX-License-Identifier: GPL-2.0

//! Decoding of the instructions behind PV exits.

use crate::insn::{decode_hypercall, decode_sensitive, Sensitive, CACOP_NOP};
use crate::kvm::abi::{Gpr, Hypercall};
use proptest::prelude::*;

fn cpucfg(rd: u32, rj: u32) -> u32 {
    0x1b << 10 | rj << 5 | rd
}

fn hvcl(code: u32) -> u32 {
    0x002b_8000 | code
}

proptest! {
    #[test]
    fn cpucfg_fields(rd in 0..32_u32, rj in 0..32_u32) {
        let Sensitive::Cpucfg { rd: got_rd, rj: got_rj } = decode_sensitive(cpucfg(rd, rj)) else {
            panic!("not decoded");
        };
        prop_assert_eq!((got_rd.index(), got_rj.index()), (rd as usize, rj as usize));
    }

    #[test]
    fn nothing_else_is_cpucfg(word: u32) {
        prop_assume!(word >> 10 != 0x1b);
        prop_assert_eq!(decode_sensitive(word), Sensitive::Other);
    }

    #[test]
    fn register_numbers_stay_in_range(word: u32, shift in 0..32_u32) {
        prop_assert!(Gpr::from_insn(word, shift).index() < 32);
    }
}

#[test]
fn every_immediate() {
    for code in 0..0x8000 {
        let expected = match code {
            0 => Hypercall::HypervisorId,
            0x100 => Hypercall::Service,
            0x101 => Hypercall::SwDebug,
            0x102 => Hypercall::UserService,
            _ => Hypercall::Unknown,
        };
        assert_eq!(decode_hypercall(hvcl(code)), expected, "code {code:#x}");
    }
}

#[test]
fn neighbours_of_cpucfg_are_not_it() {
    // clo.w ... and the other 2R instructions differ in the opcode only.
    for opcode in [0, 0x04, 0x1a, 0x1c, 0x1b | 1 << 21, 0x6c00] {
        assert_eq!(decode_sensitive(opcode << 10 | 4), Sensitive::Other);
    }
}

// The kernel tells a CACOP by the ten highest bits and takes no other path for it.
#[test]
fn the_no_operation_is_a_cacop() {
    assert_eq!(CACOP_NOP >> 24, 0x6);
    assert_eq!(CACOP_NOP >> 22 & 0x3ff, 0x18);
    assert_eq!(decode_sensitive(CACOP_NOP), Sensitive::Other);
}
