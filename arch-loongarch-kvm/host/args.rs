// SPDX-License-Identifier: GPL-2.0

//! What a handler asks about, copied from the vCPU that has exited: the same with interrupts off
//! and on.

#![forbid(unsafe_code)]

use crate::{
    cpucfg,
    csr,
    hypercall,
    insn,
    kvm::{
        abi::{
            Gpr,
            Hypercall, //
        },
        csr::Csr,
        exited::ExitedVcpu,
        params::Params, //
    },
    policy::Policy, //
};

/// For a hypercall with this immediate.
#[inline(always)]
pub(crate) fn hypercall(vcpu: &ExitedVcpu, call: Hypercall) -> hypercall::Args {
    hypercall::Args {
        call,
        a0: vcpu.gpr(Gpr::A0),
        a1: vcpu.gpr(Gpr::A1),
        a2: vcpu.gpr(Gpr::A2),
        a3: vcpu.gpr(Gpr::A3),
        plv: vcpu.plv(),
        features: vcpu.features(),
    }
}

/// For a `cpucfg` of this index, which the vCPU model has no word for.
#[inline(always)]
pub(crate) fn cpucfg(vcpu: &ExitedVcpu, rd: Gpr, index: u32) -> cpucfg::Args {
    cpucfg::Args {
        rd,
        index,
        plv: vcpu.plv(),
        features: vcpu.features(),
    }
}

/// For the CSR access of this word.
#[inline(always)]
pub(crate) fn csr(vcpu: &ExitedVcpu, word: u32) -> csr::Args {
    let (rd, rj, number) = (insn::rd(word), insn::rj(word), insn::csr(word));
    csr::Args {
        access: csr::Access::from_rj(rj),
        rd,
        kept: Csr::kept(number).map(|csr| csr::Kept {
            csr,
            old: vcpu.csr(csr),
            value: vcpu.gpr(rd),
            mask: vcpu.gpr(rj),
        }),
        pmu: Csr::is_pmu(number) && vcpu.offers_pmu(number),
    }
}

/// What guest user mode may do, as the administrator said when the module was loaded.
#[inline(always)]
pub(crate) fn policy(params: Params) -> Policy {
    Policy {
        user_cpucfg: params.user_cpucfg(),
        user_hypercall: params.user_hypercall(),
    }
}
