// SPDX-License-Identifier: GPL-2.0

//! State of the host CPU we run on, and of its current task.
//!
//! All of it is read with interrupts off, on the way from one guest instruction to the next.
//! Helpers are not inlined on LoongArch, so the few instructions are written here.

use crate::bindings;
#[cfg(CONFIG_CONTEXT_TRACKING_USER)]
use crate::cpus::percpu_offset;
use core::arch::asm;
use core::mem::offset_of;

/// True if the current task has work to do before it may return to a guest: a signal, a task that
/// wants the CPU, and the like.
#[inline(always)]
pub(super) fn has_guest_work() -> bool {
    let flags: u64;
    // SAFETY: $tp holds the `struct thread_info` of the current task; the offset is asserted to
    // be the C compiler's in `layout.rs`.
    unsafe {
        asm!(
            "ld.d {}, $tp, {}",
            out(reg) flags,
            const offset_of!(bindings::thread_info, flags),
            options(nostack, readonly),
        )
    };
    flags & bindings::XFER_TO_GUEST_MODE_WORK != 0
}

/// True if context tracking is active on this CPU.
///
/// RCU may then not be watching until the kernel's exit function has run: so it is on CPUs in
/// `nohz_full`.
#[cfg(CONFIG_CONTEXT_TRACKING_USER)]
#[inline(always)]
pub(super) fn is_context_tracked() -> bool {
    let key = &raw const bindings::context_tracking_key;
    // SAFETY: An exported static key of the kernel; it is only read, in one piece.
    let enabled = unsafe { (&raw const (*key).key.enabled.counter).read_volatile() };
    if enabled <= 0 {
        return false;
    }
    let this = (&raw const bindings::context_tracking).wrapping_byte_add(percpu_offset());
    // SAFETY: An exported per-CPU variable of the kernel, at the address it has for this CPU.
    unsafe { (&raw const (*this).active).read_volatile() }
}

/// False: this kernel has no context tracking of user or guest mode.
#[cfg(not(CONFIG_CONTEXT_TRACKING_USER))]
#[inline(always)]
pub(super) fn is_context_tracked() -> bool {
    false
}

/// Reads a CSR of the guest that left this CPU last.
#[inline(always)]
pub(super) fn gcsr_read<const CSR: u32>() -> u64 {
    let value: u64;
    // SAFETY: `gcsrrd $t0, CSR` as a word, since not every assembler knows the virtualization
    // instructions. Reading a guest register has no side effect.
    unsafe {
        asm!(
            ".word 0x05000000 | ({csr} << 10) | 12",
            csr = const CSR,
            out("$t0") value,
            options(nomem, nostack),
        )
    };
    value
}

/// Writes a CSR of the guest that left this CPU last, or that is loaded on it.
#[inline(always)]
pub(super) fn gcsr_write<const CSR: u32>(value: u64) {
    // SAFETY: `gcsrwr $t0, CSR` as a word. What it changes is the guest's.
    unsafe {
        asm!(
            ".word 0x05000000 | ({csr} << 10) | (1 << 5) | 12",
            csr = const CSR,
            inout("$t0") value => _,
            options(nomem, nostack),
        )
    };
}

/// `CSR.CRMD` of the guest that left this CPU last.
#[inline(always)]
pub(super) fn guest_crmd() -> u64 {
    let value: u64;
    // SAFETY: `gcsrrd $t0, CRMD`, as above. `pure`: nothing but an entry into a guest changes it,
    // so that it need not be read where nobody asks.
    unsafe {
        asm!(
            ".word 0x05000000 | ({csr} << 10) | 12",
            csr = const bindings::LOONGARCH_CSR_CRMD,
            out("$t0") value,
            options(pure, nomem, nostack),
        )
    };
    value
}

/// Gives bits of the guest's `CSR.ESTAT` that are in `mask` the values that they have in `bits`.
///
/// A timer interrupt that comes up during the exchange is lost from ESTAT. The timer's value then
/// went from zero to its start, and the interrupt is made up for, as KVM does.
#[inline(always)]
pub(super) fn change_guest_estat(bits: u64, mask: u64) {
    let before = gcsr_read::<{ bindings::LOONGARCH_CSR_TVAL }>();
    exchange_guest_estat(bits, mask);
    if gcsr_read::<{ bindings::LOONGARCH_CSR_TVAL }>() > before {
        let timer = 1 << bindings::INT_TI;
        exchange_guest_estat(timer, timer);
    }
}

#[inline(always)]
fn exchange_guest_estat(bits: u64, mask: u64) {
    // SAFETY: `gcsrxchg $t0, $t1, ESTAT` as a word. It raises or lowers interrupts of the guest,
    // which are no business of the host.
    unsafe {
        asm!(
            ".word 0x05000000 | ({csr} << 10) | (13 << 5) | 12",
            csr = const bindings::LOONGARCH_CSR_ESTAT,
            inout("$t0") bits => _,
            in("$t1") mask,
            options(nomem, nostack),
        )
    };
}

/// Raises interrupts in the guest that left this CPU last, as KVM does on entry.
#[inline(always)]
pub(super) fn raise_guest_interrupt(bits: u64) {
    change_guest_estat(bits, bits);
}

/// Lowers interrupts in the guest that left this CPU last, as KVM does on entry.
#[inline(always)]
pub(super) fn lower_guest_interrupt(bits: u64) {
    change_guest_estat(0, bits);
}

/// Clamps `index` to 0 when the CPU speculates past a bound check that it will fail.
///
/// The caller has checked `index < bound`; the result equals `index` in every execution that
/// retires.
#[inline(always)]
pub(super) fn nospec(index: u32, bound: u32) -> usize {
    let clamped: usize;
    // SAFETY: Arithmetic on registers. It is assembly so that the compiler cannot conclude from
    // the caller's check that it changes nothing.
    unsafe {
        asm!(
            "sltu {mask}, {index}, {bound}",
            "sub.d {mask}, $zero, {mask}",
            "and {out}, {index}, {mask}",
            index = in(reg) u64::from(index),
            bound = in(reg) u64::from(bound),
            mask = out(reg) _,
            out = lateout(reg) clamped,
            options(pure, nomem, nostack),
        )
    };
    clamped
}
