// SPDX-License-Identifier: GPL-2.0

//! The module's own counters, one set for each CPU. Pure: names and meanings only.

#![forbid(unsafe_code)]

/// Something that is counted. Each has a file of its name in debugfs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// HVC exits seen.
    Calls,
    /// IPI calls carried out here.
    IpiCalls,
    /// Destinations that SWI0 was queued for.
    Delivered,
    /// Destinations that no vCPU answers to.
    Absent,
    /// Destinations that were woken or forced out of the guest.
    Kicked,
    /// Calls and reads refused for lack of privilege.
    Denied,
    /// PV exits that went back to the guest from here.
    Fast,
    /// PV exits that the kernel's exit function finished.
    Slow,
}

impl Event {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::Calls,
        Self::IpiCalls,
        Self::Delivered,
        Self::Absent,
        Self::Kicked,
        Self::Denied,
        Self::Fast,
        Self::Slow,
    ];

    /// Name of its file.
    pub(crate) const fn name(self) -> &'static core::ffi::CStr {
        match self {
            Self::Calls => c"calls",
            Self::IpiCalls => c"ipi_calls",
            Self::Delivered => c"delivered",
            Self::Absent => c"absent",
            Self::Kicked => c"kicked",
            Self::Denied => c"denied",
            Self::Fast => c"fast",
            Self::Slow => c"slow",
        }
    }
}
