// SPDX-License-Identifier: GPL-2.0

//! Attaching to a running KVM from outside: names, a hook, and who was adopted.
//!
//! The world switch calls one function pointer of each vCPU, `arch.handle_exit`. Attaching is
//! storing ours there, and detaching is storing the kernel's back. No code or table of the kernel
//! is changed; two of its functions are watched through ftrace.

pub(crate) mod hook;
pub(crate) mod registry;
pub(crate) mod symbols;

use crate::bindings;
use core::ptr;
use kernel::prelude::*;

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

/// Allocates a structure of C as a static definition there would leave it.
///
/// # Safety
///
/// All bytes zero is a valid `T`.
unsafe fn zeroed<T>() -> Result<KBox<T>> {
    let mut new = KBox::<T>::new_uninit(GFP_KERNEL)?;
    // SAFETY: The box is valid for writes of one `T`.
    unsafe { new.as_mut_ptr().write_bytes(0, 1) };
    // SAFETY: By the contract that was a valid value.
    Ok(unsafe { new.assume_init() })
}

/// Makes every CPU switch to another task and back.
///
/// Two things hold afterwards. Whatever ran with preemption or interrupts disabled when this was
/// called has come to its end. And every vCPU that was running has been put and loaded again.
pub(crate) fn cross_all_cpus() {
    extern "C" fn nothing(_data: *mut c_void) -> c_int {
        0
    }
    // SAFETY: The callback does nothing. We are in process context, at module load or unload.
    //
    // The result is what the callback returns: each online CPU has run its stopper task.
    unsafe { bindings::stop_machine(Some(nothing), ptr::null_mut(), ptr::null()) };
}
