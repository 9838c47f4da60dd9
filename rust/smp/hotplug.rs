// SPDX-License-Identifier: GPL-2.0

//! CPUs come and go, sleep and wake up, and make way for another kernel: tells which of them take
//! SWI0, and sees to it that none leaves one behind.
//!
//! A CPU is dismissed before it starts to go offline, when it still takes interrupts. So where
//! SWI0 is ours, nothing is ever pending on a CPU that is gone.

use super::{
    cpu::{
        Cpu,
        IrqsOff, //
    },
    hcall,
    open,
    ops::Owner,
    window::Window, //
};
use crate::bindings;
use kernel::prelude::*;

/// CPUs are admitted and dismissed for as long as the value lives.
///
/// # Invariants
///
/// `state` is the hotplug state that was set up, and the callbacks are registered.
pub(crate) struct Watch {
    state: c_int,
}

impl Watch {
    /// Opens every CPU that is online, and from now on each one that comes online. There must be
    /// a handler for SWI0, which is `owner`'s or, if it has none, ours. Process context.
    ///
    /// # Errors
    ///
    /// What the kernel says; no CPU is open then.
    pub(crate) fn new(owner: Owner) -> Result<Self> {
        open::begin(owner);
        // SAFETY: The callbacks stay until the state is removed; the name is a static.
        let state = unsafe {
            bindings::__cpuhp_setup_state(
                bindings::cpuhp_state_CPUHP_AP_ONLINE_DYN,
                c"loongarch/pv_ipi_rs:online".as_char_ptr(),
                true,
                Some(on_online),
                Some(on_offline),
                false,
            )
        };
        if state < 0 {
            return Err(Error::from_errno(state));
        }
        // SAFETY: The callback stays until it is unregistered.
        unsafe { bindings::pv_ipi_rs_watch_kexec(Some(on_kexec)) };
        // SAFETY: As above.
        unsafe { bindings::pv_ipi_rs_watch_resume(Some(on_resume)) };
        // INVARIANT: A dynamic state's number is returned, and both are registered.
        Ok(Self { state })
    }
}

impl Drop for Watch {
    /// Dismisses every CPU. On return no SWI0 of ours is pending anywhere, nor on its way.
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { bindings::pv_ipi_rs_unwatch_resume() };
        // SAFETY: By the type invariant.
        unsafe { bindings::pv_ipi_rs_unwatch_kexec() };
        // At once, so that not each of them waits.
        open::dismiss_all();
        synchronize();
        // CAST: Not negative by the type invariant.
        let state = self.state as bindings::cpuhp_state;
        // SAFETY: By the type invariant. Runs `on_offline()` on each CPU that is online.
        unsafe { bindings::__cpuhp_remove_state(state, true) };
    }
}

/// Waits until whoever has interrupts off now had them on once.
fn synchronize() {
    // SAFETY: Process context; no RCU read lock is held.
    unsafe { bindings::synchronize_rcu() };
}

/// As [`synchronize`], but gives up after a second, and returns false. Not by a callback of RCU,
/// which would still come after that.
pub(super) fn synchronize_or_give_up() -> bool {
    // SAFETY: Any context.
    let cookie = unsafe { bindings::start_poll_synchronize_rcu() };
    (0..bindings::HZ).any(|_| {
        // SAFETY: Process context.
        unsafe { bindings::schedule_timeout_uninterruptible(1) };
        // SAFETY: Any context; the cookie is that of above.
        unsafe { bindings::poll_state_synchronize_rcu(cookie) }
    })
}

/// A CPU has come online, or we were loaded; called on it, in process context.
extern "C" fn on_online(cpu: c_uint) -> c_int {
    if let Some(cpu) = Cpu::new(cpu) {
        let irqs = IrqsOff::new();
        irqs.unmask_swi0();
        // It may have been left a message while it could not take it.
        irqs.raise_swi0();
        drop(irqs);
        if open::admit(cpu) {
            synchronize_or_give_up();
        }
    }
    0
}

/// A CPU is about to go offline, or we are about to be unloaded; called on it, in process
/// context, when it still takes interrupts.
extern "C" fn on_offline(cpu: c_uint) -> c_int {
    let Some(cpu) = Cpu::new(cpu) else {
        return 0;
    };
    if open::dismiss(cpu) {
        synchronize();
    }
    // The hypervisor raises what it has queued for us when it lets us run again. A refusal has
    // had us in and out of it all the same.
    let _ = hcall::send_swi0(Window::EMPTY);
    let irqs = IrqsOff::new();
    irqs.raise_swi0();
    // Here the interrupt is taken, and with it all that was asked of this CPU.
    drop(irqs);
    0
}

/// Kexec is about to bring all CPUs online and to leave for another kernel, whose CPUs must not
/// start with an interrupt pending that it does not expect. Process context.
extern "C" fn on_kexec() {
    open::go_down();
    // A CPU that is stuck does not keep the system here.
    if !synchronize_or_give_up() {
        pr_warn!("a CPU is stuck; an IPI that it sends may be left to the next kernel\n");
    }
}

/// The system has slept. Whether an SWI0 was pending then nobody has saved, but a message may be
/// in memory, and whoever finds it raises no other. Interrupts are off, and the boot CPU is the
/// only one; others come online later.
extern "C" fn on_resume() {
    IrqsOff::new().raise_swi0();
}
