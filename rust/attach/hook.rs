// SPDX-License-Identifier: GPL-2.0

//! Watches two functions of KVM through ftrace: a vCPU was made, a vCPU is destroyed.
//!
//! A plain callback observes. It redirects nothing, so it lives beside tracers and live patches.

use super::{
    registry,
    symbols,
    vcpu::EntryPoint, //
};
use crate::{
    bindings::{
        self,
        kvm_vcpu, //
    },
    symbol::zeroed, //
};
use core::{
    mem::ManuallyDrop,
    ptr::NonNull, //
};
use kernel::{
    error::to_result,
    prelude::*, //
};

/// The hook, in place for as long as the value lives.
///
/// # Invariants
///
/// The operations are registered with ftrace and do not move.
pub(crate) struct Hook(ManuallyDrop<KBox<bindings::ftrace_ops>>);

// SAFETY: ftrace does its own locking; the value is only kept and dropped.
unsafe impl Send for Hook {}
// SAFETY: As above, and there are no methods.
unsafe impl Sync for Hook {}

impl Hook {
    /// Starts watching. vCPUs that are made from now on get the exit function of `E`, once the
    /// registry is open.
    ///
    /// # Errors
    ///
    /// Passes on what ftrace says: `EBUSY` if it is switched off (`kernel.ftrace_enabled`), `ENODEV`
    /// if it has shut itself down because of a bug.
    pub(crate) fn new<E: EntryPoint>() -> Result<Self> {
        // SAFETY: Integers, pointers, lists and options of functions, for all of which zero is
        // valid.
        let mut ops = unsafe { zeroed::<bindings::ftrace_ops>() }?;
        ops.func = Some(on_call::<E>);
        // Permanent: from now on ftrace cannot be switched off, which would hide the end of a
        // vCPU from us and leave a dangling pointer in the registry.
        // CAST: A flag of a word, and an `unsigned long` has 64 bits.
        ops.flags = bindings::FTRACE_OPS_FL_PERMANENT as c_ulong;

        let raw = &raw mut *ops;
        let set_up = || {
            for address in [symbols::vcpu_created(), symbols::vcpu_destroy()] {
                // SAFETY: Valid operations, not yet registered.
                to_result(unsafe {
                    bindings::ftrace_set_filter_ip(raw, address as c_ulong, 0, 0)
                })?;
            }
            // SAFETY: As above; they stay in their box until they are unregistered.
            to_result(unsafe { bindings::register_ftrace_function(raw) })
        };
        if let Err(e) = set_up() {
            // SAFETY: The operations are not registered; the filter is not in use.
            unsafe { bindings::ftrace_free_filter(raw) };
            return Err(e);
        }
        // INVARIANT: Just registered, and boxed.
        Ok(Self(ManuallyDrop::new(ops)))
    }
}

impl Hook {
    /// Makes the operations ones that call nothing, where ftrace does not let go of them.
    ///
    /// It does not once it has shut itself down because of a bug, of whoever it was. The places
    /// that were patched then go on calling its list function, which goes on looking at the list
    /// as it is. So the operations stay where they are for ever, but as a placeholder, which that
    /// function passes over without reading more than the flag.
    fn neutralize(&mut self, e: Error) {
        let raw = &raw mut **self.0;
        // SAFETY: By the type invariant they are alive; only an address is computed.
        let flags = unsafe { &raw mut (*raw).flags };
        // SAFETY: As above.
        let old = unsafe { flags.read_volatile() };
        // CAST: As in `new()`.
        let stub = bindings::FTRACE_OPS_FL_STUB as c_ulong;
        // SAFETY: As above. Nobody else writes: that ftrace is shut down is why we are here.
        unsafe { flags.write_volatile(old | stub) };
        // SAFETY: We are in process context. The list function has preemption disabled, so nobody
        // who saw the old flag is in `on_call()` afterwards.
        unsafe { bindings::synchronize_rcu() };
        pr_warn!(
            "ftrace has shut itself down ({:?}): it keeps a record that calls nothing\n",
            e
        );
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        let raw = &raw mut **self.0;
        // SAFETY: By the type invariant they are registered. On return no callback is running:
        // ftrace waits for that, because the operations are dynamic ones.
        let unregistered = to_result(unsafe { bindings::unregister_ftrace_function(raw) });
        if let Err(e) = unregistered {
            self.neutralize(e);
            return;
        }
        // SAFETY: They are no longer in use.
        unsafe { bindings::ftrace_free_filter(raw) };
        // SAFETY: This is the only drop, and the value is not used after it.
        unsafe { ManuallyDrop::drop(&mut self.0) };
    }
}

/// Called at the start of either function, with preemption disabled.
///
/// # Safety
///
/// Called by ftrace only, for the operations of [`Hook`].
unsafe extern "C" fn on_call<E: EntryPoint>(
    ip: c_ulong,
    _parent_ip: c_ulong,
    _ops: *mut bindings::ftrace_ops,
    regs: *mut bindings::ftrace_regs,
) {
    let regs = regs.cast::<bindings::__arch_ftrace_regs>();
    // SAFETY: ftrace passes the registers at the function's start. $a0, the first argument, is
    // register 4.
    let vcpu = unsafe { (&raw const (*regs).regs.regs[4]).read() } as *mut kvm_vcpu;
    let Some(vcpu) = NonNull::new(vcpu) else {
        return;
    };
    // The address is that of the call site, a few instructions into the function at most.
    if ip.wrapping_sub(symbols::vcpu_destroy()) < 16 {
        // SAFETY: The vCPU is about to be destroyed and still whole.
        unsafe { registry::forget::<E>(vcpu) };
    } else {
        // SAFETY: Its maker has the VM open, so nobody destroys the vCPU meanwhile.
        unsafe { registry::adopt::<E>(vcpu) };
    }
}
