// SPDX-License-Identifier: GPL-2.0

//! Devices that KVM has itself, or that somebody has put on one of its buses.

use super::{
    super::access::{
        Bus,
        Width, //
    },
    TaskVcpu, //
};
use crate::bindings;
use kernel::ffi::c_uint;

impl Bus {
    #[inline(always)]
    fn number(self) -> c_uint {
        match self {
            Self::Mmio => bindings::kvm_bus_KVM_MMIO_BUS,
            Self::Iocsr => bindings::kvm_bus_KVM_IOCSR_BUS,
        }
    }
}

impl TaskVcpu {
    /// Reads from a device. [`None`] if none of this bus answers.
    ///
    /// Devices see a buffer of eight bytes, which is what the IPI controller in C fills whatever
    /// the width.
    #[inline(always)]
    pub(crate) fn bus_read(&mut self, bus: Bus, address: u64, width: Width) -> Option<u64> {
        let vcpu = self.vcpu().as_ptr();
        let mut value = 0_u64;
        // SAFETY: By the type invariant. Devices write to the buffer no more than its eight bytes.
        let error = unsafe {
            bindings::kvm_rs_bus_read(vcpu, bus.number(), address, width.bytes(), &raw mut value)
        };
        (error == 0).then_some(value)
    }

    /// Writes to a device. False if none of this bus answers.
    #[inline(always)]
    pub(crate) fn bus_write(&mut self, bus: Bus, address: u64, width: Width, value: u64) -> bool {
        let vcpu = self.vcpu().as_ptr();
        // SAFETY: By the type invariant. Devices read from the buffer no more than its eight bytes.
        let error = unsafe {
            bindings::kvm_rs_bus_write(vcpu, bus.number(), address, width.bytes(), &raw const value)
        };
        error == 0
    }
}
