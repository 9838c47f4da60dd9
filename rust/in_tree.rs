// SPDX-License-Identifier: GPL-2.0

//! KVM itself, where this code is part of it: everything is known by name, and each vCPU has our
//! exit function from the start.

use crate::{
    bindings::{
        self,
        kvm_vcpu, //
    },
    kvm::{
        deployment::Deployment,
        kind::Kind,
        task::trace::users, //
    }, //
};
use core::{
    cell::UnsafeCell,
    ptr::NonNull, //
};

/// KVM's own exit function, where the entry code finds it.
///
/// # Invariants
///
/// The address of that function, from before any vCPU has run.
pub(crate) struct ExitFunction(UnsafeCell<usize>);

// SAFETY: One value is ever written, in one piece.
unsafe impl Sync for ExitFunction {}

/// Address of `kvm_handle_exit()`.
pub(crate) static KERNEL_HANDLE_EXIT: ExitFunction = ExitFunction(UnsafeCell::new(0));

/// Notes KVM's own exit function. Called for each vCPU when it is made, with the same address.
pub(crate) fn set_handle_exit(address: usize) {
    // SAFETY: Nobody reads before a vCPU runs, and then it does not change. INVARIANT: by the
    // caller's promise.
    unsafe { KERNEL_HANDLE_EXIT.0.get().write_volatile(address) };
}

/// A part of KVM.
pub(crate) enum Here {}

impl Deployment for Here {
    #[inline(always)]
    unsafe fn kick(vcpu: NonNull<kvm_vcpu>) {
        // SAFETY: May be called with interrupts off: it takes raw locks only, and `put_cpu()` in it
        // does not schedule with interrupts off. By the contract the vCPU is alive and RCU is
        // watching.
        unsafe { bindings::__kvm_vcpu_kick(vcpu.as_ptr(), false) };
    }

    #[inline(always)]
    fn is_traced(kind: Kind) -> bool {
        let every = users(&raw const bindings::__tracepoint_kvm_exit)
            | users(&raw const bindings::__tracepoint_kvm_reenter);
        let gspr = &raw const bindings::__tracepoint_kvm_exit_gspr;
        let its = match kind {
            Kind::Hvcl => return every != 0,
            Kind::Cpucfg => &raw const bindings::__tracepoint_kvm_exit_cpucfg,
            Kind::Csr => &raw const bindings::__tracepoint_kvm_exit_csr,
            Kind::Cacop => &raw const bindings::__tracepoint_kvm_exit_cache,
            Kind::Ipi => &raw const bindings::__tracepoint_kvm_iocsr,
            Kind::Ine => return every | users(gspr) != 0,
        };
        every | users(gspr) | users(its) != 0
    }
}
