// SPDX-License-Identifier: GPL-2.0

//! CPUCFG: the vCPU model and the hypervisor range. Pure.

#![forbid(unsafe_code)]

use crate::{
    kvm::abi::{
        CpucfgRange,
        Gpr,
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

/// Answers a CPUCFG exit for an index that the vCPU model has a word for. Anybody may read those.
pub(crate) fn handle_model(rd: Gpr, word: u32) -> Outcome {
    Outcome::Retire(Retire {
        rd,
        value: u64::from(word),
        csr: None,
        stat: Stat::Cpucfg,
        denied: false,
        // The kernel stores to r0's slot as to any other.
        kernel_agrees: !rd.is_zero(),
    })
}

/// What a CPUCFG exit for any other index needs to be answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Args {
    /// Receives the word.
    pub(crate) rd: Gpr,
    /// Index, the low 32 bits of rj.
    pub(crate) index: u32,
    /// Privilege level of the reader.
    pub(crate) plv: Plv,
    /// Features of the VM.
    pub(crate) features: PvFeatures,
}

/// Answers one. An index that nothing defines reads 0.
pub(crate) fn handle(args: Args, policy: Policy) -> Outcome {
    let allowed = policy.allows_cpucfg(args.plv, args.index);
    let word = match args.index {
        CpucfgRange::SIGNATURE if allowed => SIGNATURE,
        CpucfgRange::FEATURE if allowed => args.features.guest_word(),
        _ => 0,
    };

    Outcome::Retire(Retire {
        rd: args.rd,
        value: u64::from(word),
        csr: None,
        stat: Stat::Cpucfg,
        denied: !allowed,
        // The kernel asks for no privilege, and stores to r0's slot.
        kernel_agrees: allowed && !args.rd.is_zero(),
    })
}
