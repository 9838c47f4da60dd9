// SPDX-License-Identifier: GPL-2.0

//! IOCSR accesses to a vCPU's IPI controller: what each does. Pure.
//!
//! The registers are those of the Loongson 3A5000 Processor Reference Manual, "Inter-Processor
//! Interrupts and Communication". What a running guest does is decoded first: words of status,
//! enable, set, clear and IPI_SEND. `ipi_registers.rs` has all of them; here it is said which of
//! these can be finished with interrupts off, with the answer that the kernel gives.

#![forbid(unsafe_code)]

use crate::{
    ipi_registers::{
        self,
        Write, //
    },
    kvm::{
        access::Width,
        ipi_state::{
            Access,
            Read,
            Update, //
        },
        ipi_status::Change,
        phys_cpuid::PhysCpuid, //
    }, //
};

/// The address of the first register (`IOCSR_IPI_BASE`).
const BASE: u32 = 0x1000;

/// Registers, from `BASE` (`asm/kvm_ipi.h`).
pub(crate) mod register {
    pub(crate) const STATUS: u32 = 0x0;
    pub(crate) const ENABLE: u32 = 0x4;
    pub(crate) const SET: u32 = 0x8;
    pub(crate) const CLEAR: u32 = 0xc;
    pub(crate) const SEND: u32 = 0x40;
}

/// Answers a read of a word.
#[inline(always)]
pub(crate) const fn read(address: u32) -> Option<Access> {
    match address.wrapping_sub(BASE) {
        register::STATUS => Some(Access::ReadStatus),
        register::ENABLE => Some(Access::ReadEnable),
        register::SET | register::CLEAR => Some(Access::ReadZero),
        _ => None,
    }
}

/// Answers a write of a word.
#[inline(always)]
pub(crate) const fn write(address: u32, value: u32) -> Option<Access> {
    match address.wrapping_sub(BASE) {
        register::STATUS => Some(Access::WriteNothing),
        register::ENABLE => Some(Access::WriteEnable(value)),
        register::SET => Some(Access::Own(Change::Set(value))),
        register::CLEAR => Some(Access::Own(Change::Clear(value))),
        register::SEND => Some(send(value)),
        _ => None,
    }
}

/// IPI_SEND: bits 25 to 16 are the physical CPUID, bits 4 to 0 which bit of the status word.
const fn send(value: u32) -> Access {
    // CAST: Widened.
    match PhysCpuid::new((value >> 16 & 0x3ff) as u64) {
        Some(id) => Access::Other(id, Change::Set(1_u32.wrapping_shl(value & 31))),
        // No VM has such a vCPU.
        None => Access::WriteNothing,
    }
}

/// Answers any other read.
pub(crate) const fn read_any(address: u32, width: Width) -> Option<Access> {
    match ipi_registers::read(address.wrapping_sub(BASE), width) {
        // The kernel says so in its log.
        Read::Unknown => None,
        what => Some(Access::ReadState(what)),
    }
}

/// Answers any other write.
///
/// A write of less than a word to a register that is no mailbox stays with the kernel, which takes
/// all of rd for it, as MAIL_SEND by a word does; ANY_SEND writes on a bus, which may sleep.
pub(crate) const fn write_any(address: u32, width: Width, value: u64) -> Option<Access> {
    match ipi_registers::write(address.wrapping_sub(BASE), width, value) {
        Write::Own(update @ Update::Mail(..)) => Some(Access::OwnState(update)),
        Write::Own(update) if width.bytes() >= 4 => Some(Access::OwnState(update)),
        Write::Other(id, update @ Update::Mail(..)) if width.bytes() == 8 => {
            Some(Access::OtherState(id, update))
        }
        Write::Other(id, update @ Update::Status(_)) if width.bytes() >= 4 => {
            Some(Access::OtherState(id, update))
        }
        Write::Nothing => Some(Access::WriteNothing),
        _ => None,
    }
}
