// SPDX-License-Identifier: GPL-2.0

//! Units of the CPU that a guest gets when it first uses them: FPU, LSX, LASX and LBT. Pure.

#![forbid(unsafe_code)]

use super::outcome::Outcome;
use crate::kvm::task::{
    exception::Exception,
    request::Request, //
};

/// A unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Floating point.
    Fpu,
    /// 128-bit vectors.
    Lsx,
    /// 256-bit vectors.
    Lasx,
    /// Binary translation.
    Lbt,
}

impl Unit {
    /// True if a vCPU has it by word 2 of its CPUCFG (LoongArch Reference Manual, Volume 1,
    /// "CPUCFG").
    const fn is_in(self, word: u32) -> bool {
        let bits = match self {
            Self::Fpu => 1,
            Self::Lsx => 1 << 6,
            Self::Lasx => 1 << 7,
            // For x86, Arm and MIPS code.
            Self::Lbt => 7 << 18,
        };
        word & bits != 0
    }
}

/// Answers an exit for a unit that is switched off. It is switched on before the next entry, if the
/// vCPU's model has it; else the instruction does not exist.
pub(crate) const fn handle(unit: Unit, word: u32) -> Outcome {
    if !unit.is_in(word) {
        return Outcome::Inject(Exception::INE);
    }
    Outcome::Again(Some(match unit {
        Unit::Lbt => Request::Lbt,
        Unit::Fpu | Unit::Lsx | Unit::Lasx => Request::Fpu,
    }))
}
