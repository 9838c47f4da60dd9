// SPDX-License-Identifier: GPL-2.0

//! Sets of CPUs, as the kernel hands them to a sender.

use super::cpu;
use crate::bindings;
use core::marker::PhantomData;

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

    /// Its words, each read once. Bits past the last CPU, which are zero in a mask that is right,
    /// may be among them.
    #[inline(always)]
    pub(crate) fn words(self) -> impl Iterator<Item = Word> {
        // One word is always there; whether others are is only asked where they can be.
        let words = match CpuSet::WORDS {
            1 => 1,
            // CAST: To a wider word.
            _ => cpu::limit().div_ceil(64) as usize,
        };
        (0..words).map(move |index| Word {
            index,
            // SAFETY: By the type invariant. The mask has a bit for each number below
            // `nr_cpu_ids`, in whole words.
            bits: unsafe { self.mask.cast::<u64>().wrapping_add(index).read_volatile() },
        })
    }
}

/// A word of a set: 64 CPUs.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    index: usize,
    bits: u64,
}

impl Word {
    /// The numbers of the CPUs in it, rising.
    #[inline(always)]
    pub(crate) fn numbers(self) -> impl Iterator<Item = u32> {
        let mut bits = self.bits;
        // CAST: An index into a mask.
        let base = (self.index as u32).wrapping_mul(64);
        core::iter::from_fn(move || {
            if bits == 0 {
                return None;
            }
            let bit = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            Some(base.wrapping_add(bit))
        })
    }
}

/// A set of CPUs of one's own, with as many words as the kernel has for CPUs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct CpuSet([u64; CpuSet::WORDS]);

impl CpuSet {
    const WORDS: usize = (bindings::NR_CPUS as usize).div_ceil(64);

    /// Nobody.
    pub(crate) const EMPTY: Self = Self([0; Self::WORDS]);

    /// Adds a CPU. A number that none has is not added.
    #[inline(always)]
    pub(crate) fn insert(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word |= 1_u64.wrapping_shl(number);
        }
    }

    /// The numbers of the CPUs in it, rising.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        // Not `enumerate()`, which can panic.
        let words = (0..Self::WORDS).zip(&self.0);
        words.flat_map(|(index, bits)| Word { index, bits: *bits }.numbers())
    }
}
