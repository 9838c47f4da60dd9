// SPDX-License-Identifier: GPL-2.0

//! The kernel's IPI operations (`mp_ops`) as what we put in their place.

use super::mask::CpuMask;
use crate::bindings::{
    cpumask,
    smp_ops, //
};
use kernel::prelude::*;

/// Type of `mp_ops.send_ipi_single`.
pub(super) type Single = unsafe extern "C" fn(cpu: c_int, action: c_uint);
/// Type of `mp_ops.send_ipi_mask`.
pub(super) type Mask = unsafe extern "C" fn(mask: *const cpumask, action: c_uint);

// The types above are the headers'.
const _: fn(&smp_ops) = |ops| {
    let _: Option<Single> = ops.send_ipi_single;
    let _: Option<Mask> = ops.send_ipi_mask;
};

/// What sends in the place of the kernel.
pub(crate) trait Sender: 'static {
    /// Sends to one CPU. `number` and `action` are any that the kernel sends.
    ///
    /// Any context that may send IPIs, interrupts on or off.
    fn single(number: u32, action: u32);
    /// Sends to all of `mask`. Context as above.
    fn mask(mask: CpuMask<'_>, action: u32);
}

/// Who takes SWI0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Nobody but us, on the CPUs that are ready for it: IPIs go through IOCSR (`loongson_*` in
    /// `smp.c`).
    #[cfg_attr(not(MODULE), allow(dead_code, reason = "only a module meets it"))]
    Native,
    /// A handler that is there on every CPU, for as long as that is online: the kernel's own PV
    /// IPI (`pv_*` in `paravirt.c`), or ours if that is built in.
    Paravirt,
}

/// What the kernel calls to send to one CPU.
///
/// # Safety
///
/// As `mp_ops.send_ipi_single`.
pub(super) unsafe extern "C" fn send_single<S: Sender>(cpu: c_int, action: c_uint) {
    // CAST: A negative number becomes one that is no CPU's.
    S::single(cpu as u32, action);
}

/// What the kernel calls to send to a set of CPUs.
///
/// # Safety
///
/// As `mp_ops.send_ipi_mask`.
pub(super) unsafe extern "C" fn send_mask<S: Sender>(mask: *const cpumask, action: c_uint) {
    // SAFETY: The caller keeps the mask for as long as the call lasts.
    S::mask(unsafe { CpuMask::from_raw(mask) }, action);
}
