// SPDX-License-Identifier: GPL-2.0

//! Handles exits of LoongArch KVM guests.
//!
//! This crate is the *attach* deployment: a module beside the KVM of an unmodified kernel. The
//! parameters and their descriptions are in `rust/helpers/kvm_rs.c`, since `module!`
//! has none of type bool.
//!
//! Layers, each calling downwards only: `entry`, `exit`, the handlers (`hypercall`, `cpucfg`),
//! `outcome`, which works on what `machine` makes of `rust/kvm`, and that, which owns the C
//! structures. `rust/attach` puts `entry` in place. Documentation/layering.rst has the picture.

use kernel::prelude::*;

// Only where the module attaches.
#[path = "../../rust/attach/mod.rs"]
mod attach;
mod loading;
mod shown;
#[path = "../../rust/symbol.rs"]
mod symbol;

/// How the rest of KVM is reached.
mod deployed {
    pub(crate) use crate::attach::symbols::{
        Attached as Here,
        KERNEL_HANDLE_EXIT, //
    };
}

// In every deployment.
#[path = "../../rust/bindings/mod.rs"]
mod bindings;
#[path = "../../rust/cpus.rs"]
mod cpus;
#[path = "../../rust/debugfs.rs"]
mod debugfs;
#[path = "../../rust/kvm/mod.rs"]
mod kvm;

mod args;
mod cpucfg;
mod csr;
mod entry;
mod exit;
mod hypercall;
mod insn;
mod iocsr;
mod ipi_controller;
mod ipi_registers;
mod machine;
mod outcome;
mod policy;
mod unit;

module! {
    type: KvmLoongarch,
    name: "kvm_loongarch_rs",
    authors: ["The LoongArch KVM Rust project"],
    description: "LoongArch KVM exit handlers and PV IPI in Rust",
    license: "GPL",
}

/// What vCPUs that are adopted have as their exit function.
pub(crate) enum HandleExit {}

// SAFETY: It takes what the world switch passes and ends in the two ways that are asked for.
unsafe impl attach::vcpu::EntryPoint for HandleExit {
    fn address() -> usize {
        entry::address()
    }
}

/// The loaded module. Fields are dropped in order: first we leave KVM.
struct KvmLoongarch {
    _attachment: loading::Attachment,
    _debugfs: debugfs::Directory<{ shown::Shown::ALL.len() }>,
}

impl kernel::Module for KvmLoongarch {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let attachment = loading::Attachment::new()?;
        let files = debugfs::Files {
            show: bindings::kvm_rs_show,
            hide: bindings::kvm_rs_hide,
        };
        let debugfs = debugfs::Directory::new(files, c"kvm_loongarch_rs", &shown::Shown::ALL)?;

        Ok(Self {
            _attachment: attachment,
            _debugfs: debugfs,
        })
    }
}
