// SPDX-License-Identifier: GPL-2.0

//! What the directory `kvm_loongarch_rs` in debugfs shows: the counters, and how many vCPUs are
//! adopted.

#![forbid(unsafe_code)]

use crate::{
    attach::registry,
    debugfs::Number,
    kvm::counters::Sums,
    stats::Event, //
};
use kernel::prelude::*;

/// A file.
#[derive(Clone, Copy)]
pub(crate) enum Shown {
    /// The sum of a counter over all CPUs.
    Counter(Event),
    /// The number of adopted vCPUs.
    Vcpus,
}

impl Shown {
    /// All of them.
    pub(crate) const ALL: [Self; Event::ALL.len() + 1] = {
        let mut all = [Self::Vcpus; Event::ALL.len() + 1];
        let mut i = 0;
        while i < Event::ALL.len() {
            all[i] = Self::Counter(Event::ALL[i]);
            i += 1;
        }
        all
    };
}

impl Number for Shown {
    fn name(self) -> &'static CStr {
        match self {
            Self::Counter(event) => event.name(),
            Self::Vcpus => c"vcpus",
        }
    }

    fn read(self) -> u64 {
        match self {
            Self::Counter(event) => Sums::now().get(event),
            // CAST: A count, from `usize` to the same width.
            Self::Vcpus => registry::adopted() as u64,
        }
    }
}
