// SPDX-License-Identifier: GPL-2.0

//! A vCPU between its exit and its next entry: what its own task reads and writes meanwhile, with
//! interrupts off or on.

use super::{
    abi::{
        Gpr,
        Plv,
        PvFeatures,
        CPUCFG_WORDS, //
    },
    cpu,
    csr::Csr,
    vcpu::{
        field,
        read,
        Vcpu, //
    },
    vm::Vm, //
};
use crate::bindings;
use core::ptr::NonNull;

/// Writes a field that no other CPU writes.
macro_rules! write {
    ($vcpu:expr, $value:expr, $($path:tt)+) => {{
        let field = field!($vcpu, $($path)+);
        let value = $value;
        // SAFETY: The field of a valid structure, whose only writer is the task that runs it.
        unsafe { field.write_volatile(value) }
    }};
}
pub(crate) use write;

/// A vCPU that left its guest.
///
/// # Invariants
///
/// The current task runs the vCPU, and has not entered its guest again since an exit. The slot of
/// r0 holds zero.
pub(crate) struct ExitedVcpu(Vcpu);

impl ExitedVcpu {
    /// # Safety
    ///
    /// The caller handles an exit of `vcpu`, and holds the result no longer than that takes. The
    /// slot of r0 holds zero.
    #[inline(always)]
    pub(crate) unsafe fn from_raw(vcpu: NonNull<bindings::kvm_vcpu>) -> Self {
        // SAFETY: A vCPU with an exit to handle is valid.
        let vcpu = unsafe { Vcpu::from_raw(vcpu) };
        // INVARIANT: By the contract.
        Self(vcpu)
    }

    /// The instruction that trapped.
    #[inline(always)]
    pub(crate) fn insn(&self) -> u32 {
        // CAST: BADI holds a 32-bit word.
        read!(self.0, arch.badi) as u32
    }

    /// Privilege level of the instruction that trapped. The exit left the guest's CRMD as it was.
    #[inline(always)]
    pub(crate) fn plv(&self) -> Plv {
        Plv::from_crmd(cpu::guest_crmd())
    }

    /// Reads a guest register; r0 reads zero, by the type invariant.
    #[inline(always)]
    pub(crate) fn gpr(&self, r: Gpr) -> u64 {
        let gprs = field!(self.0, arch.gprs);
        let gpr = gprs.cast::<u64>().wrapping_add(r.index());
        // SAFETY: A register number is below 32, the length of the array. Only the task that runs
        // the vCPU writes its registers.
        unsafe { gpr.read() }
    }

    /// The word that the vCPU model defines for a CPUCFG index.
    #[inline(always)]
    pub(crate) fn cpucfg(&self, index: u32) -> Option<u32> {
        if index >= CPUCFG_WORDS {
            return None;
        }
        let words = field!(self.0, arch.cpucfg);
        let word = words
            .cast::<u32>()
            .wrapping_add(cpu::nospec(index, CPUCFG_WORDS));
        // SAFETY: Just checked against the length of the array.
        Some(unsafe { word.read_volatile() })
    }

    /// Word 2 of the model's CPUCFG, which says what units it has.
    #[inline(always)]
    pub(crate) fn model(&self) -> u32 {
        self.cpucfg(bindings::LOONGARCH_CPUCFG2).unwrap_or(0)
    }

    /// True if its model has performance counters (`kvm_guest_has_pmu()`), and this CSR is one of
    /// theirs.
    #[inline(always)]
    pub(crate) fn offers_pmu(&self, csr: u32) -> bool {
        let has_any = self
            .cpucfg(bindings::LOONGARCH_CPUCFG6)
            .is_some_and(|word| u64::from(word) & bindings::CPUCFG6_PMP != 0);
        has_any && i64::from(csr) <= i64::from(read!(self.0, arch.max_pmu_csrid))
    }

    /// A CSR that KVM keeps.
    #[inline(always)]
    pub(crate) fn csr(&self, csr: Csr) -> u64 {
        // SAFETY: The address is good. Only the task that runs the vCPU writes its CSRs.
        unsafe { self.csr_at(csr).read() }
    }

    /// Writes a CSR that KVM keeps.
    #[inline(always)]
    pub(crate) fn set_csr(&mut self, csr: Csr, value: u64) {
        // SAFETY: The address is good; only this task writes.
        unsafe { self.csr_at(csr).write_volatile(value) };
    }

    /// The address of a CSR that KVM keeps.
    #[inline(always)]
    fn csr_at(&self, csr: Csr) -> *mut u64 {
        let csrs = read!(self.0, arch.csr);
        // A vCPU has its array from its creation to its end. The place of a CSR is below its
        // length, which `layout.rs` asserts.
        csrs.cast::<u64>().wrapping_add(csr.index())
    }

    /// The PV features of its VM.
    #[inline(always)]
    pub(crate) fn features(&self) -> PvFeatures {
        self.vm().features()
    }

    /// Writes a guest register. Writes to r0 are dropped.
    #[inline(always)]
    pub(crate) fn set_gpr(&mut self, rd: Gpr, value: u64) {
        if rd.is_zero() {
            return;
        }
        let gprs = field!(self.0, arch.gprs);
        let gpr = gprs.cast::<u64>().wrapping_add(rd.index());
        // SAFETY: A register number is below 32, the length of the array; only this task writes.
        unsafe { gpr.write_volatile(value) };
    }

    /// Steps PC over the instruction that trapped.
    #[inline(always)]
    pub(crate) fn step_pc(&mut self) {
        let pc = read!(self.0, arch.pc);
        write!(self.0, pc.wrapping_add(4), arch.pc);
    }

    /// Counts a hypercall, as KVM does.
    #[inline(always)]
    pub(crate) fn count_hypercall_exit(&mut self) {
        let exits = read!(self.0, stat.hypercall_exits);
        write!(self.0, exits.wrapping_add(1), stat.hypercall_exits);
    }

    /// Counts a CPUCFG, as KVM does.
    #[inline(always)]
    pub(crate) fn count_cpucfg_exit(&mut self) {
        let exits = read!(self.0, stat.cpucfg_exits);
        write!(self.0, exits.wrapping_add(1), stat.cpucfg_exits);
    }

    /// Counts a read of the IPI controller, as KVM does.
    #[inline(always)]
    pub(crate) fn count_ipi_read_exit(&mut self) {
        let exits = read!(self.0, stat.ipi_read_exits);
        write!(self.0, exits.wrapping_add(1), stat.ipi_read_exits);
    }

    /// Counts a write to the IPI controller, as KVM does.
    #[inline(always)]
    pub(crate) fn count_ipi_write_exit(&mut self) {
        let exits = read!(self.0, stat.ipi_write_exits);
        write!(self.0, exits.wrapping_add(1), stat.ipi_write_exits);
    }

    /// The vCPU itself.
    #[inline(always)]
    pub(super) fn vcpu(&self) -> Vcpu {
        self.0
    }

    /// Its VM.
    #[inline(always)]
    pub(super) fn vm(&self) -> Vm {
        let kvm = read!(self.0, kvm);
        // SAFETY: Every vCPU has a VM from its creation on.
        let kvm = unsafe { NonNull::new_unchecked(kvm) };
        // SAFETY: The vCPU has an exit, and `Vm` does not outlive that.
        unsafe { Vm::from_raw(kvm) }
    }
}
