// SPDX-License-Identifier: GPL-2.0

//! Takes the kernel's IPI operations (`mp_ops`) over from a running kernel, and gives them back.
//!
//! Six places of the kernel send through `mp_ops`. Two of its three pointers are exchanged;
//! `init_ipi` is called once, long before any module, and stays.

use super::locate;
use crate::{
    bindings::{
        self,
        smp_ops, //
    },
    smp::ops::{
        send_mask,
        send_single,
        Mask,
        Owner,
        Sender,
        Single, //
    },
    symbol::addresses_of, //
};
use core::{
    mem::{
        offset_of,
        MaybeUninit, //
    },
    ptr::NonNull, //
};
use kernel::{
    error::to_result,
    prelude::*, //
};

impl Owner {
    /// Names of its three functions, in the order of `struct smp_ops`.
    const fn functions(self) -> [&'static CStr; 3] {
        match self {
            Self::Native => [
                c"loongson_init_ipi",
                c"loongson_send_ipi_single",
                c"loongson_send_ipi_mask",
            ],
            Self::Paravirt => [c"pv_init_ipi", c"pv_send_ipi_single", c"pv_send_ipi_mask"],
        }
    }

    /// Their addresses, if this kernel has all of them.
    fn addresses(self) -> Option<[usize; 3]> {
        addresses_of(self.functions()).ok()
    }
}

const _: () = assert!(size_of::<smp_ops>() == size_of::<[usize; 3]>());

/// `mp_ops`, found and verified.
///
/// # Invariants
///
/// `ops` is the address of `mp_ops`, which holds the functions of `owner`.
pub(crate) struct Found {
    ops: NonNull<smp_ops>,
    owner: Owner,
}

impl Found {
    /// Looks where `arch_smp_send_reschedule()` loads its pointer from.
    ///
    /// # Errors
    ///
    /// No place that it loads from is in the middle of three functions that are known. Says in
    /// the log what is there.
    pub(crate) fn new() -> Result<Self> {
        let owners = [Owner::Native, Owner::Paravirt]
            .map(|owner| owner.addresses().map(|addresses| (owner, addresses)));
        let found = candidates(|ops, content| {
            let (owner, _) = owners
                .iter()
                .flatten()
                .find(|(_, addresses)| *addresses == content)?;
            // INVARIANT: Nothing but `mp_ops` holds these three in a row, in this order, where
            // the function that sends through `mp_ops` loads one of them from.
            Some(Self { ops, owner: *owner })
        });
        found.ok_or_else(|| {
            candidates(|_, content| {
                // SAFETY: Three words; they are only printed.
                unsafe { bindings::pv_ipi_rs_show_words(content.as_ptr().cast()) };
                None::<()>
            });
            ENOENT
        })
    }

    /// Whose operations they are.
    pub(crate) fn owner(&self) -> Owner {
        self.owner
    }

    /// Puts the operations of `S` in their place. Returns [`None`], and nothing is changed, if
    /// somebody else has just done the same.
    pub(crate) fn take_over<S: Sender>(self) -> Option<Taken> {
        let ours: (Single, Mask) = (send_single::<S>, send_mask::<S>);
        let [_, single, mask] = self.owner.addresses()?;
        let pointers = [
            (self.single(), single, ours.0 as usize),
            (self.mask(), mask, ours.1 as usize),
        ];
        // INVARIANT: Nothing is changed yet.
        let mut taken = Taken {
            pointers: [None; 2],
        };
        for (slot, (pointer, before, ours)) in taken.pointers.iter_mut().zip(pointers) {
            // SAFETY: By the type invariant a live pointer of the kernel, and a function that
            // does what the other does, so it does not matter who calls which.
            if !unsafe { replace(pointer, before, ours) } {
                return None;
            }
            // INVARIANT: as just changed.
            *slot = Some((pointer, before, ours));
        }
        Some(taken)
    }

    fn single(&self) -> *mut usize {
        // SAFETY: By the type invariant; only an address is computed.
        unsafe { &raw mut (*self.ops.as_ptr()).send_ipi_single }.cast()
    }

    fn mask(&self) -> *mut usize {
        // SAFETY: By the type invariant; only an address is computed.
        unsafe { &raw mut (*self.ops.as_ptr()).send_ipi_mask }.cast()
    }
}

/// The operations are ours for as long as the value lives.
///
/// # Invariants
///
/// Each is the address of a pointer in `mp_ops`, what it held, and the function of ours of the same
/// type that was stored into it.
pub(crate) struct Taken {
    pointers: [Option<(*mut usize, usize, usize)>; 2],
}

// SAFETY: The addresses are the kernel's, valid on every CPU; they are written in one piece.
unsafe impl Send for Taken {}
// SAFETY: As above, and there are no methods.
unsafe impl Sync for Taken {}

impl Drop for Taken {
    /// Gives the operations back. On return nobody is in a function of ours, nor about to call
    /// one. Process context.
    ///
    /// Whoever has taken them over from us may call ours, and gives
    /// them back to us; until then our code must stay. A module that is being removed has no other
    /// way to stay than to wait.
    fn drop(&mut self) {
        let mut said = false;
        for (pointer, before, ours) in self.pointers.into_iter().flatten() {
            // SAFETY: By the type invariant.
            while !unsafe { replace(pointer, ours, before) } {
                if !said {
                    pr_err!(
                        "somebody has taken the IPI operations over from us, \
                         and must give them back first; waiting\n"
                    );
                    said = true;
                }
                // CAST: A small constant.
                let tenth = (bindings::HZ / 10) as c_long;
                // SAFETY: Process context. There is no event to wait for.
                unsafe { bindings::schedule_timeout_uninterruptible(tenth) };
            }
        }
        // SAFETY: Process context; no RCU read lock is held, nor the hotplug lock.
        unsafe { bindings::pv_ipi_rs_wait_for_callers() };
    }
}

/// Stores `new` into a pointer of `mp_ops` if it holds `old`, and returns whether it did.
///
/// # Safety
///
/// `pointer` is one of `mp_ops`, and `new` a function of its type.
unsafe fn replace(pointer: *mut usize, old: usize, new: usize) -> bool {
    let found: usize;
    // SAFETY: By the contract. Readers load the pointer in one piece. `dbar 0` is a full barrier:
    // what was stored before is visible to whoever calls `new`.
    unsafe {
        core::arch::asm!(
            "dbar 0",
            "2:",
            "ll.d {found}, {pointer}, 0",
            "bne {found}, {old}, 3f",
            "move {stored}, {new}",
            "sc.d {stored}, {pointer}, 0",
            "beqz {stored}, 2b",
            "3:",
            "dbar 0",
            found = out(reg) found,
            stored = out(reg) _,
            old = in(reg) old,
            new = in(reg) new,
            pointer = in(reg) pointer,
            options(nostack),
        )
    };
    found == old
}

/// Calls `f` with each place that may be `mp_ops`, and the three words there, until it returns
/// something.
fn candidates<T>(f: impl FnMut(NonNull<smp_ops>, [usize; 3]) -> Option<T>) -> Option<T> {
    let mut f = f;
    let function = bindings::arch_smp_send_reschedule as *const () as usize;
    let code = read::<[u32; locate::WINDOW]>(function)?;
    let mut loads = locate::loads(&code, function as u64);
    loads.find_map(|loaded| {
        let base = (loaded as usize).wrapping_sub(offset_of!(smp_ops, send_ipi_single));
        if base % align_of::<smp_ops>() != 0 {
            return None;
        }
        f(NonNull::new(base as *mut smp_ops)?, read(base)?)
    })
}

/// Reads kernel memory at an address that need not be valid.
fn read<T: Copy>(address: usize) -> Option<T> {
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: The destination is valid for writes of one `T`; a bad source is an error.
    to_result(unsafe {
        bindings::copy_from_kernel_nofault(
            value.as_mut_ptr().cast(),
            address as *const c_void,
            size_of::<T>(),
        )
    } as c_int)
    .ok()?;
    // SAFETY: It was filled, and is only used with integers.
    Some(unsafe { value.assume_init() })
}
