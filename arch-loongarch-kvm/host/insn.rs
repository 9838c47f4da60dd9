// SPDX-License-Identifier: GPL-2.0

//! The instructions behind PV exits. Pure.
//!
//! The word is `CSR.BADI`, which the hardware fills with the instruction that trapped. Formats
//! are those of the LoongArch Reference Manual, Volume 1, "Instruction Formats".

#![forbid(unsafe_code)]

use crate::kvm::abi::{
    Gpr,
    Hypercall, //
};

/// A decoded guest sensitive (GSPR) instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sensitive {
    /// `cpucfg rd, rj`.
    Cpucfg {
        /// Receives the word.
        rd: Gpr,
        /// Holds the index.
        rj: Gpr,
    },
    /// Any other: CSR, IOCSR, CACOP, IDLE and what is not valid.
    Other,
}

/// Bits 31 to 10 of `cpucfg`, a 2R format.
pub(crate) const CPUCFG_OPCODE: u32 = 0x1b;

/// `cacop 0, $zero, 0`: traps as GSPR and is a no-operation for KVM.
///
/// KVM's handler steps over it and changes nothing else.
pub(crate) const CACOP_NOP: u32 = 0x0600_0000;

/// Decodes the word of a GSPR exit.
pub(crate) const fn decode_sensitive(word: u32) -> Sensitive {
    if word >> 10 == CPUCFG_OPCODE {
        Sensitive::Cpucfg {
            rd: Gpr::from_insn(word, 0),
            rj: Gpr::from_insn(word, 5),
        }
    } else {
        Sensitive::Other
    }
}

/// Decodes the word of an HVC exit: the immediate is bits 14 to 0.
pub(crate) const fn decode_hypercall(word: u32) -> Hypercall {
    Hypercall::from_immediate(word & 0x7fff)
}
