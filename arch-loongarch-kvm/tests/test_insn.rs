// SPDX-License-Identifier: GPL-2.0

//! Decoding of the instructions behind PV exits.

use crate::insn::{
    csr, decode_hypercall, decode_sensitive, rd, rj, Sensitive, CPUCFG, IDLE, IOCSR,
};
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
    fn cpucfg_fields(to in 0..32_u32, from in 0..32_u32) {
        let word = cpucfg(to, from);
        prop_assert_eq!(word >> 10, CPUCFG);
        prop_assert_eq!(decode_sensitive(word), Sensitive::Other);
        prop_assert_eq!((rd(word).index(), rj(word).index()), (to as usize, from as usize));
    }

    #[test]
    fn csr_fields(to in 0..32_u32, from in 0..32_u32, number in 0..0x4000_u32) {
        let word = 0x04 << 24 | number << 10 | from << 5 | to;
        prop_assert_eq!(decode_sensitive(word), Sensitive::Csr);
        prop_assert_eq!((rd(word).index(), rj(word).index()), (to as usize, from as usize));
        prop_assert_eq!(csr(word), number);
    }

    // As the kernel's kvm_trap_handle_gspr() tells them apart.
    #[test]
    fn opcodes(word in prop_oneof![any::<u32>(), 0..0x0800_0000_u32]) {
        let expected = match (word >> 24, word >> 22, word >> 10) {
            (0x4, _, _) => Sensitive::Csr,
            (_, 0x18, _) => Sensitive::Cacop,
            _ => Sensitive::Other,
        };
        prop_assert_eq!(decode_sensitive(word), expected);
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
fn iocsr_and_idle() {
    // The eight IOCSR instructions, byte to double word, reads before writes.
    for op in 0..8_u32 {
        let word = (0x19200 + op) << 10 | 0xa4;
        assert_eq!(decode_sensitive(word), Sensitive::Other);
        assert_eq!(word >> 15, IOCSR);
    }
    assert_eq!(decode_sensitive(IDLE << 15), Sensitive::Other);
}
