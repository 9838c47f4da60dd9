// SPDX-License-Identifier: GPL-2.0

//! The guest's SMP: CPUs, message words, the hypercall, SWI0 and the kernel's IPI operations.
//!
//! An *action* is what an IPI asks its target to do. Actions are left as bits in the target's
//! *message word*, then SWI0, a software interrupt, tells the target to look. A CPU can raise SWI0
//! on itself only, so for other CPUs the hypervisor is asked to, by hypercall.
//!
//! The message word is the kernel's own (`irq_stat.message`, on a cache line of its own), so our
//! sender and the kernel's understand each other's messages while one takes over from the other.

pub(crate) mod action;
#[cfg(not(MODULE))]
pub(crate) mod built_in;
pub(crate) mod counters;
pub(crate) mod cpu;
pub(crate) mod event;
pub(crate) mod hcall;
pub(crate) mod hotplug;
pub(crate) mod irq;
mod layout;
pub(crate) mod mask;
pub(crate) mod message;
#[cfg(MODULE)]
pub(crate) mod module;
pub(crate) mod open;
pub(crate) mod ops;
pub(crate) mod refusal;
pub(crate) mod window;

/// What the kernel itself has for IPIs.
#[cfg(not(MODULE))]
pub(crate) use built_in as native;
#[cfg(MODULE)]
pub(crate) use module::symbols as native;
