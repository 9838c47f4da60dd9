// SPDX-License-Identifier: GPL-2.0

//! Sends the IPIs of a LoongArch KVM guest by hypercall.
//!
//! An IPI costs one exit to send, for up to 128 CPUs, and none to receive. The native IPI costs
//! one exit for each target and two more there.
//!
//! Layers, each calling downwards only: `loading`; the sender and the receiver (`send`, `recv`)
//! with what they decide by (`batch`); and `rust/smp`, which owns what the kernel shares with
//! us: its operations, its message words and SWI0. Documentation/layering.rst has the picture.

use kernel::prelude::*;

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
#[path = "../../rust/symbol.rs"]
mod symbol;

/// The guest ABI, which host and guest share.
#[path = "../../rust/kvm"]
mod kvm {
    #[allow(dead_code, reason = "the host uses more of it")]
    pub(crate) mod abi;
}

mod batch;
mod loading;
mod recv;
mod send;
mod shown;

module! {
    type: LoongarchPvIpi,
    name: "loongarch_pv_ipi_rs",
    authors: ["The LoongArch KVM Rust project"],
    description: "IPIs by hypercall for LoongArch KVM guests",
    license: "GPL",
}

/// The loaded module. Fields are dropped in order: first we give back what we took.
struct LoongarchPvIpi {
    _takeover: loading::Takeover,
    _debugfs: debugfs::Directory<{ shown::Shown::ALL.len() }>,
}

impl kernel::Module for LoongarchPvIpi {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let takeover = loading::Takeover::new()?;
        let files = debugfs::Files {
            show: bindings::pv_ipi_rs_show,
            hide: bindings::pv_ipi_rs_hide,
        };
        let debugfs = debugfs::Directory::new(files, c"loongarch_pv_ipi_rs", &shown::Shown::ALL)?;

        Ok(Self {
            _takeover: takeover,
            _debugfs: debugfs,
        })
    }
}
