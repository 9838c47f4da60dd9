// SPDX-License-Identifier: GPL-2.0

//! The VMs that have vCPUs of ours: a hash table with a lock for each bucket.
//!
//! Entries come and go in ftrace callbacks, which may not sleep. There is one for each VM, charged
//! to the task that makes its first vCPU, as the VM is, or to `insmod` if they were there before.
//! The number of buckets goes with the host's memory, of which a VM takes much more than its share:
//! no chain gets long before that is full.

use crate::bindings::{
    self,
    kvm,
    kvm_vcpu, //
};
use core::{
    mem,
    ops::{
        Deref,
        DerefMut, //
    },
    ptr::NonNull, //
};
use kernel::prelude::*;

/// Number of words that have a bit for each vCPU of a VM.
const WORDS: usize = bindings::KVM_MAX_VCPUS.div_ceil(u64::BITS) as usize;

/// A VM with at least one vCPU whose exits come to us.
pub(super) struct Vm {
    next: Option<Entry>,
    kvm: NonNull<kvm>,
    /// A bit for each of its vCPUs that is ours, at its index in `kvm->vcpu_array`.
    adopted: [u64; WORDS],
}

impl Vm {
    /// Notes that a vCPU is ours, or no longer. An index past the end of the VM changes nothing.
    pub(super) fn set(&mut self, index: u32, ours: bool) {
        let bit = 1_u64.wrapping_shl(index % u64::BITS);
        // CAST: To a wider type.
        if let Some(word) = self.adopted.get_mut((index / u64::BITS) as usize) {
            *word = if ours { *word | bit } else { *word & !bit };
        }
    }

    /// True if none of its vCPUs is ours.
    pub(super) fn is_empty(&self) -> bool {
        self.adopted.iter().all(|word| *word == 0)
    }

    /// Finds the vCPUs that are ours.
    ///
    /// # Safety
    ///
    /// Each is alive, and stays so while the result is used.
    pub(super) unsafe fn vcpus(&self) -> impl Iterator<Item = NonNull<kvm_vcpu>> + '_ {
        (0..bindings::KVM_MAX_VCPUS).filter_map(|index| {
            // CAST: To a wider type.
            let word = self.adopted.get((index / u64::BITS) as usize)?;
            if word.wrapping_shr(index) & 1 == 0 {
                return None;
            }
            // SAFETY: By the contract one of its vCPUs is alive, and therefore the VM.
            NonNull::new(unsafe { bindings::kvm_rs_vcpu(self.kvm.as_ptr(), index) })
        })
    }
}

/// A [`Vm`] of its own piece of memory.
///
/// # Invariants
///
/// The pointer is to a valid `Vm` that is nobody else's, from `kvm_rs_entry_alloc()`.
#[repr(transparent)]
pub(super) struct Entry(NonNull<Vm>);

impl Entry {
    /// For a VM with no vCPU of ours yet; [`None`] if there is no memory. Any context that may take
    /// a raw lock.
    pub(super) fn new(kvm: NonNull<kvm>) -> Option<Self> {
        // SAFETY: Allocates, or returns null.
        let memory = unsafe { bindings::kvm_rs_entry_alloc(mem::size_of::<Vm>()) };
        let entry = NonNull::new(memory.cast::<Vm>())?;
        // SAFETY: So much memory of our own, aligned as the allocator aligns everything.
        unsafe {
            entry.write(Vm {
                next: None,
                kvm,
                adopted: [0; WORDS],
            })
        };
        // INVARIANT: Just made.
        Some(Self(entry))
    }
}

impl Deref for Entry {
    type Target = Vm;

    fn deref(&self) -> &Vm {
        // SAFETY: By the type invariant.
        unsafe { self.0.as_ref() }
    }
}

impl DerefMut for Entry {
    fn deref_mut(&mut self) -> &mut Vm {
        // SAFETY: By the type invariant.
        unsafe { self.0.as_mut() }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // Entries are dropped one by one: nothing hangs on this one.
        // SAFETY: By the type invariant it came from there, and this is its last use.
        unsafe { bindings::kvm_rs_entry_free(self.0.as_ptr().cast()) };
    }
}

const _: () = assert!(mem::size_of::<Option<Entry>>() == mem::size_of::<*mut Vm>());

/// The VMs of one bucket.
#[repr(transparent)]
pub(super) struct Chain(Option<Entry>);

impl Chain {
    /// The entry of a VM.
    pub(super) fn find(&mut self, kvm: NonNull<kvm>) -> Option<&mut Vm> {
        let mut next = &mut self.0;
        while let Some(entry) = next {
            if entry.kvm == kvm {
                return Some(entry);
            }
            next = &mut entry.next;
        }
        None
    }

    /// Adds an entry, which must not be there yet.
    pub(super) fn push(&mut self, mut entry: Entry) -> &mut Vm {
        entry.next = self.0.take();
        self.0.insert(entry)
    }

    /// Takes the first entry out.
    pub(super) fn pop(&mut self) -> Option<Entry> {
        let mut entry = self.0.take()?;
        self.0 = entry.next.take();
        Some(entry)
    }

    /// Takes the entry of a VM out.
    pub(super) fn remove(&mut self, kvm: NonNull<kvm>) -> Option<Entry> {
        let mut next = &mut self.0;
        while next.as_ref().is_some_and(|entry| entry.kvm != kvm) {
            next = &mut next.as_mut()?.next;
        }
        let mut entry = next.take()?;
        *next = entry.next.take();
        Some(entry)
    }
}

/// The table's memory, there for as long as the value lives.
pub(crate) struct Table(());

impl Table {
    /// Allocates it. Process context; there is one at a time.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(super) fn new() -> Result<Self> {
        // SAFETY: Process context.
        kernel::error::to_result(unsafe { bindings::kvm_rs_buckets_alloc() })?;
        Ok(Self(()))
    }

    /// Number of buckets.
    pub(super) fn len() -> u32 {
        // SAFETY: Reads a number.
        unsafe { bindings::kvm_rs_buckets() }
    }

    /// The bucket of a VM: its address, well mixed.
    pub(super) fn bucket(kvm: NonNull<kvm>) -> u32 {
        let mixed = (kvm.as_ptr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // CAST: The upper half fits.
        (mixed >> 32) as u32 & Self::len().wrapping_sub(1)
    }

    /// Runs `f` with the lock of a bucket held and preemption off.
    ///
    /// # Safety
    ///
    /// The table is there, and `bucket` below its length.
    pub(super) unsafe fn with<R>(bucket: u32, f: impl FnOnce(&mut Chain) -> R) -> R {
        // SAFETY: By the contract. It takes a raw lock, which no interrupt takes.
        let chain = unsafe { bindings::kvm_rs_bucket_lock(bucket) }.cast::<Chain>();
        // SAFETY: A word that is zero, which is an empty chain, or was written here. The lock is
        // held, so this is the only reference.
        let result = f(unsafe { &mut *chain });
        // SAFETY: Taken above.
        unsafe { bindings::kvm_rs_bucket_unlock(bucket) };
        result
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // SAFETY: Nobody uses it any more: the hook is gone, and all entries.
        unsafe { bindings::kvm_rs_buckets_free() };
    }
}
