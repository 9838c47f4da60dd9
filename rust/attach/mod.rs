// SPDX-License-Identifier: GPL-2.0

//! Attaching to a running KVM from outside: names, a hook, and who was adopted.
//!
//! The world switch calls one function pointer of each vCPU, `arch.handle_exit`. Attaching is
//! storing ours there, and detaching is storing the kernel's back. No code or table of the kernel
//! is changed; two of its functions are watched through ftrace.

pub(crate) mod hook;
mod layout;
pub(crate) mod registry;
pub(crate) mod symbols;
pub(crate) mod vcpu;
mod vms;

use crate::bindings;

/// Waits until every CPU has been outside of an exit once: in a guest, or with interrupts on.
///
/// Whoever had our exit function from a vCPU when this was called has left our code afterwards: he
/// loaded it with interrupts off, and takes this call's interrupt only when he is through (see
/// [`vcpu::EntryPoint`]). May sleep, so only for process context.
pub(crate) fn cross_all_exits() {
    // SAFETY: Sends an interrupt to the other CPUs and waits. We are in process context, with
    // interrupts on.
    unsafe { bindings::kick_all_cpus_sync() };
}

/// True if the kernel has KVM, built in or loaded.
pub(crate) fn has_kvm() -> bool {
    // SAFETY: The function compares an address of its own.
    unsafe { bindings::kvm_rs_kvm_present() }
}

/// True if the kernel uses the virtualization extension (LVZ) of this CPU.
pub(crate) fn has_lvz() -> bool {
    // The boot CPU's entry speaks for all of them, as in the kernel's `cpu_has_lvz`.
    let boot_cpu = (&raw const bindings::cpu_data).cast::<bindings::cpuinfo_loongarch>();
    // SAFETY: An exported array of the kernel with at least one entry; only an address is taken.
    let options = unsafe { &raw const (*boot_cpu).options };
    // SAFETY: As above. It does not change after boot.
    let options = unsafe { options.read() };
    options & bindings::LOONGARCH_CPU_LVZ != 0
}
