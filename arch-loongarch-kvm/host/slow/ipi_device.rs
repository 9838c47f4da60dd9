// SPDX-License-Identifier: GPL-2.0

//! Accesses to the IPI controllers that KVM has for a VM's vCPUs, as the IOCSR bus brings them.

#![forbid(unsafe_code)]

use crate::{
    ipi_registers::{
        self,
        Write, //
    },
    kvm::{
        access::Width,
        ipi_state::Read,
        task::ipi::Controller, //
    }, //
};

/// Reads at `offset` from the first register of a vCPU's controller.
pub(crate) fn read(controller: Controller, offset: u32, width: Width) -> u64 {
    controller.count_read();
    let what = ipi_registers::read(offset, width);
    if what == Read::Unknown {
        controller.complain(c"no IPI register at", u64::from(offset));
    }
    controller.read(what)
}

/// Writes there.
pub(crate) fn write(controller: Controller, offset: u32, width: Width, value: u64) {
    controller.count_write();
    let target = |id| {
        let target = controller.other(id);
        if target.is_none() {
            controller.complain(c"no vCPU for an IPI register, value", value);
        }
        target
    };
    match ipi_registers::write(offset, width, value) {
        Write::Own(update) => controller.update(update),
        Write::Other(id, update) => {
            if let Some(target) = target(id) {
                target.update(update);
            }
        }
        // The target's bus may lead back here, with a word: of that no more than two are made.
        Write::Bus(id, write) => {
            if let Some(target) = target(id) {
                if !target.bus_write(write.address, write.kept, write.value) {
                    controller.complain(c"no IOCSR at", u64::from(write.address));
                }
            }
        }
        Write::Nothing => {}
        Write::Unknown => controller.complain(c"no IPI register at", u64::from(offset)),
    }
}
