// SPDX-License-Identifier: GPL-2.0

//! The notify service: where a guest wants to find its steal time. Pure.

#![forbid(unsafe_code)]

use super::outcome::Outcome;
use crate::{
    hypercall,
    kvm::{
        abi::{
            HcallReturn,
            PvFeatures, //
        },
        task::steal::Area, //
    },
    outcome::Stat, //
};

/// Answers the call: `id` is a feature's bit, `data` what it is told.
pub(crate) const fn handle(id: u64, data: u64) -> Outcome {
    let code = if id == 1 << PvFeatures::STEAL_TIME {
        match Area::new(data) {
            Some(area) => return Outcome::Steal(area),
            None => HcallReturn::InvalidParameter,
        }
    } else {
        HcallReturn::InvalidCode
    };
    Outcome::Retire(hypercall::result(code, Stat::Hypercall))
}
