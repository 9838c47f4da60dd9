// SPDX-License-Identifier: GPL-2.0

//! Handles the paravirtual exits of LoongArch KVM guests: hypercalls and CPUCFG.
//!
//! This crate is the *attach* deployment: a module beside the KVM of an unmodified kernel. The
//! parameters and their descriptions are in `rust/helpers/kvm_loongarch_rs.c`, since `module!`
//! has none of type bool.
//!
//! Layers, each calling downwards only: `entry`, `exit`, the handlers (`hypercall`, `cpucfg`),
//! `outcome`, and `rust/kvm`, which owns the C structures. `rust/attach` puts `entry` in place.
//! Documentation/layering.rst has the picture.

use kernel::prelude::*;

#[path = "../../rust/attach/mod.rs"]
mod attach;
#[path = "../../rust/bindings/mod.rs"]
mod bindings;
#[path = "../../rust/cpus.rs"]
mod cpus;
#[path = "../../rust/debugfs.rs"]
mod debugfs;
#[path = "../../rust/kvm/mod.rs"]
mod kvm;
#[path = "../../rust/symbol.rs"]
mod symbol;

mod cpucfg;
mod entry;
mod exit;
mod hypercall;
mod insn;
mod loading;
mod outcome;
mod phys_cpuid;
mod policy;
mod shown;
mod stats;

module! {
    type: KvmLoongarch,
    name: "kvm_loongarch_rs",
    authors: ["The LoongArch KVM Rust project"],
    description: "LoongArch KVM exit handlers and PV IPI in Rust",
    license: "GPL",
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
