// SPDX-License-Identifier: GPL-2.0

//! What KVM may be asked to do for a vCPU before it enters its guest again. Pure.

#![forbid(unsafe_code)]

/// Something to do (`KVM_REQ_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Give it the FPU, and the vector units that its model has.
    Fpu,
    /// Give it binary translation.
    Lbt,
    /// Give it the performance counters.
    Pmu,
}
