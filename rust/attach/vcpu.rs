// SPDX-License-Identifier: GPL-2.0

//! What attaching reads and writes in a vCPU.

use crate::bindings::{
    self,
    kvm,
    kvm_vcpu, //
};
use core::ptr::NonNull;

/// The exit function of vCPUs that were taken over.
///
/// # Safety
///
/// The address is that of a function that the world switch may call in the place of the kernel's.
/// It keeps interrupts off until it has returned to the guest (`RESUME_GUEST`), or has jumped to
/// the kernel's function and left nothing of its own on the stack.
pub(crate) unsafe trait EntryPoint {
    /// Its address.
    fn address() -> usize;
}

/// What the names begin with that KVM gives to VMs and vCPUs in its statistics.
const STATS_ID: [u8; 4] = *b"kvm-";

/// Reads the exit function of a vCPU.
///
/// # Safety
///
/// `vcpu` is alive.
pub(super) unsafe fn exit_function(vcpu: NonNull<kvm_vcpu>) -> usize {
    // SAFETY: By the contract; only an address is computed.
    let function = unsafe { &raw const (*vcpu.as_ptr()).arch.handle_exit };
    // SAFETY: As above. An optional function is a word, zero for none.
    unsafe { function.cast::<usize>().read_volatile() }
}

/// Stores the exit function of a vCPU, in one piece: its next exit takes the old or the new.
///
/// # Safety
///
/// `vcpu` is alive and `function` can handle exits.
pub(super) unsafe fn set_exit_function(vcpu: NonNull<kvm_vcpu>, function: usize) {
    // SAFETY: By the contract; only an address is computed.
    let slot = unsafe { &raw mut (*vcpu.as_ptr()).arch.handle_exit };
    // SAFETY: As above.
    unsafe { slot.cast::<usize>().write_volatile(function) };
}

/// The VM of a vCPU, and its index there.
///
/// # Safety
///
/// `vcpu` is alive.
pub(super) unsafe fn place(vcpu: NonNull<kvm_vcpu>) -> Option<(NonNull<kvm>, u32)> {
    // SAFETY: By the contract. Both are set when the vCPU is made.
    let kvm = unsafe { (&raw const (*vcpu.as_ptr()).kvm).read() };
    // SAFETY: As above.
    let index = unsafe { (&raw const (*vcpu.as_ptr()).vcpu_idx).read() };
    Some((NonNull::new(kvm)?, u32::try_from(index).ok()?))
}

/// True if the running kernel's structures are those that this module was built with, as far as a
/// vCPU shows: KVM's names for it and for its VM are where they are to be, behind every field that
/// this module touches, and the VM knows it at its index.
///
/// # Safety
///
/// `vcpu` is alive and its exit function the kernel's own.
pub(super) unsafe fn fits(vcpu: NonNull<kvm_vcpu>) -> bool {
    // SAFETY: By the contract.
    let Some((kvm, index)) = (unsafe { place(vcpu) }) else {
        return false;
    };
    // SAFETY: By the contract; only an address is computed.
    let vcpu_id = unsafe { &raw const (*vcpu.as_ptr()).stats_id };
    // SAFETY: As above, for its VM.
    let vm_id = unsafe { &raw const (*kvm.as_ptr()).stats_id };
    for id in [vcpu_id, vm_id] {
        // SAFETY: A longer name, which does not change. If it lies elsewhere that is not far away,
        // so that memory of the kernel is read in any case.
        if unsafe { id.cast::<[u8; STATS_ID.len()]>().read() } != STATS_ID {
            return false;
        }
    }
    // SAFETY: A VM whose vCPU is alive.
    unsafe { bindings::kvm_rs_vcpu(kvm.as_ptr(), index) == vcpu.as_ptr() }
}
