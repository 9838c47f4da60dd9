// SPDX-License-Identifier: GPL-2.0

//! This CPU.

use core::arch::asm;

/// Offset to be added to the address of a per-CPU variable, for this CPU.
#[inline(always)]
pub(crate) fn percpu_offset() -> usize {
    let offset: usize;
    // SAFETY: LoongArch kernels keep the offset of the current CPU in $r21. Neither `pure` nor
    // `nomem`: it stays behind what keeps us on this CPU.
    unsafe { asm!("move {}, $r21", out(reg) offset, options(nostack)) };
    offset
}
