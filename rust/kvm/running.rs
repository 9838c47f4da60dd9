// SPDX-License-Identifier: GPL-2.0

//! The vCPU whose exit this CPU is handling, with interrupts off: what only this CPU may do to it.

use super::{
    counters,
    cpu,
    deployment::Deployment,
    event::Event,
    exception::Exception,
    exited::{
        write,
        ExitedVcpu, //
    },
    inject,
    kind::Kind,
    params::Params,
    phys_cpuid::{
        PhysCpuid,
        Sent, //
    },
    vcpu::{
        field,
        read,
        IN_GUEST_MODE,
        SWI0, //
    }, //
};
use crate::bindings;
use core::{
    marker::PhantomData,
    ops::{
        Deref,
        DerefMut, //
    },
    ptr::NonNull, //
};
use kernel::ffi::c_ulong;

const ESTAT_EXC: c_ulong =
    ((1 << bindings::CSR_ESTAT_EXC_WIDTH) - 1) << bindings::CSR_ESTAT_EXC_SHIFT;
/// ESTAT of an exit for an interrupt, which has Ecode 0: that by which one CPU calls another.
const INTERRUPT: c_ulong = 1 << bindings::INT_IPI;

/// A vCPU between its exit and its next entry, in the deployment `D`.
///
/// Interrupts are off, and nothing of the kernel's exit work has been done yet.
///
/// # Invariants
///
/// This CPU left the guest of `exited` last and has neither entered another nor enabled interrupts
/// since.
pub(crate) struct RunningVcpu<D> {
    exited: ExitedVcpu,
    params: Params,
    _deployment: PhantomData<D>,
}

impl<D: Deployment> RunningVcpu<D> {
    /// # Safety
    ///
    /// The caller is the exit function that the world switch called for `vcpu`, and holds the
    /// result no longer than it runs. It has zeroed the slot of r0.
    #[inline(always)]
    pub(crate) unsafe fn from_raw(vcpu: NonNull<bindings::kvm_vcpu>) -> Self {
        // SAFETY: The world switch passes the vCPU that has the exit; the rest is the contract.
        let exited = unsafe { ExitedVcpu::from_raw(vcpu) };
        // INVARIANT: By the contract.
        Self {
            exited,
            params: Params::now(),
            _deployment: PhantomData,
        }
    }

    /// The parameters as they were at the exit.
    #[inline(always)]
    pub(crate) fn params(&self) -> Params {
        self.params
    }

    /// True if somebody uses a tracepoint that an exit of this kind passes.
    #[inline(always)]
    pub(crate) fn is_traced(&self, kind: Kind) -> bool {
        D::is_traced(kind)
    }

    /// True if the guest uses the PMU: until the kernel's exit function has run, its counters count
    /// what the host does.
    #[inline(always)]
    pub(crate) fn has_pmu(&self) -> bool {
        read!(self.vcpu(), arch.aux_inuse) & bindings::KVM_LARCH_PMU != 0
    }

    /// True if a debugger is attached to the vCPU.
    #[inline(always)]
    pub(crate) fn is_debugged(&self) -> bool {
        read!(self.vcpu(), guest_debug) != 0
    }

    /// True if an interrupt is to be set or cleared, or an exception to be delivered, before the
    /// next entry.
    #[inline(always)]
    pub(crate) fn has_queued(&self) -> bool {
        let queued = read!(self.vcpu(), arch.irq_pending)
            | read!(self.vcpu(), arch.irq_clear)
            | read!(self.vcpu(), arch.exception_pending);
        queued != 0
    }

    /// True if there are requests to the vCPU (`vcpu->requests`).
    #[inline(always)]
    pub(crate) fn has_requests(&self) -> bool {
        read!(self.vcpu(), requests) != 0
    }

    /// True if somebody has asked the vCPU out of the guest: its mode has changed.
    #[inline(always)]
    pub(crate) fn is_asked_out(&self) -> bool {
        read!(self.vcpu(), mode) != IN_GUEST_MODE
    }

    /// True if the current task has work to do before it may return to a guest.
    #[inline(always)]
    pub(crate) fn has_task_work(&self) -> bool {
        cpu::has_guest_work()
    }

    /// Makes the exit one for an interrupt of the host to the kernel's exit function. That reads
    /// the cause from this field, which the next exit fills anew, and counts the exit, which was
    /// none of these.
    #[inline(always)]
    pub(crate) fn present_as_interrupt(&mut self) {
        write!(self.vcpu(), INTERRUPT, arch.host_estat);
        let exits = read!(self.vcpu(), stat.int_exits);
        write!(self.vcpu(), exits.wrapping_sub(1), stat.int_exits);
    }

    /// Queues SWI0 for the vCPU of the same VM with this ID and, if `may_kick`, sees that it takes
    /// notice.
    ///
    /// Where context tracking is active no vCPU is kicked: RCU, which the scheduler uses, does not
    /// watch this CPU until `guest_state_exit_irqoff()`.
    #[inline(always)]
    pub(crate) fn send_swi0(&mut self, id: PhysCpuid, may_kick: bool) -> Sent {
        let Some(target) = self.vm().vcpu(id) else {
            return Sent::Absent;
        };
        if target == self.vcpu() {
            // Its registers are on this CPU, so there is nothing to wait for.
            cpu::raise_guest_interrupt(SWI0);
            return Sent::Queued;
        }
        target.queue_swi0();
        if !target.must_kick() {
            return Sent::Queued;
        }
        if !may_kick || cpu::is_context_tracked() {
            return Sent::Unkicked;
        }
        // SAFETY: Context tracking is not active, so RCU is watching.
        unsafe { target.kick::<D>() };
        Sent::Kicked
    }

    /// Ecode of the exit.
    #[inline(always)]
    pub(crate) fn ecode(&self) -> u32 {
        let estat = read!(self.vcpu(), arch.host_estat) & ESTAT_EXC;
        // CAST: A field of six bits.
        (estat >> bindings::CSR_ESTAT_EXC_SHIFT) as u32
    }

    /// Has the guest take an exception that leaves its BADV as it is, at the instruction that
    /// trapped.
    #[inline(always)]
    pub(crate) fn inject(&mut self, exception: Exception) {
        inject::take(self.vcpu(), exception, None);
    }

    /// Counts for ourselves.
    #[inline(always)]
    pub(crate) fn count<const N: usize>(&mut self, events: [(Event, u64); N]) {
        // SAFETY: By the type invariant interrupts are off.
        unsafe { counters::add(events) };
    }
}

impl<D> Deref for RunningVcpu<D> {
    type Target = ExitedVcpu;

    #[inline(always)]
    fn deref(&self) -> &ExitedVcpu {
        &self.exited
    }
}

impl<D> DerefMut for RunningVcpu<D> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut ExitedVcpu {
        &mut self.exited
    }
}
