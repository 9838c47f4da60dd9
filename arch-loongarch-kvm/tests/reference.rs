// SPDX-License-Identifier: GPL-2.0

//! What the kernel's C handlers do, written down a second time and naively: the yardstick for
//! `Retire::kernel_agrees`, the promise that an exit may be left to them.

use crate::kvm::abi::{Gpr, Hypercall, PvFeatures};
use crate::{cpucfg, hypercall};
use std::collections::BTreeSet;

/// A register write and the destinations of IPIs; [`None`] if the exit goes to user space or
/// needs the kernel's state.
pub(crate) type Answer = Option<(usize, u64, BTreeSet<u32>)>;

/// `kvm_handle_hypercall()`.
pub(crate) fn kernel_hypercall(args: &hypercall::Args) -> Answer {
    let a0 = Gpr::A0.index();
    let invalid = Some((a0, -1_i64 as u64, BTreeSet::new()));
    match args.call {
        Hypercall::Service => match args.a0 {
            1 if args.features.has(PvFeatures::IPI) => {
                Some((a0, 0, kernel_destinations(args.a1, args.a2, args.a3)))
            }
            2 if args.features.has(PvFeatures::STEAL_TIME) => None,
            _ => invalid,
        },
        Hypercall::UserService if !args.features.has(PvFeatures::USER_HCALL) => invalid,
        Hypercall::UserService | Hypercall::SwDebug => None,
        Hypercall::HypervisorId | Hypercall::Unknown => invalid,
    }
}

/// `kvm_send_pv_ipi()`: the lowest ID is cut to 32 bits, and adding to it wraps.
pub(crate) fn kernel_destinations(low: u64, high: u64, min: u64) -> BTreeSet<u32> {
    let bits = u128::from(high) << 64 | u128::from(low);
    (0..128_u32)
        .filter(|bit| bits >> bit & 1 != 0)
        .map(|bit| (min as u32).wrapping_add(bit))
        .filter(|id| *id < 256)
        .collect()
}

/// `kvm_emu_cpucfg()`.
pub(crate) fn kernel_cpucfg(args: &cpucfg::Args) -> Answer {
    let word = match args.index {
        0..=20 => args.model.unwrap(),
        0x4000_0000 => 0x004d_564b,
        0x4000_0004 => args.features.guest_word(),
        _ => 0,
    };
    Some((args.rd.index(), u64::from(word), BTreeSet::new()))
}
