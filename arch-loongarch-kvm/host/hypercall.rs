// SPDX-License-Identifier: GPL-2.0

//! HVCL: from the immediate to the service. Pure.
//!
//! Documentation/hypercalls.rst is the ABI.

#![forbid(unsafe_code)]

use crate::{
    kvm::abi::{
        Function,
        Gpr,
        HcallReturn,
        Hypercall,
        Plv,
        PvFeatures,
        SIGNATURE, //
    },
    outcome::{
        Outcome,
        Retire,
        Stat, //
    },
    policy::Policy,
};

pub(crate) mod ipi;

/// What an HVC exit needs to be answered: argument registers and the caller's standing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Args {
    /// Decoded immediate.
    pub(crate) call: Hypercall,
    /// Function number of a service call.
    pub(crate) a0: u64,
    /// First parameter.
    pub(crate) a1: u64,
    /// Second parameter.
    pub(crate) a2: u64,
    /// Third parameter.
    pub(crate) a3: u64,
    /// Privilege level of the caller.
    pub(crate) plv: Plv,
    /// Features of the VM.
    pub(crate) features: PvFeatures,
}

/// Answers a call that anybody may make.
#[inline(always)]
pub(crate) const fn handle_open(call: Hypercall) -> Option<Outcome> {
    match call {
        Hypercall::HypervisorId => Some(Outcome::Retire(Retire {
            // CAST: Widened.
            value: SIGNATURE as u64,
            // To the kernel this immediate is an unknown one.
            kernel_agrees: false,
            ..result(HcallReturn::InvalidCode, Stat::None)
        })),
        // To the debugger: an exit to user space, which only the kernel can do.
        Hypercall::SwDebug => Some(Outcome::Kernel),
        Hypercall::Unknown => Some(Outcome::Retire(result(
            HcallReturn::InvalidCode,
            Stat::None,
        ))),
        Hypercall::Service | Hypercall::UserService => None,
    }
}

/// Answers a hypercall.
#[inline]
pub(crate) fn handle(args: Args, policy: Policy) -> Outcome {
    if let Some(outcome) = handle_open(args.call) {
        return outcome;
    }
    if !policy.allows_hypercall(args.plv, args.call) {
        return denied(args);
    }
    match args.call {
        Hypercall::Service => service(args),
        // To the VMM, likewise.
        _ => Outcome::Kernel,
    }
}

fn service(args: Args) -> Outcome {
    match Function::from_a0(args.a0) {
        Function::Ipi if args.features.has(PvFeatures::IPI) => ipi::handle(args),
        // Needs the scheduler's figures of the current task; rare, so it stays with the kernel.
        Function::Notify if args.features.has(PvFeatures::STEAL_TIME) => Outcome::Kernel,
        Function::Ipi | Function::Notify | Function::Unknown => {
            Outcome::Retire(result(HcallReturn::InvalidCode, Stat::Hypercall))
        }
    }
}

/// Refuses the caller, whether or not the VM offers the service.
fn denied(args: Args) -> Outcome {
    // The kernel counts a VMM call only if the VM offers it.
    let offered = args.call == Hypercall::Service || args.features.has(PvFeatures::USER_HCALL);
    let stat = if offered { Stat::Hypercall } else { Stat::None };

    Outcome::Retire(Retire {
        denied: true,
        kernel_agrees: false,
        ..result(HcallReturn::InvalidCode, stat)
    })
}

/// A result in a0 that the kernel's own handler would give as well.
pub(crate) const fn result(code: HcallReturn, stat: Stat) -> Retire {
    Retire {
        rd: Gpr::A0,
        value: code.value(),
        csr: None,
        stat,
        denied: false,
        kernel_agrees: true,
    }
}
