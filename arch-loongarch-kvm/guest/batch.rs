// SPDX-License-Identifier: GPL-2.0

//! Packs physical CPUIDs into as few hypercalls as can be. Pure.
//!
//! It is for sets with IDs of 128 and more; others need one hypercall whatever they are.
//!
//! A hypercall names a *window*: a lowest ID and 128 bits, one for each ID from there on. The
//! fewest windows that cover a set of IDs come from taking the lowest ID that is left as the next
//! window's lowest, again and again: some window must hold that ID, and none that does reaches
//! further up. The IDs are therefore sorted first, which a bitmap does by itself.

#![forbid(unsafe_code)]

use crate::smp::window::Window;

/// IDs that a batch has room for: the largest destination of a native IPI is 1023
/// (`IOCSR_IPI_SEND`), and KVM's own limit is 256.
pub(crate) const IDS: u32 = 1024;

const WORDS: usize = (IDS / 64) as usize;

/// A set of physical CPUIDs, taken out window by window.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    words: [u64; WORDS],
}

impl Batch {
    /// The IDs 0 to 127 whose bits are set.
    pub(crate) const fn new(low: u64, high: u64) -> Self {
        let mut words = [0; WORDS];
        [words[0], words[1]] = [low, high];
        Self { words }
    }

    /// Adds an ID. Returns false if there is no room for it ([`IDS`] and above).
    pub(crate) fn insert(&mut self, id: u32) -> bool {
        match self.words.get_mut(id as usize / 64) {
            Some(word) => {
                *word |= 1_u64.wrapping_shl(id);
                true
            }
            None => false,
        }
    }

    /// The word at an index; past the end there are no IDs.
    fn word(&self, index: usize) -> u64 {
        self.words.get(index).copied().unwrap_or(0)
    }

    /// The 64 bits from `id` on.
    fn bits_from(&self, id: u32) -> u64 {
        let index = id as usize / 64;
        let shift = id % 64;
        let below = self.word(index).wrapping_shr(shift);
        if shift == 0 {
            below
        } else {
            let above = self.word(index.wrapping_add(1));
            below | above.wrapping_shl(64_u32.wrapping_sub(shift))
        }
    }

    /// Takes out the 64 IDs from `id` on.
    fn clear_from(&mut self, id: u32) {
        let index = id as usize / 64;
        let below = 1_u64.wrapping_shl(id).wrapping_sub(1);
        if let Some(word) = self.words.get_mut(index) {
            *word &= below;
        }
        if let Some(word) = self.words.get_mut(index.wrapping_add(1)) {
            *word &= !below;
        }
    }
}

impl Iterator for Batch {
    type Item = Window;

    /// Takes out the next window, lowest IDs first.
    fn next(&mut self) -> Option<Window> {
        let (index, word) = self
            .words
            .iter()
            .enumerate()
            .find(|(_, word)| **word != 0)?;
        // CAST: An index below `WORDS`.
        let min = (index as u32)
            .wrapping_mul(64)
            .wrapping_add(word.trailing_zeros());
        let middle = min.wrapping_add(64);
        let window = Window::new(min, self.bits_from(min), self.bits_from(middle));
        self.clear_from(min);
        self.clear_from(middle);
        Some(window)
    }
}
