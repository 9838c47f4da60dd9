// SPDX-License-Identifier: GPL-2.0

//! The page that KVM shares with the VMM (`struct kvm_run`), as far as exits fill it and answers
//! are read from it.
//!
//! The VMM writes it at any time. Each word that is read is read once, and believed in nothing but
//! its value.

use super::{
    super::access::Width,
    super::{
        exited::write,
        vcpu::{
            field,
            read, //
        }, //
    },
    waiting::Waiting,
    TaskVcpu, //
};
use crate::bindings;

/// An exit to the VMM, with what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// A load from this address (`KVM_EXIT_MMIO`).
    MmioRead(u64, Width),
    /// A store of this value to it.
    MmioWrite(u64, Width, u64),
    /// A read of an IOCSR (`KVM_EXIT_LOONGARCH_IOCSR`).
    IocsrRead(u64, Width),
    /// A write of this value to it.
    IocsrWrite(u64, Width, u64),
    /// A hypercall with these arguments (`KVM_EXIT_HYPERCALL`).
    Call([u64; 6]),
    /// A breakpoint (`KVM_EXIT_DEBUG`).
    Debug,
}

/// Writes a field of the page.
macro_rules! tell {
    ($vcpu:expr, $value:expr, $($path:tt)+) => {{
        let run = read!($vcpu, run);
        let value = $value;
        // SAFETY: A vCPU has its page from its creation to its end; only an address is computed.
        let field = unsafe { &raw mut (*run).$($path)+ };
        // SAFETY: As above. It is no Rust object of anybody, and any bytes are a value.
        unsafe { field.write_volatile(value) }
    }};
}

/// Reads a field of the page, once.
macro_rules! hear {
    ($vcpu:expr, $($path:tt)+) => {{
        let run = read!($vcpu, run);
        // SAFETY: A vCPU has its page from its creation to its end; only an address is computed.
        let field = unsafe { &raw const (*run).$($path)+ };
        // SAFETY: As above. Any bytes are a value.
        unsafe { field.read_volatile() }
    }};
}

impl TaskVcpu {
    /// Tells the VMM of an exit, and notes what its answer is for.
    pub(crate) fn wait_for(&mut self, waiting: Waiting, exit: Exit) {
        let vcpu = self.vcpu();
        write!(vcpu, waiting.pack(), arch.io_gpr);
        let reason = match exit {
            Exit::MmioRead(address, width) => {
                self.tell_mmio(address, width, 0, false);
                bindings::KVM_EXIT_MMIO
            }
            Exit::MmioWrite(address, width, value) => {
                self.tell_mmio(address, width, value, true);
                bindings::KVM_EXIT_MMIO
            }
            Exit::IocsrRead(address, width) => {
                self.tell_iocsr(address, width, 0, false);
                bindings::KVM_EXIT_LOONGARCH_IOCSR
            }
            Exit::IocsrWrite(address, width, value) => {
                self.tell_iocsr(address, width, value, true);
                bindings::KVM_EXIT_LOONGARCH_IOCSR
            }
            Exit::Call(args) => {
                tell!(
                    vcpu,
                    bindings::KVM_HCALL_USER_SERVICE,
                    __bindgen_anon_1.hypercall.nr
                );
                tell!(vcpu, args, __bindgen_anon_1.hypercall.args);
                tell!(vcpu, 0, __bindgen_anon_1.hypercall.__bindgen_anon_1.flags);
                // What it is if the VMM does not know the call.
                tell!(vcpu, u64::MAX, __bindgen_anon_1.hypercall.ret);
                bindings::KVM_EXIT_HYPERCALL
            }
            Exit::Debug => bindings::KVM_EXIT_DEBUG,
        };
        tell!(vcpu, reason, exit_reason);
    }

    fn tell_mmio(&mut self, address: u64, width: Width, value: u64, is_write: bool) {
        let vcpu = self.vcpu();
        tell!(vcpu, address, __bindgen_anon_1.mmio.phys_addr);
        tell!(vcpu, value.to_le_bytes(), __bindgen_anon_1.mmio.data);
        tell!(vcpu, width.bytes(), __bindgen_anon_1.mmio.len);
        tell!(vcpu, u8::from(is_write), __bindgen_anon_1.mmio.is_write);
        // By these two `kvm_arch_vcpu_ioctl_run()` knows that there will be an answer.
        write!(vcpu, 1, mmio_needed);
        write!(vcpu, i32::from(is_write), mmio_is_write);
    }

    fn tell_iocsr(&mut self, address: u64, width: Width, value: u64, is_write: bool) {
        let vcpu = self.vcpu();
        tell!(vcpu, address, __bindgen_anon_1.iocsr_io.phys_addr);
        tell!(vcpu, value.to_le_bytes(), __bindgen_anon_1.iocsr_io.data);
        tell!(vcpu, width.bytes(), __bindgen_anon_1.iocsr_io.len);
        tell!(vcpu, u8::from(is_write), __bindgen_anon_1.iocsr_io.is_write);
    }

    /// What an answer of the VMM is waited for, if any.
    pub(crate) fn waiting(&self) -> Waiting {
        Waiting::unpack(read!(self.vcpu(), arch.io_gpr))
    }

    /// Notes that the answer has come.
    pub(crate) fn answered(&mut self) {
        write!(self.vcpu(), Waiting::Nothing.pack(), arch.io_gpr);
    }

    /// The value of a load.
    pub(crate) fn mmio_answer(&self) -> u64 {
        u64::from_le_bytes(hear!(self.vcpu(), __bindgen_anon_1.mmio.data))
    }

    /// The value of an IOCSR.
    pub(crate) fn iocsr_answer(&self) -> u64 {
        u64::from_le_bytes(hear!(self.vcpu(), __bindgen_anon_1.iocsr_io.data))
    }

    /// The result of a call.
    pub(crate) fn call_answer(&self) -> u64 {
        hear!(self.vcpu(), __bindgen_anon_1.hypercall.ret)
    }
}
