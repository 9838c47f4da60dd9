// SPDX-License-Identifier: GPL-2.0

//! This CPU, and all of them.

use crate::bindings;
use core::{
    arch::asm,
    ptr, //
};
use kernel::prelude::*;

/// Offset to be added to the address of a per-CPU variable, for this CPU.
#[inline(always)]
pub(crate) fn percpu_offset() -> usize {
    let offset: usize;
    // SAFETY: LoongArch kernels keep the offset of the current CPU in $r21. Neither `pure` nor
    // `nomem`: it stays behind what keeps us on this CPU.
    unsafe { asm!("move {}, $r21", out(reg) offset, options(nostack)) };
    offset
}

/// Makes every CPU switch to another task and back.
///
/// Two things hold afterwards. Whatever ran with preemption or interrupts disabled when this was
/// called has come to its end. And every vCPU that was running has been put; it is loaded before
/// it runs again, which may be later.
///
/// May sleep, so only for process context.
pub(crate) fn cross_all_cpus() {
    extern "C" fn nothing(_data: *mut c_void) -> c_int {
        0
    }
    // SAFETY: The callback does nothing. We are in process context, at module load or unload.
    //
    // The result is what the callback returns: each online CPU has run its stopper task.
    unsafe { bindings::stop_machine(Some(nothing), ptr::null_mut(), ptr::null()) };
}
