// SPDX-License-Identifier: GPL-2.0

//! The IPI controllers that KVM has for the vCPUs of a VM, as far as they can be served with
//! interrupts off.
//!
//! The state is the kernel's own (`vcpu->arch.ipi_state`), guarded by its lock, so the kernel's
//! code may serve one access and this the next. The line is moved while the lock is held, as it is
//! there since 7.3; else one that somebody raises meanwhile is taken down with no interrupt left
//! behind. The lock is tried for a bounded time.

use super::{
    cpu,
    deployment::Deployment,
    exited::write,
    ipi_state::{
        Access,
        Read,
        State,
        Update, //
    },
    ipi_status::{
        Change,
        Line, //
    },
    lock,
    running::RunningVcpu,
    vcpu::{
        field,
        read,
        Vcpu, //
    }, //
};
use crate::bindings;

/// The bit of the IPI line in ESTAT, and in the words of `vcpu->arch` that take its place.
const IPI: u64 = 1 << bindings::INT_IPI;

impl<D: Deployment> RunningVcpu<D> {
    /// True if the IPI controllers of its VM are KVM's, and can be served here.
    ///
    /// On a CPU with context tracking nobody can be kicked, so nothing is.
    #[inline(always)]
    pub(crate) fn has_ipi_controller(&self) -> bool {
        lock::IS_WORD && self.vm().has_ipi_controllers() && !cpu::is_context_tracked()
    }

    /// Carries out an access, to be called if there are IPI controllers. What a read gives, or 0.
    ///
    /// [`None`] if somebody else is at that vCPU's: nothing has happened then.
    #[inline(always)]
    pub(crate) fn ipi(&mut self, access: Access) -> Option<u64> {
        let this = self.vcpu();
        match access {
            // Each is one word, so no lock makes it truer.
            Access::ReadStatus => Some(u64::from(read!(this, arch.ipi_state.status))),
            Access::ReadEnable => Some(u64::from(read!(this, arch.ipi_state.en))),
            Access::WriteEnable(value) => {
                let enable = field!(this, arch.ipi_state.en);
                // SAFETY: One word, which a VMM may write too.
                unsafe { enable.write_volatile(value) };
                Some(0)
            }
            Access::Own(change) => change_status::<D>(this, this, change).then_some(0),
            Access::Other(id, change) => match self.vm().vcpu(id) {
                Some(target) => change_status::<D>(this, target, change).then_some(0),
                None => Some(0),
            },
            Access::ReadState(what) => read_state(this, what),
            Access::OwnState(update) => change_state::<D>(this, this, update).then_some(0),
            Access::OtherState(id, update) => match self.vm().vcpu(id) {
                Some(target) => change_state::<D>(this, target, update).then_some(0),
                None => Some(0),
            },
            Access::ReadZero | Access::WriteNothing => Some(0),
        }
    }
}

/// Reads of the state of `this`. [`None`] if the lock is busy.
#[inline(never)]
fn read_state(this: Vcpu, what: Read) -> Option<u64> {
    let lock = field!(this, arch.ipi_state.lock);
    // SAFETY: As in `change_status()`.
    let _held = unsafe { lock::Held::try_new(lock) }?;
    Some(State::of(this).get(what))
}

/// Changes the state of `target`, and goes on as [`change_status`] does.
#[inline(never)]
fn change_state<D: Deployment>(this: Vcpu, target: Vcpu, update: Update) -> bool {
    let lock = field!(target, arch.ipi_state.lock);
    // SAFETY: As in `change_status()`.
    let Some(held) = (unsafe { lock::Held::try_new(lock) }) else {
        return false;
    };
    let mut state = State::of(target);
    let line = state.update(update);
    state.store(target);
    move_line::<D>(this, target, line, held);
    true
}

impl State {
    /// What a vCPU's controller holds. Its lock is held.
    pub(super) fn of(vcpu: Vcpu) -> Self {
        Self {
            status: read!(vcpu, arch.ipi_state.status),
            enable: read!(vcpu, arch.ipi_state.en),
            mail: read!(vcpu, arch.ipi_state.buf),
        }
    }

    /// Makes it so.
    pub(super) fn store(&self, vcpu: Vcpu) {
        write!(vcpu, self.status, arch.ipi_state.status);
        write!(vcpu, self.enable, arch.ipi_state.en);
        write!(vcpu, self.mail, arch.ipi_state.buf);
    }
}

/// Changes the status word of `target`, moves its line and sees that it takes notice. `this` is the
/// vCPU whose exit it is. False if the lock is busy.
// Not inlined: it calls the kernel, for which other exits would have to save registers too.
#[inline(never)]
fn change_status<D: Deployment>(this: Vcpu, target: Vcpu, change: Change) -> bool {
    let lock = field!(target, arch.ipi_state.lock);
    // SAFETY: The lock of a valid vCPU. Interrupts are off. The kernel takes it in the context of
    // tasks only. `has_ipi_controller()` has seen that it is a word.
    let Some(held) = (unsafe { lock::Held::try_new(lock) }) else {
        return false;
    };
    let status = field!(target, arch.ipi_state.status);
    // SAFETY: A field of a valid vCPU, whose lock is held.
    let (new, line) = change.apply(unsafe { status.read_volatile() });
    // SAFETY: As above.
    unsafe { status.write_volatile(new) };
    move_line::<D>(this, target, line, held);
    true
}

/// Moves the line of `target`, whose state's lock is held, and sees that it takes notice.
#[inline(always)]
fn move_line<D: Deployment>(this: Vcpu, target: Vcpu, line: Line, held: lock::Held) {
    match line {
        Line::Keep => return,
        Line::Raise if target == this => {
            // The kernel clears the status word of others where ANY_SEND says so, and may just have
            // asked for the line to be taken down at the next entry.
            target.forget_clearing(IPI);
            cpu::raise_guest_interrupt(IPI);
            return;
        }
        Line::Raise => target.queue_interrupt(IPI),
        Line::Lower => {
            // Here a vCPU clears its own status word only, so its registers are on this CPU.
            target.forget_interrupt(IPI);
            cpu::lower_guest_interrupt(IPI);
            return;
        }
    }
    drop(held);
    if target.must_kick() {
        // SAFETY: Context tracking is not active, so RCU is watching.
        unsafe { target.kick::<D>() };
    }
}
