// SPDX-License-Identifier: GPL-2.0

//! A hypervisor that refuses, as one that lacks the feature does after a migration.
//!
//! The first refusal closes all CPUs, so that the next IPIs go the native way at once. It may be
//! seen in the middle of the scheduler; so it is said by an irq_work. From then on a work item
//! asks the hypervisor every second, by a call that names nobody.

use super::{
    hcall,
    hotplug,
    open,
    window::Window, //
};
use crate::bindings;
use kernel::prelude::*;

/// The hypervisor has refused. Interrupts are off; any lock may be held.
#[cold]
pub(crate) fn refused() {
    if open::refuse() {
        // SAFETY: Only called by senders, of which there are none before `Retry::new()`, nor after
        // it is dropped.
        unsafe { bindings::pv_ipi_rs_refused() };
    }
}

/// Refusals are dealt with for as long as the value lives.
pub(crate) struct Retry(());

impl Retry {
    /// To be had before the first IPI is sent, and until after the last one.
    pub(crate) fn new() -> Self {
        // SAFETY: The functions stay until the value is dropped.
        unsafe { bindings::pv_ipi_rs_watch_refusals(Some(say), Some(ask)) };
        Self(())
    }
}

impl Drop for Retry {
    fn drop(&mut self) {
        // SAFETY: Process context. On return neither function is called any more.
        unsafe { bindings::pv_ipi_rs_unwatch_refusals() };
    }
}

/// Called soon after the first refusal, in interrupt context.
extern "C" fn say() {
    pr_warn!("the hypervisor refuses; IPIs go the native way, until it does not\n");
}

/// Called in process context. Returns true if the hypervisor does not refuse any more.
extern "C" fn ask() -> bool {
    if hcall::send_swi0(Window::EMPTY).is_err() {
        return false;
    }
    // SAFETY: Process context; no hotplug callback waits for this work.
    unsafe { bindings::cpus_read_lock() };
    if open::accept() {
        hotplug::synchronize_or_give_up();
    }
    // SAFETY: Locked above.
    unsafe { bindings::cpus_read_unlock() };
    pr_info!("the hypervisor does not refuse any more; IPIs go by hypercall again\n");
    true
}
