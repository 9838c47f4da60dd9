// SPDX-License-Identifier: GPL-2.0

//! Receives: SWI0 says that there is a message. No exit.

#![forbid(unsafe_code)]

use crate::smp::{
    counters,
    event::Event,
    irq::{
        Interrupt,
        Receiver, //
    },
    message::Word, //
};

/// Carries out what the message word of this CPU asks for.
pub(crate) struct PvReceiver;

impl Receiver for PvReceiver {
    fn receive(interrupt: &Interrupt) {
        let irqs = interrupt.irqs();
        counters::count(irqs, Event::Received);
        for action in Word::of(irqs.this_cpu()).take().iter() {
            interrupt.perform(action);
        }
    }
}
