// SPDX-License-Identifier: GPL-2.0

//! CSRs that the guest's CPU does not have: some KVM keeps in memory, the others read 0. Pure.
//!
//! LoongArch Reference Manual, Volume 1, "Overview of Control and Status Registers": a read of an
//! undefined CSR gives 0, a write changes nothing.

#![forbid(unsafe_code)]

use crate::{
    kvm::{
        abi::Gpr,
        csr::Csr, //
    },
    outcome::{
        Outcome,
        Retire,
        Stat, //
    },
};

/// What `csrrd`, `csrwr` and `csrxchg` do. The field of rj tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reads.
    Read,
    /// Writes the value of rd, and reads what was there.
    Write,
    /// The same for the bits that are set in rj.
    Exchange,
}

impl Access {
    /// By the register number in the place of rj, where 0 and 1 are no registers.
    pub(crate) const fn from_rj(rj: Gpr) -> Self {
        match rj.index() {
            0 => Self::Read,
            1 => Self::Write,
            _ => Self::Exchange,
        }
    }
}

/// What a CSR that KVM keeps is and becomes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    /// The CSR.
    pub(crate) csr: Csr,
    /// What it is.
    pub(crate) old: u64,
    /// The value of rd.
    pub(crate) value: u64,
    /// The value of rj, a mask.
    pub(crate) mask: u64,
}

/// What an exit for a CSR needs to be answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Args {
    /// What is done.
    pub(crate) access: Access,
    /// Receives what the CSR was.
    pub(crate) rd: Gpr,
    /// If KVM keeps the CSR, more of it.
    pub(crate) kept: Option<Kept>,
    /// It is a register of performance counters, which this guest has.
    pub(crate) pmu: bool,
}

/// Answers an exit for a CSR of which nothing is known: see [`Csr::is_known`].
#[inline(always)]
pub(crate) fn handle_unknown(rd: Gpr) -> Outcome {
    retire(rd, 0, None)
}

/// Answers an exit for any CSR.
#[inline]
pub(crate) fn handle(args: Args) -> Outcome {
    if args.pmu {
        // The kernel gives the counters to the guest and has it try again.
        return Outcome::Kernel;
    }
    let (value, write) = match args.kept {
        None => (0, None),
        Some(kept) => {
            let new = match args.access {
                Access::Read => None,
                Access::Write => Some(kept.value),
                Access::Exchange => Some(kept.old & !kept.mask | kept.value & kept.mask),
            };
            (kept.old, new.map(|new| (kept.csr, new)))
        }
    };
    retire(args.rd, value, write)
}

#[inline(always)]
fn retire(rd: Gpr, value: u64, csr: Option<(Csr, u64)>) -> Outcome {
    Outcome::Retire(Retire {
        rd,
        value,
        csr,
        stat: Stat::None,
        denied: false,
        // The kernel stores to r0's slot as to any other.
        kernel_agrees: !rd.is_zero(),
    })
}
