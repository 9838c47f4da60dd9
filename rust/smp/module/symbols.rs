// SPDX-License-Identifier: GPL-2.0

//! What the guest component needs and the kernel does not export, found by name once at load.

use crate::{
    bindings,
    smp::{
        action::Action,
        cpu::Cpu,
        ops::Single, //
    },
    symbol::addresses_of, //
};
use core::{
    cell::UnsafeCell,
    mem::{
        transmute,
        MaybeUninit, //
    },
};
use kernel::{
    prelude::*,
    sync::atomic::{
        AtomicFlag,
        Full, //
    }, //
};

/// Type of the functions that a target runs.
type Work = unsafe extern "C" fn();

/// The addresses. All are in the kernel image, so they stay valid.
struct Symbols {
    native_single: Single,
    call_function: Work,
    complete_irq_moving: Work,
}

/// # Invariants
///
/// Written by [`resolve`] only, before anything that reads it can run; constant from then on.
struct Global(UnsafeCell<MaybeUninit<Symbols>>);

// SAFETY: By the type invariant there are only readers when more than one CPU can see it.
unsafe impl Sync for Global {}

static SYMBOLS: Global = Global(UnsafeCell::new(MaybeUninit::uninit()));

/// Set by the first call of [`resolve`], which is the only one that writes.
static RESOLVED: AtomicFlag = AtomicFlag::new(false);

/// Looks everything up. To be called before operations or interrupt are taken.
///
/// # Errors
///
/// Returns the first name that this kernel does not have, or will not tell.
pub(crate) fn resolve() -> Result<(), &'static CStr> {
    if RESOLVED.xchg(true, Full) {
        return Ok(());
    }
    let [native_single, call_function, complete_irq_moving] = addresses_of([
        c"loongson_send_ipi_single",
        // `generic_smp_call_function_interrupt()` is a macro for it.
        c"generic_smp_call_function_single_interrupt",
        c"complete_irq_moving",
    ])?;
    let symbols = Symbols {
        // SAFETY: `struct smp_ops` holds it with this type.
        native_single: unsafe { transmute::<usize, Single>(native_single) },
        // SAFETY: `linux/smp.h` declares it with this type.
        call_function: unsafe { transmute::<usize, Work>(call_function) },
        // SAFETY: `asm/irq.h` declares it with this type.
        complete_irq_moving: unsafe { transmute::<usize, Work>(complete_irq_moving) },
    };
    // SAFETY: Nobody writes but the first call, and nobody reads yet. INVARIANT: written here
    // only.
    unsafe { SYMBOLS.0.get().write(MaybeUninit::new(symbols)) };
    Ok(())
}

#[inline(always)]
fn symbols() -> &'static Symbols {
    // SAFETY: Readers run after `resolve()` only, and nobody writes then.
    unsafe { (*SYMBOLS.0.get()).assume_init_ref() }
}

/// Sends an IPI the native way, through IOCSR. `action` is any number that the kernel sends.
#[inline]
pub(crate) fn send_native(cpu: Cpu, action: u32) {
    // CAST: A CPU's number is small and not negative.
    let number = cpu.number() as c_int;
    // SAFETY: The kernel's own function, which takes any CPU and any action, in any context.
    unsafe { (symbols().native_single)(number, action) };
}

/// Carries out what was asked of this CPU.
///
/// # Safety
///
/// Called in interrupt context, interrupts off, as for the kernel's own IPI.
pub(in crate::smp) unsafe fn perform(action: Action) {
    match action {
        // What `scheduler_ipi()` does is done on the way out of every interrupt.
        Action::Reschedule => {}
        // SAFETY: By the contract.
        Action::CallFunction => unsafe { (symbols().call_function)() },
        // SAFETY: By the contract.
        Action::IrqWork => unsafe { bindings::irq_work_run() },
        // SAFETY: By the contract.
        Action::ClearVector => unsafe { (symbols().complete_irq_moving)() },
    }
}
