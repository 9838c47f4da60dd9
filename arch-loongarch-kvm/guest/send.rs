// SPDX-License-Identifier: GPL-2.0

//! Sends: which way an IPI goes, and what becomes of it if the hypervisor refuses.
//!
//! Interrupts are off from before an action is published until its hypercall is done. Otherwise
//! an interrupt in between, or a CPU that stops there, would hold up every other sender to the
//! same target: they see a message pending and leave the hypercall to whoever was first.

#![forbid(unsafe_code)]

use crate::{
    batch::Batch,
    smp::{
        action::Action,
        counters,
        cpu::{
            Cpu,
            IrqsOff, //
        },
        hcall,
        hotplug,
        mask::CpuMask,
        message,
        ops::Sender,
        symbols::send_native,
        window::Window, //
    },
    stats::Event, //
};

/// Sends by message word and hypercall.
pub(crate) struct PvSender;

impl Sender for PvSender {
    fn single(cpu: Cpu, number: u32) {
        let irqs = IrqsOff::new();
        if let Some(cpu) = prepare(&irqs, cpu, number) {
            send(&irqs, Window::single(cpu.physical()));
        }
    }

    fn mask(mask: CpuMask<'_>, number: u32) {
        let irqs = IrqsOff::new();
        let mut batch = Batch::new();
        for cpu in mask.cpus() {
            if let Some(cpu) = prepare(&irqs, cpu, number) {
                if !batch.insert(cpu.physical()) {
                    // More than a window can name. None is known to exist.
                    resend(&irqs, cpu);
                }
            }
        }
        for window in batch {
            send(&irqs, window);
        }
    }
}

/// Chooses the way of an IPI and goes it, up to the hypercall. Returns the CPU if it is owed one.
#[inline(always)]
fn prepare(irqs: &IrqsOff, cpu: Cpu, number: u32) -> Option<Cpu> {
    let action = match Action::new(number) {
        Some(action) if hotplug::is_open(cpu) => action,
        _ => {
            counters::add(irqs, Event::Native, 1);
            send_native(cpu, number);
            return None;
        }
    };
    let is_first = message::publish(cpu, action);
    if cpu == irqs.this_cpu() {
        // Also if it is not the first: it costs nothing, and is sure.
        irqs.raise_swi0();
        counters::add(irqs, Event::Local, 1);
        None
    } else if is_first {
        Some(cpu)
    } else {
        counters::add(irqs, Event::Merged, 1);
        None
    }
}

/// Makes one hypercall, and good what it leaves undone.
#[inline(always)]
fn send(irqs: &IrqsOff, window: Window) {
    counters::add(irqs, Event::Hypercalls, 1);
    counters::add(irqs, Event::Targets, u64::from(window.len()));
    if hcall::send_swi0(window).is_err() {
        refused(irqs, window);
    }
}

/// Sends natively what a refused hypercall was to deliver.
///
/// Each CPU of the window is looked up anew: the kernel's mask may have changed. A message that
/// some other CPU has just published may be taken along. It arrives all the same, and that CPU's
/// own hypercall, or its refusal, finds nothing left to do.
#[cold]
fn refused(irqs: &IrqsOff, window: Window) {
    counters::add(irqs, Event::Refused, 1);
    for cpu in Cpu::all().filter(|cpu| window.contains(cpu.physical())) {
        resend(irqs, cpu);
    }
}

/// Sends natively what is asked of a CPU.
#[cold]
fn resend(irqs: &IrqsOff, cpu: Cpu) {
    for action in message::take(cpu).iter() {
        counters::add(irqs, Event::Resent, 1);
        send_native(cpu, action.number());
    }
}
