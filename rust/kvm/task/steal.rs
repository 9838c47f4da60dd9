// SPDX-License-Identifier: GPL-2.0

//! Where a guest is told of the time that others had its CPU. Pure.

#![forbid(unsafe_code)]

/// An area for steal time, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area(u64);

impl Area {
    /// The address: of 64 bytes (`KVM_STEAL_PHYS_MASK`).
    pub(super) const ADDRESS: u64 = !0x3f;
    /// The bit that says that there is one (`KVM_STEAL_PHYS_VALID`).
    pub(super) const VALID: u64 = 1;

    /// As the guest writes it; [`None`] if a bit is set that means nothing.
    pub(crate) const fn new(word: u64) -> Option<Self> {
        if word & !(Self::ADDRESS | Self::VALID) == 0 {
            Some(Self(word))
        } else {
            None
        }
    }

    /// The word that KVM keeps.
    pub(crate) const fn word(self) -> u64 {
        self.0
    }

    /// True if there is one.
    pub(crate) const fn is_valid(self) -> bool {
        self.0 & Self::VALID != 0
    }
}
