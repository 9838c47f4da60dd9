// SPDX-License-Identifier: GPL-2.0

//! What a fuzzer has made up, taken piece by piece.

/// Bytes that have not been used yet. There are zeros after the last one.
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let n = N.min(self.0.len());
        let (now, rest) = self.0.split_at(n);
        self.0 = rest;
        core::array::from_fn(|i| now.get(i).copied().unwrap_or(0))
    }

    pub(crate) fn byte(&mut self) -> u8 {
        u8::from_le_bytes(self.take())
    }

    pub(crate) fn bool(&mut self) -> bool {
        self.byte() & 1 != 0
    }

    pub(crate) fn half(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    pub(crate) fn word(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    pub(crate) fn double(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    /// One of a few.
    pub(crate) fn of<T: Copy>(&mut self, few: &[T]) -> T {
        few[usize::from(self.byte()) % few.len()]
    }
}
