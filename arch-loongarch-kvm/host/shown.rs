// SPDX-License-Identifier: GPL-2.0

//! What the directory `kvm_loongarch_rs` in debugfs shows: the counters, how many vCPUs are
//! adopted, and how often one could not be.

#![forbid(unsafe_code)]

use crate::{
    attach::registry,
    debugfs::Number,
    kvm::{
        counters::Sums,
        event::Figure, //
    }, //
};
use kernel::prelude::*;

/// A file.
#[derive(Clone, Copy)]
pub(crate) enum Shown {
    /// A sum of counters over all CPUs.
    Counter(Figure),
    /// The number of adopted vCPUs.
    Vcpus,
    /// Times that a vCPU was loaded and could not be adopted.
    LeftOut,
}

impl Shown {
    /// All of them.
    pub(crate) const ALL: [Self; Figure::ALL.len() + 2] = {
        let mut all = [Self::Vcpus; Figure::ALL.len() + 2];
        all[Figure::ALL.len()] = Self::LeftOut;
        let mut i = 0;
        while i < Figure::ALL.len() {
            all[i] = Self::Counter(Figure::ALL[i]);
            i += 1;
        }
        all
    };
}

impl Number for Shown {
    fn name(self) -> &'static CStr {
        match self {
            Self::Counter(figure) => figure.name(),
            Self::Vcpus => c"vcpus",
            Self::LeftOut => c"left_out",
        }
    }

    fn read(self) -> u64 {
        match self {
            Self::Counter(figure) => Sums::now().get(figure),
            Self::Vcpus => registry::adopted(),
            Self::LeftOut => registry::left_out(),
        }
    }
}
