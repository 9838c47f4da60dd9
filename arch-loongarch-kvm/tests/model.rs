// SPDX-License-Identifier: GPL-2.0

//! A vCPU for [`finish`](crate::outcome::finish) to work on, which remembers what was done to it.

use crate::kvm::abi::Gpr;
use crate::kvm::csr::Csr;
use crate::kvm::event::Event;
use crate::kvm::exception::Exception;
use crate::kvm::ipi_state::Access;
use crate::kvm::kind::Kind;
use crate::kvm::phys_cpuid::{PhysCpuid, Sent};
use crate::outcome::{Machine, Stat};
use core::ops::Range;

/// What [`Machine::send_swi0`] finds for each ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Absent,
    Outside,
    InGuest,
    /// A task waits for it, and will want this CPU.
    Preempting,
}

/// Where the guest takes its exceptions.
pub(crate) const VECTOR: u64 = 0x9000_0000_0100_0000;

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) gprs: [u64; 32],
    pub(crate) pc: u64,
    /// CSRs that were written, in order.
    pub(crate) csrs: Vec<(Csr, u64)>,
    pub(crate) must_yield: bool,
    /// Nobody can be kicked: RCU does not watch.
    pub(crate) no_kicks: bool,
    pub(crate) owed: bool,
    pub(crate) targets: Vec<Target>,
    /// IDs that SWI0 was queued for, in order.
    pub(crate) sent: Vec<u32>,
    pub(crate) kicks: u64,
    /// IDs of vCPUs that enter the guest once the first one is kicked.
    pub(crate) enter_at_first_kick: Option<Range<usize>>,
    /// What an access to an IPI controller gives; nothing if it is busy.
    pub(crate) ipi: Option<u64>,
    /// Accesses that were made.
    pub(crate) accesses: Vec<Access>,
    /// Exceptions that the guest took.
    pub(crate) taken: Vec<Exception>,
    /// The kernel injects them rightly.
    pub(crate) kernel_injects: bool,
    /// How often the exit was given to the kernel as one that is done with.
    pub(crate) done: u32,
    pub(crate) stats: Vec<Stat>,
    pub(crate) counts: Vec<(Event, u64)>,
}

impl Model {
    pub(crate) fn new() -> Self {
        let mut gprs: [u64; 32] = core::array::from_fn(|i| 0x1111_0000_0000_0000 + i as u64);
        gprs[0] = 0;
        Self {
            gprs,
            pc: 0x9000_0000_0020_0000,
            csrs: vec![],
            must_yield: false,
            no_kicks: false,
            owed: false,
            targets: vec![Target::Outside; 256],
            sent: vec![],
            kicks: 0,
            enter_at_first_kick: None,
            ipi: Some(0),
            accesses: vec![],
            taken: vec![],
            kernel_injects: false,
            done: 0,
            stats: vec![],
            counts: vec![],
        }
    }

    pub(crate) fn counted(&self, event: Event) -> u64 {
        self.counts
            .iter()
            .filter(|c| c.0 == event)
            .map(|c| c.1)
            .sum()
    }
}

impl Machine for Model {
    fn must_yield(&self, _kind: Kind) -> bool {
        self.must_yield
    }

    fn is_owed(&self) -> bool {
        self.owed
    }

    fn set_gpr(&mut self, rd: Gpr, value: u64) {
        if !rd.is_zero() {
            self.gprs[rd.index()] = value;
        }
    }

    fn set_csr(&mut self, csr: Csr, value: u64) {
        self.csrs.push((csr, value));
    }

    fn step_pc(&mut self) {
        self.pc = self.pc.wrapping_add(4);
    }

    fn present_as_done(&mut self) {
        self.done += 1;
    }

    fn inject(&mut self, exception: Exception) {
        self.taken.push(exception);
        self.pc = VECTOR;
    }

    fn kernel_injects(&self) -> bool {
        self.kernel_injects
    }

    fn send_swi0(&mut self, id: PhysCpuid, may_kick: bool) -> Sent {
        self.sent.push(id.get());
        let may_kick = may_kick && !self.no_kicks;
        match self.targets[id.get() as usize] {
            Target::Absent => return Sent::Absent,
            Target::Outside => return Sent::Queued,
            Target::InGuest | Target::Preempting if !may_kick => return Sent::Unkicked,
            Target::InGuest => {}
            Target::Preempting => self.owed = true,
        }
        self.kicks += 1;
        // What was idle when the call began need not be so when its turn comes.
        if let Some(ids) = self.enter_at_first_kick.take() {
            self.targets[ids].fill(Target::InGuest);
        }
        Sent::Kicked
    }

    fn ipi(&mut self, access: Access) -> Option<u64> {
        if self.ipi.is_some() {
            self.accesses.push(access);
        }
        self.ipi
    }

    fn count_exit(&mut self, stat: Stat) {
        self.stats.push(stat);
    }

    fn count(&mut self, event: Event, by: u64) {
        self.counts.push((event, by));
    }

    fn count_call(&mut self, delivered: u64, absent: u64, kicked: u64) {
        self.count(Event::IpiCalls, 1);
        self.count(Event::Delivered, delivered);
        self.count(Event::Absent, absent);
        self.count(Event::Kicked, kicked);
    }
}
