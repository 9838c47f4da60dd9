// SPDX-License-Identifier: GPL-2.0

//! What is counted, one set for each CPU. Pure: names and meanings only.

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

    /// Its name.
    pub(crate) const fn name(self) -> &'static core::ffi::CStr {
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
