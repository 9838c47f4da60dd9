// SPDX-License-Identifier: GPL-2.0

//! What an IPI asks its target to do. Pure.
//!
//! The numbers are those of `asm/smp.h` and are compared with it in `layout.rs`.

/// An action that may travel in a message word.
///
/// Starting a CPU (`ACTION_BOOT_CPU`) is none: that CPU takes no SWI0 yet. Nor are numbers that
/// this file does not know. Both are left to the native IPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Look at the run queue (`ACTION_RESCHEDULE`).
    Reschedule = 1,
    /// Run the functions that were queued for this CPU (`ACTION_CALL_FUNCTION`).
    CallFunction = 2,
    /// Run this CPU's irq_work (`ACTION_IRQ_WORK`).
    IrqWork = 3,
    /// Release interrupt vectors that have moved away (`ACTION_CLEAR_VECTOR`).
    ClearVector = 4,
}

impl Action {
    /// All of them, in the order in which a target carries them out.
    pub(crate) const ALL: [Self; 4] = [
        Self::Reschedule,
        Self::CallFunction,
        Self::IrqWork,
        Self::ClearVector,
    ];

    /// The action of this number, if it may travel in a message word.
    pub(crate) const fn new(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Reschedule),
            2 => Some(Self::CallFunction),
            3 => Some(Self::IrqWork),
            4 => Some(Self::ClearVector),
            _ => None,
        }
    }

    /// Its number, as the native IPI takes it.
    pub(crate) const fn number(self) -> u32 {
        self as u32
    }

    /// Its bit in a message word.
    pub(crate) const fn bit(self) -> u32 {
        1_u32.wrapping_shl(self.number())
    }

    /// Its row in `/proc/interrupts` (`enum ipi_msg_type`), below 4.
    pub(crate) const fn row(self) -> usize {
        self.number().wrapping_sub(1) as usize & 3
    }
}

/// What is put into a message word to ask for one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request(u32);

impl Request {
    /// To ask for the action of this number, if it may travel in a message word.
    #[inline(always)]
    pub(crate) const fn new(number: u32) -> Option<Self> {
        match number {
            1..=4 => Some(Self(1_u32.wrapping_shl(number))),
            _ => None,
        }
    }

    /// The one bit that is set.
    pub(crate) const fn bit(self) -> u32 {
        self.0
    }
}
