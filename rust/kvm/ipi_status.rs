// SPDX-License-Identifier: GPL-2.0

//! The status word of a vCPU's IPI controller, and the interrupt line that follows from it. Pure.
//!
//! As in the kernel's `intc/ipi.c`, the line is up while a bit of the word is set; the enable
//! register decides nothing.

#![forbid(unsafe_code)]

/// What is done to the status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Sets bits.
    Set(u32),
    /// Clears bits.
    Clear(u32),
}

/// What becomes of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Nothing.
    Keep,
    /// It goes up.
    Raise,
    /// It goes down.
    Lower,
}

impl Change {
    /// The word after it, and the line. To be carried out, both, under the lock of the word: else
    /// a line that somebody raises meanwhile would be taken down with no interrupt left behind.
    pub(crate) const fn apply(self, status: u32) -> (u32, Line) {
        match self {
            Self::Set(bits) if status == 0 && bits != 0 => (bits, Line::Raise),
            Self::Set(bits) => (status | bits, Line::Keep),
            Self::Clear(bits) if status & !bits == 0 => (0, Line::Lower),
            Self::Clear(bits) => (status & !bits, Line::Keep),
        }
    }
}
