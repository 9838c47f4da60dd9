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
        action::Request,
        counters,
        cpu::{
            Cpu,
            IrqsOff, //
        },
        event::Event,
        hcall,
        mask::{
            CpuMask,
            CpuSet, //
        },
        message::Word,
        native::send_native,
        open::{
            self,
            Target, //
        },
        ops::Sender,
        refusal,
        window::Window, //
    }, //
};

/// Sends by message word and hypercall.
///
/// The two functions go as far as most IPIs need. What is seldom is left to one of the others,
/// which ends the send, so that there is nothing to be kept for the return from it.
pub(crate) struct PvSender;

impl Sender for PvSender {
    #[inline(always)]
    fn single(number: u32, action: u32) {
        let irqs = IrqsOff::new();
        let Some(request) = Request::new(action) else {
            return natively(irqs, number, action);
        };
        let Some(target) = open::target(&irqs, number) else {
            return closed(irqs, number, action);
        };
        if owes(&irqs, irqs.this_cpu(), &target, request) {
            counters::count(&irqs, Event::Single);
            if hcall::send_swi0(Window::single(target.physical())).is_err() {
                refused_one(irqs, number);
            }
        }
    }

    #[inline(always)]
    fn mask(mask: CpuMask<'_>, action: u32) {
        let irqs = IrqsOff::new();
        let Some(request) = Request::new(action) else {
            return all_natively(irqs, mask, action);
        };
        let this = irqs.this_cpu();
        let mut rest = Rest::NOTHING;
        let (mut low, mut high, mut named) = (0_u64, 0_u64, 0_u64);
        for word in mask.words() {
            for number in word.numbers() {
                let Some(target) = open::target(&irqs, number) else {
                    rest.closed.insert(number);
                    continue;
                };
                if owes(&irqs, this, &target, request) {
                    let physical = target.physical();
                    let bit = 1_u64.wrapping_shl(physical);
                    named = named.wrapping_add(1);
                    match physical {
                        0..=63 => low |= bit,
                        64..=127 => high |= bit,
                        _ => rest.high.insert(number),
                    }
                }
            }
        }
        if named != 0 {
            counters::add(&irqs, Event::Named, named);
        }
        if rest != Rest::NOTHING {
            return send_rest(irqs, low, high, rest, action);
        }
        if named != 0 {
            counters::count(&irqs, Event::Many);
            if hcall::send_swi0(Window::new(0, low, high)).is_err() {
                refused(irqs, low, high);
            }
        }
    }
}

/// CPUs of a mask that take more than their bit in a window.
#[derive(PartialEq, Eq)]
struct Rest {
    /// They are not open.
    closed: CpuSet,
    /// A hypercall is owed to them, and they are above the first window.
    high: CpuSet,
}

impl Rest {
    const NOTHING: Self = Self {
        closed: CpuSet::EMPTY,
        high: CpuSet::EMPTY,
    };
}

/// Asks a target for an action. Returns true if it is owed a hypercall.
#[inline(always)]
fn owes(irqs: &IrqsOff, this: Cpu, target: &Target, request: Request) -> bool {
    let is_first = target.word().publish(request);
    if target.is(this) {
        // Also if it is not the first: it costs nothing, and is sure.
        irqs.raise_swi0();
        counters::count(irqs, Event::Local);
        return false;
    }
    if !is_first {
        counters::count(irqs, Event::Merged);
    }
    is_first
}

/// Sends to a CPU that is not open.
#[cold]
#[inline(never)]
fn closed(irqs: IrqsOff, number: u32, action: u32) {
    let mut rest = Rest::NOTHING;
    rest.closed.insert(number);
    send_rest(irqs, 0, 0, rest, action);
}

/// Sends to the CPUs of the first window, to which hypercalls are owed, and to others.
#[cold]
#[inline(never)]
fn send_rest(irqs: IrqsOff, low: u64, high: u64, rest: Rest, action: u32) {
    let mut batch = Batch::new(low, high);
    let mut insert = |target: &Target| {
        if !batch.insert(target.physical()) {
            // More than a window can name. None is known to exist.
            resend(&irqs, target.number());
        }
    };
    for cpu in rest.closed.numbers().filter_map(Cpu::new) {
        let target = open::target_although_closed(&irqs, cpu);
        match target.zip(Request::new(action)) {
            Some((target, request)) => {
                if owes(&irqs, irqs.this_cpu(), &target, request) {
                    counters::count(&irqs, Event::Named);
                    insert(&target);
                }
            }
            None => send_natively(&irqs, cpu, action),
        }
    }
    for cpu in rest.high.numbers().filter_map(Cpu::new) {
        insert(&Target::of(cpu));
    }
    for window in batch {
        counters::count(&irqs, Event::Many);
        if hcall::send_swi0(window).is_err() {
            resend_all(&irqs, window);
        }
    }
}

/// Sends natively to a set of CPUs what is no message.
#[cold]
#[inline(never)]
fn all_natively(irqs: IrqsOff, mask: CpuMask<'_>, action: u32) {
    let numbers = mask.words().flat_map(|word| word.numbers());
    for cpu in numbers.filter_map(Cpu::new) {
        send_natively(&irqs, cpu, action);
    }
}

/// Sends natively to one CPU what is no message.
#[cold]
#[inline(never)]
fn natively(irqs: IrqsOff, number: u32, action: u32) {
    if let Some(cpu) = Cpu::new(number) {
        send_natively(&irqs, cpu, action);
    }
}

fn send_natively(irqs: &IrqsOff, cpu: Cpu, action: u32) {
    counters::count(irqs, Event::Native);
    send_native(cpu, action);
}

/// Sends natively what a refused hypercall was to deliver to one CPU.
#[cold]
#[inline(never)]
fn refused_one(irqs: IrqsOff, number: u32) {
    counters::count(&irqs, Event::Refused);
    resend(&irqs, number);
    refusal::refused();
}

/// Sends natively what a refused hypercall was to deliver to the first window.
#[cold]
#[inline(never)]
fn refused(irqs: IrqsOff, low: u64, high: u64) {
    resend_all(&irqs, Window::new(0, low, high));
}

/// Sends natively what a refused hypercall was to deliver.
///
/// Each CPU of the window is looked up anew: the kernel's mask may have changed. A message that
/// some other CPU has just published may be taken along. It arrives all the same, and that CPU's
/// own hypercall, or its refusal, finds nothing left to do.
fn resend_all(irqs: &IrqsOff, window: Window) {
    counters::count(irqs, Event::Refused);
    for cpu in Cpu::all().filter(|cpu| window.contains(cpu.physical())) {
        resend(irqs, cpu.number());
    }
    refusal::refused();
}

/// Sends natively what is asked of a CPU.
fn resend(irqs: &IrqsOff, number: u32) {
    if let Some(cpu) = Cpu::new(number) {
        for action in Word::of(cpu).take().iter() {
            counters::count(irqs, Event::Resent);
            send_native(cpu, action.number());
        }
    }
}
