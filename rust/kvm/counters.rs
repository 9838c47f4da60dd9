// SPDX-License-Identifier: GPL-2.0

//! The module's counters: one set for each CPU, added up when somebody looks.

use super::{
    event::{
        Event,
        Figure, //
    },
    kind::Kind, //
};
use crate::{
    bindings::{
        self,
        kvm_rs_counters, //
    },
    cpus, //
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

    /// A figure, of these sums.
    pub(crate) fn get(&self, figure: Figure) -> u64 {
        let calls = Kind::Hvcl.index();
        match figure {
            Figure::Calls => self.0.fast[calls].wrapping_add(self.0.slow[calls]),
            Figure::Fast => self.0.fast.iter().sum(),
            Figure::Slow => self.0.slow.iter().sum(),
            Figure::Of(Event::IpiCalls) => self.0.ipi_calls,
            Figure::Of(Event::Delivered) => self.0.delivered,
            Figure::Of(Event::Absent) => self.0.absent,
            Figure::Of(Event::Kicked) => self.0.kicked,
            Figure::Of(Event::Denied) => self.0.denied,
            Figure::Of(Event::Fast(kind)) => self.0.fast[kind.index()],
            Figure::Of(Event::Slow(kind)) => self.0.slow[kind.index()],
        }
    }
}

/// Adds to counters of this CPU.
///
/// # Safety
///
/// Interrupts are off, so that nothing else adds to this CPU's set meanwhile.
#[inline(always)]
pub(super) unsafe fn add<const N: usize>(events: [(Event, u64); N]) {
    let this = (&raw mut bindings::kvm_rs_counters).wrapping_byte_add(cpus::percpu_offset());
    for (event, by) in events {
        // SAFETY: `this` is the live set of this CPU; only the address of a field is computed.
        let counter = unsafe {
            match event {
                Event::IpiCalls => &raw mut (*this).ipi_calls,
                Event::Delivered => &raw mut (*this).delivered,
                Event::Absent => &raw mut (*this).absent,
                Event::Kicked => &raw mut (*this).kicked,
                Event::Denied => &raw mut (*this).denied,
                Event::Fast(kind) => &raw mut (*this).fast[kind.index()],
                Event::Slow(kind) => &raw mut (*this).slow[kind.index()],
            }
        };
        // SAFETY: As above; other CPUs only read.
        let value = unsafe { counter.read_volatile() };
        // SAFETY: As above; the caller keeps other writers out.
        unsafe { counter.write_volatile(value.wrapping_add(by)) };
    }
}
