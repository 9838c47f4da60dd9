// SPDX-License-Identifier: GPL-2.0

//! SWI0: an interrupt like others, once it is mapped, and every CPU has its own.
//!
//! The kernel's PV IPI takes it when it boots. Without that nobody does, and it is ours.

use super::{
    action::Action,
    cpu::IrqsOff,
    native, //
};
use crate::bindings;
use core::{
    mem::ManuallyDrop,
    ptr::null_mut, //
};
use kernel::{
    error::to_result,
    prelude::*,
    str::CStr,
    sync::rcu, //
};

/// What a target does when it is told to look.
pub(crate) trait Receiver: 'static {
    /// Called for each SWI0, in interrupt context, after it was cleared.
    fn receive(interrupt: &Interrupt);
}

/// Proof that we are in the SWI0 interrupt.
pub(crate) struct Interrupt {
    irqs: ManuallyDrop<IrqsOff>,
}

impl Interrupt {
    /// Interrupts are off.
    pub(crate) fn irqs(&self) -> &IrqsOff {
        &self.irqs
    }

    /// Carries an action out that was asked of this CPU, and counts it in `/proc/interrupts`.
    pub(crate) fn perform(&self, action: Action) {
        // SAFETY: By the meaning of `self`.
        unsafe { native::perform(action) };
        let stat = self.irqs.this_cpu().variable(&raw mut bindings::irq_stat);
        // SAFETY: The kernel's structure for this CPU; only an address is computed.
        let rows = unsafe { &raw mut (*stat).ipi_irqs }.cast::<u32>();
        let row = rows.wrapping_add(action.row());
        // SAFETY: A row is below the array's length. Only this CPU writes, interrupts off.
        let count = unsafe { row.read_volatile() };
        // SAFETY: As above.
        unsafe { row.write_volatile(count.wrapping_add(1)) };
    }
}

/// SWI0 is ours for as long as the value lives.
///
/// # Invariants
///
/// `irq` is the Linux interrupt number of SWI0, mapped by us and requested with [`NAME`] as its
/// identity.
pub(crate) struct Swi0 {
    irq: c_uint,
}

/// What `/proc/interrupts` calls it. Also what identifies our handler to the kernel.
const NAME: &CStr = c"loongarch_pv_ipi_rs";

/// Name of the interrupt controller that SWI0 is an input of (`irq-loongarch-cpu.c`).
const CONTROLLER: &CStr = c"CPUINTC";

/// Interrupts of the CPU's own controller are mapped when the kernel boots; they have low numbers.
const LAST_IRQ: c_uint = 4096;

impl Swi0 {
    /// Has `R` called for each SWI0 on every CPU that lets it through.
    ///
    /// # Errors
    ///
    /// `ENODEV` if the interrupt controller is not found, `EBUSY` if somebody has SWI0, or what
    /// the kernel says.
    pub(crate) fn new<R: Receiver>() -> Result<Self> {
        let domain = {
            // Descriptors of others may go meanwhile; they are freed after a grace period.
            let _rcu = rcu::read_lock();
            (1..LAST_IRQ).find_map(domain_of).ok_or(ENODEV)?
        };
        // CAST: A small constant.
        let swi0 = bindings::INT_SWI0 as c_ulong;
        // What is mapped is somebody else's, and may be of a kind that is not for us to request.
        // SAFETY: A live domain: that of an interrupt in use.
        let mapped = unsafe { bindings::__irq_resolve_mapping(domain, swi0, null_mut()) };
        if !mapped.is_null() {
            return Err(EBUSY);
        }
        // SAFETY: As above. No affinity is asked for.
        let irq = unsafe { bindings::irq_create_mapping_affinity(domain, swi0, core::ptr::null()) };
        if irq == 0 {
            return Err(ENODEV);
        }
        let flags = bindings::IRQF_PERCPU | bindings::IRQF_NO_SUSPEND | bindings::IRQF_NO_THREAD;
        // SAFETY: The handler stays until `free_irq()`; the name is a static.
        let requested = to_result(unsafe {
            bindings::request_threaded_irq(
                irq,
                Some(on_interrupt::<R>),
                None,
                // CAST: To a wider word.
                flags as c_ulong,
                NAME.as_char_ptr(),
                identity(),
            )
        });
        if let Err(e) = requested {
            // SAFETY: Mapped above, and nobody requested it.
            unsafe { bindings::irq_dispose_mapping(irq) };
            return Err(e);
        }
        // INVARIANT: as just done.
        Ok(Self { irq })
    }
}

impl Drop for Swi0 {
    fn drop(&mut self) {
        // SAFETY: By the type invariant. On return no handler of ours is running.
        unsafe { bindings::free_irq(self.irq, identity()) };
        // SAFETY: By the type invariant the mapping is ours, and nobody uses it now.
        unsafe { bindings::irq_dispose_mapping(self.irq) };
        // It was let through on every CPU when we came, and is not where it has just been freed.
        let online = &raw const bindings::__cpu_online_mask;
        // SAFETY: Process context; the callback may run on any CPU, and nobody raises SWI0.
        unsafe { bindings::on_each_cpu_cond_mask(None, Some(unmask), null_mut(), true, online) };
    }
}

/// Lets SWI0 through on this CPU.
///
/// # Safety
///
/// Nobody raises SWI0 there without a handler.
unsafe extern "C" fn unmask(_unused: *mut c_void) {
    IrqsOff::new().unmask_swi0();
}

/// An address that only we have.
fn identity() -> *mut c_void {
    NAME.as_char_ptr().cast_mut().cast()
}

/// The domain of interrupt `irq`, if that is an input of the CPU's own controller. RCU's read lock
/// is held.
fn domain_of(irq: c_uint) -> Option<*mut bindings::irq_domain> {
    // SAFETY: Any number may be asked for.
    let data = unsafe { bindings::irq_get_irq_data(irq) };
    if data.is_null() {
        return None;
    }
    // SAFETY: The data of an interrupt, which RCU keeps.
    let chip = unsafe { (*data).chip };
    if chip.is_null() {
        return None;
    }
    // SAFETY: A chip of an interrupt is a static or lives as long.
    let name = unsafe { (*chip).name };
    if name.is_null() {
        return None;
    }
    // SAFETY: Both are strings that end; a chip's name lives as long as the chip.
    if unsafe { bindings::strcmp(name, CONTROLLER.as_char_ptr()) } != 0 {
        return None;
    }
    // SAFETY: As for the chip.
    let domain = unsafe { (*data).domain };
    (!domain.is_null()).then_some(domain)
}

/// Called by the kernel for SWI0.
///
/// # Safety
///
/// In interrupt context, interrupts off.
unsafe extern "C" fn on_interrupt<R: Receiver>(
    _irq: c_int,
    _identity: *mut c_void,
) -> bindings::irqreturn_t {
    let interrupt = Interrupt {
        // SAFETY: By the contract, until we return.
        irqs: unsafe { IrqsOff::already() },
    };
    // Before the message is read: whoever adds to it after that raises SWI0 anew.
    interrupt.irqs.clear_swi0();
    R::receive(&interrupt);
    bindings::irqreturn_IRQ_HANDLED
}
