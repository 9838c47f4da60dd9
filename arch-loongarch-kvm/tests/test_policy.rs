// SPDX-License-Identifier: GPL-2.0

//! The privilege table, row by row.

use crate::kvm::abi::{CpucfgRange, Hypercall, Plv};
use crate::policy::Policy;

const STRICT: Policy = Policy {
    user_cpucfg: false,
    user_hypercall: false,
};
const OPEN: Policy = Policy {
    user_cpucfg: true,
    user_hypercall: true,
};

#[test]
fn hypercalls() {
    use Hypercall::*;
    for plv in 0..4 {
        let kernel = plv == 0;
        let plv = Plv::from_crmd(plv);
        for (call, strict) in [
            (Service, kernel),
            (UserService, kernel),
            (HypervisorId, true),
            (SwDebug, true),
            (Unknown, true),
        ] {
            assert_eq!(
                STRICT.allows_hypercall(plv, call),
                strict,
                "{call:?} at {plv:?}"
            );
            assert!(OPEN.allows_hypercall(plv, call), "{call:?} at {plv:?}");
        }
    }
}

#[test]
fn cpucfg() {
    let base = CpucfgRange::BASE;
    for plv in 0..4 {
        let kernel = plv == 0;
        let plv = Plv::from_crmd(plv);
        for index in base..base + CpucfgRange::SIZE {
            assert_eq!(STRICT.allows_cpucfg(plv, index), kernel);
            assert!(OPEN.allows_cpucfg(plv, index));
        }
        for index in [0, 1, 20, 21, base - 1, base + CpucfgRange::SIZE, u32::MAX] {
            assert!(
                STRICT.allows_cpucfg(plv, index),
                "{index:#x} is not the hypervisor's"
            );
        }
    }
}

#[test]
fn each_switch_is_its_own() {
    let user = Plv::from_crmd(3);
    let cpucfg_only = Policy {
        user_cpucfg: true,
        ..STRICT
    };
    let hypercall_only = Policy {
        user_hypercall: true,
        ..STRICT
    };
    assert!(cpucfg_only.allows_cpucfg(user, CpucfgRange::BASE));
    assert!(!cpucfg_only.allows_hypercall(user, Hypercall::Service));
    assert!(!hypercall_only.allows_cpucfg(user, CpucfgRange::BASE));
    assert!(hypercall_only.allows_hypercall(user, Hypercall::Service));
}

#[test]
fn plv_is_two_bits() {
    assert!(Plv::from_crmd(!3).is_kernel());
    assert!(!Plv::from_crmd(u64::MAX).is_kernel());
    assert!(!Plv::from_crmd(0xb1).is_kernel());
}
