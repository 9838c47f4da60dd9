// SPDX-License-Identifier: GPL-2.0

//! Exceptions that KVM gives to a guest, against the manual's words.

use crate::kvm::exception::{Before, Exception, Taken};
use proptest::prelude::*;

#[test]
fn the_code_is_in_its_place() {
    // `_kvm_deliver_exception()` adds it to the interrupts' bits.
    let before = Before {
        crmd: 0,
        prmd: 0,
        ecfg: 0,
        eentry: 0x1000,
    };
    let taken = Taken::new(Exception::INE, before);
    assert_eq!((taken.estat, taken.pc), (13 << 16, 0x1000));
    let taken = Taken::new(Exception::ADEM, before);
    assert_eq!(taken.estat, 8 << 16 | 1 << 22);
}

#[test]
fn bad_addresses() {
    assert_eq!(Exception::ADEF.badv(4, 8), Some(4));
    assert_eq!(Exception::ADEM.badv(4, 8), Some(8));
    assert_eq!(Exception::INE.badv(4, 8), None);
}

proptest! {
    #[test]
    fn as_the_manual(
        ecode in 0..64_u32,
        subcode in 0..512_u32,
        crmd: u64,
        prmd: u64,
        ecfg: u64,
        eentry: u64,
    ) {
        let exception = Exception::of(ecode, subcode);
        prop_assert_eq!((exception.ecode(), exception.esubcode()), (ecode, subcode));
        let taken = Taken::new(exception, Before { crmd, prmd, ecfg, eentry });
        // "PLV and IE of CRMD are stored in PPLV and PIE of PRMD, and set to 0"; so is WE, of an
        // implementation with watchpoints.
        prop_assert_eq!(taken.prmd & 7, crmd & 7);
        prop_assert_eq!(taken.prmd >> 3 & 1, crmd >> 9 & 1);
        prop_assert_eq!(taken.prmd >> 4, prmd >> 4);
        prop_assert_eq!(taken.crmd & 0x207, 0);
        prop_assert_eq!(taken.crmd | 0x207, crmd | 0x207);
        // "EENTRY | (Ecode << (ECFG.VS + 2))", and with VS 0 the entry itself.
        let vs = ecfg >> 16 & 7;
        let offset = if vs == 0 { 0 } else { u64::from(ecode) * 4 * (1 << vs) };
        prop_assert_eq!(taken.pc, eentry.wrapping_add(offset));
        prop_assert_eq!(taken.estat & !Taken::ESTAT_MASK, 0);
        prop_assert_eq!(taken.estat >> 16 & 0x3f, u64::from(ecode));
        prop_assert_eq!(taken.estat >> 22 & 0x1ff, u64::from(subcode));
    }

    #[test]
    fn numbers_that_do_not_fit_are_cut(ecode: u32, subcode: u32) {
        let exception = Exception::of(ecode, subcode);
        prop_assert!(exception.ecode() < 64 && exception.esubcode() < 512);
    }
}
