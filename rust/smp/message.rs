// SPDX-License-Identifier: GPL-2.0

//! The message word of each CPU: the actions that are asked of it.
//!
//! Whoever finds the word zero when it adds an action owes the target an SWI0. Whoever finds it
//! not zero owes nothing: somebody else's SWI0 is on its way, or was owed and failed, and then
//! that one takes the whole word back and sends all of it by other means.

use super::{
    action::{
        Action,
        Request, //
    },
    cpu::Cpu, //
};
use crate::bindings;
use core::{
    arch::asm,
    ptr::NonNull, //
};

/// The message word of a CPU.
///
/// # Invariants
///
/// The address is that of `irq_stat.message` of a CPU that can be there.
#[derive(Clone, Copy)]
pub(crate) struct Word(NonNull<u32>);

impl Word {
    /// The word of `cpu`.
    #[inline(always)]
    pub(crate) fn of(cpu: Cpu) -> Self {
        let stat = cpu.variable(&raw mut bindings::irq_stat);
        // SAFETY: The kernel's structure for a CPU that can be there; only an address is computed.
        let word = unsafe { &raw mut (*stat).message.counter }.cast();
        // SAFETY: A variable of the kernel is not at address zero. INVARIANT: by its name.
        Self(unsafe { NonNull::new_unchecked(word) })
    }

    /// Its address.
    pub(super) fn address(self) -> usize {
        self.0.as_ptr() as usize
    }

    /// The word at an address that [`Word::address`] gave, or [`None`] for 0.
    #[inline(always)]
    pub(super) fn from_address(address: usize) -> Option<Self> {
        // INVARIANT: by the contract.
        NonNull::new(address as *mut u32).map(Self)
    }

    /// Asks its CPU for an action. Returns true if nothing was asked of it before.
    ///
    /// What was stored before is visible to a CPU that finds the action.
    #[inline(always)]
    pub(crate) fn publish(self, request: Request) -> bool {
        // The instruction sign-extends.
        let before: i64;
        // SAFETY: By the type invariant it is valid and aligned, and it is only accessed
        // atomically. The instruction is a full barrier.
        unsafe {
            asm!(
                "amor_db.w {before}, {bit}, {word}",
                before = out(reg) before,
                bit = in(reg) request.bit(),
                word = in(reg) self.0.as_ptr(),
                options(nostack),
            )
        };
        before == 0
    }

    /// Takes all that is asked of its CPU; nothing is asked of it afterwards. Each bit that was
    /// published is returned to exactly one caller.
    #[inline(always)]
    pub(crate) fn take(self) -> Actions {
        let bits: u32;
        // SAFETY: As in `publish()`.
        unsafe {
            asm!(
                "amswap_db.w {bits}, $zero, {word}",
                bits = out(reg) bits,
                word = in(reg) self.0.as_ptr(),
                options(nostack),
            )
        };
        Actions(bits)
    }
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
