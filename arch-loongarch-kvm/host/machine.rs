// SPDX-License-Identifier: GPL-2.0

//! The vCPU of the exit as a [`Machine`]: which of its facts answer the questions of `outcome.rs`.
//!
//! Interrupts are off throughout. Methods that are called by path are the vCPU's own, which have
//! the same names.

#![forbid(unsafe_code)]

use crate::{
    kvm::{
        abi::Gpr,
        csr::Csr,
        deployment::Deployment,
        event::Event,
        exception::Exception,
        exited::ExitedVcpu,
        ipi_state::Access,
        kind::Kind,
        phys_cpuid::{
            PhysCpuid,
            Sent, //
        },
        running::RunningVcpu, //
    },
    outcome::{
        Machine,
        Stat, //
    }, //
};

impl<D: Deployment> Machine for RunningVcpu<D> {
    /// Each test is for a duty of `kvm_handle_exit()` that cannot be put off to a later exit:
    ///
    /// - tracepoints: somebody wants to see this exit, in its order;
    /// - the PMU: its counters would go on counting for the guest while the host runs;
    /// - guest debugging: the debugger decides what a guest instruction does;
    /// - IRQ flag tracing: lockdep believes that interrupts are on.
    #[inline(always)]
    fn must_yield(&self, kind: Kind) -> bool {
        cfg!(CONFIG_TRACE_IRQFLAGS)
            || !self.params().fast_path()
            || self.has_pmu()
            || self.is_debugged()
            || self.is_traced(kind)
    }

    /// Each test is for work of `kvm_pre_enter_guest()`: task work, requests, interrupts and an
    /// exception to deliver, and a mode that says that somebody has asked the vCPU out.
    ///
    /// What is queued after these loads comes with a kick, which finds the mode unchanged
    /// (`IN_GUEST_MODE`) and sends a host interrupt. It stays pending while interrupts are off
    /// and forces an exit at the guest's first instruction, so nothing is missed.
    ///
    /// The rest of that function has nothing to do: the vCPU did not leave its CPU, so its VPID
    /// is valid, and no software copy of a guest CSR is newer than the hardware's.
    #[inline(always)]
    fn is_owed(&self) -> bool {
        self.has_queued() || self.has_requests() || self.is_asked_out() || self.has_task_work()
    }

    #[inline(always)]
    fn set_gpr(&mut self, rd: Gpr, value: u64) {
        ExitedVcpu::set_gpr(self, rd, value);
    }

    #[inline(always)]
    fn set_csr(&mut self, csr: Csr, value: u64) {
        ExitedVcpu::set_csr(self, csr, value);
    }

    #[inline(always)]
    fn step_pc(&mut self) {
        ExitedVcpu::step_pc(self);
    }

    /// For an interrupt of the host, which that takes by itself, the kernel's function does
    /// nothing but what it owes before the next entry. Nobody but a tracer can tell.
    #[inline(always)]
    fn present_as_done(&mut self) {
        self.present_as_interrupt();
    }

    #[inline(always)]
    fn inject(&mut self, exception: Exception) {
        RunningVcpu::inject(self, exception);
    }

    /// That of C has the Ecode where ESTAT has interrupts, and all of CRMD in PRMD.
    #[inline(always)]
    fn kernel_injects(&self) -> bool {
        cfg!(part_of_kvm)
    }

    #[inline(always)]
    fn send_swi0(&mut self, id: PhysCpuid, may_kick: bool) -> Sent {
        RunningVcpu::send_swi0(self, id, may_kick)
    }

    #[inline(always)]
    fn ipi(&mut self, access: Access) -> Option<u64> {
        RunningVcpu::ipi(self, access)
    }

    #[inline(always)]
    fn count_exit(&mut self, stat: Stat) {
        match stat {
            Stat::None => {}
            Stat::Hypercall => self.count_hypercall_exit(),
            Stat::Cpucfg => self.count_cpucfg_exit(),
            Stat::IpiRead => self.count_ipi_read_exit(),
            Stat::IpiWrite => self.count_ipi_write_exit(),
        }
    }

    #[inline(always)]
    fn count(&mut self, event: Event, by: u64) {
        RunningVcpu::count(self, [(event, by)]);
    }

    #[inline(always)]
    fn count_call(&mut self, delivered: u64, absent: u64, kicked: u64) {
        let events = [
            (Event::IpiCalls, 1),
            (Event::Delivered, delivered),
            (Event::Absent, absent),
            (Event::Kicked, kicked),
        ];
        RunningVcpu::count(self, events);
    }
}
