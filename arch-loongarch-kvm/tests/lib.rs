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
    pub(crate) mod access;
    pub(crate) mod csr;
    pub(crate) mod event;
    pub(crate) mod ipi_state;
    pub(crate) mod ipi_status;
    pub(crate) mod kind;
    pub(crate) mod phys_cpuid;
    pub(crate) mod task {
        pub(crate) mod exception;
        pub(crate) mod request;
        pub(crate) mod steal;
        pub(crate) mod waiting;
    }
}

#[path = "../../rust/smp"]
mod smp {
    pub(crate) mod action;
    pub(crate) mod window;
    pub(crate) mod module {
        pub(crate) mod locate;
    }
}

#[path = "../guest"]
mod guest {
    pub(crate) mod batch;
}
pub(crate) use guest::batch;

#[path = "../host"]
mod host {
    pub(crate) mod cpucfg;
    pub(crate) mod csr;
    pub(crate) mod hypercall;
    pub(crate) mod insn;
    pub(crate) mod iocsr;
    pub(crate) mod ipi_controller;
    pub(crate) mod ipi_registers;
    pub(crate) mod outcome;
    pub(crate) mod policy;
    pub(crate) mod slow {
        pub(crate) mod mmio;
        pub(crate) mod notify;
        pub(crate) mod outcome;
        pub(crate) mod unit;
    }
}
pub(crate) use host::{
    cpucfg, csr, hypercall, insn, iocsr, ipi_controller, ipi_registers, outcome, policy, slow,
};

mod model;
mod reference;

mod test_answers;
mod test_batch;
mod test_csr;
mod test_destinations;
mod test_exception;
mod test_insn;
mod test_ipi;
mod test_ipi_registers;
mod test_locate;
mod test_outcome;
mod test_policy;
mod test_slow;
