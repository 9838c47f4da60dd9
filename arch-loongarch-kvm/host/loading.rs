// SPDX-License-Identifier: GPL-2.0

//! Loading and unloading: in what order, and what is said about it.

#![forbid(unsafe_code)]

use crate::{
    attach::{
        self,
        hook::Hook,
        registry::{
            self,
            Registry, //
        },
        symbols, //
    },
    HandleExit, //
};
use kernel::prelude::*;

/// Our place in KVM, held for as long as the value lives.
pub(crate) struct Attachment {
    /// Dropped by [`Attachment::drop`], between two other steps.
    hook: Option<Hook>,
    registry: Registry,
    /// Whether the log says that we are attached.
    announced: bool,
}

impl Attachment {
    /// Attaches to the running KVM, and to the VMs that it has already.
    ///
    /// # Errors
    ///
    /// Says in the log why it cannot be, and leaves everything as it was.
    pub(crate) fn new() -> Result<Self> {
        if !attach::has_kvm() {
            pr_err!("not attached: no KVM in this kernel, nor as a loaded module\n");
            return Err(ENODEV);
        }
        if !attach::has_lvz() {
            pr_err!("not attached: this CPU has no virtualization extension (LVZ)\n");
            return Err(ENODEV);
        }
        if let Err(name) = symbols::resolve() {
            pr_err!("not attached: KVM's {} was not found\n", name);
            return Err(ENOENT);
        }
        let registry = Registry::new().inspect_err(|e| {
            pr_err!("not attached: no memory for the table of VMs: {:?}\n", e);
        })?;
        let hook = Hook::new::<HandleExit>().inspect_err(|e| {
            let hint = if *e == EBUSY {
                " (is kernel.ftrace_enabled 0?)"
            } else if *e == ENODEV {
                " (it has shut itself down because of a bug)"
            } else {
                ""
            };
            pr_err!(
                "not attached: ftrace does not let us watch KVM: {:?}{}\n",
                e,
                hint
            );
        })?;

        registry.open::<HandleExit>(&hook);
        // From here on, dropping it undoes everything.
        let mut attachment = Self {
            hook: Some(hook),
            registry,
            announced: false,
        };
        if registry::foreign() {
            pr_err!("not attached: a vCPU's exit function is not KVM's own kvm_handle_exit\n");
            return Err(EBUSY);
        }
        if registry::misfit() {
            pr_err!(
                "not attached: this module was built for a kernel with another struct kvm_vcpu\n"
            );
            return Err(ENOEXEC);
        }
        pr_info!("attached to KVM's kvm_handle_exit\n");
        attachment.announced = true;
        Ok(attachment)
    }
}

impl Drop for Attachment {
    /// Gives every vCPU back. Guests run on; none is stopped and none is waited for.
    fn drop(&mut self) {
        // The hook outlives this step, so that a vCPU's end is not missed.
        self.registry.close();
        self.hook = None;
        // A CPU that took our pointer earlier has left our code when this is done.
        attach::cross_all_exits();
        if self.announced {
            pr_info!("detached\n");
        }
    }
}
