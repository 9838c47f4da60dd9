// SPDX-License-Identifier: GPL-2.0

//! The module's pure files, compiled for this machine and tested here.

#![cfg(test)]
#![allow(
    dead_code,
    reason = "the module uses more of these files than the tests do"
)]

include!("pure.rs");

// And those of the guest's half.
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

mod bytes;
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
