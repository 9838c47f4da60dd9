// SPDX-License-Identifier: GPL-2.0

//! Carrying out: PC moves once, r0 stays zero, nothing happens twice or halfway.

use crate::kvm::abi::Gpr;
use crate::kvm::csr::Csr;
use crate::kvm::event::Event;
use crate::kvm::exception::Exception;
use crate::kvm::kind::Kind;
use crate::kvm::phys_cpuid::Destinations;
use crate::model::{Model, Target, VECTOR};
use crate::outcome::{finish, Outcome, Resume, Retire, Stat, MAX_KICKS};
use proptest::prelude::*;

fn any_retire() -> impl Strategy<Value = Retire> {
    let stat = prop_oneof![Just(Stat::None), Just(Stat::Hypercall), Just(Stat::Cpucfg)];
    let csr = proptest::option::of((0x310..0x314_u32, any::<u64>()))
        .prop_map(|csr| csr.map(|(number, value)| (Csr::kept(number).unwrap(), value)));
    (
        0..32_u32,
        any::<u64>(),
        csr,
        stat,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(rd, value, csr, stat, denied, kernel_agrees)| Retire {
            rd: Gpr::from_insn(rd, 0),
            value,
            csr,
            stat,
            denied,
            kernel_agrees,
        })
}

fn any_kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(Kind::ALL.as_slice())
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Kernel),
        Just(Outcome::NOTHING),
        any_retire().prop_map(Outcome::Retire),
        (any::<u64>(), any::<u64>(), 0..256_u64)
            .prop_map(|(a1, a2, a3)| Outcome::Multicast(Destinations::new(a1, a2, a3).unwrap())),
    ]
}

fn any_targets() -> impl Strategy<Value = Vec<Target>> {
    let target = prop_oneof![
        4 => Just(Target::Outside),
        4 => Just(Target::InGuest),
        4 => Just(Target::Absent),
        1 => Just(Target::Preempting),
    ];
    proptest::collection::vec(target, 256)
}

/// Nothing that the kernel's handler will read has changed. SWI0 may have been queued: again is
/// no different from once.
fn untouched(before: &Model, after: &Model) -> bool {
    before.gprs == after.gprs
        && before.pc == after.pc
        && after.done == 0
        && after.stats.is_empty()
        && after.csrs.is_empty()
}

proptest! {
    #[test]
    fn pc_moves_once(
        outcome in any_outcome(),
        targets in any_targets(),
        must_yield: bool,
        no_kicks: bool,
        owed: bool,
    ) {
        let before = Model { targets, must_yield, no_kicks, owed, ..Model::new() };
        let mut vcpu = before.clone();
        let resume = finish(&mut vcpu, Kind::Hvcl, outcome);

        let stepped = vcpu.pc.wrapping_sub(before.pc);
        match resume {
            // The guest goes on at the next instruction.
            Resume::Guest => prop_assert_eq!((stepped, vcpu.done), (4, 0)),
            // The kernel has work to do before that, or gets the exit as it was.
            Resume::Kernel => prop_assert!(
                (stepped, vcpu.done) == (4, 1) || untouched(&before, &vcpu)
            ),
        }
    }

    #[test]
    fn never_back_to_the_guest_in_debt(
        outcome in any_outcome(),
        targets in any_targets(),
        must_yield: bool,
        owed: bool,
    ) {
        let mut vcpu = Model { targets, must_yield, owed, ..Model::new() };
        if finish(&mut vcpu, Kind::Hvcl, outcome) == Resume::Guest {
            prop_assert!(!vcpu.must_yield && !vcpu.owed);
        }
    }

    #[test]
    fn one_register_at_most(outcome in any_outcome(), must_yield: bool, owed: bool) {
        let before = Model { must_yield, owed, ..Model::new() };
        let mut vcpu = before.clone();
        finish(&mut vcpu, Kind::Hvcl, outcome);
        let changed: Vec<_> = (0..32).filter(|r| vcpu.gprs[*r] != before.gprs[*r]).collect();
        prop_assert_eq!(vcpu.gprs[0], 0);
        match outcome {
            Outcome::Retire(answer) => {
                prop_assert!(changed.iter().all(|r| *r == answer.rd.index()));
            }
            Outcome::Multicast(_) => prop_assert!(changed.iter().all(|r| *r == 4)),
            Outcome::Kernel | Outcome::Ipi(..) | Outcome::Inject(_) => {
                prop_assert!(changed.is_empty());
            }
        }
    }

    #[test]
    fn every_destination_once(a1: u64, a2: u64, a3 in 0..256_u64, targets in any_targets()) {
        let all = Destinations::new(a1, a2, a3).unwrap();
        let mut vcpu = Model { targets: targets.clone(), ..Model::new() };
        finish(&mut vcpu, Kind::Hvcl, Outcome::Multicast(all));

        let wanted: Vec<u32> = all.map(|id| id.get()).collect();
        let bits = a1.count_ones() + a2.count_ones() - all.outside();
        prop_assert_eq!(wanted.len(), bits as usize);
        let of = |kind| wanted.iter().filter(|id| targets[**id as usize] == kind).count() as u64;
        let kicked = of(Target::InGuest) + of(Target::Preempting);
        if kicked > MAX_KICKS {
            // To the kernel, whole, and counted there.
            prop_assert!(wanted.starts_with(&vcpu.sent) && vcpu.kicks == MAX_KICKS);
            prop_assert!(vcpu.done == 0 && vcpu.gprs[4] != 0);
            prop_assert_eq!(vcpu.counted(Event::Kicked) + vcpu.counted(Event::Delivered), 0);
            return Ok(());
        }
        prop_assert_eq!(&vcpu.sent, &wanted);
        prop_assert_eq!(vcpu.counted(Event::Kicked), kicked);
        prop_assert_eq!(vcpu.counted(Event::Delivered), kicked + of(Target::Outside));
        prop_assert_eq!(
            vcpu.counted(Event::Absent),
            of(Target::Absent) + u64::from(all.outside())
        );
    }

    // The kernel counts what it serves; we count what we serve; nobody counts twice.
    #[test]
    fn counted_once(outcome in any_outcome(), kind in any_kind(), must_yield: bool, owed: bool) {
        let mut vcpu = Model { must_yield, owed, ..Model::new() };
        let resume = finish(&mut vcpu, kind, outcome);
        let fast = vcpu.counted(Event::Fast(kind));
        let slow = vcpu.counted(Event::Slow(kind));
        prop_assert_eq!(fast + slow, 1);
        prop_assert_eq!(fast == 1, resume == Resume::Guest);
        let served = resume == Resume::Guest || vcpu.done == 1;
        prop_assert_eq!(vcpu.stats.len(), usize::from(served));
    }

    // A CSR is written once where the answer is ours, and not where it is the kernel's.
    #[test]
    fn csrs_are_written_once(answer in any_retire(), must_yield: bool, owed: bool) {
        let mut vcpu = Model { must_yield, owed, ..Model::new() };
        finish(&mut vcpu, Kind::Csr, Outcome::Retire(answer));
        let ours = !(must_yield && answer.kernel_agrees);
        let written: Vec<_> = answer.csr.filter(|_| ours).into_iter().collect();
        prop_assert_eq!(vcpu.csrs, written);
    }

    // The guest comes to the vector once.
    #[test]
    fn an_exception_is_taken_once(must_yield: bool, owed: bool, kernel_injects: bool) {
        let before = Model { must_yield, owed, kernel_injects, ..Model::new() };
        let mut vcpu = before.clone();
        let resume = finish(&mut vcpu, Kind::Ine, Outcome::Inject(Exception::INE));
        prop_assert_eq!(vcpu.gprs, before.gprs);
        if must_yield && kernel_injects {
            prop_assert_eq!(resume, Resume::Kernel);
            prop_assert!(untouched(&before, &vcpu) && vcpu.taken.is_empty());
            return Ok(());
        }
        prop_assert_eq!(&vcpu.taken, &[Exception::INE]);
        prop_assert_eq!(resume == Resume::Guest, !must_yield && !owed);
        prop_assert_eq!(vcpu.pc, VECTOR);
        prop_assert_eq!(vcpu.done == 1, resume == Resume::Kernel);
    }
}

#[test]
fn the_kernel_finishes_when_a_woken_task_wants_the_cpu() {
    let mut vcpu = Model::new();
    vcpu.targets[5] = Target::Preempting;
    let it = Destinations::new(1, 0, 5).unwrap();
    assert_eq!(
        finish(&mut vcpu, Kind::Hvcl, Outcome::Multicast(it)),
        Resume::Kernel
    );
    assert_eq!((vcpu.done, vcpu.sent.len(), vcpu.gprs[4]), (1, 1, 0));
}

#[test]
fn the_kernel_does_more_kicks_than_fit_with_interrupts_off() {
    let all = Destinations::new(u64::MAX, u64::MAX, 100).unwrap();
    for (running, resume) in [(32, Resume::Guest), (33, Resume::Kernel)] {
        let mut vcpu = Model::new();
        for target in vcpu.targets.iter_mut().skip(120).take(running) {
            *target = Target::InGuest;
        }
        assert_eq!(
            finish(&mut vcpu, Kind::Hvcl, Outcome::Multicast(all)),
            resume
        );
        assert_eq!((vcpu.kicks, vcpu.done), (32, 0));
    }
}

// The limit is one on what is done, not on what was to be done when the call came.
#[test]
fn kicks_that_become_due_meanwhile_count() {
    let all = Destinations::new(u64::MAX, u64::MAX, 0).unwrap();
    let mut vcpu = Model::new();
    vcpu.targets[0] = Target::InGuest;
    vcpu.enter_at_first_kick = Some(1..128);
    assert_eq!(
        finish(&mut vcpu, Kind::Hvcl, Outcome::Multicast(all)),
        Resume::Kernel
    );
    assert_eq!(vcpu.kicks, MAX_KICKS);
}

// On a CPU in nohz_full: what wakes nobody is fast, what wakes somebody is the kernel's.
#[test]
fn the_kernel_does_all_kicks_where_rcu_does_not_watch() {
    let three = Destinations::new(7, 0, 20).unwrap();
    let mut vcpu = Model {
        no_kicks: true,
        ..Model::new()
    };
    assert_eq!(
        finish(&mut vcpu, Kind::Hvcl, Outcome::Multicast(three)),
        Resume::Guest
    );
    assert_eq!((vcpu.sent.len(), vcpu.gprs[4]), (3, 0));
    for target in [Target::InGuest, Target::Preempting] {
        let mut vcpu = Model {
            no_kicks: true,
            ..Model::new()
        };
        vcpu.targets[21] = target;
        let before = vcpu.clone();
        assert_eq!(
            finish(&mut vcpu, Kind::Hvcl, Outcome::Multicast(three)),
            Resume::Kernel
        );
        assert!(untouched(&before, &vcpu) && vcpu.kicks == 0);
    }
}

#[test]
fn denied_calls_are_refused_even_when_the_kernel_is_due() {
    let answer = Retire {
        rd: Gpr::A0,
        value: u64::MAX,
        csr: None,
        stat: Stat::Hypercall,
        denied: true,
        kernel_agrees: false,
    };
    let mut vcpu = Model {
        must_yield: true,
        ..Model::new()
    };
    assert_eq!(
        finish(&mut vcpu, Kind::Hvcl, Outcome::Retire(answer)),
        Resume::Kernel
    );
    assert_eq!((vcpu.gprs[4], vcpu.done), (u64::MAX, 1));
    assert_eq!(vcpu.counted(Event::Denied), 1);
}
