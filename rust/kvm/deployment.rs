// SPDX-License-Identifier: GPL-2.0

//! What the ways to deploy this code reach each in its own way.

use super::kind::Kind;
use crate::bindings::kvm_vcpu;
use core::ptr::NonNull;

/// The rest of KVM, as a deployment reaches it: a module beside it by addresses that it has looked
/// up, KVM itself by name.
///
/// All of it is for the way of an exit, with interrupts off.
pub(crate) trait Deployment {
    /// Wakes a vCPU or forces it out of the guest: `__kvm_vcpu_kick()`, without waiting.
    ///
    /// # Safety
    ///
    /// `vcpu` is alive, and RCU is watching this CPU.
    unsafe fn kick(vcpu: NonNull<kvm_vcpu>);

    /// True if somebody uses a tracepoint that an exit of this kind passes.
    fn is_traced(kind: Kind) -> bool;
}
