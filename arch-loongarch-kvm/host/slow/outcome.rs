// SPDX-License-Identifier: GPL-2.0

//! What an exit leads to that may sleep or go to the VMM. Pure.

#![forbid(unsafe_code)]

use crate::{
    kvm::{
        abi::Gpr,
        access::{
            Bus,
            Load,
            Width, //
        },
        exception::Exception,
        phys_cpuid::Destinations,
        task::{
            request::Request,
            steal::Area, //
        }, //
    },
    outcome::Retire, //
};

/// What a handler decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// PC after the instruction, and nothing else.
    Step,
    /// An answer.
    Retire(Retire),
    /// SWI0 to each destination, then success.
    Multicast(Destinations),
    /// An exception of the guest, at the instruction.
    Inject(Exception),
    /// The instruction once more, when a request is met, if there is one.
    Again(Option<Request>),
    /// A device's register into a general one; if no device of KVM has it, the VMM's answer.
    Read(Bus, u64, Load),
    /// So many bits of a general register to a device, of KVM or else of the VMM.
    Write(Bus, u64, Gpr, Width),
    /// Wait for an interrupt.
    Idle,
    /// The call that the guest's registers hold, to the VMM.
    Call,
    /// A breakpoint, to the VMM.
    Breakpoint,
    /// An area for steal time, then success.
    Steal(Area),
}

/// Who carries on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resume {
    /// The guest.
    Guest,
    /// The VMM.
    Vmm,
}
