// SPDX-License-Identifier: GPL-2.0

//! Handles exits of LoongArch KVM guests.
//!
//! This crate is the *in-tree* deployment, part of KVM by `KVM_LOONGARCH_RUST`: built into the
//! kernel with it, or into its module, be that the kernel's own or one that replaces it. The three
//! functions that KVM calls are declared in `asm/kvm_vcpu.h`.

use kernel::prelude::*;

// Only as a part of KVM.
#[path = "../../rust/in_tree.rs"]
mod in_tree;

/// How the rest of KVM is reached.
mod deployed {
    pub(crate) use crate::in_tree::{
        Here,
        KERNEL_HANDLE_EXIT, //
    };
}

// In every deployment.
#[path = "../../rust/bindings/mod.rs"]
mod bindings;
#[path = "../../rust/cpus.rs"]
#[allow(dead_code, reason = "attaching uses more of it")]
mod cpus;
#[path = "../../rust/debugfs.rs"]
mod debugfs;
#[path = "../../rust/irqs.rs"]
#[allow(dead_code, reason = "the guest's half uses more of it")]
mod irqs;
#[path = "../../rust/kvm/mod.rs"]
mod kvm;

mod args;
mod cpucfg;
mod csr;
mod entry;
mod entry_ipi;
mod entry_slow;
mod exit;
mod hypercall;
mod insn;
mod iocsr;
mod ipi_controller;
mod ipi_registers;
mod machine;
mod outcome;
mod policy;
mod slow;
mod unit;

use bindings::kvm_exit_fn;
use core::cell::UnsafeCell;
use kvm::{
    counters::Sums,
    event::Figure, //
};

/// What `pr_info!()` and the like begin with; `module!` has it for modules.
const __LOG_PREFIX: &[u8] = b"kvm_loongarch_rs\0";

// The functions below are what KVM's header says.
const _: () = {
    let _ = if true {
        kvm_rs_exit_function
    } else {
        bindings::kvm_rs_exit_function
    };
    let _ = if true {
        kvm_rs_start
    } else {
        bindings::kvm_rs_start
    };
    let _ = if true {
        kvm_rs_stop
    } else {
        bindings::kvm_rs_stop
    };
};

/// The exit function of a vCPU that is being made. `slow` is KVM's own, for what is not finished
/// here. Called by `kvm_arch_vcpu_create()`.
///
/// # Safety
///
/// `slow` is always the same function, and takes any exit.
#[no_mangle]
unsafe extern "C" fn kvm_rs_exit_function(slow: kvm_exit_fn) -> kvm_exit_fn {
    in_tree::set_handle_exit(slow.map_or(0, |slow| slow as usize));
    // SAFETY: The address of a function of this type.
    unsafe { core::mem::transmute::<usize, kvm_exit_fn>(entry::address()) }
}

impl debugfs::Number for Figure {
    fn name(self) -> &'static CStr {
        Figure::name(self)
    }

    fn read(self) -> u64 {
        Sums::now().get(self)
    }
}

/// The directory in debugfs, while KVM is there.
struct Shown(UnsafeCell<Option<debugfs::Directory<{ Figure::ALL.len() }>>>);

// SAFETY: Written when KVM begins and ends, by the one task that has it do so.
unsafe impl Sync for Shown {}

static SHOWN: Shown = Shown(UnsafeCell::new(None));

/// KVM is there. Called once, by `kvm_loongarch_init()`. Without counters it works as well.
///
/// # Safety
///
/// Called by that function only, in process context.
#[no_mangle]
unsafe extern "C" fn kvm_rs_start() {
    let files = debugfs::Files {
        show: bindings::kvm_rs_show,
        hide: bindings::kvm_rs_hide,
    };
    let shown = debugfs::Directory::new(files, c"kvm_loongarch_rs", &Figure::ALL);
    // SAFETY: By the contract nobody else is here.
    unsafe { *SHOWN.0.get() = shown.ok() };
    pr_info!("exits are handled in Rust\n");
}

/// KVM is about to go. Called once, by `kvm_loongarch_exit()`; no VM exists.
///
/// # Safety
///
/// Called by that function only, in process context.
#[no_mangle]
unsafe extern "C" fn kvm_rs_stop() {
    // SAFETY: By the contract nobody else is here.
    unsafe { *SHOWN.0.get() = None };
}
