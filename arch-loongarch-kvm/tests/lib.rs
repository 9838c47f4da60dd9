// SPDX-License-Identifier: GPL-2.0

//! The module's pure files, compiled for this machine and tested here.
//!
//! The sources are the module's own, in the places where it has them: `crate::outcome` and
//! `crate::kvm::abi` mean the same in both crates.

#![cfg(test)]
#![allow(
    dead_code,
    reason = "the module uses more of these files than the tests do"
)]

#[path = "../../rust/kvm"]
mod kvm {
    pub(crate) mod abi;
}

#[path = "../../rust/smp"]
mod smp {
    pub(crate) mod action;
    pub(crate) mod locate;
    pub(crate) mod window;
}

#[path = "../guest"]
mod guest {
    pub(crate) mod batch;
}
pub(crate) use guest::batch;

#[path = "../host"]
mod host {
    pub(crate) mod cpucfg;
    pub(crate) mod hypercall;
    pub(crate) mod insn;
    pub(crate) mod outcome;
    pub(crate) mod phys_cpuid;
    pub(crate) mod policy;
    pub(crate) mod stats;
}
pub(crate) use host::{cpucfg, hypercall, insn, outcome, phys_cpuid, policy, stats};

mod model;
mod reference;

mod test_answers;
mod test_batch;
mod test_destinations;
mod test_insn;
mod test_locate;
mod test_outcome;
mod test_policy;
