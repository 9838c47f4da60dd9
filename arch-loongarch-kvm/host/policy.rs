// SPDX-License-Identifier: GPL-2.0

//! What a guest's user mode may do. Pure.
//!
//! Mainline asks for no privilege at all: a guest process can then send IPIs, or move the area
//! that the host writes steal time to. Here PLV 1 to 3 are refused unless the administrator says
//! otherwise when the module is loaded (parameters `user_cpucfg` and `user_hypercall`).

#![forbid(unsafe_code)]

use crate::kvm::abi::{
    CpucfgRange,
    Hypercall,
    Plv, //
};

/// The switches for guest user mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    /// User mode reads the hypervisor's CPUCFG range.
    pub(crate) user_cpucfg: bool,
    /// User mode makes service and VMM calls.
    pub(crate) user_hypercall: bool,
}

impl Policy {
    /// May code at `plv` make this call?
    ///
    /// The software breakpoint is planted in user code by debuggers, and the hypervisor ID is
    /// harmless: both are for everyone. Unknown immediates have nothing to protect.
    pub(crate) const fn allows_hypercall(self, plv: Plv, call: Hypercall) -> bool {
        match call {
            Hypercall::Service | Hypercall::UserService => plv.is_kernel() || self.user_hypercall,
            Hypercall::HypervisorId | Hypercall::SwDebug | Hypercall::Unknown => true,
        }
    }

    /// May code at `plv` read this CPUCFG index?
    pub(crate) const fn allows_cpucfg(self, plv: Plv, index: u32) -> bool {
        plv.is_kernel() || self.user_cpucfg || !CpucfgRange::contains(index)
    }
}
