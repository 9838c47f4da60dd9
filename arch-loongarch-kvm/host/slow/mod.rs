// SPDX-License-Identifier: GPL-2.0

//! Exits as the rest of KVM hands them over: interrupts are on, and a handler may sleep. From the
//! exit to its handler, and from the VMM's answer to where it belongs.
//!
//! The exit matrix is in Documentation/exits.rst.

#![forbid(unsafe_code)]

mod finish;
pub(crate) mod ipi_device;
mod mmio;
mod notify;
pub(crate) mod outcome;
mod unit;

use crate::{
    args, cpucfg, csr, hypercall,
    insn::{
        self,
        Sensitive, //
    },
    iocsr,
    kvm::{
        abi::{
            Function,
            Gpr,
            HcallReturn,
            Hypercall,
            PvFeatures, //
        },
        access::Bus,
        exception::{
            ecode,
            Exception, //
        },
        params::Params,
        task::{
            request::Request,
            waiting::Waiting,
            TaskVcpu, //
        }, //
    },
    outcome::{
        Outcome as Answer,
        Stat, //
    },
    unit::Unit,
};
use finish::finish;
use outcome::{
    Outcome,
    Resume, //
};

/// Handles an exit, by its Ecode.
///
/// Each of the functions below finishes its exits itself, so that what a kind never comes to costs
/// it nothing.
pub(crate) fn handle(vcpu: &mut TaskVcpu, code: u32) -> Resume {
    match code {
        ecode::TLBL | ecode::TLBS | ecode::TLBI | ecode::TLBM => fault(vcpu, code),
        ecode::GSPR => sensitive(vcpu),
        ecode::HVC => hypercall(vcpu),
        _ => other(vcpu, code),
    }
}

/// Handles a unit that is switched off, or what no guest should lead to.
#[inline(never)]
fn other(vcpu: &mut TaskVcpu, code: u32) -> Resume {
    let outcome = match Unit::from_ecode(code) {
        Some(unit) => unit::handle(unit, vcpu.model()),
        None => {
            vcpu.complain(c"no handler for Ecode", u64::from(code));
            Outcome::Inject(Exception::INE)
        }
    };
    finish(vcpu, outcome)
}

/// Handles a fault in the second stage of translation: memory that is not mapped yet, a device, or
/// nothing at all.
#[inline(never)]
fn fault(vcpu: &mut TaskVcpu, code: u32) -> Resume {
    let is_write = matches!(code, ecode::TLBS | ecode::TLBM);
    let address = vcpu.fault_address();
    if address < vcpu.guest_physical_size() {
        if vcpu.map(address, is_write, code) {
            return Resume::Guest;
        }
        // What is fetched is memory. BADI is then of an earlier exit: that instruction is not to be
        // carried out once more, as `kvm_handle_rdwr_fault()` does, which takes for a fetch what
        // comes from the address in PC.
        if code != ecode::TLBI {
            match mmio::decode(vcpu.insn()) {
                Some(mmio::Access::Load(load)) if !is_write => {
                    return finish(vcpu, Outcome::Read(Bus::Mmio, address, load));
                }
                Some(mmio::Access::Store(rd, width)) if is_write => {
                    return finish(vcpu, Outcome::Write(Bus::Mmio, address, rd, width));
                }
                _ => vcpu.complain(c"no MMIO by instruction", u64::from(vcpu.insn())),
            }
        }
    }
    let bad = if code == ecode::TLBI {
        Exception::ADEF
    } else {
        Exception::ADEM
    };
    finish(vcpu, Outcome::Inject(bad))
}

/// Handles a guest sensitive instruction. PC has moved when the tracepoints see it.
#[inline(never)]
fn sensitive(vcpu: &mut TaskVcpu) -> Resume {
    let word = vcpu.insn();
    vcpu.step_pc();
    vcpu.trace_sensitive(word);
    match insn::decode_sensitive(word) {
        Sensitive::Csr => {
            vcpu.trace_csr();
            let outcome = csr(vcpu, word);
            finish(vcpu, outcome)
        }
        Sensitive::Cacop => {
            vcpu.trace_cache();
            finish(vcpu, Outcome::Step)
        }
        _ if word >> 10 == insn::CPUCFG => {
            vcpu.trace_cpucfg();
            let outcome = cpucfg(vcpu, word);
            finish(vcpu, outcome)
        }
        _ if word >> 15 == insn::IDLE => finish(vcpu, Outcome::Idle),
        _ => {
            // CAST: The address has 32 bits.
            let address = u64::from(vcpu.gpr(insn::rj(word)) as u32);
            match iocsr::decode(word) {
                Some(iocsr::Access::Read(load)) => {
                    finish(vcpu, Outcome::Read(Bus::Iocsr, address, load))
                }
                Some(iocsr::Access::Write(rd, width)) => {
                    finish(vcpu, Outcome::Write(Bus::Iocsr, address, rd, width))
                }
                None => {
                    vcpu.complain(c"no such sensitive instruction", u64::from(word));
                    finish(vcpu, Outcome::Inject(Exception::INE))
                }
            }
        }
    }
}

#[inline(always)]
fn csr(vcpu: &TaskVcpu, word: u32) -> Outcome {
    match csr::handle(args::csr(vcpu, word)) {
        // The counters become the guest's.
        Answer::Kernel => Outcome::Again(Some(Request::Pmu)),
        answer => shared(answer),
    }
}

#[inline(always)]
fn cpucfg(vcpu: &TaskVcpu, word: u32) -> Outcome {
    // CAST: The instruction takes the low 32 bits of rj.
    let (rd, index) = (insn::rd(word), vcpu.gpr(insn::rj(word)) as u32);
    shared(match vcpu.cpucfg(index) {
        Some(word) => cpucfg::handle_model(rd, word),
        None => cpucfg::handle(args::cpucfg(vcpu, rd, index), args::policy(Params::now())),
    })
}

/// Handles a hypercall.
#[inline(never)]
fn hypercall(vcpu: &mut TaskVcpu) -> Resume {
    let args = args::hypercall(vcpu, insn::decode_hypercall(vcpu.insn()));
    let outcome = match hypercall::handle(args, args::policy(Params::now())) {
        // What the fast way leaves to this one.
        Answer::Kernel => match args.call {
            Hypercall::SwDebug if vcpu.has_breakpoints() => Outcome::Breakpoint,
            Hypercall::UserService if args.features.has(PvFeatures::USER_HCALL) => Outcome::Call,
            Hypercall::Service if Function::from_a0(args.a0) == Function::Notify => {
                notify::handle(args.a1, args.a2)
            }
            _ => Outcome::Retire(hypercall::result(HcallReturn::InvalidCode, Stat::None)),
        },
        answer => shared(answer),
    };
    finish(vcpu, outcome)
}

/// An answer that is the same the fast way.
#[inline(always)]
fn shared(answer: Answer) -> Outcome {
    match answer {
        Answer::Retire(answer) => Outcome::Retire(answer),
        Answer::Multicast(destinations) => Outcome::Multicast(destinations),
        // Of no handler that is called here.
        Answer::Kernel | Answer::Ipi(..) | Answer::Inject(_) => Outcome::Inject(Exception::INE),
    }
}

/// Uses the VMM's answer to a load, if one is waited for.
pub(crate) fn complete_mmio(vcpu: &mut TaskVcpu) {
    if let Waiting::Mmio(load) = vcpu.waiting() {
        vcpu.answered();
        let read = vcpu.mmio_answer();
        vcpu.trace_read(Bus::Mmio, vcpu.fault_address(), load.width, read);
        vcpu.set_gpr(load.rd, load.value(read));
        vcpu.step_pc();
    }
}

/// Uses the VMM's answer to a read of an IOCSR, if one is waited for.
pub(crate) fn complete_iocsr(vcpu: &mut TaskVcpu) {
    if let Waiting::Iocsr(load) = vcpu.waiting() {
        vcpu.answered();
        let read = vcpu.iocsr_answer();
        vcpu.set_gpr(load.rd, load.value(read));
    }
}

/// Uses the VMM's answer to a call, if one is waited for.
pub(crate) fn complete_call(vcpu: &mut TaskVcpu) {
    if let Waiting::Call = vcpu.waiting() {
        vcpu.answered();
        let result = vcpu.call_answer();
        vcpu.set_gpr(Gpr::A0, result);
        vcpu.step_pc();
    }
}
