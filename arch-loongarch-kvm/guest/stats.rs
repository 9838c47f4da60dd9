// SPDX-License-Identifier: GPL-2.0

//! What is counted, one set for each CPU, and what is shown of it. Pure: names and meanings only.

#![forbid(unsafe_code)]

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// IPI hypercalls that named one CPU, sent to that one.
    Single,
    /// IPI hypercalls for a set of CPUs.
    Many,
    /// CPUs that those named.
    Named,
    /// IPIs that needed no hypercall, since the target had not looked at the one before.
    Merged,
    /// IPIs of a CPU to itself, raised with no exit.
    Local,
    /// IPIs left to the native operations: a CPU to be started, or one that takes no SWI0.
    Native,
    /// Hypercalls that the hypervisor refused.
    Refused,
    /// Actions that were sent natively because of that.
    Resent,
    /// SWI0 interrupts taken here. The kernel's own handler, where it has one, does not count.
    Received,
}

impl Event {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::Received as usize + 1;
}

/// Something that is shown: a file in debugfs, with the sum of some events.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    /// Name of its file.
    pub(crate) name: &'static core::ffi::CStr,
    /// What is added up.
    pub(crate) events: &'static [Event],
}

impl Shown {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::new(c"hypercalls", &[Event::Single, Event::Many]),
        Self::new(c"targets", &[Event::Single, Event::Named]),
        Self::new(c"merged", &[Event::Merged]),
        Self::new(c"local", &[Event::Local]),
        Self::new(c"native", &[Event::Native]),
        Self::new(c"refused", &[Event::Refused]),
        Self::new(c"resent", &[Event::Resent]),
        Self::new(c"received", &[Event::Received]),
    ];

    const fn new(name: &'static core::ffi::CStr, events: &'static [Event]) -> Self {
        Self { name, events }
    }
}
