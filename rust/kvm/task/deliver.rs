// SPDX-License-Identifier: GPL-2.0

//! Giving a guest the interrupts and the exception that wait for it, before its next entry.

use super::super::{
    cpu,
    exception::Exception,
    exited::write,
    inject,
    vcpu::{
        field,
        read,
        Vcpu, //
    }, //
};
use crate::bindings::{
    self,
    layout as c, //
};
use core::{
    arch::asm,
    ptr::NonNull, //
};

/// Interrupts that are bits of the guest's ESTAT (`KVM_ESTAT_INTI_MASK`).
const IN_ESTAT: u64 = 1 << bindings::INT_SWI0
    | 1 << bindings::INT_SWI1
    | 1 << bindings::INT_PCOV
    | 1 << bindings::INT_TI
    | 1 << bindings::INT_IPI
    | 1 << bindings::INT_AVEC;
/// Interrupt by message, whose vectors are elsewhere.
const AVEC: u64 = 1 << bindings::INT_AVEC;
/// The first of the eight hardware lines, which are bits 0 to 7 of GINTC.
const HWI0: u32 = bindings::INT_HWI0;

/// A vCPU that is loaded on this CPU, and about to enter its guest or to be looked at.
///
/// # Invariants
///
/// Its CSRs are those of this CPU, and the current task does not leave this CPU.
pub(crate) struct LoadedVcpu(Vcpu);

impl LoadedVcpu {
    /// # Safety
    ///
    /// `vcpu` is loaded on this CPU, and stays so while the result is held: preemption is off.
    pub(crate) unsafe fn from_raw(vcpu: NonNull<bindings::kvm_vcpu>) -> Self {
        // SAFETY: A loaded vCPU is valid.
        let vcpu = unsafe { Vcpu::from_raw(vcpu) };
        // INVARIANT: By the contract.
        Self(vcpu)
    }

    /// Lowers and raises the interrupts that wait for it.
    pub(crate) fn deliver_interrupts(&mut self) {
        let lower = take(field!(self.0, arch.irq_clear).cast());
        if lower != 0 {
            if lower & IN_ESTAT != 0 {
                cpu::lower_guest_interrupt(lower & IN_ESTAT);
            }
            change_lines(0, lines(lower));
        }
        let raise = take(field!(self.0, arch.irq_pending).cast());
        if raise != 0 {
            if raise & AVEC != 0 {
                // SAFETY: By the type invariant.
                unsafe { bindings::dmsintc_inject_irq(self.0.as_ptr()) };
            }
            if raise & IN_ESTAT != 0 {
                cpu::raise_guest_interrupt(raise & IN_ESTAT);
            }
            change_lines(lines(raise), lines(raise));
        }
    }

    /// Has the guest take the exception that waits for it.
    pub(crate) fn deliver_exception(&mut self) {
        // CAST: An `unsigned long` has 64 bits, here and below.
        let pending = read!(self.0, arch.exception_pending) as u64;
        if pending == 0 {
            return;
        }
        let subcode = read!(self.0, arch.esubcode);
        write!(self.0, 0, arch.exception_pending);
        write!(self.0, 0, arch.esubcode);
        let exception = Exception::of(pending.trailing_zeros(), subcode);
        let pc = read!(self.0, arch.pc) as u64;
        let badv = exception.badv(pc, read!(self.0, arch.badv) as u64);
        inject::take(self.0, exception, badv);
    }

    /// True if a timer interrupt waits for it.
    pub(crate) fn has_pending_timer(&self) -> bool {
        read!(self.0, arch.irq_pending) as u64 & 1 << bindings::INT_TI != 0
    }
}

/// Takes all that a word holds. A word that holds nothing costs no atomic access.
fn take(word: *mut u64) -> u64 {
    let mut bits: u64;
    // SAFETY: Only called with words of a valid vCPU, which all CPUs access in one piece.
    bits = unsafe { word.read_volatile() };
    if bits != 0 {
        // SAFETY: As above: an exchange with zero.
        unsafe {
            asm!("amswap.d {bits}, $zero, {word}", bits = out(reg) bits, word = in(reg) word,
                options(nostack))
        };
    }
    bits
}

/// The hardware lines among the bits of interrupts.
fn lines(interrupts: u64) -> u64 {
    interrupts >> HWI0 & 0xff
}

/// Gives the guest's hardware lines that are in `mask` the values that they have in `bits`.
fn change_lines(bits: u64, mask: u64) {
    if mask == 0 {
        return;
    }
    // SAFETY: The lines of the guest that is loaded, in a register that is the host's.
    unsafe {
        asm!("csrxchg {bits}, {mask}, {csr}", bits = inout(reg) bits => _, mask = in(reg) mask,
            csr = const bindings::LOONGARCH_CSR_GINTC, options(nomem, nostack))
    };
}

// The lines begin at bit 0 of GINTC.
const _: () = assert!(c::GINTC_VIP_SHIFT == 0);
