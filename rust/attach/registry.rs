// SPDX-License-Identifier: GPL-2.0

//! Takes vCPUs over, and gives them back.
//!
//! Each vCPU that was taken over is noted with its VM, because at the end each must be found
//! again. One that cannot be taken over stays with the kernel, and runs as before.

use super::{
    hook::Hook,
    symbols,
    vcpu::{
        exit_function,
        fits,
        place,
        set_exit_function,
        EntryPoint, //
    },
    vms::{
        Chain,
        Entry,
        Table, //
    }, //
};
use crate::bindings::{
    self,
    kvm,
    kvm_vcpu, //
};
use core::ptr::NonNull;
use kernel::{
    pr_warn_once,
    prelude::*,
    sync::atomic::{
        Atomic,
        AtomicFlag,
        Relaxed, //
    }, //
};

/// Whether new vCPUs are taken. Read and, by [`Registry::close`], followed up under bucket locks.
static OPEN: AtomicFlag = AtomicFlag::new(false);

/// vCPUs whose exits come to us now.
static ADOPTED: Atomic<i64> = Atomic::new(0);

/// Times that a vCPU was met and could not be taken over.
static LEFT_OUT: Atomic<i64> = Atomic::new(0);

/// A vCPU was seen whose exit function is neither the kernel's nor ours.
static FOREIGN: AtomicFlag = AtomicFlag::new(false);

/// A vCPU was seen that is not laid out as the kernel's headers say.
static MISFIT: AtomicFlag = AtomicFlag::new(false);

/// Takes a vCPU over, unless that was done before.
///
/// # Safety
///
/// `vcpu` is alive and known to its VM, and nobody destroys it meanwhile. It may be running. A
/// [`Registry`] exists.
pub(super) unsafe fn adopt<E: EntryPoint>(vcpu: NonNull<kvm_vcpu>) {
    // SAFETY: By the contract.
    let function = unsafe { exit_function(vcpu) };
    if function == E::address() || !OPEN.load(Relaxed) {
        return;
    }
    if function != symbols::handle_exit() {
        FOREIGN.store(true, Relaxed);
        LEFT_OUT.add(1, Relaxed);
        pr_warn_once!("a vCPU has an exit function that is not the kernel's: left alone\n");
        return;
    }
    // SAFETY: By the contract, and the test above.
    if !unsafe { fits(vcpu) } {
        MISFIT.store(true, Relaxed);
        LEFT_OUT.add(1, Relaxed);
        pr_warn_once!("a vCPU is not laid out as in the kernel this was built for: left alone\n");
        return;
    }
    // SAFETY: By the contract.
    let Some((kvm, index)) = (unsafe { place(vcpu) }) else {
        return;
    };
    // SAFETY: By the contract.
    if !unsafe { enter::<E>(vcpu, kvm, index, None) } {
        // Outside of the lock. Another vCPU of the VM may be faster; then this entry is dropped.
        let new = Entry::new(kvm);
        // SAFETY: By the contract.
        if new.is_none() || !unsafe { enter::<E>(vcpu, kvm, index, new) } {
            LEFT_OUT.add(1, Relaxed);
            pr_warn_once!("no memory to take a vCPU over: left to the kernel\n");
        }
    }
}

/// Notes a vCPU with its VM, for which `new` is the entry if there is none yet, and stores our exit
/// function in it. False if there is neither.
///
/// # Safety
///
/// As for [`adopt`].
unsafe fn enter<E: EntryPoint>(
    vcpu: NonNull<kvm_vcpu>,
    kvm: NonNull<kvm>,
    index: u32,
    new: Option<Entry>,
) -> bool {
    let body = |chain: &mut Chain| {
        // SAFETY: By the contract. The test comes under the lock: the hook and `Registry::open()`
        // may meet at a vCPU.
        if !OPEN.load(Relaxed) || unsafe { exit_function(vcpu) } == E::address() {
            return true;
        }
        let vm = match (chain.find(kvm), new) {
            (Some(vm), _) => vm,
            (None, Some(new)) => chain.push(new),
            (None, None) => return false,
        };
        vm.set(index, true);
        ADOPTED.add(1, Relaxed);
        // SAFETY: By the contract it is alive; by that of `EntryPoint` this one
        // can handle exits.
        unsafe { set_exit_function(vcpu, E::address()) };
        true
    };
    // SAFETY: By the contract there is a table.
    unsafe { Table::with(Table::bucket(kvm), body) }
}

/// Gives a vCPU back that is about to be destroyed.
///
/// # Safety
///
/// `vcpu` is still alive, and runs nowhere. A [`Registry`] exists.
pub(super) unsafe fn forget<E: EntryPoint>(vcpu: NonNull<kvm_vcpu>) {
    // SAFETY: By the contract.
    let Some((kvm, index)) = (unsafe { place(vcpu) }) else {
        return;
    };
    let body = |chain: &mut Chain| {
        // SAFETY: By the contract. The test comes under the lock: `Registry::drop()` may be at
        // work.
        if unsafe { exit_function(vcpu) } != E::address() {
            return;
        }
        // SAFETY: By the contract.
        unsafe { set_exit_function(vcpu, symbols::handle_exit()) };
        ADOPTED.add(-1, Relaxed);
        let empty = chain.find(kvm).is_some_and(|vm| {
            vm.set(index, false);
            vm.is_empty()
        });
        if empty {
            chain.remove(kvm);
        }
    };
    // SAFETY: By the contract there is a table.
    unsafe { Table::with(Table::bucket(kvm), body) }
}

/// The vCPUs that were taken over. To be made before the hook, and to go after it.
pub(crate) struct Registry {
    _table: Table,
}

impl Registry {
    /// With no vCPU in it; none is taken before [`Registry::open`]. Process context.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            _table: Table::new()?,
        })
    }

    /// Starts to take vCPUs, with those that are there: on return each that somebody has open is
    /// ours, or was left out. The hook tells of their end, and of new ones. Process context.
    pub(crate) fn open<E: EntryPoint>(&self, _hook: &Hook) {
        /// # Safety
        ///
        /// As for [`adopt`].
        unsafe extern "C" fn visit<E: EntryPoint>(vcpu: *mut kvm_vcpu) {
            if let Some(vcpu) = NonNull::new(vcpu) {
                // SAFETY: By the contract.
                unsafe { adopt::<E>(vcpu) };
            }
        }
        OPEN.store(true, Relaxed);
        // SAFETY: Process context, and the address is that of `kvm_vcpu_ioctl()`. Who is visited
        // is open, so that nobody destroys it, and in its VM's array.
        unsafe { bindings::kvm_rs_visit_vcpus(symbols::vcpu_ioctl() as c_ulong, Some(visit::<E>)) };
    }

    /// Stops taking vCPUs and gives all of them back.
    ///
    /// The hook must still be in place. A vCPU that is destroyed meanwhile then either is forgotten
    /// before its VM's entry is reached, or waits in [`forget`] for the lock until that is done.
    ///
    /// On return no vCPU's pointer is ours, but a CPU may have loaded it before. It did so with
    /// interrupts off, and keeps them off until it has left our code: see [`EntryPoint`]. So after
    /// [`cross_all_exits`](super::cross_all_exits) no CPU is in our code or on its way there.
    pub(crate) fn close(&self) {
        OPEN.store(false, Relaxed);
        for bucket in 0..Table::len() {
            let give_back = |chain: &mut Chain| {
                let Some(vm) = chain.pop() else {
                    return false;
                };
                // SAFETY: A vCPU that is noted is alive: its end takes the note away, under this
                // lock.
                for vcpu in unsafe { vm.vcpus() } {
                    // SAFETY: As above.
                    unsafe { set_exit_function(vcpu, symbols::handle_exit()) };
                    ADOPTED.add(-1, Relaxed);
                }
                true
            };
            // One VM under each hold of the lock.
            // SAFETY: We have the table.
            while unsafe { Table::with(bucket, give_back) } {}
        }
    }
}

/// Number of vCPUs whose exits come to us.
pub(crate) fn adopted() -> u64 {
    u64::try_from(ADOPTED.load(Relaxed)).unwrap_or(0)
}

/// Number of times that a vCPU was met and could not be taken over: no memory, an exit function
/// that is neither the kernel's nor ours, or another layout.
pub(crate) fn left_out() -> u64 {
    u64::try_from(LEFT_OUT.load(Relaxed)).unwrap_or(0)
}

/// True if a vCPU was seen with an exit function that is neither the kernel's nor ours.
pub(crate) fn foreign() -> bool {
    FOREIGN.load(Relaxed)
}

/// True if a vCPU was seen that is not laid out as in the kernel that this module was built for.
pub(crate) fn misfit() -> bool {
    MISFIT.load(Relaxed)
}
