// SPDX-License-Identifier: GPL-2.0

//! KVM's tracepoints on the way of an exit, in the order and with the values that they have in C.
//!
//! The helpers are called only where somebody listens.

use super::{
    super::access::{
        Bus,
        Width, //
    },
    TaskVcpu, //
};
use crate::bindings::{
    self,
    tracepoint, //
};
use core::ptr;
use kernel::ffi::c_int;

/// The use count of the static key of one of KVM's tracepoints.
#[inline(always)]
pub(crate) fn users(tracepoint: *const tracepoint) -> c_int {
    // SAFETY: Only called with statics of KVM; only an address is computed.
    let count = unsafe { &raw const (*tracepoint).key.key.enabled.counter };
    // SAFETY: As above. It is changed in one piece.
    unsafe { count.read_volatile() }
}

/// True if somebody uses it.
#[inline(always)]
fn is_used(tracepoint: *const tracepoint) -> bool {
    users(tracepoint) != 0
}

/// Calls a helper with the vCPU and more, if the tracepoint is used.
macro_rules! trace {
    ($vcpu:expr, $tracepoint:ident, $helper:ident $(, $more:expr)*) => {
        if is_used(&raw const bindings::$tracepoint) {
            // SAFETY: The vCPU is valid; nothing is kept.
            unsafe { bindings::$helper($vcpu.vcpu().as_ptr() $(, $more)*) };
        }
    };
}

impl TaskVcpu {
    /// A guest sensitive instruction.
    #[inline(always)]
    pub(crate) fn trace_sensitive(&self, word: u32) {
        trace!(self, __tracepoint_kvm_exit_gspr, kvm_rs_trace_gspr, word);
    }

    /// CPUCFG.
    #[inline(always)]
    pub(crate) fn trace_cpucfg(&self) {
        trace!(self, __tracepoint_kvm_exit_cpucfg, kvm_rs_trace_cpucfg);
    }

    /// A CSR.
    #[inline(always)]
    pub(crate) fn trace_csr(&self) {
        trace!(self, __tracepoint_kvm_exit_csr, kvm_rs_trace_csr);
    }

    /// CACOP.
    #[inline(always)]
    pub(crate) fn trace_cache(&self) {
        trace!(self, __tracepoint_kvm_exit_cache, kvm_rs_trace_cache);
    }

    /// IDLE.
    #[inline(always)]
    pub(crate) fn trace_idle(&self) {
        trace!(self, __tracepoint_kvm_exit_idle, kvm_rs_trace_idle);
    }

    /// A read is about to be made. Of an IOCSR there is one event, when it was made.
    #[inline(always)]
    pub(crate) fn trace_read_begins(&self, bus: Bus, address: u64, width: Width) {
        if bus == Bus::Mmio && is_used(&raw const bindings::__tracepoint_kvm_mmio) {
            // SAFETY: No value yet.
            unsafe { bindings::kvm_rs_trace_mmio(false, width.bytes(), address, ptr::null()) };
        }
    }

    /// A read gave this value.
    #[inline(always)]
    pub(crate) fn trace_read(&self, bus: Bus, address: u64, width: Width, value: u64) {
        match bus {
            Bus::Mmio if is_used(&raw const bindings::__tracepoint_kvm_mmio) => {
                // SAFETY: The value lives longer than the call.
                unsafe {
                    bindings::kvm_rs_trace_mmio(false, width.bytes(), address, &raw const value)
                }
            }
            Bus::Iocsr if is_used(&raw const bindings::__tracepoint_kvm_iocsr) => {
                // SAFETY: As in C, the event has no value.
                unsafe { bindings::kvm_rs_trace_iocsr(false, width.bytes(), address, ptr::null()) }
            }
            _ => {}
        }
    }

    /// This value is written.
    #[inline(always)]
    pub(crate) fn trace_write(&self, bus: Bus, address: u64, width: Width, value: u64) {
        match bus {
            Bus::Mmio if is_used(&raw const bindings::__tracepoint_kvm_mmio) => {
                // SAFETY: The value lives longer than the call.
                unsafe {
                    bindings::kvm_rs_trace_mmio(true, width.bytes(), address, &raw const value)
                }
            }
            Bus::Iocsr if is_used(&raw const bindings::__tracepoint_kvm_iocsr) => {
                // SAFETY: As above.
                unsafe {
                    bindings::kvm_rs_trace_iocsr(true, width.bytes(), address, &raw const value)
                }
            }
            _ => {}
        }
    }
}
