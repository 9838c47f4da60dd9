// SPDX-License-Identifier: GPL-2.0

//! The functions by which the rest of KVM has exits handled and interrupts delivered. Their C
//! counterparts are in `exit.o` and `interrupt.o`, which a KVM with this code does without.

use crate::{
    bindings::{
        self,
        kvm_run,
        kvm_vcpu, //
    },
    kvm::task::{
        deliver::LoadedVcpu,
        TaskVcpu, //
    },
    slow::{
        self,
        outcome::Resume, //
    }, //
};
use core::ptr::NonNull;
use kernel::ffi::c_int;

// The functions below are what KVM's headers say.
const _: () = {
    let _ = if true {
        kvm_handle_fault
    } else {
        bindings::kvm_handle_fault
    };
    let _ = if true {
        kvm_complete_mmio_read
    } else {
        bindings::kvm_complete_mmio_read
    };
    let _ = if true {
        kvm_complete_iocsr_read
    } else {
        bindings::kvm_complete_iocsr_read
    };
    let _ = if true {
        kvm_complete_user_service
    } else {
        bindings::kvm_complete_user_service
    };
    let _ = if true {
        kvm_deliver_intr
    } else {
        bindings::kvm_deliver_intr
    };
    let _ = if true {
        kvm_deliver_exception
    } else {
        bindings::kvm_deliver_exception
    };
    let _ = if true {
        kvm_pending_timer
    } else {
        bindings::kvm_pending_timer
    };
};

/// # Safety
///
/// `vcpu` is a vCPU that the current task runs, outside its guest.
unsafe fn task(vcpu: *mut kvm_vcpu) -> TaskVcpu {
    // SAFETY: By the contract it is not null.
    let vcpu = unsafe { NonNull::new_unchecked(vcpu) };
    // SAFETY: By the contract.
    unsafe { TaskVcpu::from_raw(vcpu) }
}

/// # Safety
///
/// `vcpu` is loaded on this CPU, and preemption is off.
unsafe fn loaded(vcpu: *mut kvm_vcpu) -> LoadedVcpu {
    // SAFETY: By the contract it is not null.
    let vcpu = unsafe { NonNull::new_unchecked(vcpu) };
    // SAFETY: By the contract.
    unsafe { LoadedVcpu::from_raw(vcpu) }
}

/// Handles an exit with this Ecode. Returns `RESUME_GUEST` or `RESUME_HOST`.
///
/// # Safety
///
/// Called by `kvm_handle_exit()`, with the vCPU that has exited.
#[no_mangle]
unsafe extern "C" fn kvm_handle_fault(vcpu: *mut kvm_vcpu, fault: c_int) -> c_int {
    // SAFETY: By the contract.
    let mut vcpu = unsafe { task(vcpu) };
    // CAST: An Ecode has six bits; the constants are small.
    match slow::handle(&mut vcpu, fault as u32) {
        Resume::Guest => bindings::RESUME_GUEST as c_int,
        Resume::Vmm => bindings::RESUME_HOST as c_int,
    }
}

/// Uses the VMM's answer to a load. Returns 0.
///
/// # Safety
///
/// Called by `kvm_arch_vcpu_ioctl_run()`, with its vCPU.
#[no_mangle]
unsafe extern "C" fn kvm_complete_mmio_read(vcpu: *mut kvm_vcpu, _run: *mut kvm_run) -> c_int {
    // SAFETY: By the contract.
    slow::complete_mmio(&mut unsafe { task(vcpu) });
    0
}

/// Uses the VMM's answer to a read of an IOCSR. Returns 0.
///
/// # Safety
///
/// As of [`kvm_complete_mmio_read`].
#[no_mangle]
unsafe extern "C" fn kvm_complete_iocsr_read(vcpu: *mut kvm_vcpu, _run: *mut kvm_run) -> c_int {
    // SAFETY: By the contract.
    slow::complete_iocsr(&mut unsafe { task(vcpu) });
    0
}

/// Uses the VMM's answer to a call. Returns 0.
///
/// # Safety
///
/// As of [`kvm_complete_mmio_read`].
#[no_mangle]
unsafe extern "C" fn kvm_complete_user_service(vcpu: *mut kvm_vcpu, _run: *mut kvm_run) -> c_int {
    // SAFETY: By the contract.
    slow::complete_call(&mut unsafe { task(vcpu) });
    0
}

/// Gives the guest the interrupts that wait.
///
/// # Safety
///
/// Called with preemption off, for a vCPU that is loaded on this CPU.
#[no_mangle]
unsafe extern "C" fn kvm_deliver_intr(vcpu: *mut kvm_vcpu) {
    // SAFETY: By the contract.
    unsafe { loaded(vcpu) }.deliver_interrupts();
}

/// Has the guest take the exception that waits, if one does.
///
/// # Safety
///
/// As of [`kvm_deliver_intr`].
#[no_mangle]
unsafe extern "C" fn kvm_deliver_exception(vcpu: *mut kvm_vcpu) {
    // SAFETY: By the contract.
    unsafe { loaded(vcpu) }.deliver_exception();
}

/// 1 if a timer interrupt waits, else 0.
///
/// # Safety
///
/// `vcpu` is valid.
#[no_mangle]
unsafe extern "C" fn kvm_pending_timer(vcpu: *mut kvm_vcpu) -> c_int {
    // SAFETY: By the contract; nothing of the CPU is looked at.
    c_int::from(unsafe { loaded(vcpu) }.has_pending_timer())
}
