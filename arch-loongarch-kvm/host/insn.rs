// SPDX-License-Identifier: GPL-2.0

//! The instructions behind the exits. Pure.
//!
//! The word is `CSR.BADI`, which the hardware fills with the instruction that trapped. Formats
//! are those of the LoongArch Reference Manual, Volume 1, "Instruction Formats".

#![forbid(unsafe_code)]

use crate::kvm::abi::{
    Gpr,
    Hypercall, //
};

/// A guest sensitive (GSPR) instruction that is handled here, other than `cpucfg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sensitive {
    /// `csrrd`, `csrwr`, `csrxchg`.
    Csr,
    /// `cacop code, rj, si12`.
    Cacop,
    /// Any other: IDLE and what is not valid, and IOCSR accesses, which `iocsr.rs` decodes.
    Other,
}

/// Makes of the table of sensitive instructions a decoder and, for the checks below, an array.
macro_rules! sensitive {
    ($($insn:ident: $mask:literal, $bits:literal;)+) => {
        /// Decodes the word of a GSPR exit.
        #[inline(always)]
        pub(crate) const fn decode_sensitive(word: u32) -> Sensitive {
            $(
                if word & $mask == $bits {
                    return Sensitive::$insn;
                }
            )+
            Sensitive::Other
        }

        const ROWS: &[(u32, u32)] = &[$(($mask, $bits)),+];
    };
}

// Those with these bits in the places of the mask, in the order in which they are looked for.
// Formats: 2R with the number of a CSR; 2RI12 with a code in the place of rd.
sensitive! {
    Csr:   0xff00_0000, 0x0400_0000;
    Cacop: 0xffc0_0000, 0x0600_0000;
}

// No word is of two rows, and each row can be met.
const _: () = {
    let mut i = 0;
    while i < ROWS.len() {
        let (mask, bits) = ROWS[i];
        assert!(bits & !mask == 0);
        let mut j = 0;
        while j < i {
            let both = mask & ROWS[j].0;
            assert!(bits & both != ROWS[j].1 & both);
            j += 1;
        }
        // Nor of these.
        assert!(CPUCFG << 10 & mask != bits && IDLE << 15 & mask != bits);
        assert!(IOCSR << 15 & mask != bits);
        i += 1;
    }
};

/// Bits 31 to 10 of `cpucfg rd, rj`, which the entry code tells from all others.
pub(crate) const CPUCFG: u32 = 0x1b;

/// Bits 31 to 15 of `idle`, which is the kernel's.
pub(crate) const IDLE: u32 = 0xc91;

/// Bits 31 to 15 of IOCSR accesses, which the entry code tells from others too.
pub(crate) const IOCSR: u32 = 0xc90;

/// The register that an instruction writes: rd of the 2R formats.
pub(crate) const fn rd(word: u32) -> Gpr {
    Gpr::from_insn(word, 0)
}

/// The register that it reads: rj of the 2R formats.
pub(crate) const fn rj(word: u32) -> Gpr {
    Gpr::from_insn(word, 5)
}

/// The number of the CSR, bits 23 to 10.
pub(crate) const fn csr(word: u32) -> u32 {
    word >> 10 & 0x3fff
}

/// Decodes the word of an HVC exit: the immediate is bits 14 to 0.
pub(crate) const fn decode_hypercall(word: u32) -> Hypercall {
    Hypercall::from_immediate(word & 0x7fff)
}
