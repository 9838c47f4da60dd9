// SPDX-License-Identifier: GPL-2.0

//! Which CPUs may be sent SWI0 by hypercall, and what a sender has to know of each.
//!
//! A CPU is *ready* while it takes SWI0: hotplug says so. A CPU is *open* while it is ready, the
//! hypervisor carries hypercalls out, and no other kernel is about to take over (kexec). Senders
//! look at one word, which is zero unless the CPU is open.
//!
//! Where the kernel has a PV IPI of its own, that has SWI0 on every CPU from the moment it comes
//! online until it is gone, and so have we: see [`target_although_closed`]. Such a kernel sends
//! no native IPI but to start a CPU, and neither do we, but for kexec and refusals.

use super::{
    cpu::{
        Cpu,
        IrqsOff, //
    },
    message::Word,
    ops::Owner, //
};
use crate::bindings;
use core::cell::UnsafeCell;
use kernel::sync::atomic::{
    AtomicFlag,
    Full,
    Relaxed, //
};

/// What is known of a CPU. Written seldom, read by every send.
///
/// # Invariants
///
/// `open` is 0 or the address of the CPU's message word. If it is not, or if `ready` is not 0,
/// then the number is that of a CPU that can be there, and `physical` is its physical CPUID.
#[repr(C, align(16))]
struct Entry {
    open: UnsafeCell<usize>,
    physical: UnsafeCell<u32>,
    ready: UnsafeCell<u32>,
}

/// One for each number that a CPU can have.
struct Table([Entry; bindings::NR_CPUS as usize]);

// SAFETY: Fields are read and written in one piece, by volatile accesses only.
unsafe impl Sync for Table {}

// INVARIANT: No CPU is open or ready.
static TABLE: Table = Table(
    [const {
        Entry {
            open: UnsafeCell::new(0),
            physical: UnsafeCell::new(0),
            ready: UnsafeCell::new(0),
        }
    }; bindings::NR_CPUS as usize],
);

/// Whose handler takes SWI0 is the kernel's own.
static KERNEL_HAS_SWI0: AtomicFlag = AtomicFlag::new(false);
/// The hypervisor refuses.
static REFUSING: AtomicFlag = AtomicFlag::new(false);
/// Another kernel is about to take over, whose CPUs must not start with an SWI0 pending.
static GOING_DOWN: AtomicFlag = AtomicFlag::new(false);

impl Entry {
    /// Its value now, which is that of a [`Word`] or 0.
    #[inline(always)]
    fn open(&self) -> usize {
        // SAFETY: A word of ours, read in one piece.
        unsafe { self.open.get().read_volatile() }
    }

    /// What is stored must keep the type invariant.
    fn set_open(&self, word: usize) {
        // SAFETY: As in `open()`.
        unsafe { self.open.get().write_volatile(word) };
    }

    fn is_ready(&self) -> bool {
        // SAFETY: As in `open()`.
        let ready = unsafe { self.ready.get().read_volatile() };
        ready != 0
    }

    fn set_ready(&self, ready: bool) {
        // SAFETY: As in `open()`.
        unsafe { self.ready.get().write_volatile(u32::from(ready)) };
    }

    fn set_physical(&self, physical: u32) {
        // SAFETY: As in `open()`.
        unsafe { self.physical.get().write_volatile(physical) };
    }
}

/// A CPU that an SWI0 may be raised on.
///
/// # Invariants
///
/// `word` is the message word of the CPU `number`, which can be there, and `physical` is where its
/// physical CPUID is.
pub(crate) struct Target {
    number: u32,
    word: Word,
    physical: *const u32,
}

impl Target {
    /// Any CPU, be it open or not.
    pub(crate) fn of(cpu: Cpu) -> Self {
        // INVARIANT: all three are of that CPU.
        Self {
            number: cpu.number(),
            word: Word::of(cpu),
            physical: cpu.physical_place(),
        }
    }

    /// Its message word.
    #[inline(always)]
    pub(crate) fn word(&self) -> Word {
        self.word
    }

    /// The number that hypercalls name it by.
    #[inline(always)]
    pub(crate) fn physical(&self) -> u32 {
        // SAFETY: By the type invariant. It is read in one piece.
        unsafe { self.physical.read_volatile() }
    }

    /// True if it is `cpu`.
    #[inline(always)]
    pub(crate) fn is(&self, cpu: Cpu) -> bool {
        self.number == cpu.number()
    }

    /// Its number.
    #[inline(always)]
    pub(crate) fn number(&self) -> u32 {
        self.number
    }
}

/// The CPU `number` as a target of SWI0, if it is open. To be asked with interrupts off, and
/// acted upon before they are on again. `number` may be any.
#[inline(always)]
pub(crate) fn target(_irqs: &IrqsOff, number: u32) -> Option<Target> {
    let entry = TABLE.0.get(number as usize)?;
    // INVARIANT: That of `Entry`.
    Word::from_address(entry.open()).map(|word| Target {
        number,
        word,
        physical: entry.physical.get(),
    })
}

/// A CPU that is not open as a target all the same, if no harm comes of it: to itself a CPU raises
/// SWI0 with no hypervisor, and where the kernel takes SWI0 also CPUs that come or go take it.
pub(crate) fn target_although_closed(irqs: &IrqsOff, cpu: Cpu) -> Option<Target> {
    let entry = TABLE.0.get(cpu.number() as usize)?;
    let kernels = KERNEL_HAS_SWI0.load(Relaxed);
    let itself = cpu == irqs.this_cpu();
    let may = !GOING_DOWN.load(Relaxed)
        && (kernels || entry.is_ready())
        && (itself || kernels && !REFUSING.load(Relaxed));
    if !may {
        return None;
    }
    Some(Target::of(cpu))
}

/// Says whose handler takes SWI0. Before anybody sends.
pub(crate) fn begin(owner: Owner) {
    KERNEL_HAS_SWI0.store(owner == Owner::Paravirt, Relaxed);
    REFUSING.store(false, Relaxed);
}

/// `cpu` takes SWI0 from now on. Called on it when it has come online, with the hotplug lock held.
/// Returns true if it had to be closed at once; then there may be senders that have seen it open.
pub(super) fn admit(cpu: Cpu) -> bool {
    let Some(entry) = TABLE.0.get(cpu.number() as usize) else {
        return false;
    };
    entry.set_physical(cpu.physical());
    entry.set_ready(true);
    open(cpu, entry)
}

/// `cpu` is about to go. Returns whether it was ready; then there may be senders that have seen it
/// open. The hotplug lock is held.
pub(super) fn dismiss(cpu: Cpu) -> bool {
    let Some(entry) = TABLE.0.get(cpu.number() as usize) else {
        return false;
    };
    let was_ready = entry.is_ready();
    entry.set_ready(false);
    entry.set_open(0);
    was_ready
}

/// What `smp_mb()` is in C, and more. That of the `kernel` crate takes an argument from 7.3 on.
#[inline(always)]
fn full_barrier() {
    // SAFETY: Orders accesses to memory (asm/barrier.h, `crwrw`), and does nothing else.
    unsafe { core::arch::asm!("dbar 0", options(nostack, preserves_flags)) };
}

/// Opens a CPU that is ready, unless there is a reason not to. Returns true if it was open for an
/// instant only.
fn open(cpu: Cpu, entry: &Entry) -> bool {
    if GOING_DOWN.load(Relaxed) || REFUSING.load(Relaxed) {
        return false;
    }
    // A sender that sees it open sees what was stored before; it has a full barrier between.
    full_barrier();
    // INVARIANT: the word of that CPU.
    entry.set_open(Word::of(cpu).address());
    // Either we see the flag, or whoever set it sees, and closes, what we have opened. One that
    // refuses may be missed: then the next sender is refused, and closes all.
    full_barrier();
    let shut = GOING_DOWN.load(Relaxed);
    if shut {
        entry.set_open(0);
    }
    shut
}

fn close_all() {
    for entry in TABLE.0.iter().filter(|entry| entry.open() != 0) {
        entry.set_open(0);
    }
}

/// No CPU is ready any more. Senders that have seen one open may still be under way.
pub(super) fn dismiss_all() {
    for entry in &TABLE.0 {
        entry.set_ready(false);
        entry.set_open(0);
    }
}

/// The hypervisor has refused: nobody is sent SWI0 until [`accept`]. Returns true if that is new.
/// Any context.
pub(super) fn refuse() -> bool {
    let is_new = !REFUSING.xchg(true, Full);
    close_all();
    is_new
}

/// The hypervisor does not refuse any more. The hotplug lock is held. Returns as [`admit`].
pub(super) fn accept() -> bool {
    REFUSING.store(false, Relaxed);
    Cpu::all().fold(false, |shut, cpu| {
        let entry = TABLE.0.get(cpu.number() as usize);
        shut | entry.is_some_and(|entry| entry.is_ready() && open(cpu, entry))
    })
}

/// Another kernel takes over: nobody is sent SWI0 from now on, not even a CPU that comes online.
/// Senders that have seen one open may still be under way.
pub(super) fn go_down() {
    GOING_DOWN.xchg(true, Full);
    close_all();
}
