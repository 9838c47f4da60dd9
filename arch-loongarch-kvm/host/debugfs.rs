// SPDX-License-Identifier: GPL-2.0

//! The directory `kvm_loongarch_rs` in debugfs: a file for each counter, and one that tells how
//! many vCPUs are adopted.

#![forbid(unsafe_code)]

use crate::{
    attach::registry,
    kvm::counters::Sums,
    stats::Event, //
};
use kernel::{
    debugfs::{
        Scope,
        Writer, //
    },
    fmt,
    prelude::*, //
};

/// A file that shows a counter.
struct Counter(Event);

impl Writer for Counter {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", Sums::now().get(self.0))
    }
}

/// The file that shows the number of adopted vCPUs.
struct Vcpus;

impl Writer for Vcpus {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", registry::adopted())
    }
}

/// What the files show.
struct Files {
    counters: [Counter; Event::ALL.len()],
    vcpus: Vcpus,
}

/// The directory, present for as long as the value lives.
pub(crate) struct Directory {
    _scope: Pin<KBox<Scope<Files>>>,
}

impl Directory {
    /// Creates it. A kernel without debugfs does without.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(crate) fn new() -> Result<Self> {
        let files = Files {
            counters: Event::ALL.map(Counter),
            vcpus: Vcpus,
        };
        let scope = Scope::dir(files, c"kvm_loongarch_rs", |files, dir| {
            for counter in &files.counters {
                dir.read_only_file(counter.0.name(), counter);
            }
            dir.read_only_file(c"vcpus", &files.vcpus);
        });
        Ok(Self {
            _scope: KBox::pin_init(scope, GFP_KERNEL)?,
        })
    }
}
