// SPDX-License-Identifier: GPL-2.0

//! Units of the CPU that a guest gets when it first uses them: FPU, LSX, LASX and LBT. Pure.

#![forbid(unsafe_code)]

use crate::kvm::exception::ecode;

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
    /// The unit whose instruction leads to an exit with this Ecode while it is switched off.
    pub(crate) const fn from_ecode(code: u32) -> Option<Self> {
        Some(match code {
            ecode::FPDIS => Self::Fpu,
            ecode::LSXDIS => Self::Lsx,
            ecode::LASXDIS => Self::Lasx,
            ecode::BTDIS => Self::Lbt,
            _ => return None,
        })
    }

    /// Its bits in word 2 of CPUCFG, of which one is enough (LoongArch Reference Manual, Volume 1,
    /// "CPUCFG").
    const fn bits(self) -> u32 {
        match self {
            Self::Fpu => 1,
            Self::Lsx => 1 << 6,
            Self::Lasx => 1 << 7,
            // For x86, Arm and MIPS code.
            Self::Lbt => 7 << 18,
        }
    }

    /// True if a vCPU has it by word 2 of its CPUCFG. If not, the instruction does not exist.
    pub(crate) const fn is_in(self, word: u32) -> bool {
        word & self.bits() != 0
    }
}

/// The bits of all of them. A guest that has all never lacks one.
pub(crate) const ALL: u32 =
    Unit::Fpu.bits() | Unit::Lsx.bits() | Unit::Lasx.bits() | Unit::Lbt.bits();
