// SPDX-License-Identifier: GPL-2.0

//! One C structure, two types: [`Vcpu`] for what any CPU may do to a vCPU, and [`RunningVcpu`]
//! for what only the CPU that it runs on may do, between an exit and the next entry.

use super::{
    abi::{
        Gpr,
        Plv,
        PvFeatures,
        CPUCFG_WORDS, //
    },
    counters,
    cpu,
    vm::Vm, //
};
use crate::{
    attach::symbols,
    bindings,
    insn::CACOP_NOP,
    outcome::{
        Machine,
        Sent,
        Stat, //
    },
    phys_cpuid::PhysCpuid,
    policy::Policy,
    stats::Event, //
};
use core::{
    arch::asm,
    ptr::NonNull, //
};
use kernel::ffi::{
    c_int,
    c_ulong, //
};

/// A vCPU, which may be running elsewhere.
///
/// # Invariants
///
/// The pointer is valid for as long as the value lives.
#[derive(Clone, Copy)]
pub(crate) struct Vcpu(NonNull<bindings::kvm_vcpu>);

/// The address of a field, without a reference to the structure.
macro_rules! field {
    ($vcpu:expr, $($path:tt)+) => {{
        let vcpu: Vcpu = $vcpu;
        // SAFETY: By the invariant of `Vcpu` the structure is valid; only an address is computed.
        unsafe { &raw mut (*vcpu.0.as_ptr()).$($path)+ }
    }};
}

/// Reads a field in one piece.
macro_rules! read {
    ($vcpu:expr, $($path:tt)+) => {{
        let field = field!($vcpu, $($path)+);
        // SAFETY: The field of a valid structure. Where other CPUs write it they do so in one
        // piece, and a volatile access is made in one piece too.
        unsafe { field.read_volatile() }
    }};
}

/// Writes a field that no other CPU writes.
macro_rules! write {
    ($vcpu:expr, $value:expr, $($path:tt)+) => {{
        let field = field!($vcpu, $($path)+);
        let value = $value;
        // SAFETY: The field of a valid structure, whose only writer is the CPU it runs on.
        unsafe { field.write_volatile(value) }
    }};
}

const SWI0: u64 = 1 << bindings::INT_SWI0;
const ESTAT_EXC: c_ulong =
    ((1 << bindings::CSR_ESTAT_EXC_WIDTH) - 1) << bindings::CSR_ESTAT_EXC_SHIFT;
// CAST: Small constants.
const GSPR: c_ulong = bindings::EXCCODE_GSPR as c_ulong;
const HVC: c_ulong = bindings::EXCCODE_HVC as c_ulong;
const IN_GUEST_MODE: c_int = bindings::IN_GUEST_MODE as c_int;

impl Vcpu {
    /// # Safety
    ///
    /// `vcpu` outlives the result.
    #[inline(always)]
    pub(super) unsafe fn from_raw(vcpu: NonNull<bindings::kvm_vcpu>) -> Self {
        // INVARIANT: By the contract.
        Self(vcpu)
    }

    /// Queues SWI0, as `kvm_queue_irq()` does. That takes it out of `irq_clear` too, where it never
    /// is: only `KVM_INTERRUPT` puts something there, and it knows no interrupt 0.
    ///
    /// A full barrier follows the store: a vCPU that goes to sleep or enters the guest later than
    /// the loads of [`Vcpu::must_kick`] finds the interrupt by itself.
    #[inline(always)]
    fn queue_swi0(self) {
        let pending = field!(self, arch.irq_pending);
        // SAFETY: An atomic OR into a word that all CPUs access atomically.
        unsafe {
            asm!("amor_db.d $zero, {bit}, {word}", bit = in(reg) SWI0, word = in(reg) pending,
                options(nostack))
        };
    }

    /// True if the vCPU must be woken or forced out of the guest to see what was queued.
    ///
    /// These are the two cases in which `__kvm_vcpu_kick()` does something: a task waits for the
    /// vCPU to become runnable, or it is in the guest and nobody has asked it out yet. In every
    /// other state it looks at its queue before it sleeps or enters the guest.
    #[inline(always)]
    fn must_kick(self) -> bool {
        read!(self, mode) == IN_GUEST_MODE || !read!(self, wait.task).is_null()
    }

    /// Wakes the vCPU or forces it out of the guest.
    #[inline(always)]
    fn kick(self) {
        let kick = symbols::kick();
        // SAFETY: The kernel's own `__kvm_vcpu_kick()`, which has to be called with RCU watching
        // and may be called with interrupts off: it takes raw locks only, and `put_cpu()` in it
        // does not schedule with interrupts off. `Machine::may_kick()` was true, so RCU is
        // watching. The vCPU is valid by the type invariant.
        unsafe { kick(self.0.as_ptr(), false) };
    }
}

/// Why the guest stopped, as far as this module cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ecode {
    /// A guest sensitive instruction.
    Gspr,
    /// A hypercall.
    Hvc,
    /// Anything else.
    Other,
}

/// The vCPU whose exit this CPU is handling.
///
/// Interrupts are off, and nothing of the kernel's exit work has been done yet.
///
/// # Invariants
///
/// This CPU left the guest of `vcpu` last and has neither entered another nor enabled interrupts
/// since. `kvm` is its VM.
pub(crate) struct RunningVcpu {
    vcpu: Vcpu,
}

impl RunningVcpu {
    /// # Safety
    ///
    /// The caller is the exit function that the world switch called for `vcpu`, and holds the
    /// result no longer than it runs.
    #[inline(always)]
    pub(crate) unsafe fn from_raw(vcpu: NonNull<bindings::kvm_vcpu>) -> Self {
        // SAFETY: The world switch passes the vCPU that is running, so it is valid.
        let vcpu = unsafe { Vcpu::from_raw(vcpu) };
        // INVARIANT: By the contract.
        Self { vcpu }
    }

    /// Why the guest stopped.
    #[inline(always)]
    pub(crate) fn ecode(&self) -> Ecode {
        match (read!(self.vcpu, arch.host_estat) & ESTAT_EXC) >> bindings::CSR_ESTAT_EXC_SHIFT {
            GSPR => Ecode::Gspr,
            HVC => Ecode::Hvc,
            _ => Ecode::Other,
        }
    }

    /// The instruction that trapped.
    #[inline(always)]
    pub(crate) fn insn(&self) -> u32 {
        // CAST: BADI holds a 32-bit word.
        read!(self.vcpu, arch.badi) as u32
    }

    /// Privilege level of the instruction that trapped. The exit left the guest's CRMD as it was.
    #[inline(always)]
    pub(crate) fn plv(&self) -> Plv {
        Plv::from_crmd(cpu::guest_crmd())
    }

    /// Reads a guest register; r0 reads zero.
    #[inline(always)]
    pub(crate) fn gpr(&self, r: Gpr) -> u64 {
        if r.is_zero() {
            return 0;
        }
        let gprs = field!(self.vcpu, arch.gprs);
        let gpr = gprs.cast::<u64>().wrapping_add(r.index());
        // SAFETY: A register number is below 32, the length of the array. While the vCPU runs only
        // this CPU writes its registers.
        unsafe { gpr.read() }
    }

    /// The word that the vCPU model defines for a CPUCFG index.
    #[inline(always)]
    pub(crate) fn cpucfg(&self, index: u32) -> Option<u32> {
        if index >= CPUCFG_WORDS {
            return None;
        }
        let words = field!(self.vcpu, arch.cpucfg);
        let word = words
            .cast::<u32>()
            .wrapping_add(cpu::nospec(index, CPUCFG_WORDS));
        // SAFETY: Just checked against the length of the array.
        Some(unsafe { word.read_volatile() })
    }

    /// The PV features of its VM.
    #[inline(always)]
    pub(crate) fn features(&self) -> PvFeatures {
        self.vm().features()
    }

    /// What guest user mode may do: two module parameters that are fixed at load.
    #[inline(always)]
    pub(crate) fn policy(&self) -> Policy {
        let params = &raw const bindings::kvm_rs_params;
        // SAFETY: The parameters live as long as the module and hold 0 or 1.
        let user_cpucfg = unsafe { (&raw const (*params).user_cpucfg).read_volatile() };
        // SAFETY: As above.
        let user_hypercall = unsafe { (&raw const (*params).user_hypercall).read_volatile() };
        Policy {
            user_cpucfg,
            user_hypercall,
        }
    }

    #[inline(always)]
    fn vm(&self) -> Vm {
        let kvm = read!(self.vcpu, kvm);
        // SAFETY: Every vCPU has a VM from its creation on.
        let kvm = unsafe { NonNull::new_unchecked(kvm) };
        // SAFETY: The vCPU runs, and `Vm` does not outlive the exit.
        unsafe { Vm::from_raw(kvm) }
    }
}

impl Machine for RunningVcpu {
    /// Each test is for a duty of `kvm_handle_exit()` that cannot be put off to a later exit:
    ///
    /// - tracepoints: somebody wants to see this exit, in its order;
    /// - the PMU: its counters would go on counting for the guest while the host runs;
    /// - guest debugging: the debugger decides what a guest instruction does;
    /// - IRQ flag tracing: lockdep believes that interrupts are on.
    #[inline(always)]
    fn must_yield(&self) -> bool {
        let params = &raw const bindings::kvm_rs_params;
        // SAFETY: The parameters live as long as the module; their writers store 0 or 1.
        let fast_path = unsafe { (&raw const (*params).fast_path).read_volatile() };

        cfg!(CONFIG_TRACE_IRQFLAGS)
            || !fast_path
            || read!(self.vcpu, arch.aux_inuse) & bindings::KVM_LARCH_PMU != 0
            || read!(self.vcpu, guest_debug) != 0
            || symbols::is_traced()
    }

    /// Not where context tracking is active: RCU, which the scheduler uses, does not watch this CPU
    /// until `guest_state_exit_irqoff()`.
    #[inline(always)]
    fn may_kick(&self) -> bool {
        !cpu::is_context_tracked()
    }

    /// Each test is for work of `kvm_pre_enter_guest()`: task work, requests, interrupts and an
    /// exception to deliver, and a mode that says that somebody has asked the vCPU out.
    ///
    /// What is queued after these loads comes with a kick, which finds the mode unchanged
    /// (`IN_GUEST_MODE`) and sends a host interrupt. It stays pending while interrupts are off
    /// and forces an exit at the guest's first instruction, so nothing is missed.
    ///
    /// The rest of that function has nothing to do: the vCPU did not leave its CPU, so its VPID
    /// is valid, and no software copy of a guest CSR is newer than the hardware's.
    #[inline(always)]
    fn is_owed(&self) -> bool {
        let queued = read!(self.vcpu, arch.irq_pending)
            | read!(self.vcpu, arch.irq_clear)
            | read!(self.vcpu, arch.exception_pending);

        queued != 0
            || read!(self.vcpu, requests) != 0
            || read!(self.vcpu, mode) != IN_GUEST_MODE
            || cpu::has_guest_work()
    }

    #[inline(always)]
    fn set_gpr(&mut self, rd: Gpr, value: u64) {
        if rd.is_zero() {
            return;
        }
        let gprs = field!(self.vcpu, arch.gprs);
        let gpr = gprs.cast::<u64>().wrapping_add(rd.index());
        // SAFETY: A register number is below 32, the length of the array; only this CPU writes.
        unsafe { gpr.write_volatile(value) };
    }

    #[inline(always)]
    fn step_pc(&mut self) {
        let pc = read!(self.vcpu, arch.pc);
        write!(self.vcpu, pc.wrapping_add(4), arch.pc);
    }

    /// The kernel's function reads the cause and the instruction from these two fields. It steps
    /// PC over a CACOP and does nothing else for it, then does what it owes before the next
    /// entry. Nobody but a tracer, for whom the exit is a `cache` one, can tell.
    #[inline(always)]
    fn leave_step_to_kernel(&mut self) {
        let estat = read!(self.vcpu, arch.host_estat);
        let estat = estat & !ESTAT_EXC | GSPR << bindings::CSR_ESTAT_EXC_SHIFT;
        write!(self.vcpu, estat, arch.host_estat);
        // CAST: To the wider type that C stores a 32-bit word in.
        write!(self.vcpu, CACOP_NOP as c_ulong, arch.badi);
    }

    #[inline(always)]
    fn send_swi0(&mut self, id: PhysCpuid, may_kick: bool) -> Sent {
        let Some(target) = self.vm().vcpu(id) else {
            return Sent::Absent;
        };
        if target.0 == self.vcpu.0 {
            // Its registers are on this CPU, so there is nothing to wait for.
            cpu::raise_guest_interrupt(SWI0);
            return Sent::Queued;
        }
        target.queue_swi0();
        if !target.must_kick() {
            return Sent::Queued;
        }
        if !may_kick {
            return Sent::Unkicked;
        }
        target.kick();
        Sent::Kicked
    }

    #[inline(always)]
    fn count_exit(&mut self, stat: Stat) {
        match stat {
            Stat::None => {}
            Stat::Hypercall => {
                let exits = read!(self.vcpu, stat.hypercall_exits);
                write!(self.vcpu, exits.wrapping_add(1), stat.hypercall_exits);
            }
            Stat::Cpucfg => {
                let exits = read!(self.vcpu, stat.cpucfg_exits);
                write!(self.vcpu, exits.wrapping_add(1), stat.cpucfg_exits);
            }
        }
    }

    #[inline(always)]
    fn count(&mut self, event: Event, by: u64) {
        // SAFETY: By the type invariant interrupts are off.
        unsafe { counters::add(event, by) };
    }
}
