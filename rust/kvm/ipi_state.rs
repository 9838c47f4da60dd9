// SPDX-License-Identifier: GPL-2.0

//! What a vCPU's IPI controller holds, and how it changes. Pure.

#![forbid(unsafe_code)]

use super::{
    access::Width,
    ipi_status::{
        Change,
        Line, //
    },
    phys_cpuid::PhysCpuid, //
};

/// Size of the mailboxes of one vCPU, in bytes (`IOCSR_IPI_BUF_20` to `IOCSR_IPI_BUF_38 + 7`).
pub(crate) const MAIL_SIZE: u32 = 32;

/// A place in the mailboxes.
///
/// # Invariants
///
/// The `bits`, from byte `offset` on, are all in the mailboxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    offset: u32,
    bits: u64,
}

impl Place {
    /// [`None`] if a byte of it is past the end.
    pub(crate) const fn new(offset: u32, width: Width) -> Option<Self> {
        match offset.checked_add(width.bytes()) {
            // INVARIANT: Just checked.
            Some(end) if end <= MAIL_SIZE => Some(Self {
                offset,
                bits: width.mask(),
            }),
            _ => None,
        }
    }

    /// The bytes of the word at `offset`, which is a multiple of four below the size, but for those
    /// that `kept` has the bits of.
    pub(crate) const fn word(offset: u32, kept: u32) -> Self {
        // INVARIANT: The last word is at 28. CAST: Widened.
        Self {
            offset: offset & 0x1c,
            bits: !kept as u64,
        }
    }

    /// Moves a value from bit 0 to where it is in the 64 bits that begin at byte `start`.
    const fn moved(self, value: u64, start: u32) -> u64 {
        let up = self.offset.wrapping_sub(start);
        let down = start.wrapping_sub(self.offset);
        match (up, down) {
            (0..8, _) => value << (up << 3),
            (_, 0..8) => value >> (down << 3),
            _ => 0,
        }
    }

    /// The reverse of it.
    const fn moved_back(self, word: u64, start: u32) -> u64 {
        let up = self.offset.wrapping_sub(start);
        let down = start.wrapping_sub(self.offset);
        match (up, down) {
            (0..8, _) => word >> (up << 3),
            (_, 0..8) => word << (down << 3),
            _ => 0,
        }
    }
}

/// What one vCPU's controller holds; `struct ipi_state` without the lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: u32,
    pub(crate) enable: u32,
    pub(crate) mail: [u64; 4],
}

/// What a read asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Status,
    Enable,
    Mail(Place),
    /// A register that reads 0.
    Zero,
    /// No register: 0 as well.
    Unknown,
}

/// What becomes of one vCPU's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Update {
    Status(Change),
    Enable(u32),
    Mail(Place, u64),
}

impl State {
    /// What a read gives, zero-extended.
    pub(crate) fn get(&self, what: Read) -> u64 {
        match what {
            Read::Status => u64::from(self.status),
            Read::Enable => u64::from(self.enable),
            Read::Mail(place) => {
                let words = self.mail.iter().zip((0..).step_by(8));
                words.fold(0, |value, (word, start)| {
                    value | place.moved_back(*word, start)
                }) & place.bits
            }
            Read::Zero | Read::Unknown => 0,
        }
    }

    /// Carries out an update. The line has to follow before anybody else sees the state.
    #[must_use]
    pub(crate) fn update(&mut self, update: Update) -> Line {
        match update {
            Update::Status(change) => {
                let line;
                (self.status, line) = change.apply(self.status);
                return line;
            }
            Update::Enable(word) => self.enable = word,
            Update::Mail(place, value) => {
                for (word, start) in self.mail.iter_mut().zip((0..).step_by(8)) {
                    *word &= !place.moved(place.bits, start);
                    *word |= place.moved(value & place.bits, start);
                }
            }
        }
        Line::Keep
    }
}

/// An access to the IPI controllers of a VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reads the vCPU's own status word.
    ReadStatus,
    /// Reads its enable register.
    ReadEnable,
    /// Writes its enable register.
    WriteEnable(u32),
    /// Changes its own status word.
    Own(Change),
    /// Changes that of the vCPU with this ID, if there is one.
    Other(PhysCpuid, Change),
    /// Reads any part of the vCPU's own state.
    ReadState(Read),
    /// Changes any part of it.
    OwnState(Update),
    /// Changes any part of that of the vCPU with this ID, if there is one.
    OtherState(PhysCpuid, Update),
    /// Reads a register that gives zero.
    ReadZero,
    /// Writes one that takes nothing.
    WriteNothing,
}
