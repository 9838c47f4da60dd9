// SPDX-License-Identifier: GPL-2.0

//! The VM of a running vCPU.

use super::{
    abi::{
        PvFeatures,
        MAX_PHYS_CPUID, //
    },
    cpu,
    vcpu::Vcpu, //
};
use crate::{
    bindings,
    phys_cpuid::PhysCpuid, //
};
use core::ptr::NonNull;

/// A `struct kvm` whose vCPU is running, which keeps the VM and all its vCPUs alive.
///
/// # Invariants
///
/// The pointer is valid for as long as the value lives.
pub(super) struct Vm(NonNull<bindings::kvm>);

impl Vm {
    /// # Safety
    ///
    /// `kvm` is the VM of a vCPU that is running, and outlives the result.
    #[inline(always)]
    pub(super) unsafe fn from_raw(kvm: NonNull<bindings::kvm>) -> Self {
        // INVARIANT: By the contract.
        Self(kvm)
    }

    /// The PV features it offers now. The VMM may set them once, at any time.
    #[inline(always)]
    pub(super) fn features(&self) -> PvFeatures {
        // SAFETY: By the type invariant; only an address is computed.
        let features = unsafe { &raw const (*self.0.as_ptr()).arch.pv_features };
        // SAFETY: As above. Writers store the word in one piece.
        let features = unsafe { features.read_volatile() };
        // CAST: An `unsigned long` has 64 bits.
        PvFeatures::from_raw(features as u64)
    }

    /// Finds the vCPU that the guest gave this ID.
    ///
    /// Entries are set by KVM when the guest's ID is set and cleared when a vCPU is destroyed,
    /// which cannot happen while one of the same VM runs. So the pointer may be used without a
    /// lock, as KVM itself does.
    #[inline(always)]
    pub(super) fn vcpu(&self, id: PhysCpuid) -> Option<Vcpu> {
        // SAFETY: By the type invariant; only an address is computed.
        let map = unsafe { &raw const (*self.0.as_ptr()).arch.phyid_map };
        // SAFETY: The map is allocated before and freed after every vCPU of the VM.
        let map = unsafe { map.read_volatile() };
        // SAFETY: As above; only an address is computed.
        let entries = unsafe { &raw const (*map).phys_map };
        // `PhysCpuid` was checked; the clamp holds for a CPU that speculates past the check.
        let index = cpu::nospec(id.get(), MAX_PHYS_CPUID);
        let entry = entries
            .cast::<bindings::kvm_phyid_info>()
            .wrapping_add(index);
        // SAFETY: The index is below the length of the array.
        let enabled = unsafe { (&raw const (*entry).enabled).read_volatile() };
        if !enabled {
            return None;
        }
        // SAFETY: As above.
        let vcpu = unsafe { (&raw const (*entry).vcpu).read_volatile() };
        // An entry is enabled just before its pointer is stored.
        let vcpu = NonNull::new(vcpu)?;
        // SAFETY: As the function's comment says, it stays valid while this VM runs.
        Some(unsafe { Vcpu::from_raw(vcpu) })
    }
}
