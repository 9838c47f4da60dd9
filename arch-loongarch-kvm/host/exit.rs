// SPDX-License-Identifier: GPL-2.0

//! From the exit to its handler: copies what the handler asks about, and carries out its answer.
//!
//! The exit matrix is in Documentation/exits.rst.

#![forbid(unsafe_code)]

use crate::{
    cpucfg, hypercall,
    insn::{
        self,
        Sensitive, //
    },
    kvm::{
        abi::Gpr,
        vcpu::{
            Ecode,
            RunningVcpu, //
        },
    },
    outcome::{
        self,
        Machine,
        Outcome,
        Resume, //
    },
    stats::Event,
};

/// Handles one exit, with interrupts off.
#[inline]
pub(crate) fn handle(vcpu: &mut RunningVcpu) -> Resume {
    let outcome = match vcpu.ecode() {
        Ecode::Hvc => {
            vcpu.count(Event::Calls, 1);
            hypercall::handle(
                hypercall::Args {
                    call: insn::decode_hypercall(vcpu.insn()),
                    a0: vcpu.gpr(Gpr::A0),
                    a1: vcpu.gpr(Gpr::A1),
                    a2: vcpu.gpr(Gpr::A2),
                    a3: vcpu.gpr(Gpr::A3),
                    plv: vcpu.plv(),
                    features: vcpu.features(),
                },
                vcpu.policy(),
            )
        }
        Ecode::Gspr => match insn::decode_sensitive(vcpu.insn()) {
            Sensitive::Cpucfg { rd, rj } => {
                // CAST: The instruction takes the low 32 bits of rj.
                let index = vcpu.gpr(rj) as u32;
                cpucfg::handle(
                    cpucfg::Args {
                        rd,
                        index,
                        model: vcpu.cpucfg(index),
                        plv: vcpu.plv(),
                        features: vcpu.features(),
                    },
                    vcpu.policy(),
                )
            }
            Sensitive::Other => Outcome::NotOurs,
        },
        Ecode::Other => Outcome::NotOurs,
    };
    outcome::finish(vcpu, outcome)
}
