// SPDX-License-Identifier: GPL-2.0

//! Sets of CPUs: the kernel's, as it hands them to a sender, and one of our own.

use super::cpu::{
    self,
    Cpu, //
};
use crate::bindings;
use core::{
    arch::asm,
    cell::UnsafeCell,
    marker::PhantomData, //
};

/// A `struct cpumask` that is being sent to.
///
/// # Invariants
///
/// The pointer is valid for reads for `'a`. Other CPUs may write it meanwhile.
#[derive(Clone, Copy)]
pub(crate) struct CpuMask<'a> {
    mask: *const bindings::cpumask,
    _borrow: PhantomData<&'a bindings::cpumask>,
}

impl CpuMask<'_> {
    /// Wraps the kernel's pointer.
    ///
    /// # Safety
    ///
    /// It is valid for reads for as long as the value is used.
    pub(super) const unsafe fn from_raw(mask: *const bindings::cpumask) -> Self {
        // INVARIANT: the caller's promise.
        Self {
            mask,
            _borrow: PhantomData,
        }
    }

    /// The CPUs in it, rising. Each word is read once.
    #[inline(always)]
    pub(crate) fn cpus(self) -> impl Iterator<Item = Cpu> {
        let limit = cpu::limit();
        let words = self.mask.cast::<u64>();
        let mut next = 0_u32;
        let mut bits = 0_u64;
        core::iter::from_fn(move || {
            while bits == 0 {
                if next >= limit {
                    return None;
                }
                // SAFETY: By the type invariant. The mask has a bit for each number below
                // `nr_cpu_ids`, in whole words, and `next` is below that.
                bits = unsafe { words.wrapping_add(next as usize / 64).read_volatile() };
                next = next.wrapping_add(64);
            }
            let bit = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            Some(next.wrapping_sub(64).wrapping_add(bit))
        })
        // Bits past the last CPU are zero; one that is not ends the walk.
        .map_while(Cpu::new)
    }
}

/// Words of a set that has room for every CPU.
const WORDS: usize = (bindings::NR_CPUS as usize).div_ceil(64);

/// A set of CPUs that changes seldom and is asked often.
pub(crate) struct CpuSet(UnsafeCell<[u64; WORDS]>);

// SAFETY: Its words are only accessed atomically.
unsafe impl Sync for CpuSet {}

impl CpuSet {
    /// The empty set.
    pub(crate) const fn new() -> Self {
        Self(UnsafeCell::new([0; WORDS]))
    }

    fn word(&self, cpu: Cpu) -> *mut u64 {
        // A CPU's number is below `NR_CPUS`, so its word is within the array.
        let words = self.0.get().cast::<u64>();
        words.wrapping_add(cpu.number() as usize / 64)
    }

    const fn bit(cpu: Cpu) -> u64 {
        1_u64.wrapping_shl(cpu.number())
    }

    /// True if `cpu` is in the set.
    #[inline(always)]
    pub(crate) fn contains(&self, cpu: Cpu) -> bool {
        // SAFETY: The word is one of `self`'s, read in one piece.
        let word = unsafe { self.word(cpu).read_volatile() };
        word & Self::bit(cpu) != 0
    }

    /// Puts `cpu` into the set. A full barrier.
    pub(crate) fn insert(&self, cpu: Cpu) {
        // SAFETY: The word is one of `self`'s.
        unsafe {
            asm!(
                "amor_db.d {old}, {bit}, {word}",
                old = out(reg) _,
                bit = in(reg) Self::bit(cpu),
                word = in(reg) self.word(cpu),
                options(nostack),
            )
        };
    }

    /// Takes `cpu` out of the set and returns whether it was in it. A full barrier.
    pub(crate) fn remove(&self, cpu: Cpu) -> bool {
        let old: u64;
        // SAFETY: The word is one of `self`'s.
        unsafe {
            asm!(
                "amand_db.d {old}, {rest}, {word}",
                old = out(reg) old,
                rest = in(reg) !Self::bit(cpu),
                word = in(reg) self.word(cpu),
                options(nostack),
            )
        };
        old & Self::bit(cpu) != 0
    }

    /// Takes all CPUs out of the set.
    pub(crate) fn clear(&self) {
        for cpu in Cpu::all() {
            self.remove(cpu);
        }
    }
}
