// SPDX-License-Identifier: GPL-2.0

//! All registers of a vCPU's IPI controller, at every width. Pure.
//!
//! The registers are those of the Loongson 3A5000 Processor Reference Manual, "Inter-Processor
//! Interrupts and Communication". Where that leaves a choice, this does as `intc/ipi.c` of the
//! kernel, but that
//!
//! - a write counts as many bytes of the register as it is wide, where `loongarch_ipi_writel()`
//!   takes all that the instruction's register holds;
//! - `MAIL_SEND` changes a mailbox in one step, where `mail_send()` gives the lock back between
//!   reading and writing it;
//! - an access that is not aligned to its width reads 0 and writes nothing, as in the kernel since
//!   7.3; before, that warned, and went on.

#![forbid(unsafe_code)]

use crate::kvm::{
    access::Width,
    ipi_state::{
        Place,
        Read,
        Update,
        MAIL_SIZE, //
    },
    ipi_status::Change,
    phys_cpuid::PhysCpuid, //
};

/// Registers, by their offset from the first (`asm/kvm_ipi.h`).
mod register {
    pub(super) use crate::ipi_controller::register::*;

    /// The first mailbox.
    pub(super) const MAIL: u32 = 0x20;
    /// The end of the last one.
    pub(super) const MAIL_END: u32 = MAIL + super::MAIL_SIZE;
    pub(super) const MAIL_SEND: u32 = 0x48;
    pub(super) const ANY_SEND: u32 = 0x158;
}

/// A word written somewhere on a vCPU's IOCSR bus: `ANY_SEND`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BusWrite {
    /// Where.
    pub(crate) address: u16,
    /// The bits that stay; if there are any, the word is read first.
    pub(crate) kept: u32,
    /// The bits that are written.
    pub(crate) value: u32,
}

/// What a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// Changes the vCPU's own state.
    Own(Update),
    /// Changes that of the vCPU with this ID, if there is one.
    Other(PhysCpuid, Update),
    /// Writes on the bus of the vCPU with this ID, if there is one, with no lock held.
    Bus(PhysCpuid, BusWrite),
    /// A register that takes nothing.
    Nothing,
    /// No register, or no ID.
    Unknown,
}

/// Decodes a read at `offset` from the first register.
pub(crate) const fn read(offset: u32, width: Width) -> Read {
    if !width.is_aligned(offset) {
        return Read::Unknown;
    }
    match offset {
        register::STATUS => Read::Status,
        register::ENABLE => Read::Enable,
        register::SET | register::CLEAR => Read::Zero,
        register::MAIL..register::MAIL_END => {
            match Place::new(offset.wrapping_sub(register::MAIL), width) {
                Some(place) => Read::Mail(place),
                None => Read::Unknown,
            }
        }
        _ => Read::Unknown,
    }
}

/// Decodes a write at `offset` from the first register.
pub(crate) const fn write(offset: u32, width: Width, value: u64) -> Write {
    let value = value & width.mask();
    // CAST: These registers are words.
    let word = value as u32;
    if !width.is_aligned(offset) {
        return Write::Unknown;
    }
    match offset {
        register::STATUS => Write::Nothing,
        register::ENABLE => Write::Own(Update::Enable(word)),
        register::SET => Write::Own(Update::Status(Change::Set(word))),
        register::CLEAR => Write::Own(Update::Status(Change::Clear(word))),
        register::MAIL..register::MAIL_END => {
            match Place::new(offset.wrapping_sub(register::MAIL), width) {
                Some(place) => Write::Own(Update::Mail(place, value)),
                None => Write::Unknown,
            }
        }
        register::SEND | register::MAIL_SEND | register::ANY_SEND => match destination(value) {
            Some(id) => send(offset, id, value),
            None => Write::Unknown,
        },
        _ => Write::Unknown,
    }
}

/// Bits 25 to 16 of what is written to one of the registers that reach another vCPU.
const fn destination(value: u64) -> Option<PhysCpuid> {
    PhysCpuid::new(value >> 16 & 0x3ff)
}

const fn send(offset: u32, id: PhysCpuid, value: u64) -> Write {
    // CAST: The data are the upper half.
    let data = (value >> 32) as u32;
    let kept = kept(value);
    match offset {
        register::SEND => {
            // CAST: Five bits.
            let bit = 1_u32.wrapping_shl((value & 31) as u32);
            Write::Other(id, Update::Status(Change::Set(bit)))
        }
        register::MAIL_SEND => {
            // CAST: Five bits. They are bits 4 to 2, the number of a word, made an offset. The data
            // are widened.
            let place = Place::word((value & 0x1c) as u32, kept);
            Write::Other(id, Update::Mail(place, data as u64))
        }
        _ => Write::Bus(
            id,
            BusWrite {
                // CAST: The address is the lowest 16 bits.
                address: value as u16,
                kept,
                value: data & !kept,
            },
        ),
    }
}

/// Bits 30 to 27 each keep a byte of the word that is written to.
const fn kept(value: u64) -> u32 {
    // CAST: Four bits.
    let bytes = (value >> 27 & 0xf) as u32;
    // One bit to the lowest of each byte, then to all of it.
    ((bytes & 1) | (bytes & 2) << 7 | (bytes & 4) << 14 | (bytes & 8) << 21).wrapping_mul(0xff)
}
