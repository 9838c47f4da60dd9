// SPDX-License-Identifier: GPL-2.0

//! Physical CPU IDs, the destination bitmap of the IPI hypercall, and what becomes of each
//! destination. Pure.
//!
//! A *physical CPUID* is the number a guest writes to `CSR.CPUID` and routes interrupts by. It is
//! neither KVM's vcpu_id nor a logical CPU number of the host.

#![forbid(unsafe_code)]

use super::abi::MAX_PHYS_CPUID;

/// A physical CPUID that may index the VM's map.
///
/// # Invariants
///
/// The number is below [`MAX_PHYS_CPUID`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PhysCpuid(u32);

impl PhysCpuid {
    /// Checks all 64 bits of a guest register.
    pub(crate) const fn new(value: u64) -> Option<Self> {
        if value < MAX_PHYS_CPUID as u64 {
            // INVARIANT: just checked.
            Some(Self(value as u32))
        } else {
            None
        }
    }

    /// The number, below [`MAX_PHYS_CPUID`].
    pub(crate) const fn get(self) -> u32 {
        self.0
    }
}

/// The vCPUs that one IPI hypercall names: 128 bits from a lowest physical CPUID upwards.
///
/// Iterating yields each destination once, in rising order.
///
/// # Invariants
///
/// `base` plus the position of any set bit in `word`, and `base + 64` plus that of any set bit in
/// `next`, is below [`MAX_PHYS_CPUID`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Destinations {
    word: u64,
    next: u64,
    base: u32,
    outside: u32,
}

impl Destinations {
    /// Reads the argument registers: `low` and `high` are the bitmap, `min` the ID of bit 0.
    ///
    /// Bits that would name an ID past the end are taken out and counted; they never wrap round
    /// to a low one. Returns [`None`] if `min` itself is no ID.
    pub(crate) const fn new(low: u64, high: u64, min: u64) -> Option<Self> {
        let Some(base) = PhysCpuid::new(min) else {
            return None;
        };
        let base = base.get();
        // 1 to 256 IDs exist from `base` upwards.
        let room = MAX_PHYS_CPUID.wrapping_sub(base);
        if room >= 128 {
            // INVARIANT: There are no more bits than that.
            return Some(Self {
                word: low,
                next: high,
                base,
                outside: 0,
            });
        }
        let word = low & first_bits(room);
        let next = high & first_bits(room.saturating_sub(64));

        // INVARIANT: Only bits below `room` were kept.
        Some(Self {
            word,
            next,
            base,
            // At most 128 in all.
            outside: (low & !word)
                .count_ones()
                .wrapping_add((high & !next).count_ones()),
        })
    }

    /// Number of bits that named no possible ID.
    pub(crate) const fn outside(&self) -> u32 {
        self.outside
    }
}

/// A word with the lowest `count` bits set, all of them from 64 on.
const fn first_bits(count: u32) -> u64 {
    if count < 64 {
        1_u64.wrapping_shl(count).wrapping_sub(1)
    } else {
        u64::MAX
    }
}

impl Iterator for Destinations {
    type Item = PhysCpuid;

    #[inline]
    fn next(&mut self) -> Option<PhysCpuid> {
        if self.word == 0 {
            if self.next == 0 {
                return None;
            }
            self.word = self.next;
            self.next = 0;
            self.base = self.base.wrapping_add(64);
        }
        let bit = self.word.trailing_zeros();
        self.word &= self.word.wrapping_sub(1);
        // INVARIANT: by the invariant of `self` the sum is below `MAX_PHYS_CPUID`.
        Some(PhysCpuid(self.base.wrapping_add(bit)))
    }
}

/// Fate of one destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// No vCPU has this ID.
    Absent,
    /// Queued or raised; the vCPU finds it when it next enters the guest.
    Queued,
    /// Queued, and the vCPU was woken or forced out of the guest for it.
    Kicked,
    /// Queued, but the kick that the vCPU needs to take notice was not allowed.
    Unkicked,
}
