// SPDX-License-Identifier: GPL-2.0

//! The kernel's IPI operations (`mp_ops`): finds them, puts ours in their place, gives them back.
//!
//! Six places of the kernel send through `mp_ops`. Two of its three pointers are exchanged;
//! `init_ipi` is called once, long before any module, and stays.

use super::{
    cpu::Cpu,
    locate,
    mask::CpuMask,
    symbols::{
        Mask,
        Single, //
    },
};
use crate::{
    bindings::{
        self,
        cpumask,
        smp_ops, //
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

/// What sends in the place of the kernel.
pub(crate) trait Sender: 'static {
    /// Sends to one CPU. `action` is any number that the kernel sends.
    ///
    /// Any context that may send IPIs, interrupts on or off, preemption off.
    fn single(cpu: Cpu, action: u32);
    /// Sends to all of `mask`.
    fn mask(mask: CpuMask<'_>, action: u32);
}

/// Whose operations were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// IPIs through IOCSR (`loongson_*` in `smp.c`). Nobody owns SWI0.
    Native,
    /// The kernel's own PV IPI (`pv_*` in `paravirt.c`), which owns SWI0.
    Paravirt,
}

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
    /// Looks where `arch_smp_send_reschedule()` loads its pointer from. [`None`] if no place
    /// that it loads from is in the middle of three functions that are known.
    pub(crate) fn new() -> Option<Self> {
        let function = bindings::arch_smp_send_reschedule as *const () as usize;
        let code = read::<[u32; locate::WINDOW]>(function)?;
        let owners = [Owner::Native, Owner::Paravirt]
            .map(|owner| owner.addresses().map(|addresses| (owner, addresses)));

        let mut loads = locate::loads(&code, function as u64);
        loads.find_map(|loaded| {
            let base = (loaded as usize).wrapping_sub(offset_of!(smp_ops, send_ipi_single));
            if base % align_of::<smp_ops>() != 0 {
                return None;
            }
            let content = read::<[usize; 3]>(base)?;
            let (owner, _) = owners
                .iter()
                .flatten()
                .find(|(_, addresses)| *addresses == content)?;
            // INVARIANT: Nothing but `mp_ops` holds these three in a row, in this order, where
            // the function that sends through `mp_ops` loads one of them from.
            Some(Self {
                ops: NonNull::new(base as *mut smp_ops)?,
                owner: *owner,
            })
        })
    }

    /// Whose operations they are.
    pub(crate) fn owner(&self) -> Owner {
        self.owner
    }

    /// Puts the operations of `S` in their place.
    pub(crate) fn take_over<S: Sender>(self) -> Taken {
        let single = self.single();
        let mask = self.mask();
        let ours: (Single, Mask) = (send_single::<S>, send_mask::<S>);
        // SAFETY: By the type invariant a live pointer of the kernel, written in one piece. Our
        // function does what the other does, so it does not matter who calls which.
        let before = unsafe { exchange(single, ours.0 as usize) };
        // SAFETY: As above.
        let before_mask = unsafe { exchange(mask, ours.1 as usize) };
        // INVARIANT: as just stored.
        Taken {
            single: (single, before, ours.0 as usize),
            mask: (mask, before_mask, ours.1 as usize),
        }
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

/// The operations are ours for as long as the value lives. A CPU may be inside of ours for a
/// little longer.
///
/// # Invariants
///
/// Each is the address of a pointer in `mp_ops`, what it held, and what was stored into it.
pub(crate) struct Taken {
    single: (*mut usize, usize, usize),
    mask: (*mut usize, usize, usize),
}

// SAFETY: The addresses are the kernel's, valid on every CPU; they are written in one piece.
unsafe impl Send for Taken {}
// SAFETY: As above, and there are no methods.
unsafe impl Sync for Taken {}

impl Drop for Taken {
    fn drop(&mut self) {
        for (pointer, before, ours) in [self.single, self.mask] {
            // SAFETY: By the type invariant.
            let found = unsafe { exchange(pointer, before) };
            if found != ours {
                pr_err!("someone else had taken the IPI operations over\n");
            }
        }
    }
}

/// Stores a pointer of `mp_ops` and returns what it was.
///
/// # Safety
///
/// `pointer` is one of `mp_ops`, and `value` a function of its type.
unsafe fn exchange(pointer: *mut usize, value: usize) -> usize {
    let before: usize;
    // SAFETY: By the contract. Readers load the pointer in one piece.
    unsafe {
        core::arch::asm!(
            "amswap_db.d {before}, {value}, {pointer}",
            before = out(reg) before,
            value = in(reg) value,
            pointer = in(reg) pointer,
            options(nostack),
        )
    };
    before
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

/// What the kernel calls to send to one CPU.
///
/// # Safety
///
/// As `mp_ops.send_ipi_single`.
unsafe extern "C" fn send_single<S: Sender>(cpu: c_int, action: c_uint) {
    // CAST: A negative number becomes one that is no CPU's.
    if let Some(cpu) = Cpu::new(cpu as u32) {
        S::single(cpu, action);
    }
}

/// What the kernel calls to send to a set of CPUs.
///
/// # Safety
///
/// As `mp_ops.send_ipi_mask`.
unsafe extern "C" fn send_mask<S: Sender>(mask: *const cpumask, action: c_uint) {
    // SAFETY: The caller keeps the mask for as long as the call lasts.
    S::mask(unsafe { CpuMask::from_raw(mask) }, action);
}
