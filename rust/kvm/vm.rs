// SPDX-License-Identifier: GPL-2.0

//! The VM of a running vCPU.

use super::{
    abi::{
        PvFeatures,
        MAX_PHYS_CPUID, //
    },
    phys_cpuid::PhysCpuid,
    vcpu::Vcpu, //
};
use crate::bindings;
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

    /// Size of its physical address space, in bytes.
    #[cfg(part_of_kvm)]
    pub(super) fn guest_physical_size(&self) -> u64 {
        // SAFETY: By the type invariant; only an address is computed.
        let size = unsafe { &raw const (*self.0.as_ptr()).arch.gpa_size };
        // SAFETY: As above. It is set before there is a vCPU. CAST: An `unsigned long` has 64 bits.
        unsafe { size.read() as u64 }
    }

    /// True if KVM has the IPI controllers of its vCPUs.
    #[inline(always)]
    pub(super) fn has_ipi_controllers(&self) -> bool {
        // SAFETY: By the type invariant; only an address is computed.
        let ipi = unsafe { &raw const (*self.0.as_ptr()).arch.ipi };
        // SAFETY: As above. Stored once, when all is ready, and in one piece.
        !unsafe { ipi.read_volatile() }.is_null()
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
        // `PhysCpuid` was checked; this holds for a CPU that speculates past the check.
        let index = id.get() & (MAX_PHYS_CPUID - 1);
        // CAST: Widened.
        let entry = entries
            .cast::<bindings::kvm_phyid_info>()
            .wrapping_add(index as usize);
        // SAFETY: The index is below the length of the array, which is a power of two.
        let vcpu = unsafe { (&raw const (*entry).vcpu).read_volatile() };
        // The pointer is stored after `enabled` is set and taken away before it is cleared, so it
        // alone tells.
        let vcpu = NonNull::new(vcpu)?;
        // SAFETY: As the function's comment says, it stays valid while this VM runs.
        Some(unsafe { Vcpu::from_raw(vcpu) })
    }
}
