// SPDX-License-Identifier: GPL-2.0

//! The module's counters: one set for each CPU, added up when somebody looks.

use super::{
    cpu::IrqsOff,
    event::Event, //
};
use crate::bindings;

/// The counter of an event. Each CPU has its own at this place.
#[inline(always)]
fn place(event: Event) -> *mut u64 {
    let events = (&raw mut bindings::pv_ipi_rs_events).cast::<u64>();
    // There is an element for each event, see `layout.rs`.
    events.wrapping_add(event as usize)
}

/// Counts an event on this CPU.
#[inline(always)]
pub(crate) fn count(irqs: &IrqsOff, event: Event) {
    irqs.increment(place(event));
}

/// Counts an event so many times.
#[inline(always)]
pub(crate) fn add(irqs: &IrqsOff, event: Event, by: u64) {
    irqs.add(place(event), by);
}

/// The sum over all CPUs. Counters move meanwhile: each sum is exact, but not of the same instant.
pub(crate) fn sum(event: Event) -> u64 {
    // SAFETY: The function checks the number.
    unsafe { bindings::pv_ipi_rs_sum(event as u32) }
}
