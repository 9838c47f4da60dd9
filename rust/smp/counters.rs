// SPDX-License-Identifier: GPL-2.0

//! The module's counters: one set for each CPU, added up when somebody looks.

use super::cpu::IrqsOff;
use crate::{
    bindings,
    stats::Event, //
};

/// Adds to a counter of this CPU.
#[inline(always)]
pub(crate) fn add(irqs: &IrqsOff, event: Event, by: u64) {
    let events = (&raw mut bindings::pv_ipi_rs_events).cast::<u64>();
    // There is an element for each event, see `layout.rs`.
    irqs.add(events.wrapping_add(event as usize), by);
}

/// The sum over all CPUs. Counters move meanwhile: each sum is exact, but not of the same instant.
pub(crate) fn sum(event: Event) -> u64 {
    // SAFETY: The function checks the number.
    unsafe { bindings::pv_ipi_rs_sum(event as u32) }
}
