// SPDX-License-Identifier: GPL-2.0

//! A vCPU for [`finish`](crate::outcome::finish) to work on, which remembers what was done to it.

use crate::kvm::abi::Gpr;
use crate::outcome::{Machine, Sent, Stat};
use crate::phys_cpuid::PhysCpuid;
use crate::stats::Event;

/// What [`Machine::send_swi0`] finds for each ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Absent,
    Outside,
    InGuest,
    /// A task waits for it, and will want this CPU.
    Preempting,
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) gprs: [u64; 32],
    pub(crate) pc: u64,
    pub(crate) must_yield: bool,
    pub(crate) owed: bool,
    pub(crate) targets: Vec<Target>,
    /// IDs that SWI0 was sent to, in order.
    pub(crate) sent: Vec<u32>,
    /// Steps left to the kernel.
    pub(crate) left: u32,
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
            must_yield: false,
            owed: false,
            targets: vec![Target::Outside; 256],
            sent: vec![],
            left: 0,
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
    fn must_yield(&self) -> bool {
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

    fn step_pc(&mut self) {
        self.pc = self.pc.wrapping_add(4);
    }

    fn leave_step_to_kernel(&mut self) {
        self.left += 1;
    }

    fn would_kick(&self, id: PhysCpuid) -> bool {
        matches!(
            self.targets[id.get() as usize],
            Target::InGuest | Target::Preempting
        )
    }

    fn send_swi0(&mut self, id: PhysCpuid) -> Sent {
        self.sent.push(id.get());
        match self.targets[id.get() as usize] {
            Target::Absent => Sent::Absent,
            Target::Outside => Sent::Queued,
            Target::InGuest => Sent::Kicked,
            Target::Preempting => {
                self.owed = true;
                Sent::Kicked
            }
        }
    }

    fn count_exit(&mut self, stat: Stat) {
        self.stats.push(stat);
    }

    fn count(&mut self, event: Event, by: u64) {
        self.counts.push((event, by));
    }
}
