// SPDX-License-Identifier: GPL-2.0

//! CPUs of this kernel, and the registers of the one we run on.

use crate::bindings;
pub(crate) use crate::irqs::IrqsOff;
use core::arch::asm;

/// Bit of SWI0 in `CSR.ESTAT` and `CSR.ECFG`.
const SWI0: u64 = 1 << bindings::INT_SWI0;

/// A logical CPU number.
///
/// # Invariants
///
/// The number is below `nr_cpu_ids`, hence below `NR_CPUS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cpu(u32);

impl Cpu {
    /// Checks a number.
    #[inline(always)]
    pub(crate) fn new(number: u32) -> Option<Self> {
        // INVARIANT: just checked.
        (number < limit()).then_some(Self(number))
    }

    /// The CPU that we run on, which interrupts off, or preemption off, keep us on.
    #[inline(always)]
    fn this() -> Self {
        let number: u32;
        // SAFETY: $tp holds the `struct thread_info` of the current task; the offset is asserted
        // to be the C compiler's in `layout.rs`. Not `pure`: another call may be on another CPU.
        unsafe {
            asm!(
                "ld.w {}, $tp, {}",
                out(reg) number,
                const core::mem::offset_of!(bindings::thread_info, cpu),
                options(nostack, readonly),
            )
        };
        // INVARIANT: The number of a CPU that runs.
        Self(number)
    }

    /// The number.
    #[inline(always)]
    pub(crate) const fn number(self) -> u32 {
        self.0
    }

    /// Its physical CPUID (`cpu_logical_map()`), which hypercalls name it by.
    pub(crate) fn physical(self) -> u32 {
        // SAFETY: An entry of the kernel's array. It does not change while its CPU can be named.
        unsafe { self.physical_place().read_volatile() }
    }

    /// Where that is.
    pub(super) fn physical_place(self) -> *const u32 {
        let map = (&raw const bindings::__cpu_logical_map).cast::<u32>();
        // The array has `NR_CPUS` entries, more than `self.0` by the type invariant.
        map.wrapping_add(self.0 as usize)
    }

    /// Address that a per-CPU variable of the kernel has for this CPU.
    #[inline(always)]
    pub(super) fn variable<T>(self, variable: *mut T) -> *mut T {
        let offsets = (&raw const bindings::__per_cpu_offset).cast::<usize>();
        // SAFETY: As in `physical()`: an array with `NR_CPUS` entries, constant after boot.
        let offset = unsafe { offsets.wrapping_add(self.0 as usize).read() };
        variable.wrapping_byte_add(offset)
    }

    /// All CPUs that can ever be there.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        // INVARIANT: the range ends before the limit.
        (0..limit()).map(Self)
    }
}

/// Number of logical CPU numbers in use (`nr_cpu_ids`).
#[inline(always)]
pub(super) fn limit() -> u32 {
    // SAFETY: An exported variable, constant after boot.
    unsafe { (&raw const bindings::nr_cpu_ids).read() }
}

impl IrqsOff {
    /// The CPU that we stay on.
    #[inline(always)]
    pub(crate) fn this_cpu(&self) -> Cpu {
        Cpu::this()
    }

    /// Raises SWI0 here. It is taken as soon as interrupts are on again. No exit.
    #[inline(always)]
    pub(crate) fn raise_swi0(&self) {
        // SAFETY: `csrxchg $t0, $t1, ESTAT` with the bit of SWI0, one of the two that can be
        // written. Not `nomem`: what the target is to see was stored before.
        unsafe {
            asm!(
                "csrxchg $t0, $t1, {csr}",
                csr = const bindings::LOONGARCH_CSR_ESTAT,
                inout("$t0") SWI0 => _,
                in("$t1") SWI0,
                options(nostack),
            )
        };
    }

    /// Takes SWI0 back, so that it is pending no more.
    #[inline(always)]
    pub(super) fn clear_swi0(&self) {
        // SAFETY: As above. Not `nomem`: the message is read after it.
        unsafe {
            asm!(
                "csrxchg $zero, $t1, {csr}",
                csr = const bindings::LOONGARCH_CSR_ESTAT,
                in("$t1") SWI0,
                options(nostack),
            )
        };
    }

    /// Lets SWI0 through on this CPU, as the kernel itself does when it starts a CPU.
    pub(super) fn unmask_swi0(&self) {
        // SAFETY: `csrxchg $t0, $t1, ECFG`; whoever calls this has a handler in place.
        unsafe {
            asm!(
                "csrxchg $t0, $t1, {csr}",
                csr = const bindings::LOONGARCH_CSR_ECFG,
                inout("$t0") SWI0 => _,
                in("$t1") SWI0,
                options(nostack),
            )
        };
    }

    /// Adds to a per-CPU `u64` variable of ours, on this CPU.
    #[inline(always)]
    pub(super) fn add(&self, variable: *mut u64, by: u64) {
        // SAFETY: LoongArch kernels keep the offset of this CPU's variables in $r21. The variable
        // is per-CPU and 8 bytes wide. By the type invariant nothing on this CPU writes it
        // meanwhile, and other CPUs only read it.
        unsafe {
            asm!(
                "ldx.d {value}, {variable}, $r21",
                "add.d {value}, {value}, {by}",
                "stx.d {value}, {variable}, $r21",
                value = out(reg) _,
                variable = in(reg) variable,
                by = in(reg) by,
                options(nostack),
            )
        };
    }

    /// Adds one to a per-CPU `u64` variable of ours, on this CPU.
    #[inline(always)]
    pub(super) fn increment(&self, variable: *mut u64) {
        // SAFETY: As in `add()`.
        unsafe {
            asm!(
                "ldx.d {value}, {variable}, $r21",
                "addi.d {value}, {value}, 1",
                "stx.d {value}, {variable}, $r21",
                value = out(reg) _,
                variable = in(reg) variable,
                options(nostack),
            )
        };
    }
}
