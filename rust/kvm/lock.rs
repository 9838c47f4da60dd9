// SPDX-License-Identifier: GPL-2.0

//! Taking a spinlock of the kernel's with interrupts off, if it is free or about to be.

use crate::bindings::spinlock;
use core::arch::asm;

/// Whether a spinlock is the word that this file takes it for, as `include/asm-generic/qspinlock.h`
/// has it, and nothing else is noted about who holds it.
pub(super) const IS_WORD: bool = cfg!(CONFIG_QUEUED_SPINLOCKS)
    && !cfg!(CONFIG_PREEMPT_RT)
    && !cfg!(CONFIG_DEBUG_SPINLOCK)
    && !cfg!(CONFIG_DEBUG_LOCK_ALLOC);

const _: () = assert!(!IS_WORD || size_of::<spinlock>() == size_of::<u32>());

/// A lock that is held. Dropping the value gives it back.
///
/// # Invariants
///
/// This CPU has taken the lock, which is valid for as long as the value lives.
pub(super) struct Held(*mut spinlock);

/// How often a lock that somebody has is tried again. Holders need some twenty instructions, unless
/// an interrupt comes in between; this is a few microseconds, with interrupts off.
const TRIES: u32 = 256;

impl Held {
    /// Takes the lock if it is free, or is given back soon.
    ///
    /// # Safety
    ///
    /// As for [`Held::try_once`].
    #[inline(always)]
    pub(super) unsafe fn try_new(lock: *mut spinlock) -> Option<Self> {
        let mut tries = TRIES;
        loop {
            // SAFETY: The contract is the same.
            let held = unsafe { Self::try_once(lock) };
            tries = tries.wrapping_sub(1);
            if held.is_some() || tries == 0 {
                return held;
            }
        }
    }

    /// Takes the lock if that can be at once (`queued_spin_trylock()`).
    ///
    /// A store that fails for no reason counts as a lock that somebody has.
    ///
    /// # Safety
    ///
    /// `lock` is valid for as long as the result lives, and [`IS_WORD`] is true. This CPU does not
    /// schedule meanwhile, and nobody takes the lock in an interrupt of it.
    #[inline(always)]
    unsafe fn try_once(lock: *mut spinlock) -> Option<Self> {
        let taken: u32;
        // SAFETY: By the contract the lock is a word, 0 if it is free and 1 if it is held with
        // nobody waiting. The barrier keeps what it guards behind it.
        unsafe {
            asm!(
                "ll.w {taken}, {lock}, 0",
                "bnez {taken}, 2f",
                "ori {taken}, $zero, 1",
                "sc.w {taken}, {lock}, 0",
                "dbar 0",
                "b 3f",
                "2:",
                "move {taken}, $zero",
                "3:",
                lock = in(reg) lock,
                taken = out(reg) taken,
                options(nostack),
            )
        };
        // Not `then_some()`: a value that is made and not wanted would give back what others hold.
        if taken != 0 {
            // INVARIANT: Just taken.
            Some(Self(lock))
        } else {
            None
        }
    }
}

impl Drop for Held {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: By the type invariant. As `queued_spin_unlock()`: the lowest byte is who holds
        // it, the others are who waits. The barrier keeps what it guards ahead of it.
        unsafe { asm!("dbar 0", "st.b $zero, {}, 0", in(reg) self.0, options(nostack)) };
    }
}
