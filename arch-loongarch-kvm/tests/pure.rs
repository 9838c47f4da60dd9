// SPDX-License-Identifier: GPL-2.0

// The module's pure files, to be included at the root of a crate for this machine.
//
// The sources are the module's own, in the places where it has them: `crate::outcome` and
// `crate::kvm::abi` mean the same in all crates.

#[path = "../../rust/kvm"]
mod kvm {
    pub(crate) mod abi;
    pub(crate) mod access;
    pub(crate) mod csr;
    pub(crate) mod event;
    pub(crate) mod exception;
    pub(crate) mod ipi_state;
    pub(crate) mod ipi_status;
    pub(crate) mod kind;
    pub(crate) mod phys_cpuid;
    pub(crate) mod task {
        pub(crate) mod request;
        pub(crate) mod steal;
        pub(crate) mod waiting;
    }
}

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
    pub(crate) mod unit;
}
pub(crate) use host::{
    cpucfg, csr, hypercall, insn, iocsr, ipi_controller, ipi_registers, outcome, policy, slow, unit,
};
