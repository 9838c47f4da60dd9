// SPDX-License-Identifier: GPL-2.0

//! Accesses of a guest to devices: where, how wide, and what a read gives. Pure.

#![forbid(unsafe_code)]

use super::abi::Gpr;

/// A bus of a VM.
#[cfg_attr(
    not(part_of_kvm),
    allow(dead_code, reason = "the kernel's code uses them")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bus {
    /// Devices in the guest physical address space.
    Mmio,
    /// Devices behind IOCSRs.
    Iocsr,
}

/// Width of an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Byte,
    Half,
    Word,
    Double,
}

impl Width {
    /// By the two bits that instructions have for it.
    pub(crate) const fn from_log2(bits: u32) -> Self {
        match bits & 3 {
            0 => Self::Byte,
            1 => Self::Half,
            2 => Self::Word,
            _ => Self::Double,
        }
    }

    /// In bytes.
    pub(crate) const fn bytes(self) -> u32 {
        1_u32.wrapping_shl(self as u32)
    }

    /// True if an access at this address is aligned to its width.
    pub(crate) const fn is_aligned(self, address: u32) -> bool {
        address & self.bytes().wrapping_sub(1) == 0
    }

    /// The bits that an access of this width has.
    pub(crate) const fn mask(self) -> u64 {
        match self {
            Self::Byte => 0xff,
            Self::Half => 0xffff,
            Self::Word => 0xffff_ffff,
            Self::Double => u64::MAX,
        }
    }

    /// What a load puts into a register: the value's bits of this width, extended.
    pub(crate) const fn extend(self, value: u64, signed: bool) -> u64 {
        let value = value & self.mask();
        if !signed {
            return value;
        }
        // CAST: Cut to the width, then widened with the sign.
        match self {
            Self::Byte => value as i8 as i64 as u64,
            Self::Half => value as i16 as i64 as u64,
            Self::Word => value as i32 as i64 as u64,
            Self::Double => value,
        }
    }
}

/// How a value that is read goes into a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    /// The register.
    pub(crate) rd: Gpr,
    /// How many of the value's bits count.
    pub(crate) width: Width,
    /// With their sign.
    pub(crate) signed: bool,
}

impl Load {
    /// Goes nowhere.
    pub(crate) const NONE: Self = Self {
        rd: Gpr::ZERO,
        width: Width::Word,
        signed: true,
    };

    /// What the register becomes.
    pub(crate) const fn value(self, read: u64) -> u64 {
        self.width.extend(read, self.signed)
    }
}
