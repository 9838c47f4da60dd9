// SPDX-License-Identifier: GPL-2.0

//! The module's counters: one set for each CPU, added up when somebody looks.

use crate::{
    bindings::{
        self,
        kvm_rs_counters, //
    },
    cpus,
    stats::Event, //
};
use core::mem::MaybeUninit;

/// The sums over all CPUs.
pub(crate) struct Sums(kvm_rs_counters);

impl Sums {
    /// Adds up. Counters move meanwhile: each sum is exact, but not of the same instant.
    pub(crate) fn now() -> Self {
        let mut sums = MaybeUninit::uninit();
        // SAFETY: The function fills the structure, which is ours and valid for writes.
        unsafe { bindings::kvm_rs_counters_sum(sums.as_mut_ptr()) };
        // SAFETY: It was just filled.
        Self(unsafe { sums.assume_init() })
    }

    /// The sum for one event.
    pub(crate) fn get(&self, event: Event) -> u64 {
        match event {
            Event::Calls => self.0.calls,
            Event::IpiCalls => self.0.ipi_calls,
            Event::Delivered => self.0.delivered,
            Event::Absent => self.0.absent,
            Event::Kicked => self.0.kicked,
            Event::Denied => self.0.denied,
            Event::Fast => self.0.fast,
            Event::Slow => self.0.slow,
        }
    }
}

/// Adds to a counter of this CPU.
///
/// # Safety
///
/// Interrupts are off, so that nothing else adds to this CPU's set meanwhile.
#[inline(always)]
pub(super) unsafe fn add(event: Event, by: u64) {
    let this = (&raw mut bindings::kvm_rs_counters).wrapping_byte_add(cpus::percpu_offset());
    // SAFETY: `this` is the live set of this CPU; only the address of a field is computed.
    let counter = unsafe {
        match event {
            Event::Calls => &raw mut (*this).calls,
            Event::IpiCalls => &raw mut (*this).ipi_calls,
            Event::Delivered => &raw mut (*this).delivered,
            Event::Absent => &raw mut (*this).absent,
            Event::Kicked => &raw mut (*this).kicked,
            Event::Denied => &raw mut (*this).denied,
            Event::Fast => &raw mut (*this).fast,
            Event::Slow => &raw mut (*this).slow,
        }
    };
    // SAFETY: As above; other CPUs only read.
    let value = unsafe { counter.read_volatile() };
    // SAFETY: As above; the caller keeps other writers out.
    unsafe { counter.write_volatile(value.wrapping_add(by)) };
}
