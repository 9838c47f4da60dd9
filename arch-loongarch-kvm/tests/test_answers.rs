// SPDX-License-Identifier: GPL-2.0

//! What the handlers decide, against the ABI and against the kernel's handlers.

use crate::kvm::abi::{Gpr, Hypercall, Plv, PvFeatures};
use crate::outcome::{Outcome, Retire, Stat};
use crate::policy::Policy;
use crate::{cpucfg, hypercall, reference};
use proptest::prelude::*;

const INVALID_CODE: u64 = u64::MAX;
const INVALID_PARAMETER: u64 = u64::MAX - 1;
const STRICT: Policy = Policy {
    user_cpucfg: false,
    user_hypercall: false,
};
const ALL: u64 = PvFeatures::MASK;

fn call(immediate: u32, a0: u64, plv: u64, features: u64) -> hypercall::Args {
    hypercall::Args {
        call: Hypercall::from_immediate(immediate),
        a0,
        a1: 1,
        a2: 0,
        a3: 0,
        plv: Plv::from_crmd(plv),
        features: PvFeatures::from_raw(features),
    }
}

fn read(index: u32, plv: u64, features: u64) -> cpucfg::Args {
    cpucfg::Args {
        rd: Gpr::A1,
        index,
        plv: Plv::from_crmd(plv),
        features: PvFeatures::from_raw(features),
    }
}

/// The word of a model at an index.
fn model(index: u32) -> Option<u32> {
    (index < 21).then(|| 0xab00_0000 + index)
}

/// As `exit::cpucfg()` does.
fn cpucfg_exit(args: cpucfg::Args, policy: Policy) -> Outcome {
    match model(args.index) {
        Some(word) => cpucfg::handle_model(args.rd, word),
        None => cpucfg::handle(args, policy),
    }
}

fn answer(outcome: Outcome) -> Retire {
    match outcome {
        Outcome::Retire(answer) => answer,
        other => panic!("{other:?} is no answer"),
    }
}

#[test]
fn hypercall_table() {
    // Immediate, a0, PLV, features; then a0 after, its counter, denied.
    let rows = [
        (0, 7, 0, ALL, 0x004d_564b, Stat::None, false),
        (0, 7, 3, 0, 0x004d_564b, Stat::None, false),
        (0x100, 0, 0, ALL, INVALID_CODE, Stat::Hypercall, false),
        (0x100, 3, 0, ALL, INVALID_CODE, Stat::Hypercall, false),
        (
            0x100,
            1 << 32 | 1,
            0,
            ALL,
            INVALID_CODE,
            Stat::Hypercall,
            false,
        ),
        (0x100, 1, 0, ALL & !2, INVALID_CODE, Stat::Hypercall, false),
        (0x100, 2, 0, ALL & !4, INVALID_CODE, Stat::Hypercall, false),
        (0x100, 1, 1, ALL, INVALID_CODE, Stat::Hypercall, true),
        (0x100, 1, 3, ALL, INVALID_CODE, Stat::Hypercall, true),
        (0x100, 2, 3, ALL, INVALID_CODE, Stat::Hypercall, true),
        (0x100, 9, 3, 0, INVALID_CODE, Stat::Hypercall, true),
        (0x102, 0, 3, ALL, INVALID_CODE, Stat::Hypercall, true),
        (0x102, 0, 3, 0, INVALID_CODE, Stat::None, true),
        (0x103, 1, 0, ALL, INVALID_CODE, Stat::None, false),
        (0x7fff, 1, 3, ALL, INVALID_CODE, Stat::None, false),
    ];
    for (immediate, a0, plv, features, value, stat, denied) in rows {
        let got = answer(hypercall::handle(
            call(immediate, a0, plv, features),
            STRICT,
        ));
        assert_eq!(
            (got.rd, got.value, got.stat, got.denied),
            (Gpr::A0, value, stat, denied),
            "hvcl {immediate:#x}, a0 {a0:#x}, plv {plv}, features {features:#x}"
        );
    }
}

#[test]
fn only_the_kernel_serves() {
    for args in [
        call(0x101, 0, 0, ALL),
        call(0x101, 0, 3, 0),
        call(0x102, 0, 0, ALL),
        call(0x102, 0, 0, 0),
        call(0x100, 2, 0, ALL),
    ] {
        assert_eq!(hypercall::handle(args, STRICT), Outcome::Kernel, "{args:?}");
    }
}

#[test]
fn ipi_parameters() {
    for a3 in [256, 0x8000_0000, 0xffff_ffff, 1 << 32, u64::MAX] {
        let got = answer(hypercall::handle(
            hypercall::Args {
                a3,
                ..call(0x100, 1, 0, ALL)
            },
            STRICT,
        ));
        assert_eq!(got.value, INVALID_PARAMETER, "a3 {a3:#x}");
        assert!(!got.kernel_agrees, "a3 {a3:#x}");
    }
    for a3 in [0, 127, 128, 255] {
        let got = hypercall::handle(
            hypercall::Args {
                a3,
                ..call(0x100, 1, 0, ALL)
            },
            STRICT,
        );
        assert!(matches!(got, Outcome::Multicast(_)), "a3 {a3:#x}");
    }
}

#[test]
fn cpucfg_table() {
    for (index, plv, features, value) in [
        (0, 0, ALL, 0xab00_0000_u64),
        (20, 3, ALL, 0xab00_0014),
        (21, 0, ALL, 0),
        (0x3fff_ffff, 0, ALL, 0),
        (0x4000_0000, 0, 0, 0x004d_564b),
        (0x4000_0000, 3, 0, 0),
        (0x4000_0001, 0, ALL, 0),
        (0x4000_0004, 0, u64::MAX, ALL),
        (0x4000_0004, 0, 2, 2),
        (0x4000_0004, 1, ALL, 0),
        (0x4000_00ff, 0, ALL, 0),
        (0x4000_0100, 0, ALL, 0),
        (u32::MAX, 3, ALL, 0),
    ] {
        let got = answer(cpucfg_exit(read(index, plv, features), STRICT));
        assert_eq!(
            got.value, value,
            "index {index:#x}, plv {plv}, features {features:#x}"
        );
        assert_eq!(got.stat, Stat::Cpucfg);
    }
}

fn any_call() -> impl Strategy<Value = hypercall::Args> {
    let immediate = prop_oneof![Just(0_u32), 0xfe..0x105_u32, 0..0x8000_u32];
    let a0 = prop_oneof![0..4_u64, any::<u64>()];
    let a3 = prop_oneof![0..300_u64, any::<u64>()];
    (
        immediate,
        a0,
        any::<u64>(),
        any::<u64>(),
        a3,
        0..4_u64,
        any::<u64>(),
    )
        .prop_map(
            |(immediate, a0, a1, a2, a3, plv, features)| hypercall::Args {
                a1,
                a2,
                a3,
                ..call(immediate, a0, plv, features)
            },
        )
}

fn any_policy() -> impl Strategy<Value = Policy> {
    any::<(bool, bool)>().prop_map(|(user_cpucfg, user_hypercall)| Policy {
        user_cpucfg,
        user_hypercall,
    })
}

proptest! {
    // When an exit may be left to the kernel, the guest must not be able to tell.
    #[test]
    fn the_kernel_agrees_where_it_is_said_to(args in any_call(), policy in any_policy()) {
        match hypercall::handle(args, policy) {
            Outcome::Retire(answer) if answer.kernel_agrees => {
                let (rd, value, ids) = reference::kernel_hypercall(&args).unwrap();
                prop_assert_eq!((answer.rd.index(), answer.value), (rd, value));
                prop_assert!(ids.is_empty());
            }
            Outcome::Multicast(all) => {
                let (_, value, ids) = reference::kernel_hypercall(&args).unwrap();
                prop_assert_eq!(value, 0);
                prop_assert!(all.map(|id| id.get()).eq(ids));
            }
            Outcome::Kernel => {
                let answer = reference::kernel_hypercall(&args);
                // Nothing that is left to the kernel unasked may send.
                prop_assert!(answer.is_none_or(|(_, value, ids)| value != 0 && ids.is_empty()));
            }
            Outcome::Retire(_) => {}
            Outcome::Ipi(..) | Outcome::Inject(_) => {
                prop_assert!(false, "a hypercall has no use for it");
            }
        }
    }

    #[test]
    fn users_are_denied(
        args in any_call(),
        call in prop_oneof![Just(Hypercall::Service), Just(Hypercall::UserService)],
        plv in 1..4_u64,
        user_cpucfg: bool,
    ) {
        let args = hypercall::Args { call, plv: Plv::from_crmd(plv), ..args };
        let got = answer(hypercall::handle(args, Policy { user_cpucfg, user_hypercall: false }));
        prop_assert!(got.denied && !got.kernel_agrees);
        prop_assert_eq!(got.value, INVALID_CODE);
    }

    #[test]
    fn cpucfg_agrees_where_it_is_said_to(
        index in prop_oneof![0..32_u32, 0x3fff_fff0..0x4000_0110_u32, any::<u32>()],
        plv in 0..4_u64,
        features: u64,
        rd in 0..32_u32,
        policy in any_policy(),
    ) {
        let args = cpucfg::Args { rd: Gpr::from_insn(rd, 0), ..read(index, plv, features) };
        let got = answer(cpucfg_exit(args, policy));
        prop_assert!(got.value <= u64::from(u32::MAX));
        if got.kernel_agrees {
            let (rd, value, _) = reference::kernel_cpucfg(&args, model(index)).unwrap();
            prop_assert_eq!((got.rd.index(), got.value), (rd, value));
            prop_assert!(!got.denied);
        }
        if got.denied {
            prop_assert_eq!(got.value, 0);
        }
        // The kernel would store to r0's slot.
        prop_assert!(!got.rd.is_zero() || !got.kernel_agrees);
    }
}
