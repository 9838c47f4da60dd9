// SPDX-License-Identifier: GPL-2.0

//! Sends the IPIs of a LoongArch KVM guest by hypercall, from the first secondary CPU on.
//!
//! This crate is the *built-in* deployment, part of the kernel by `LOONGARCH_PV_IPI_RUST`. It is
//! called at three points of the boot, in this order, and never leaves.

use kernel::{
    error::from_result,
    prelude::*, //
};

#[path = "../../rust/bindings/mod.rs"]
mod bindings;
#[path = "../../rust/cpus.rs"]
#[allow(dead_code, reason = "the host uses more of it")]
mod cpus;
#[path = "../../rust/debugfs.rs"]
mod debugfs;
#[path = "../../rust/irqs.rs"]
mod irqs;
#[path = "../../rust/smp/mod.rs"]
mod smp;

/// The guest ABI, which host and guest share.
#[path = "../../rust/kvm"]
mod kvm {
    #[allow(dead_code, reason = "the host uses more of it")]
    pub(crate) mod abi;
}

mod batch;
mod recv;
mod send;
mod shown;

use kvm::abi::PvFeatures;
use smp::{
    built_in,
    hcall,
    hotplug::Watch,
    open,
    ops::Owner,
    refusal::Retry,
    window::Window, //
};

/// What `pr_info!()` and the like begin with; `module!` has it for modules.
const __LOG_PREFIX: &[u8] = b"loongarch_pv_ipi_rs\0";

/// SMP setup: takes the IPI operations, if the hypervisor is KVM and offers the hypercall. Returns
/// 1 if it has, else 0. Called by `pv_ipi_init()`, once, when one CPU runs and interrupts are off.
#[no_mangle]
#[link_section = ".init.text"]
extern "C" fn pv_ipi_rs_init() -> c_int {
    if !hcall::is_kvm() {
        return 0;
    }
    // SAFETY: A word of our C half, which parsing the command line has written, if anything.
    if unsafe { bindings::pv_ipi_rs_off } {
        pr_info!("not used: no-pv-ipi-rs is on the command line\n");
        return 0;
    }
    if !hcall::features().has(PvFeatures::IPI) {
        pr_info!("not used: this KVM does not offer the IPI hypercall (KVM_FEATURE_IPI)\n");
        return 0;
    }
    if let Err(code) = hcall::send_swi0(Window::EMPTY) {
        pr_warn!(
            "not used: KVM offers the IPI hypercall, but refuses it ({})\n",
            code
        );
        return 0;
    }
    open::begin(Owner::Paravirt);
    core::mem::forget(Retry::new());
    // SAFETY: By this function's contract.
    unsafe { built_in::take::<send::PvSender, recv::PvReceiver>() };
    pr_info!("IPIs go by hypercall\n");
    1
}

/// Before the first secondary CPU: from here on each opens when it comes online. Until then, and
/// if this fails, IPIs to it go by hypercall too, which takes more instructions.
#[no_mangle]
#[link_section = ".init.text"]
extern "C" fn pv_ipi_rs_watch_cpus() -> c_int {
    from_result(|| {
        if built_in::is_taken() {
            core::mem::forget(Watch::new(Owner::Paravirt)?);
        }
        Ok(0)
    })
}

/// When there is debugfs.
#[no_mangle]
#[link_section = ".init.text"]
extern "C" fn pv_ipi_rs_show_counters() -> c_int {
    from_result(|| {
        if built_in::is_taken() {
            let files = debugfs::Files {
                show: bindings::pv_ipi_rs_show,
                hide: bindings::pv_ipi_rs_hide,
            };
            core::mem::forget(debugfs::Directory::new(
                files,
                c"loongarch_pv_ipi_rs",
                &shown::Shown::ALL,
            )?);
        }
        Ok(0)
    })
}
