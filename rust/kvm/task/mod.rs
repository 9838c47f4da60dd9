// SPDX-License-Identifier: GPL-2.0

//! The vCPU of an exit that is handled in the context of its task, with interrupts on: what may
//! sleep, and what goes to the VMM. Only as a part of KVM.
//!
//! In 7.2 and 7.3 this is what `exit.o` and `interrupt.o` of `arch/loongarch/kvm` do.

mod bus;
pub(crate) mod deliver;
pub(crate) mod ipi;
mod layout;
pub(crate) mod request;
pub(crate) mod run;
pub(crate) mod steal;
pub(crate) mod trace;
pub(crate) mod waiting;

use super::{
    counters,
    event::Event,
    exception::Exception,
    exited::{
        write,
        ExitedVcpu, //
    },
    phys_cpuid::{
        PhysCpuid,
        Sent, //
    },
    vcpu::{
        field,
        read, //
    }, //
};
use crate::{
    bindings::{
        self,
        layout as c, //
    },
    irqs::IrqsOff, //
};
use core::{
    arch::asm,
    ops::{
        Deref,
        DerefMut, //
    },
    ptr::NonNull, //
};
use kernel::{
    ffi::c_ulong,
    prelude::*, //
};
use request::Request;
use steal::Area;

/// A vCPU whose exit its task handles.
///
/// # Invariants
///
/// As of [`ExitedVcpu`]. Code may sleep.
pub(crate) struct TaskVcpu {
    exited: ExitedVcpu,
    /// PC has moved over the instruction.
    stepped: bool,
}

impl TaskVcpu {
    /// # Safety
    ///
    /// The caller handles an exit of `vcpu`, or the VMM's answer to one, in the context of the task
    /// that runs it, and holds the result no longer than that takes.
    #[inline(always)]
    pub(crate) unsafe fn from_raw(vcpu: NonNull<bindings::kvm_vcpu>) -> Self {
        // SAFETY: By the contract; r0 is seen to below, before anybody reads it.
        let exited = unsafe { ExitedVcpu::from_raw(vcpu) };
        let gprs = field!(exited.vcpu(), arch.gprs);
        // SAFETY: The first of the vCPU's registers, which only this task writes.
        unsafe { gprs.cast::<u64>().write_volatile(0) };
        // INVARIANT: By the contract.
        Self {
            exited,
            stepped: false,
        }
    }

    /// Steps PC over the instruction, unless it was.
    #[inline(always)]
    pub(crate) fn step_pc(&mut self) {
        if !self.stepped {
            self.exited.step_pc();
            self.stepped = true;
        }
    }

    /// Takes the step back, if there was one.
    #[inline(always)]
    pub(crate) fn unstep_pc(&mut self) {
        if self.stepped {
            let pc = read!(self.vcpu(), arch.pc);
            write!(self.vcpu(), pc.wrapping_sub(4), arch.pc);
            self.stepped = false;
        }
    }

    /// The guest physical address that the exit is about (`CSR.BADV`).
    #[inline(always)]
    pub(crate) fn fault_address(&self) -> u64 {
        // CAST: An `unsigned long` has 64 bits, here and below.
        read!(self.vcpu(), arch.badv) as u64
    }

    /// Size of the VM's physical address space, in bytes.
    #[inline(always)]
    pub(crate) fn guest_physical_size(&self) -> u64 {
        self.vm().guest_physical_size()
    }

    /// Maps the memory at an address, or sees that it is mapped. False if there is none.
    #[inline(always)]
    pub(crate) fn map(&mut self, address: u64, is_write: bool, ecode: u32) -> bool {
        // CAST: As above; an Ecode is below 64.
        // SAFETY: By the type invariant; the function takes any address.
        let error = unsafe {
            bindings::kvm_handle_mm_fault(
                self.vcpu().as_ptr(),
                address as c_ulong,
                is_write,
                ecode as c_int,
            )
        };
        error == 0
    }

    /// True if a debugger has planted breakpoints.
    pub(crate) fn has_breakpoints(&self) -> bool {
        read!(self.vcpu(), guest_debug) as u64 & bindings::KVM_GUESTDBG_SW_BP_MASK != 0
    }

    /// Queues an exception, which the guest takes at its next entry, unless there is one already
    /// (`kvm_queue_exception()`).
    pub(crate) fn queue_exception(&mut self, exception: Exception) {
        if read!(self.vcpu(), arch.exception_pending) != 0 {
            return;
        }
        write!(self.vcpu(), exception.esubcode(), arch.esubcode);
        let pending = 1_u64.wrapping_shl(exception.ecode());
        // CAST: As above.
        write!(self.vcpu(), pending as c_ulong, arch.exception_pending);
    }

    /// Makes a request to this vCPU (`kvm_make_request()`).
    pub(crate) fn request(&mut self, request: Request) {
        self.set_request(match request {
            Request::Fpu => c::REQ_FPU_LOAD,
            Request::Lbt => c::REQ_LBT_LOAD,
            Request::Pmu => c::REQ_PMU,
        });
    }

    fn set_request(&mut self, number: usize) {
        let requests = field!(self.vcpu(), requests);
        // SAFETY: An atomic OR into a word that all CPUs access atomically.
        unsafe {
            asm!("amor_db.d $zero, {bit}, {word}", bit = in(reg) 1_u64 << (number & 63),
                word = in(reg) requests, options(nostack))
        };
    }

    /// Queues SWI0 for the vCPU of the same VM with this ID, and sees that it takes notice.
    pub(crate) fn send_swi0(&mut self, id: PhysCpuid) -> Sent {
        let Some(target) = self.vm().vcpu(id) else {
            return Sent::Absent;
        };
        target.queue_swi0();
        if target == self.vcpu() || !target.must_kick() {
            return Sent::Queued;
        }
        // SAFETY: The vCPU is alive. RCU is watching, as in any task.
        unsafe { bindings::__kvm_vcpu_kick(target.as_ptr(), false) };
        Sent::Kicked
    }

    /// Sets where steal time is told to the guest, or that it is not.
    pub(crate) fn set_steal_area(&mut self, area: Area) {
        write!(self.vcpu(), area.word(), arch.st.guest_addr);
        if area.is_valid() {
            // SAFETY: A function of our own that reads a figure of the current task.
            let delay = unsafe { bindings::kvm_rs_run_delay() };
            write!(self.vcpu(), delay, arch.st.last_steal);
            self.set_request(c::REQ_STEAL_UPDATE);
        }
    }

    /// Waits for an interrupt, if none is there.
    pub(crate) fn halt(&mut self) {
        let exits = read!(self.vcpu(), stat.idle_exits);
        write!(self.vcpu(), exits.wrapping_add(1), stat.idle_exits);
        self.trace_idle();
        let vcpu = self.vcpu().as_ptr();
        // SAFETY: By the type invariant.
        if unsafe { bindings::kvm_arch_vcpu_runnable(vcpu) } == 0 {
            // SAFETY: As above; it may sleep.
            unsafe { bindings::kvm_vcpu_halt(vcpu) };
        }
    }

    /// Says, at a limited rate, that the guest did what nobody does.
    pub(crate) fn complain(&self, what: &CStr, value: u64) {
        // SAFETY: By the type invariant; the function keeps neither pointer.
        unsafe { bindings::kvm_rs_complain(self.vcpu().as_ptr(), what.as_char_ptr(), value) };
    }

    /// Counts for ourselves.
    pub(crate) fn count<const N: usize>(&mut self, events: [(Event, u64); N]) {
        let _irqs = IrqsOff::new();
        // SAFETY: Interrupts are off.
        unsafe { counters::add(events) };
    }
}

impl Deref for TaskVcpu {
    type Target = ExitedVcpu;

    #[inline(always)]
    fn deref(&self) -> &ExitedVcpu {
        &self.exited
    }
}

impl DerefMut for TaskVcpu {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut ExitedVcpu {
        &mut self.exited
    }
}
