// SPDX-License-Identifier: GPL-2.0

//! The IPI controller of any vCPU, as its device on the IOCSR bus has it.
//!
//! The state is guarded by its lock, and so is the line: it is up while the status word is not
//! zero, as seen by whoever holds the lock. Accesses that need no sleep are served elsewhere
//! (`kvm/ipi.rs`), on the same state and under the same lock.

use super::{
    super::access::Width,
    super::ipi_state::{
        Read,
        State,
        Update, //
    },
    super::{
        exited::write,
        ipi_status::Line,
        phys_cpuid::PhysCpuid,
        vcpu::{
            field,
            read,
            Vcpu, //
        },
        vm::Vm, //
    },
};
use crate::bindings;
use core::ptr::NonNull;
use kernel::prelude::*;

/// The bit of the IPI line in ESTAT, and in the words of `vcpu->arch` that take its place.
const IPI: u64 = 1 << bindings::INT_IPI;

/// The IPI controller of a vCPU.
///
/// # Invariants
///
/// The vCPU is valid for as long as the value lives. Code may sleep.
#[derive(Clone, Copy)]
pub(crate) struct Controller(Vcpu);

/// The lock of a controller's state, held.
struct Held(Vcpu);

impl Held {
    fn new(vcpu: Vcpu) -> Self {
        // SAFETY: Only called with the vCPU of a `Controller`.
        unsafe { bindings::kvm_rs_ipi_lock(vcpu.as_ptr()) };
        Self(vcpu)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // SAFETY: Taken when the value was made.
        unsafe { bindings::kvm_rs_ipi_unlock(self.0.as_ptr()) };
    }
}

impl Controller {
    /// # Safety
    ///
    /// `vcpu` outlives the result, and the caller may sleep.
    pub(crate) unsafe fn from_raw(vcpu: NonNull<bindings::kvm_vcpu>) -> Self {
        // SAFETY: By the contract. INVARIANT: Likewise.
        Self(unsafe { Vcpu::from_raw(vcpu) })
    }

    /// That of the vCPU of the same VM with this ID.
    pub(crate) fn other(self, id: PhysCpuid) -> Option<Self> {
        let kvm = read!(self.0, kvm);
        // SAFETY: Every vCPU has a VM from its creation on.
        let kvm = unsafe { NonNull::new_unchecked(kvm) };
        // SAFETY: A vCPU of it makes an access, or one that is accessed by such a one, so all of
        // its vCPUs stay.
        let vm = unsafe { Vm::from_raw(kvm) };
        // INVARIANT: As just said.
        vm.vcpu(id).map(Self)
    }

    /// Reads.
    pub(crate) fn read(self, what: Read) -> u64 {
        let _held = Held::new(self.0);
        State::of(self.0).get(what)
    }

    /// Changes the state, moves the line, and sees that the vCPU takes notice.
    pub(crate) fn update(self, update: Update) {
        let held = Held::new(self.0);
        let mut state = State::of(self.0);
        let line = state.update(update);
        state.store(self.0);
        match line {
            Line::Keep => return,
            Line::Raise => self.0.queue_interrupt(IPI),
            Line::Lower => self.0.queue_clearing(IPI),
        }
        drop(held);
        if self.0.must_kick() {
            // SAFETY: The vCPU is valid. RCU is watching, as in any task.
            unsafe { bindings::__kvm_vcpu_kick(self.0.as_ptr(), false) };
        }
    }

    /// Changes bits of a word on this vCPU's IOCSR bus: those of `kept` stay. Holds no lock. False
    /// if no device answers.
    pub(crate) fn bus_write(self, address: u16, kept: u32, value: u32) -> bool {
        let (vcpu, bus) = (self.0.as_ptr(), bindings::kvm_bus_KVM_IOCSR_BUS);
        let (address, len) = (u64::from(address), Width::Word.bytes());
        let mut word = 0_u64;
        if kept != 0 {
            // SAFETY: By the type invariant. Devices write to the buffer no more than eight bytes.
            let error =
                unsafe { bindings::kvm_rs_bus_read(vcpu, bus, address, len, &raw mut word) };
            if error != 0 {
                return false;
            }
        }
        let word = word & u64::from(kept) | u64::from(value & !kept);
        // SAFETY: As above; they read no more than eight.
        let error = unsafe { bindings::kvm_rs_bus_write(vcpu, bus, address, len, &raw const word) };
        error == 0
    }

    /// Counts a read, as KVM does.
    pub(crate) fn count_read(self) {
        let exits = read!(self.0, stat.ipi_read_exits);
        write!(self.0, exits.wrapping_add(1), stat.ipi_read_exits);
    }

    /// Counts a write, as KVM does.
    pub(crate) fn count_write(self) {
        let exits = read!(self.0, stat.ipi_write_exits);
        write!(self.0, exits.wrapping_add(1), stat.ipi_write_exits);
    }

    /// Says, at a limited rate, that a guest did what nobody does.
    pub(crate) fn complain(self, what: &CStr, value: u64) {
        // SAFETY: By the type invariant; the function keeps neither pointer.
        unsafe { bindings::kvm_rs_complain(self.0.as_ptr(), what.as_char_ptr(), value) };
    }

    /// A register as the VMM saves and restores it: no line moves, the VMM sees to that.
    pub(crate) fn saved(self, register: Saved) -> u64 {
        let _held = Held::new(self.0);
        match register {
            Saved::Status => u64::from(read!(self.0, arch.ipi_state.status)),
            Saved::Enable => u64::from(read!(self.0, arch.ipi_state.en)),
            Saved::Set => u64::from(read!(self.0, arch.ipi_state.set)),
            Saved::Clear => u64::from(read!(self.0, arch.ipi_state.clear)),
            Saved::Mail(_) => {
                let mail = read!(self.0, arch.ipi_state.buf);
                mail.get(register.mailbox()).copied().unwrap_or(0)
            }
        }
    }

    /// Restores one.
    pub(crate) fn restore(self, register: Saved, value: u64) {
        let _held = Held::new(self.0);
        // CAST: These registers are words.
        let word = value as u32;
        match register {
            Saved::Status => write!(self.0, word, arch.ipi_state.status),
            Saved::Enable => write!(self.0, word, arch.ipi_state.en),
            Saved::Set => write!(self.0, word, arch.ipi_state.set),
            Saved::Clear => write!(self.0, word, arch.ipi_state.clear),
            Saved::Mail(_) => {
                let mut mail = read!(self.0, arch.ipi_state.buf);
                if let Some(mailbox) = mail.get_mut(register.mailbox()) {
                    *mailbox = value;
                }
                write!(self.0, mail, arch.ipi_state.buf);
            }
        }
    }
}

/// A register that a VMM saves and restores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saved {
    Status,
    Enable,
    Set,
    Clear,
    /// A mailbox, 0 to 3.
    Mail(u8),
}

impl Saved {
    /// By its offset, if there is one.
    pub(crate) fn from_offset(offset: u32) -> Option<Self> {
        match offset {
            bindings::IOCSR_IPI_STATUS => Some(Self::Status),
            bindings::IOCSR_IPI_EN => Some(Self::Enable),
            bindings::IOCSR_IPI_SET => Some(Self::Set),
            bindings::IOCSR_IPI_CLEAR => Some(Self::Clear),
            bindings::IOCSR_IPI_BUF_20 => Some(Self::Mail(0)),
            bindings::IOCSR_IPI_BUF_28 => Some(Self::Mail(1)),
            bindings::IOCSR_IPI_BUF_30 => Some(Self::Mail(2)),
            bindings::IOCSR_IPI_BUF_38 => Some(Self::Mail(3)),
            _ => None,
        }
    }

    /// Its size in the VMM's memory, in bytes.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Mail(_) => 8,
            _ => 4,
        }
    }

    fn mailbox(self) -> usize {
        match self {
            Self::Mail(number) => usize::from(number),
            _ => 0,
        }
    }
}
