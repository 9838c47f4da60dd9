// SPDX-License-Identifier: GPL-2.0

//! The safe layer over KVM's structures.
//!
//! Leaf code sees the types of this module and no binding. No Rust reference to a whole
//! `struct kvm_vcpu` or `struct kvm` is ever made: other CPUs write both. Fields are reached by
//! raw place, one at a time.
//!
//! Words used here:
//!
//! - *exit*: the guest stopped, and the CPU runs the host's handler;
//! - *Ecode*: the exception code that says why;
//! - *GSPR*, *HVC*: the exits of a guest sensitive instruction and of a hypercall;
//! - *GCSR*: the guest's own copy of a control and status register;
//! - *PLV*: privilege level, 0 for a kernel;
//! - *physical CPUID*: the number a guest routes interrupts by, neither vcpu_id nor host CPU;
//! - *SWI0*: software interrupt 0, which carries a PV IPI;
//! - *kick*: make a vCPU notice a change, by waking it or forcing an exit.

pub(crate) mod abi;
pub(crate) mod access;
pub(crate) mod counters;
mod cpu;
pub(crate) mod csr;
pub(crate) mod deployment;
pub(crate) mod event;
#[cfg_attr(
    not(part_of_kvm),
    allow(dead_code, reason = "attaching gives a guest fewer exceptions")
)]
pub(crate) mod exception;
pub(crate) mod exited;
mod inject;
mod ipi;
pub(crate) mod ipi_state;
pub(crate) mod ipi_status;
pub(crate) mod kind;
mod layout;
mod lock;
pub(crate) mod params;
pub(crate) mod phys_cpuid;
pub(crate) mod running;
#[cfg(part_of_kvm)]
pub(crate) mod task;
mod vcpu;
mod vm;
