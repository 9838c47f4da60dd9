// SPDX-License-Identifier: GPL-2.0

//! Has a guest take an exception: writes the CSRs that the hardware would.

use super::{
    cpu,
    exception::{
        Before,
        Exception,
        Taken, //
    },
    exited::write,
    vcpu::{
        field,
        read,
        Vcpu, //
    }, //
};
use crate::bindings;
use kernel::ffi::c_ulong;

/// Has the guest of `vcpu` take `exception` at its PC, and go on at the vector.
///
/// BADV becomes `badv`, if that is one. The guest's CSRs are those of this CPU: `vcpu` has just
/// left its guest, or is about to enter it.
#[inline(always)]
pub(super) fn take(vcpu: Vcpu, exception: Exception, badv: Option<u64>) {
    // CAST: An `unsigned long` has 64 bits, here and below.
    let pc = read!(vcpu, arch.pc) as u64;
    let taken = Taken::new(
        exception,
        Before {
            crmd: cpu::guest_crmd(),
            prmd: cpu::gcsr_read::<{ bindings::LOONGARCH_CSR_PRMD }>(),
            ecfg: cpu::gcsr_read::<{ bindings::LOONGARCH_CSR_ECFG }>(),
            eentry: cpu::gcsr_read::<{ bindings::LOONGARCH_CSR_EENTRY }>(),
        },
    );
    if let Some(badv) = badv {
        cpu::gcsr_write::<{ bindings::LOONGARCH_CSR_BADV }>(badv);
    }
    cpu::gcsr_write::<{ bindings::LOONGARCH_CSR_BADI }>(read!(vcpu, arch.badi) as u64);
    cpu::gcsr_write::<{ bindings::LOONGARCH_CSR_PRMD }>(taken.prmd);
    cpu::gcsr_write::<{ bindings::LOONGARCH_CSR_CRMD }>(taken.crmd);
    cpu::gcsr_write::<{ bindings::LOONGARCH_CSR_ERA }>(pc);
    cpu::change_guest_estat(taken.estat, Taken::ESTAT_MASK);
    write!(vcpu, taken.pc as c_ulong, arch.pc);
}
