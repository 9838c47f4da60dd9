// SPDX-License-Identifier: GPL-2.0

//! The kernel's IPI operations where we are built in: we are asked at SMP setup, and what the
//! kernel has for IPIs is known by name.
//!
//! The counterpart of `symbols.rs` and `takeover.rs`, which a module needs.

use super::{
    action::Action,
    cpu::{
        Cpu,
        IrqsOff, //
    },
    irq::{
        Receiver,
        Swi0, //
    },
    ops::{
        send_mask,
        send_single,
        Sender,
        Single, //
    }, //
};
use crate::bindings::{
    self,
    smp_ops, //
};
use core::{
    cell::UnsafeCell,
    mem::forget, //
};
use kernel::prelude::*;

/// # Invariants
///
/// Written by [`take`] only, when one CPU runs and nobody has called one of our operations;
/// constant from then on.
struct Native(UnsafeCell<smp_ops>);

// SAFETY: By the type invariant there are only readers when more than one CPU runs.
unsafe impl Sync for Native {}

/// The operations that were there before ours.
static NATIVE: Native = Native(UnsafeCell::new(smp_ops {
    init_ipi: None,
    send_ipi_single: None,
    send_ipi_mask: None,
}));

fn native() -> &'static smp_ops {
    // SAFETY: Readers run after `take()` only, and nobody writes then.
    unsafe { &*NATIVE.0.get() }
}

/// Makes the IPI operations those of `S`, with `R` for what arrives.
///
/// # Safety
///
/// Called once, at SMP setup: one CPU runs, interrupts are off, and no IPI was ever sent.
pub(crate) unsafe fn take<S: Sender, R: Receiver>() {
    let ops = &raw mut bindings::mp_ops;
    // SAFETY: The kernel's structure, which nobody else touches now.
    let before = unsafe { ops.read() };
    // SAFETY: By the contract nobody reads it yet. INVARIANT: written here only.
    unsafe { NATIVE.0.get().write(before) };
    let ours = smp_ops {
        init_ipi: Some(init_ipi::<R>),
        send_ipi_single: Some(send_single::<S>),
        send_ipi_mask: Some(send_mask::<S>),
    };
    // SAFETY: As for the first.
    unsafe { ops.write(ours) };
}

/// True if [`take`] was called.
pub(crate) fn is_taken() -> bool {
    native().init_ipi.is_some()
}

/// What the kernel calls when it has interrupt controllers: native IPIs start CPUs, SWI0 does the
/// rest.
///
/// # Safety
///
/// Called once, as `mp_ops.init_ipi`, while one CPU runs.
unsafe extern "C" fn init_ipi<R: Receiver>() {
    if let Some(init) = native().init_ipi {
        // SAFETY: By the contract; it is the kernel's own function for this.
        unsafe { init() };
    }
    match Swi0::new::<R>() {
        Ok(swi0) => {
            // Ours for ever.
            forget(swi0);
            // What was asked for until now waits for it.
            IrqsOff::new().raise_swi0();
        }
        Err(e) => {
            pr_err!(
                "the interrupt SWI0 cannot be had: {:?}; IPIs go natively\n",
                e
            );
            // SAFETY: One CPU runs, so that nobody calls an operation meanwhile.
            unsafe { (&raw mut bindings::mp_ops).write(*native()) };
        }
    }
}

/// Sends an IPI the native way, through IOCSR. `action` is any number that the kernel sends.
pub(crate) fn send_native(cpu: Cpu, action: u32) {
    let send: Option<Single> = native().send_ipi_single;
    if let Some(send) = send {
        // CAST: A CPU's number is small and not negative.
        let number = cpu.number() as c_int;
        // SAFETY: The kernel's own function, which takes any CPU and any action, in any context.
        unsafe { send(number, action) };
    }
}

/// Carries out what was asked of this CPU.
///
/// # Safety
///
/// Called in interrupt context, interrupts off, as for the kernel's own IPI.
pub(super) unsafe fn perform(action: Action) {
    match action {
        // What `scheduler_ipi()` does is done on the way out of every interrupt.
        Action::Reschedule => {}
        // `generic_smp_call_function_interrupt()` is a macro for it.
        // SAFETY: By the contract.
        Action::CallFunction => unsafe { bindings::generic_smp_call_function_single_interrupt() },
        // SAFETY: By the contract.
        Action::IrqWork => unsafe { bindings::irq_work_run() },
        // SAFETY: By the contract.
        Action::ClearVector => unsafe { bindings::complete_irq_moving() },
    }
}
