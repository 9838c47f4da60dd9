// SPDX-License-Identifier: GPL-2.0

//! A unit of the CPU that is switched off when a guest uses it. Pure.

#![forbid(unsafe_code)]

use super::outcome::Outcome;
use crate::{
    kvm::{
        exception::Exception,
        task::request::Request, //
    },
    unit::Unit,
};

/// Answers an exit for a unit that is switched off. It is switched on before the next entry, if the
/// vCPU's model has it; else the instruction does not exist.
pub(crate) const fn handle(unit: Unit, word: u32) -> Outcome {
    if !unit.is_in(word) {
        return Outcome::Inject(Exception::INE);
    }
    Outcome::Again(Some(match unit {
        Unit::Lbt => Request::Lbt,
        Unit::Fpu | Unit::Lsx | Unit::Lasx => Request::Fpu,
    }))
}
