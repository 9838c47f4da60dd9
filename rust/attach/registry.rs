// SPDX-License-Identifier: GPL-2.0

//! The vCPUs whose exits come to us, so that each can be given back.
//!
//! A fixed hash table under a raw lock: entries come and go in ftrace callbacks, which may not
//! allocate or sleep. A vCPU that finds no room stays with the kernel, and runs as before.

use super::symbols;
use crate::{
    bindings::{
        self,
        kvm_vcpu, //
    },
    entry, //
};
use core::{
    cell::UnsafeCell,
    ptr::{
        self,
        NonNull, //
    },
};
use kernel::pr_warn_once;

/// Number of places, a power of two.
const CAPACITY: usize = 1 << 14;

/// Places that are given back under one hold of the lock.
const CHUNK: usize = 64;

struct Table {
    /// Whether new vCPUs are taken.
    open: bool,
    adopted: usize,
    /// vCPUs seen whose pointer was neither the kernel's nor ours.
    foreign: usize,
    /// # Invariants
    ///
    /// A pointer here is to a live vCPU whose `handle_exit` is ours. It is stored once.
    slots: [*mut kvm_vcpu; CAPACITY],
}

struct Global(UnsafeCell<Table>);

// SAFETY: Reached through `with_table()` only, which takes the lock.
unsafe impl Sync for Global {}

static TABLE: Global = Global(UnsafeCell::new(Table {
    open: false,
    adopted: 0,
    foreign: 0,
    slots: [ptr::null_mut(); CAPACITY],
}));

/// Runs `f` with the lock held and interrupts off.
fn with_table<R>(f: impl FnOnce(&mut Table) -> R) -> R {
    // SAFETY: Takes a raw lock, which any context may do.
    let flags = unsafe { bindings::kvm_rs_registry_lock() };
    // SAFETY: The lock is held, so this is the only reference.
    let result = f(unsafe { &mut *TABLE.0.get() });
    // SAFETY: Taken above, with these flags.
    unsafe { bindings::kvm_rs_registry_unlock(flags) };
    result
}

/// Where to begin looking for a vCPU: its address, well mixed.
fn home(vcpu: NonNull<kvm_vcpu>) -> usize {
    let mixed = (vcpu.as_ptr() as usize).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed >> (usize::BITS - CAPACITY.trailing_zeros())
}

impl Table {
    /// The first place from its home on that holds `what`.
    fn find(&mut self, vcpu: NonNull<kvm_vcpu>, what: *mut kvm_vcpu) -> Option<&mut *mut kvm_vcpu> {
        let (before, after) = self.slots.split_at_mut_checked(home(vcpu))?;
        let mut all = Iterator::chain(after.iter_mut(), before);
        all.find(|slot| **slot == what)
    }
}

/// Reads the exit function of a vCPU.
///
/// # Safety
///
/// `vcpu` is alive.
unsafe fn exit_function(vcpu: NonNull<kvm_vcpu>) -> usize {
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
unsafe fn set_exit_function(vcpu: NonNull<kvm_vcpu>, function: usize) {
    // SAFETY: By the contract; only an address is computed.
    let slot = unsafe { &raw mut (*vcpu.as_ptr()).arch.handle_exit };
    // SAFETY: As above.
    unsafe { slot.cast::<usize>().write_volatile(function) };
}

/// Takes a vCPU over, unless that was done before.
///
/// # Safety
///
/// `vcpu` is being loaded, so it is alive and nobody else loads or destroys it meanwhile.
pub(super) unsafe fn adopt(vcpu: NonNull<kvm_vcpu>) {
    // SAFETY: By the contract. Every context switch of a vCPU comes here, so this comes first.
    let function = unsafe { exit_function(vcpu) };
    if function == entry::address() {
        return;
    }
    let own = function == symbols::handle_exit();
    let full = with_table(|table| {
        if !table.open {
            return false;
        }
        if !own {
            table.foreign = table.foreign.saturating_add(1);
            return false;
        }
        let Some(slot) = table.find(vcpu, ptr::null_mut()) else {
            return true;
        };
        *slot = vcpu.as_ptr();
        table.adopted = table.adopted.saturating_add(1);
        // SAFETY: By the contract it is alive. INVARIANT: Stored with the entry, under the lock.
        unsafe { set_exit_function(vcpu, entry::address()) };
        false
    });
    if full {
        pr_warn_once!("too many vCPUs: some are left with the kernel's handlers\n");
    } else if !own {
        pr_warn_once!("a vCPU has an exit function that is not the kernel's: left alone\n");
    }
}

/// Gives a vCPU back that is about to be destroyed.
///
/// # Safety
///
/// `vcpu` is still alive, and runs nowhere.
pub(super) unsafe fn forget(vcpu: NonNull<kvm_vcpu>) {
    with_table(|table| {
        // SAFETY: By the contract. The test comes under the lock: `close()` may be at work.
        if unsafe { exit_function(vcpu) } != entry::address() {
            return;
        }
        if let Some(slot) = table.find(vcpu, vcpu.as_ptr()) {
            *slot = ptr::null_mut();
            table.adopted = table.adopted.saturating_sub(1);
        }
        // SAFETY: By the contract.
        unsafe { set_exit_function(vcpu, symbols::handle_exit()) };
    });
}

/// Starts to take vCPUs.
pub(crate) fn open() {
    with_table(|table| table.open = true);
}

/// Stops taking vCPUs and gives all of them back.
///
/// The hook must still be in place. A vCPU that is destroyed meanwhile then either is forgotten
/// before its entry is reached, or waits in [`forget`] for the lock until its entry is done.
///
/// On return no vCPU's pointer is ours, but a CPU may have loaded it before. It did so with
/// interrupts off, and keeps them off until it has left our code: see `entry.rs`. So after
/// [`cross_all_exits`](super::cross_all_exits) no CPU is in our code or on its way there.
pub(crate) fn close() {
    with_table(|table| table.open = false);
    for first in (0..CAPACITY).step_by(CHUNK) {
        with_table(|table| {
            for slot in table.slots.iter_mut().skip(first).take(CHUNK) {
                if let Some(vcpu) = NonNull::new(*slot) {
                    // SAFETY: By the invariant of `slots` the vCPU is alive.
                    unsafe { set_exit_function(vcpu, symbols::handle_exit()) };
                    *slot = ptr::null_mut();
                }
            }
        });
    }
    with_table(|table| table.adopted = 0);
}

/// Number of vCPUs whose exits come to us.
pub(crate) fn adopted() -> usize {
    with_table(|table| table.adopted)
}

/// Number of times a vCPU was seen with an exit function that is neither the kernel's nor ours.
pub(crate) fn foreign() -> usize {
    with_table(|table| table.foreign)
}
