// SPDX-License-Identifier: GPL-2.0

//! The message word of each CPU: the actions that are asked of it.
//!
//! Whoever finds the word zero when it adds an action owes the target an SWI0. Whoever finds it
//! not zero owes nothing: somebody else's SWI0 is on its way, or was owed and failed, and then
//! that one takes the whole word back and sends all of it by other means.

use super::{
    action::Action,
    cpu::Cpu, //
};
use crate::bindings;
use core::arch::asm;

/// Address of the word of `cpu`.
#[inline(always)]
fn word(cpu: Cpu) -> *mut u32 {
    let stat = cpu.variable(&raw mut bindings::irq_stat);
    // SAFETY: The kernel's structure for a CPU that can be there; only an address is computed.
    unsafe { &raw mut (*stat).message.counter }.cast()
}

/// Asks `cpu` for an action. Returns true if nothing was asked of it before.
///
/// What was stored before is visible to a CPU that finds the action.
#[inline(always)]
pub(crate) fn publish(cpu: Cpu, action: Action) -> bool {
    let before: u32;
    // SAFETY: The word is valid, aligned, and only accessed atomically. The instruction is a full
    // barrier.
    unsafe {
        asm!(
            "amor_db.w {before}, {bit}, {word}",
            before = out(reg) before,
            bit = in(reg) action.bit(),
            word = in(reg) word(cpu),
            options(nostack),
        )
    };
    before == 0
}

/// Takes all that is asked of `cpu`; nothing is asked of it afterwards. Each bit that was
/// published is returned to exactly one caller.
#[inline(always)]
pub(crate) fn take(cpu: Cpu) -> Actions {
    let bits: u32;
    // SAFETY: As in `publish()`.
    unsafe {
        asm!(
            "amswap_db.w {bits}, $zero, {word}",
            bits = out(reg) bits,
            word = in(reg) word(cpu),
            options(nostack),
        )
    };
    Actions(bits)
}

/// The contents of a message word.
#[derive(Clone, Copy)]
pub(crate) struct Actions(u32);

impl Actions {
    /// The actions, in the order in which they are carried out.
    pub(crate) fn iter(self) -> impl Iterator<Item = Action> {
        let bits = self.0;
        Action::ALL
            .into_iter()
            .filter(move |action| bits & action.bit() != 0)
    }
}
