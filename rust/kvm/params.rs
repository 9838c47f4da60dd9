// SPDX-License-Identifier: GPL-2.0

//! The module's parameters, as the C half has them (`rust/helpers/kvm_rs.c`).

use super::kind::Kind;
use crate::bindings::{
    self,
    kvm_rs_params, //
};
use core::mem::offset_of;

/// The parameters at one instant.
///
/// All of them are one word of memory, so that an exit reads them by one load.
#[derive(Clone, Copy)]
pub(crate) struct Params(u32);

const _: () = assert!(size_of::<kvm_rs_params>() == size_of::<u32>());
const _: () = assert!(align_of::<kvm_rs_params>() == align_of::<u32>());

/// The byte at an offset of the structure, which is 0 or 1.
macro_rules! is_set {
    ($word:expr, $name:ident) => {
        // CAST: The offset is below four.
        $word & 1 << (8 * offset_of!(kvm_rs_params, $name) as u32) != 0
    };
}

impl Params {
    /// What they are now.
    #[inline(always)]
    pub(crate) fn now() -> Self {
        let word = (&raw const bindings::kvm_rs_params).cast::<u32>();
        // SAFETY: The parameters live as long as the module, and have the size and alignment of a
        // word, as asserted above. Their writers store single bytes.
        Self(unsafe { word.read_volatile() })
    }

    /// Whether exits are finished with interrupts still off. May change at any time.
    #[inline(always)]
    pub(crate) fn fast_path(self) -> bool {
        is_set!(self.0, fast_path)
    }

    /// Whether guest user mode reads the hypervisor's CPUCFG range. Fixed at load.
    #[inline(always)]
    pub(crate) fn user_cpucfg(self) -> bool {
        is_set!(self.0, user_cpucfg)
    }

    /// Whether guest user mode makes service and VMM calls. Fixed at load.
    #[inline(always)]
    pub(crate) fn user_hypercall(self) -> bool {
        is_set!(self.0, user_hypercall)
    }

    /// Whether exits of this kind are handled here at all. Fixed at load.
    #[inline(always)]
    pub(crate) fn handles(self, kind: Kind) -> bool {
        // CAST: The offset is below four.
        let shift = 8 * offset_of!(kvm_rs_params, handlers) as u32;
        self.0 & u32::from(kind.bit()) << shift != 0
    }
}
