// SPDX-License-Identifier: GPL-2.0

//! What an exit leads to, and the only code that makes it so.
//!
//! Handlers decide and touch nothing. [`finish`] alone writes a guest register, moves PC, sends
//! an interrupt or calls the kernel in. It works on a [`Machine`], which is a vCPU in the module
//! and a model in the host tests.

#![forbid(unsafe_code)]

use crate::{
    kvm::abi::{
        Gpr,
        HcallReturn, //
    },
    phys_cpuid::{
        Destinations,
        PhysCpuid, //
    },
    stats::Event,
};

/// The exit counter of KVM that an exit belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stat {
    /// Counted nowhere.
    None,
    /// `vcpu->stat.hypercall_exits`.
    Hypercall,
    /// `vcpu->stat.cpucfg_exits`.
    Cpucfg,
}

/// An answer: one register written, PC after the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retire {
    /// Receives `value`.
    pub(crate) rd: Gpr,
    /// The answer.
    pub(crate) value: u64,
    /// What KVM counts it as.
    pub(crate) stat: Stat,
    /// The caller lacked the privilege.
    pub(crate) denied: bool,
    /// The kernel's handler gives the same answer, so the exit may be left to it.
    pub(crate) kernel_agrees: bool,
}

/// What a handler decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No PV exit: to the kernel, untouched and uncounted.
    NotOurs,
    /// A PV exit that only the kernel can serve.
    Kernel,
    /// Answer it.
    Retire(Retire),
    /// Send SWI0 to each destination, then answer success.
    Multicast(Destinations),
}

/// Who carries on after [`finish`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resume {
    /// The guest, at once.
    Guest,
    /// The kernel's exit function.
    Kernel,
}

/// Fate of one destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// No vCPU has this ID.
    Absent,
    /// Queued or raised; the vCPU finds it when it next enters the guest.
    Queued,
    /// Queued, and the vCPU was woken or forced out of the guest for it.
    Kicked,
    /// Queued, but the kick that the vCPU needs to take notice was not allowed.
    Unkicked,
}

/// What [`finish`] may do to the vCPU of the exit.
pub(crate) trait Machine {
    /// True if this exit must not be served ahead of the kernel's own exit work: the fast path
    /// is switched off, or tracing, the PMU or a debugger would miss something.
    fn must_yield(&self) -> bool;
    /// True if a vCPU may be woken or forced out of the guest before the kernel's own exit work.
    fn may_kick(&self) -> bool;
    /// True if something waits to be done before the guest may run on.
    fn is_owed(&self) -> bool;
    /// Writes a guest register. Writes to r0 are dropped.
    fn set_gpr(&mut self, rd: Gpr, value: u64);
    /// Steps PC over the instruction that trapped.
    fn step_pc(&mut self);
    /// Turns the exit into one that the kernel steps PC over and does nothing else for.
    fn leave_step_to_kernel(&mut self);
    /// Queues SWI0 for the vCPU with this ID and, if `may_kick`, sees that it takes notice.
    fn send_swi0(&mut self, id: PhysCpuid, may_kick: bool) -> Sent;
    /// Counts the exit as KVM does.
    fn count_exit(&mut self, stat: Stat);
    /// Counts for ourselves.
    fn count(&mut self, event: Event, by: u64);
}

/// Carries out an outcome.
#[inline]
pub(crate) fn finish<M: Machine>(vcpu: &mut M, outcome: Outcome) -> Resume {
    let resume = match outcome {
        Outcome::NotOurs => return Resume::Kernel,
        Outcome::Kernel => Resume::Kernel,
        Outcome::Retire(answer) => retire(vcpu, answer),
        Outcome::Multicast(destinations) => multicast(vcpu, destinations),
    };
    vcpu.count(
        match resume {
            Resume::Guest => Event::Fast,
            Resume::Kernel => Event::Slow,
        },
        1,
    );
    resume
}

#[inline]
fn retire<M: Machine>(vcpu: &mut M, answer: Retire) -> Resume {
    let yielding = vcpu.must_yield();

    if yielding && answer.kernel_agrees {
        return Resume::Kernel;
    }
    if answer.denied {
        vcpu.count(Event::Denied, 1);
    }
    vcpu.count_exit(answer.stat);
    vcpu.set_gpr(answer.rd, answer.value);
    step(vcpu, yielding)
}

/// The most vCPUs that one call wakes or forces out of the guest with interrupts off.
///
/// Each may wake a task. The call that finds one more to do is left to the kernel, which does all
/// of them with interrupts on. The limit bounds latency by judgement, not by measurement.
pub(crate) const MAX_KICKS: u64 = 32;

// Not inlined: its loop wants many registers, which every other exit would have to save.
#[inline(never)]
fn multicast<M: Machine>(vcpu: &mut M, destinations: Destinations) -> Resume {
    // With a3 in range the kernel reaches the same vCPUs and gives the same answer.
    if vcpu.must_yield() {
        return Resume::Kernel;
    }
    let limit = if vcpu.may_kick() { MAX_KICKS } else { 0 };
    let mut delivered = 0_u64;
    let mut absent = u64::from(destinations.outside());
    let mut kicked = 0_u64;
    for id in destinations {
        match vcpu.send_swi0(id, kicked < limit) {
            Sent::Absent => absent = absent.wrapping_add(1),
            Sent::Queued => delivered = delivered.wrapping_add(1),
            Sent::Kicked => {
                delivered = delivered.wrapping_add(1);
                kicked = kicked.wrapping_add(1);
            }
            // No guest register has changed, so the kernel makes the whole call, and counts it.
            // SWI0 that is pending stays one interrupt; a target that was quick enough to take
            // it meanwhile takes one more, with no message behind it.
            Sent::Unkicked => return Resume::Kernel,
        }
    }
    vcpu.count(Event::IpiCalls, 1);
    vcpu.count(Event::Delivered, delivered);
    vcpu.count(Event::Absent, absent);
    vcpu.count(Event::Kicked, kicked);
    vcpu.count_exit(Stat::Hypercall);
    vcpu.set_gpr(Gpr::A0, HcallReturn::Success.value());
    step(vcpu, false)
}

/// Moves PC once: here if the guest runs on, in the kernel if that has work to do first.
///
/// What is owed is looked at last, because sending may have caused it: a woken task that wants this
/// CPU.
#[inline]
fn step<M: Machine>(vcpu: &mut M, yielding: bool) -> Resume {
    if yielding || vcpu.is_owed() {
        vcpu.leave_step_to_kernel();
        Resume::Kernel
    } else {
        vcpu.step_pc();
        Resume::Guest
    }
}
