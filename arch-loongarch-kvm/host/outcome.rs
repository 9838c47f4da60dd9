// SPDX-License-Identifier: GPL-2.0

//! What an exit leads to, and the only code that makes it so.
//!
//! Handlers decide and touch nothing. [`finish`] alone writes a guest register, moves PC, sends
//! an interrupt or calls the kernel in. It works on a [`Machine`], which is a vCPU in the module
//! and a model in the host tests.

#![forbid(unsafe_code)]

use crate::kvm::{
    abi::{
        Gpr,
        HcallReturn, //
    },
    access::Load,
    csr::Csr,
    event::Event,
    exception::Exception,
    ipi_state::{
        Access,
        Update, //
    },
    ipi_status::Change,
    kind::Kind,
    phys_cpuid::{
        Destinations,
        PhysCpuid,
        Sent, //
    }, //
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
    /// `vcpu->stat.ipi_read_exits`.
    IpiRead,
    /// `vcpu->stat.ipi_write_exits`.
    IpiWrite,
}

/// An answer: one register written, a CSR perhaps, PC after the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retire {
    /// Receives `value`.
    pub(crate) rd: Gpr,
    /// The answer.
    pub(crate) value: u64,
    /// A CSR that KVM keeps, and what it becomes.
    pub(crate) csr: Option<(Csr, u64)>,
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
    /// Only the kernel can serve it.
    Kernel,
    /// Answer it.
    Retire(Retire),
    /// Send SWI0 to each destination, then answer success.
    Multicast(Destinations),
    /// Access an IPI controller, and put what a read gives into a register.
    Ipi(Access, Load, Stat),
    /// Have the guest take an exception, at the instruction.
    Inject(Exception),
}

impl Outcome {
    /// PC after the instruction, and nothing else.
    pub(crate) const NOTHING: Self = Self::Retire(Retire {
        rd: Gpr::ZERO,
        value: 0,
        csr: None,
        stat: Stat::None,
        denied: false,
        kernel_agrees: true,
    });
}

/// Who carries on after [`finish`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resume {
    /// The guest, at once.
    Guest,
    /// The kernel's exit function.
    Kernel,
}

/// What [`finish`] may do to the vCPU of the exit.
pub(crate) trait Machine {
    /// True if an exit of this kind must not be served ahead of the kernel's own exit work: the
    /// fast path is switched off, or tracing, the PMU or a debugger would miss something.
    fn must_yield(&self, kind: Kind) -> bool;
    /// True if something waits to be done before the guest may run on.
    fn is_owed(&self) -> bool;
    /// Writes a guest register. Writes to r0 are dropped.
    fn set_gpr(&mut self, rd: Gpr, value: u64);
    /// Writes a CSR that KVM keeps.
    fn set_csr(&mut self, csr: Csr, value: u64);
    /// Steps PC over the instruction that trapped.
    fn step_pc(&mut self);
    /// Turns the exit into one that leaves the kernel nothing to emulate.
    fn present_as_done(&mut self);
    /// Has the guest take an exception at its PC, which becomes the vector.
    fn inject(&mut self, exception: Exception);
    /// True if the kernel's function does with an exception what [`Machine::inject`] does.
    fn kernel_injects(&self) -> bool;
    /// Queues SWI0 for the vCPU with this ID and, if `may_kick` and if that can be before the
    /// kernel's own exit work, sees that it takes notice.
    fn send_swi0(&mut self, id: PhysCpuid, may_kick: bool) -> Sent;
    /// Accesses an IPI controller; [`None`] if it was busy, and nothing has happened.
    fn ipi(&mut self, access: Access) -> Option<u64>;
    /// Counts the exit as KVM does.
    fn count_exit(&mut self, stat: Stat);
    /// Counts for ourselves.
    fn count(&mut self, event: Event, by: u64);
    /// Counts an IPI call, and what became of its destinations.
    fn count_call(&mut self, delivered: u64, absent: u64, kicked: u64);
}

/// Carries out an outcome of an exit of this kind.
///
/// Inlined into each of its callers, so that what a kind never does costs it nothing.
#[inline(always)]
pub(crate) fn finish<M: Machine>(vcpu: &mut M, kind: Kind, outcome: Outcome) -> Resume {
    let resume = match outcome {
        Outcome::Kernel => Resume::Kernel,
        Outcome::Retire(answer) => retire(vcpu, kind, answer),
        Outcome::Multicast(destinations) => multicast(vcpu, destinations),
        Outcome::Ipi(access, load, stat) => ipi(vcpu, access, load, stat),
        Outcome::Inject(exception) => inject(vcpu, kind, exception),
    };
    vcpu.count(
        match resume {
            Resume::Guest => Event::Fast(kind),
            Resume::Kernel => Event::Slow(kind),
        },
        1,
    );
    resume
}

#[inline(always)]
fn retire<M: Machine>(vcpu: &mut M, kind: Kind, answer: Retire) -> Resume {
    let yielding = vcpu.must_yield(kind);

    if yielding && answer.kernel_agrees {
        return Resume::Kernel;
    }
    if answer.denied {
        vcpu.count(Event::Denied, 1);
    }
    vcpu.count_exit(answer.stat);
    if let Some((csr, value)) = answer.csr {
        vcpu.set_csr(csr, value);
    }
    vcpu.set_gpr(answer.rd, answer.value);
    vcpu.step_pc();
    resume(vcpu, yielding)
}

/// The most vCPUs that one call wakes or forces out of the guest with interrupts off.
///
/// Each may wake a task. The call that finds one more to do is left to the kernel, which does all
/// of them with interrupts on. The limit bounds latency by judgement, not by measurement.
pub(crate) const MAX_KICKS: u64 = 32;

#[inline(always)]
fn multicast<M: Machine>(vcpu: &mut M, destinations: Destinations) -> Resume {
    // With a3 in range the kernel reaches the same vCPUs and gives the same answer.
    if vcpu.must_yield(Kind::Hvcl) {
        return Resume::Kernel;
    }
    let mut delivered = 0_u64;
    let mut absent = u64::from(destinations.outside());
    let mut kicked = 0_u64;
    for id in destinations {
        match vcpu.send_swi0(id, kicked < MAX_KICKS) {
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
    vcpu.count_call(delivered, absent, kicked);
    vcpu.count_exit(Stat::Hypercall);
    vcpu.set_gpr(Gpr::A0, HcallReturn::Success.value());
    vcpu.step_pc();
    resume(vcpu, false)
}

#[inline(always)]
fn ipi<M: Machine>(vcpu: &mut M, access: Access, load: Load, stat: Stat) -> Resume {
    // The kernel does the same, under the same lock.
    if vcpu.must_yield(Kind::Ipi) {
        return Resume::Kernel;
    }
    let Some(value) = vcpu.ipi(access) else {
        return busy(vcpu, access);
    };
    vcpu.count_exit(stat);
    vcpu.set_gpr(load.rd, load.value(value));
    vcpu.step_pc();
    resume(vcpu, false)
}

#[inline(always)]
fn inject<M: Machine>(vcpu: &mut M, kind: Kind, exception: Exception) -> Resume {
    let yielding = vcpu.must_yield(kind);

    if yielding && vcpu.kernel_injects() {
        return Resume::Kernel;
    }
    vcpu.inject(exception);
    resume(vcpu, yielding)
}

/// An access to an IPI controller that somebody else has locked, and that has done nothing.
///
/// Before 7.3 the kernel takes the line down when it has given the lock back already, and with it
/// one that a sender has just raised. So where bits are cleared the guest makes the access again:
/// the host takes its interrupts meanwhile, and does what it owes; the next try is a new one.
#[cold]
fn busy<M: Machine>(vcpu: &mut M, access: Access) -> Resume {
    match access {
        Access::Own(Change::Clear(_)) | Access::OwnState(Update::Status(Change::Clear(_))) => {
            resume(vcpu, false)
        }
        _ => Resume::Kernel,
    }
}

/// Goes on after an exit that is done with: in the guest, unless the kernel has work to do first.
///
/// What is owed is looked at last, because sending may have caused it: a woken task that wants this
/// CPU.
#[inline(always)]
fn resume<M: Machine>(vcpu: &mut M, yielding: bool) -> Resume {
    if yielding || vcpu.is_owed() {
        vcpu.present_as_done();
        Resume::Kernel
    } else {
        Resume::Guest
    }
}
