// SPDX-License-Identifier: GPL-2.0

//! The module's counters, one set for each CPU. Pure: names and meanings only.

#![forbid(unsafe_code)]

/// Something that is counted. Each has a file of its name in debugfs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// IPI hypercalls made.
    Hypercalls,
    /// CPUs that they named.
    Targets,
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
    /// All of them, each at the place of its number.
    pub(crate) const ALL: [Self; 8] = [
        Self::Hypercalls,
        Self::Targets,
        Self::Merged,
        Self::Local,
        Self::Native,
        Self::Refused,
        Self::Resent,
        Self::Received,
    ];

    /// Name of its file.
    pub(crate) const fn name(self) -> &'static core::ffi::CStr {
        match self {
            Self::Hypercalls => c"hypercalls",
            Self::Targets => c"targets",
            Self::Merged => c"merged",
            Self::Local => c"local",
            Self::Native => c"native",
            Self::Refused => c"refused",
            Self::Resent => c"resent",
            Self::Received => c"received",
        }
    }
}
