// SPDX-License-Identifier: GPL-2.0

//! What any CPU may do to a vCPU, and how the fields of the C structure are reached.
//!
//! What only the CPU that it runs on may do is in `running.rs`.

use super::deployment::Deployment;
use crate::bindings;
use core::{
    arch::asm,
    ptr::NonNull, //
};
use kernel::ffi::c_int;

/// A vCPU, which may be running elsewhere.
///
/// # Invariants
///
/// The pointer is valid for as long as the value lives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Vcpu(NonNull<bindings::kvm_vcpu>);

/// The address of a field, without a reference to the structure.
macro_rules! field {
    ($vcpu:expr, $($path:tt)+) => {{
        let vcpu: $crate::kvm::vcpu::Vcpu = $vcpu;
        // SAFETY: By the invariant of `Vcpu` the structure is valid; only an address is computed.
        unsafe { &raw mut (*vcpu.as_ptr()).$($path)+ }
    }};
}
pub(super) use field;

/// Reads a field in one piece.
macro_rules! read {
    ($vcpu:expr, $($path:tt)+) => {{
        let field = $crate::kvm::vcpu::field!($vcpu, $($path)+);
        // SAFETY: The field of a valid structure. Where other CPUs write it they do so in one
        // piece, and a volatile access is made in one piece too.
        unsafe { field.read_volatile() }
    }};
}
pub(super) use read;

/// The bit of SWI0 in ESTAT, and in the words of `vcpu->arch` that take its place.
pub(super) const SWI0: u64 = 1 << bindings::INT_SWI0;
/// The mode of a vCPU that is in the guest, and that nobody has asked out.
// CAST: A small constant.
pub(super) const IN_GUEST_MODE: c_int = bindings::IN_GUEST_MODE as c_int;

impl Vcpu {
    /// # Safety
    ///
    /// `vcpu` outlives the result.
    #[inline(always)]
    pub(super) unsafe fn from_raw(vcpu: NonNull<bindings::kvm_vcpu>) -> Self {
        // INVARIANT: By the contract.
        Self(vcpu)
    }

    /// The C structure.
    #[inline(always)]
    pub(super) fn as_ptr(self) -> *mut bindings::kvm_vcpu {
        self.0.as_ptr()
    }

    /// Queues SWI0, as `kvm_queue_irq()` does. That takes it out of `irq_clear` too, where it never
    /// is: only `KVM_INTERRUPT` puts something there, and it knows no interrupt 0.
    ///
    /// A full barrier follows the store: a vCPU that goes to sleep or enters the guest later than
    /// the loads of [`Vcpu::must_kick`] finds the interrupt by itself.
    #[inline(always)]
    pub(super) fn queue_swi0(self) {
        let pending = field!(self, arch.irq_pending);
        // SAFETY: An atomic OR into a word that all CPUs access atomically.
        unsafe {
            asm!("amor_db.d $zero, {bit}, {word}", bit = in(reg) SWI0, word = in(reg) pending,
                options(nostack))
        };
    }

    /// Queues an interrupt, as `kvm_queue_irq()` does. A full barrier follows, as above.
    #[inline(always)]
    pub(super) fn queue_interrupt(self, bit: u64) {
        let (pending, clear) = (field!(self, arch.irq_pending), field!(self, arch.irq_clear));
        // SAFETY: Atomic operations on words that all CPUs access atomically.
        unsafe {
            asm!(
                "amor_db.d $zero, {bit}, {pending}",
                "amand_db.d $zero, {others}, {clear}",
                bit = in(reg) bit,
                others = in(reg) !bit,
                pending = in(reg) pending,
                clear = in(reg) clear,
                options(nostack),
            )
        };
    }

    /// Queues that an interrupt is cleared, as `kvm_dequeue_irq()` does. A full barrier follows.
    #[cfg(part_of_kvm)]
    pub(super) fn queue_clearing(self, bit: u64) {
        let (pending, clear) = (field!(self, arch.irq_pending), field!(self, arch.irq_clear));
        // SAFETY: Atomic operations on words that all CPUs access atomically.
        unsafe {
            asm!(
                "amand_db.d $zero, {others}, {pending}",
                "amor_db.d $zero, {bit}, {clear}",
                bit = in(reg) bit,
                others = in(reg) !bit,
                pending = in(reg) pending,
                clear = in(reg) clear,
                options(nostack),
            )
        };
    }

    /// Takes an interrupt back that is queued, and is not in the guest's ESTAT yet.
    #[inline(always)]
    pub(super) fn forget_interrupt(self, bit: u64) {
        // CAST: An `unsigned long` has 64 bits, here and below.
        if read!(self, arch.irq_pending) as u64 & bit != 0 {
            let pending = field!(self, arch.irq_pending);
            // SAFETY: A word that all CPUs access atomically.
            unsafe { clear_bit(pending.cast(), bit) };
        }
    }

    /// Takes back that an interrupt is to be cleared in the guest's ESTAT.
    #[inline(always)]
    pub(super) fn forget_clearing(self, bit: u64) {
        if read!(self, arch.irq_clear) as u64 & bit != 0 {
            let clear = field!(self, arch.irq_clear);
            // SAFETY: As above.
            unsafe { clear_bit(clear.cast(), bit) };
        }
    }

    /// True if the vCPU must be woken or forced out of the guest to see what was queued.
    ///
    /// These are the two cases in which `__kvm_vcpu_kick()` does something: a task waits for the
    /// vCPU to become runnable, or it is in the guest and nobody has asked it out yet. In every
    /// other state it looks at its queue before it sleeps or enters the guest.
    #[inline(always)]
    pub(super) fn must_kick(self) -> bool {
        read!(self, mode) == IN_GUEST_MODE || !read!(self, wait.task).is_null()
    }

    /// Wakes the vCPU or forces it out of the guest.
    ///
    /// # Safety
    ///
    /// RCU is watching this CPU.
    #[inline(always)]
    pub(super) unsafe fn kick<D: Deployment>(self) {
        // SAFETY: The vCPU is valid by the type invariant; the rest is the contract.
        unsafe { D::kick(self.0) };
    }
}

/// Clears bits of a word, as one.
///
/// # Safety
///
/// `word` is valid, and whoever writes it does so atomically.
#[inline(always)]
unsafe fn clear_bit(word: *mut u64, bits: u64) {
    // SAFETY: An atomic AND into such a word.
    unsafe {
        asm!("amand_db.d $zero, {others}, {word}", others = in(reg) !bits, word = in(reg) word,
            options(nostack))
    };
}
