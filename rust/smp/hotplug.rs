// SPDX-License-Identifier: GPL-2.0

//! CPUs come and go: tells which of them take SWI0, and sees to it that none leaves one behind.
//!
//! A CPU that is not open to SWI0 is sent native IPIs. It closes before it starts to go offline,
//! when it still takes interrupts, so nothing is ever pending on a CPU that is gone.

use super::{
    cpu::{
        Cpu,
        IrqsOff, //
    },
    hcall,
    mask::CpuSet,
    window::Window, //
};
use crate::bindings;
use kernel::{
    prelude::*,
    sync::atomic::{
        AtomicFlag,
        Relaxed, //
    }, //
};

/// The CPUs that take SWI0 now.
static OPEN: CpuSet = CpuSet::new();

/// Set when the system goes down: CPUs that come online after that stay closed. Kexec brings all
/// of them online before it leaves.
static GOING_DOWN: AtomicFlag = AtomicFlag::new(false);

/// True if `cpu` may be sent SWI0. To be asked with interrupts off, and acted upon before they
/// are on again.
#[inline(always)]
pub(crate) fn is_open(cpu: Cpu) -> bool {
    OPEN.contains(cpu)
}

/// CPUs open and close by themselves for as long as the value lives.
///
/// # Invariants
///
/// `state` is the hotplug state that was set up, and the notifier is registered.
pub(crate) struct Watch {
    state: c_int,
}

impl Watch {
    /// Opens every CPU that is online, and from now on each one that comes online. There must be
    /// a handler for SWI0. Process context.
    ///
    /// # Errors
    ///
    /// What the kernel says; no CPU is open then.
    pub(crate) fn new() -> Result<Self> {
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
        // INVARIANT: A dynamic state's number is returned.
        let watch = Self { state };
        // SAFETY: A static of ours, registered once until it is unregistered.
        unsafe { bindings::pv_ipi_rs_watch_reboot(Some(on_reboot)) };
        Ok(watch)
    }
}

impl Drop for Watch {
    /// Closes every CPU. On return no SWI0 is pending anywhere, nor on its way.
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { bindings::pv_ipi_rs_unwatch_reboot() };
        close_all();
        // CAST: Not negative by the type invariant.
        let state = self.state as bindings::cpuhp_state;
        // SAFETY: By the type invariant. Runs `on_offline()` on each CPU that is online.
        unsafe { bindings::__cpuhp_remove_state(state, true) };
    }
}

/// Lets no sender choose SWI0 from now on, and waits for those that have.
fn close_all() {
    OPEN.clear();
    synchronize();
}

/// Waits until whoever has interrupts off now had them on once.
fn synchronize() {
    // SAFETY: Process context; no RCU read lock is held.
    unsafe { bindings::synchronize_rcu() };
}

/// A CPU has come online, or we were loaded; called on it, in process context.
extern "C" fn on_online(cpu: c_uint) -> c_int {
    if let Some(cpu) = Cpu::new(cpu) {
        super::irq::open(cpu);
        OPEN.insert(cpu);
        // Looked at after the barrier that comes with the insertion: either we see the flag, or
        // whoever set it finds us in the set.
        if GOING_DOWN.load(Relaxed) {
            OPEN.remove(cpu);
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
    if OPEN.remove(cpu) {
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

/// The system is about to restart, be it into another kernel (kexec), whose CPUs must not start
/// with an interrupt pending that it does not expect.
extern "C" fn on_reboot(
    _block: *mut bindings::notifier_block,
    _action: c_ulong,
    _data: *mut c_void,
) -> c_int {
    GOING_DOWN.store(true, Relaxed);
    close_all();
    0
}
