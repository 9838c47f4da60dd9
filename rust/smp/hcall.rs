// SPDX-License-Identifier: GPL-2.0

//! What the guest asks of the hypervisor: whether it is KVM, what it offers, and to send SWI0.

use super::window::Window;
use crate::{
    bindings,
    kvm::abi::{
        CpucfgRange,
        Function,
        Hypercall,
        PvFeatures,
        SIGNATURE, //
    }, //
};
use core::arch::asm;

/// True if there is a hypervisor that says it is KVM.
pub(crate) fn is_kvm() -> bool {
    // The boot CPU's entry speaks for all of them, as in the kernel's `cpu_has_hypervisor`.
    let boot_cpu = (&raw const bindings::cpu_data).cast::<bindings::cpuinfo_loongarch>();
    // SAFETY: An exported array of the kernel with at least one entry; only an address is taken.
    let options = unsafe { &raw const (*boot_cpu).options };
    // SAFETY: As above. It does not change after boot.
    let options = unsafe { options.read() };
    options & bindings::LOONGARCH_CPU_HYPERVISOR != 0 && cpucfg(CpucfgRange::SIGNATURE) == SIGNATURE
}

/// The features that KVM offers. Only to be asked if [`is_kvm`].
pub(crate) fn features() -> PvFeatures {
    PvFeatures::from_raw(u64::from(cpucfg(CpucfgRange::FEATURE)))
}

/// Reads a word of CPUCFG. One that does not exist reads as zero.
fn cpucfg(index: u32) -> u32 {
    let word: u32;
    // SAFETY: Every index may be read, from every privilege level.
    unsafe { asm!("cpucfg {}, {}", out(reg) word, in(reg) index, options(nomem, nostack)) };
    word
}

/// Has SWI0 raised on every CPU of `window`. Traps once; no exception, no sleeping, any context.
///
/// What was stored before is visible to the CPUs that take the interrupt.
///
/// # Errors
///
/// The hypervisor's code if it refused, always negative. Then none, some or all were raised.
#[inline(always)]
pub(crate) fn send_swi0(window: Window) -> Result<(), i64> {
    let result: i64;
    // SAFETY: `hvcl 0x100` as a word, since not every assembler knows the virtualization
    // instructions. All registers but a0 are preserved. It is only called in a KVM guest.
    unsafe {
        asm!(
            ".word 0x002b8000 | {code}",
            code = const Hypercall::SERVICE,
            inout("$a0") Function::IPI as i64 => result,
            in("$a1") window.low(),
            in("$a2") window.high(),
            in("$a3") u64::from(window.min()),
            options(nostack),
        )
    };
    if result < 0 {
        Err(result)
    } else {
        Ok(())
    }
}
