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

    const fn name(self) -> &'static core::ffi::CStr {
        match self {
            Self::Single => c"single",
            Self::Many => c"many",
            Self::Named => c"named",
            Self::Merged => c"merged",
            Self::Local => c"local",
            Self::Native => c"native",
            Self::Refused => c"refused",
            Self::Resent => c"resent",
            Self::Received => c"received",
        }
    }
}

/// Something that is shown: a file in debugfs, with the sum of some events.
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

    /// Name of its file.
    pub(crate) const fn name(self) -> &'static core::ffi::CStr {
        match self {
            Self::Hypercalls => c"hypercalls",
            Self::Targets => c"targets",
            Self::One(event) => event.name(),
        }
    }

    /// Its number, if that of each event is known.
    pub(crate) fn sum(self, of: impl Fn(Event) -> u64) -> u64 {
        match self {
            Self::Hypercalls => of(Event::Single).wrapping_add(of(Event::Many)),
            Self::Targets => of(Event::Single).wrapping_add(of(Event::Named)),
            Self::One(event) => of(event),
        }
    }
}
