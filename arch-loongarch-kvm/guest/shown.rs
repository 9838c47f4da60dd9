// SPDX-License-Identifier: GPL-2.0

//! What the directory `loongarch_pv_ipi_rs` in debugfs shows: sums of what is counted.

#![forbid(unsafe_code)]

use crate::{
    debugfs::Number,
    smp::{
        counters::sum,
        event::Event, //
    }, //
};
use kernel::prelude::*;

/// A file.
#[derive(Clone, Copy)]
pub(crate) enum Shown {
    /// IPI hypercalls made.
    Hypercalls,
    /// CPUs that they named.
    Targets,
    /// An event by itself.
    One(Event),
}

impl Shown {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::Hypercalls,
        Self::Targets,
        Self::One(Event::Merged),
        Self::One(Event::Local),
        Self::One(Event::Native),
        Self::One(Event::Refused),
        Self::One(Event::Resent),
        Self::One(Event::Received),
    ];
}

impl Number for Shown {
    fn name(self) -> &'static CStr {
        match self {
            Self::Hypercalls => c"hypercalls",
            Self::Targets => c"targets",
            Self::One(event) => event.name(),
        }
    }

    fn read(self) -> u64 {
        match self {
            Self::Hypercalls => sum(Event::Single).wrapping_add(sum(Event::Many)),
            Self::Targets => sum(Event::Single).wrapping_add(sum(Event::Named)),
            Self::One(event) => sum(event),
        }
    }
}
