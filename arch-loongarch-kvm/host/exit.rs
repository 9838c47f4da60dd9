// SPDX-License-Identifier: GPL-2.0

//! From the exit to its handler: copies what the handler asks about, and carries out its answer.
//!
//! The exit matrix is in Documentation/exits.rst.

#![forbid(unsafe_code)]

use crate::{
    args, cpucfg, csr, hypercall,
    insn::{
        self,
        Sensitive, //
    },
    iocsr, ipi_controller,
    kvm::{
        abi::{
            Hypercall, //
        },
        access::{
            Load,
            Width, //
        },
        csr::Csr,
        deployment::Deployment,
        exception::Exception,
        ipi_state,
        kind::Kind,
        running::RunningVcpu, //
    },
    outcome::{
        self,
        Outcome,
        Resume,
        Stat, //
    },
    unit::Unit,
};

/// Handles a service call of KVM (`hvcl 0x100`), with interrupts off.
#[inline(always)]
pub(crate) fn service<D: Deployment>(vcpu: &mut RunningVcpu<D>) -> Resume {
    if !vcpu.params().handles(Kind::Hvcl) {
        return Resume::Kernel;
    }
    privileged_call(vcpu, Hypercall::Service)
}

/// Handles any other hypercall, with interrupts off.
#[inline(always)]
pub(crate) fn hypercall<D: Deployment>(vcpu: &mut RunningVcpu<D>) -> Resume {
    if !vcpu.params().handles(Kind::Hvcl) {
        return Resume::Kernel;
    }
    match insn::decode_hypercall(vcpu.insn()) {
        Hypercall::UserService => privileged_call(vcpu, Hypercall::UserService),
        // Calls that anybody may make need nothing of the vCPU.
        call => match hypercall::handle_open(call) {
            Some(outcome) => outcome::finish(vcpu, Kind::Hvcl, outcome),
            // A service call, which the entry code does not bring here.
            None => Resume::Kernel,
        },
    }
}

#[inline(always)]
fn privileged_call<D: Deployment>(vcpu: &mut RunningVcpu<D>, call: Hypercall) -> Resume {
    let args = args::hypercall(vcpu, call);
    let outcome = hypercall::handle(args, args::policy(vcpu.params()));
    outcome::finish(vcpu, Kind::Hvcl, outcome)
}

/// Handles a `cpucfg`, with interrupts off.
#[inline(always)]
pub(crate) fn cpucfg<D: Deployment>(vcpu: &mut RunningVcpu<D>) -> Resume {
    let params = vcpu.params();
    if !params.handles(Kind::Cpucfg) {
        return Resume::Kernel;
    }
    let word = vcpu.insn();
    // CAST: The instruction takes the low 32 bits of rj.
    let (rd, index) = (insn::rd(word), vcpu.gpr(insn::rj(word)) as u32);
    // Twice, each with what it needs and no more.
    if let Some(word) = vcpu.cpucfg(index) {
        return outcome::finish(vcpu, Kind::Cpucfg, cpucfg::handle_model(rd, word));
    }
    let outcome = cpucfg::handle(args::cpucfg(vcpu, rd, index), args::policy(params));
    outcome::finish(vcpu, Kind::Cpucfg, outcome)
}

/// Handles any other guest sensitive instruction, with interrupts off.
#[inline(always)]
pub(crate) fn sensitive<D: Deployment>(mut vcpu: RunningVcpu<D>) -> Resume {
    let params = vcpu.params();
    let word = vcpu.insn();
    match insn::decode_sensitive(word) {
        Sensitive::Csr if params.handles(Kind::Csr) => {
            // Twice, as above.
            if !Csr::is_known(insn::csr(word)) {
                let outcome = csr::handle_unknown(insn::rd(word));
                return outcome::finish(&mut vcpu, Kind::Csr, outcome);
            }
            let args = args::csr(&vcpu, word);
            outcome::finish(&mut vcpu, Kind::Csr, csr::handle(args))
        }
        Sensitive::Cacop if params.handles(Kind::Cacop) => {
            outcome::finish(&mut vcpu, Kind::Cacop, Outcome::NOTHING)
        }
        Sensitive::Other => no_instruction(vcpu),
        _ => Resume::Kernel,
    }
}

/// Handles a unit that is switched off, of a guest that does not have all of them, with interrupts
/// off.
#[inline(always)]
pub(crate) fn unit<D: Deployment>(vcpu: RunningVcpu<D>) -> Resume {
    let model = vcpu.model();
    match Unit::from_ecode(vcpu.ecode()) {
        Some(unit) if !unit.is_in(model) => no_instruction(vcpu),
        // The kernel gives it to the guest.
        _ => Resume::Kernel,
    }
}

/// Handles an instruction that does not exist. Not inlined: nobody makes it. The vCPU is passed on
/// by value, so that it need not be in memory in whoever calls.
#[inline(never)]
fn no_instruction<D: Deployment>(mut vcpu: RunningVcpu<D>) -> Resume {
    if !vcpu.params().handles(Kind::Ine) {
        return Resume::Kernel;
    }
    outcome::finish(&mut vcpu, Kind::Ine, Outcome::Inject(Exception::INE))
}

/// Handles an IOCSR access in the range of the IPI controllers, with interrupts off.
#[inline(always)]
pub(crate) fn iocsr<D: Deployment>(mut vcpu: RunningVcpu<D>) -> Resume {
    if !vcpu.params().handles(Kind::Ipi) || !vcpu.has_ipi_controller() {
        return Resume::Kernel;
    }
    let word = vcpu.insn();
    // CAST: An address has 32 bits, here and below.
    let address = vcpu.gpr(insn::rj(word)) as u32;
    match iocsr::decode(word) {
        Some(iocsr::Access::Read(load)) if load.width == Width::Word => {
            match ipi_controller::read(address) {
                Some(access) => ipi(&mut vcpu, access, load, Stat::IpiRead),
                None => rare_iocsr(vcpu),
            }
        }
        Some(iocsr::Access::Write(rd, Width::Word)) => {
            // CAST: A word is written.
            match ipi_controller::write(address, vcpu.gpr(rd) as u32) {
                Some(access) => ipi(&mut vcpu, access, Load::NONE, Stat::IpiWrite),
                None => rare_iocsr(vcpu),
            }
        }
        _ => rare_iocsr(vcpu),
    }
}

/// Handles one that starts a CPU, or that nobody makes. Not inlined, and decoded once more, so that
/// it is no burden to the others.
#[inline(never)]
fn rare_iocsr<D: Deployment>(mut vcpu: RunningVcpu<D>) -> Resume {
    let word = vcpu.insn();
    let address = vcpu.gpr(insn::rj(word)) as u32;
    let (access, load, stat) = match iocsr::decode(word) {
        Some(iocsr::Access::Read(load)) => {
            let access = ipi_controller::read_any(address, load.width);
            (access, load, Stat::IpiRead)
        }
        Some(iocsr::Access::Write(rd, width)) => {
            let access = ipi_controller::write_any(address, width, vcpu.gpr(rd));
            (access, Load::NONE, Stat::IpiWrite)
        }
        None => return no_instruction(vcpu),
    };
    match access {
        Some(access) => ipi(&mut vcpu, access, load, stat),
        None => Resume::Kernel,
    }
}

#[inline(always)]
fn ipi<D: Deployment>(
    vcpu: &mut RunningVcpu<D>,
    access: ipi_state::Access,
    load: Load,
    stat: Stat,
) -> Resume {
    outcome::finish(vcpu, Kind::Ipi, Outcome::Ipi(access, load, stat))
}
