// SPDX-License-Identifier: GPL-2.0

//! The destinations of one IPI hypercall. Pure.

#![forbid(unsafe_code)]

/// One hypercall's destinations: `min` plus the position of each bit that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    low: u64,
    high: u64,
    min: u32,
}

impl Window {
    /// Nobody. A call that does nothing but enter the hypervisor.
    pub(crate) const EMPTY: Self = Self::new(0, 0, 0);

    /// The IDs `min` plus the positions of the bits of `low`, and 64 plus those of `high`.
    #[inline(always)]
    pub(crate) const fn new(min: u32, low: u64, high: u64) -> Self {
        Self { low, high, min }
    }

    /// A single ID.
    #[inline(always)]
    pub(crate) const fn single(id: u32) -> Self {
        Self::new(id, 1, 0)
    }

    /// Bits for `min()` to `min() + 63`.
    pub(crate) const fn low(self) -> u64 {
        self.low
    }

    /// Bits for `min() + 64` to `min() + 127`.
    pub(crate) const fn high(self) -> u64 {
        self.high
    }

    /// The ID of the lowest bit.
    pub(crate) const fn min(self) -> u32 {
        self.min
    }

    /// True if `id` is in it.
    pub(crate) const fn contains(self, id: u32) -> bool {
        let bit = 1_u64.wrapping_shl(id.wrapping_sub(self.min));
        match id.wrapping_sub(self.min) {
            0..=63 => self.low & bit != 0,
            64..=127 => self.high & bit != 0,
            _ => false,
        }
    }
}
