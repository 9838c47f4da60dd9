// SPDX-License-Identifier: GPL-2.0

//! Interrupts of this CPU, off for a while.

use crate::bindings;
use core::arch::asm;

/// Interrupt enable bit of `CSR.CRMD`.
const IE: u64 = bindings::CSR_CRMD_IE;

/// Interrupts are off on this CPU for as long as the value lives.
///
/// # Invariants
///
/// They are off, and the interrupt enable bit of `before` is as it was.
pub(crate) struct IrqsOff {
    before: u64,
    /// Interrupts are a matter of one CPU.
    _not_send: core::marker::PhantomData<*mut ()>,
}

impl IrqsOff {
    /// Turns them off, as `local_irq_save()` does.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        // SAFETY: Turning interrupts off is always allowed.
        let before = unsafe { exchange_crmd(0) };
        // INVARIANT: just turned off.
        Self {
            before,
            _not_send: core::marker::PhantomData,
        }
    }

    /// That they are off already, and stay so: nothing is done when the value goes.
    ///
    /// # Safety
    ///
    /// Interrupts are off for as long as the value lives.
    pub(crate) unsafe fn already() -> core::mem::ManuallyDrop<Self> {
        // INVARIANT: the caller's promise.
        core::mem::ManuallyDrop::new(Self {
            before: 0,
            _not_send: core::marker::PhantomData,
        })
    }
}

impl Drop for IrqsOff {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: By the type invariant that is how it was.
        unsafe { exchange_crmd(self.before) };
    }
}

/// Writes the interrupt enable bit of `enable` and returns the register as it was.
///
/// # Safety
///
/// If it turns interrupts on, then the caller had them on before.
#[inline(always)]
unsafe fn exchange_crmd(enable: u64) -> u64 {
    let before: u64;
    // SAFETY: `csrxchg $t0, $t1, CRMD` with the one bit; by the contract that is allowed. Not
    // `nomem`, since memory must not be accessed across it.
    unsafe {
        asm!(
            "csrxchg $t0, $t1, {csr}",
            csr = const bindings::LOONGARCH_CSR_CRMD,
            inout("$t0") enable => before,
            in("$t1") IE,
            options(nostack),
        )
    };
    before
}
