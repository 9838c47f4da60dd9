// SPDX-License-Identifier: GPL-2.0

//! The module's own counters, one set for each CPU. Pure: names and meanings only.

#![forbid(unsafe_code)]

use super::kind::Kind;
use core::ffi::CStr;

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
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
    /// Exits of a kind that went back to the guest from here.
    Fast(Kind),
    /// Exits of a kind that the kernel's exit function finished.
    Slow(Kind),
}

/// A figure that debugfs has a file for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Hypercalls.
    Calls,
    /// Exits of every kind that went back to the guest from here.
    Fast,
    /// Exits of every kind that the kernel's exit function finished.
    Slow,
    /// One event.
    Of(Event),
}

impl Figure {
    /// All of them.
    pub(crate) const ALL: [Self; 20] = [
        Self::Calls,
        Self::Fast,
        Self::Slow,
        Self::Of(Event::IpiCalls),
        Self::Of(Event::Delivered),
        Self::Of(Event::Absent),
        Self::Of(Event::Kicked),
        Self::Of(Event::Denied),
        Self::Of(Event::Fast(Kind::Hvcl)),
        Self::Of(Event::Slow(Kind::Hvcl)),
        Self::Of(Event::Fast(Kind::Cpucfg)),
        Self::Of(Event::Slow(Kind::Cpucfg)),
        Self::Of(Event::Fast(Kind::Csr)),
        Self::Of(Event::Slow(Kind::Csr)),
        Self::Of(Event::Fast(Kind::Cacop)),
        Self::Of(Event::Slow(Kind::Cacop)),
        Self::Of(Event::Fast(Kind::Ipi)),
        Self::Of(Event::Slow(Kind::Ipi)),
        Self::Of(Event::Fast(Kind::Ine)),
        Self::Of(Event::Slow(Kind::Ine)),
    ];

    /// Name of its file.
    pub(crate) const fn name(self) -> &'static CStr {
        match self {
            Self::Calls => c"calls",
            Self::Fast => c"fast",
            Self::Slow => c"slow",
            Self::Of(Event::IpiCalls) => c"ipi_calls",
            Self::Of(Event::Delivered) => c"delivered",
            Self::Of(Event::Absent) => c"absent",
            Self::Of(Event::Kicked) => c"kicked",
            Self::Of(Event::Denied) => c"denied",
            Self::Of(Event::Fast(Kind::Hvcl)) => c"hvcl_fast",
            Self::Of(Event::Slow(Kind::Hvcl)) => c"hvcl_slow",
            Self::Of(Event::Fast(Kind::Cpucfg)) => c"cpucfg_fast",
            Self::Of(Event::Slow(Kind::Cpucfg)) => c"cpucfg_slow",
            Self::Of(Event::Fast(Kind::Csr)) => c"csr_fast",
            Self::Of(Event::Slow(Kind::Csr)) => c"csr_slow",
            Self::Of(Event::Fast(Kind::Cacop)) => c"cacop_fast",
            Self::Of(Event::Slow(Kind::Cacop)) => c"cacop_slow",
            Self::Of(Event::Fast(Kind::Ipi)) => c"ipi_fast",
            Self::Of(Event::Slow(Kind::Ipi)) => c"ipi_slow",
            Self::Of(Event::Fast(Kind::Ine)) => c"ine_fast",
            Self::Of(Event::Slow(Kind::Ine)) => c"ine_slow",
        }
    }
}
