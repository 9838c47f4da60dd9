// SPDX-License-Identifier: GPL-2.0

//! Loading and unloading: in what order, and what is said about it.

#![forbid(unsafe_code)]

use crate::{
    kvm::abi::PvFeatures,
    recv::PvReceiver,
    send::PvSender,
    smp::{
        hcall,
        hotplug::Watch,
        irq::Swi0,
        module::{
            symbols,
            takeover::{
                Found,
                Taken, //
            }, //
        },
        ops::Owner,
        refusal::Retry,
        window::Window, //
    }, //
};
use kernel::prelude::*;

/// The IPI operations, held for as long as the value lives.
pub(crate) struct Takeover {
    /// The order in which these go matters; see [`Takeover::drop`].
    ops: Option<Taken>,
    retry: Option<Retry>,
    watch: Option<Watch>,
    swi0: Option<Swi0>,
    /// Whether the log says that we have taken over.
    announced: bool,
}

impl Takeover {
    /// Takes over from the running kernel. IPIs are sent meanwhile as before.
    ///
    /// # Errors
    ///
    /// Says in the log why it cannot be, and leaves everything as it was.
    pub(crate) fn new() -> Result<Self> {
        if !hcall::is_kvm() {
            pr_err!("not loaded: this is no KVM guest\n");
            return Err(ENODEV);
        }
        if !hcall::features().has(PvFeatures::IPI) {
            pr_err!("not loaded: this KVM does not offer the IPI hypercall (KVM_FEATURE_IPI)\n");
            return Err(ENODEV);
        }
        if let Err(code) = hcall::send_swi0(Window::EMPTY) {
            pr_err!(
                "not loaded: KVM offers the IPI hypercall, but refuses it ({})\n",
                code
            );
            return Err(ENODEV);
        }
        let found = Found::new().inspect_err(|_| {
            pr_err!("not loaded: the kernel's IPI operations (mp_ops) could not be verified\n");
        })?;
        if let Err(name) = symbols::resolve() {
            pr_err!("not loaded: the kernel's function {} was not found\n", name);
            return Err(ENOENT);
        }

        // From here on, dropping it undoes everything.
        let mut takeover = Self {
            ops: None,
            retry: None,
            watch: None,
            swi0: None,
            announced: false,
        };
        let owner = found.owner();
        if owner == Owner::Native {
            takeover.swi0 = Some(Swi0::new::<PvReceiver>().inspect_err(|e| {
                pr_err!("not loaded: the interrupt SWI0 cannot be had: {:?}\n", e);
            })?);
        }
        takeover.watch = Some(Watch::new(owner).inspect_err(|e| {
            pr_err!("not loaded: no notice of CPUs that come and go: {:?}\n", e);
        })?);
        takeover.retry = Some(Retry::new());
        // Last: from the first IPI on, CPUs are open.
        takeover.ops = Some(
            found
                .take_over::<PvSender>()
                .ok_or(EBUSY)
                .inspect_err(|_| {
                    pr_err!("not loaded: somebody else has just taken the IPI operations over\n");
                })?,
        );
        match owner {
            Owner::Native => pr_info!("IPIs go by hypercall now, not through IOCSR\n"),
            Owner::Paravirt => pr_info!("IPIs go by hypercall as before, now sent from here\n"),
        }
        takeover.announced = true;
        Ok(takeover)
    }
}

impl Drop for Takeover {
    /// Gives everything back. IPIs that are on their way arrive.
    fn drop(&mut self) {
        // First, so that no IPI is sent natively because of us. Nobody is in our sender then.
        self.ops = None;
        self.retry = None;
        // What it has sent is taken here.
        self.watch = None;
        self.swi0 = None;
        if self.announced {
            pr_info!("the kernel's own IPI operations are back\n");
        }
    }
}
