// SPDX-License-Identifier: GPL-2.0

//! The IPI service: SWI0 to up to 128 vCPUs in one call. Pure.

#![forbid(unsafe_code)]

use super::{
    result,
    Args, //
};
use crate::{
    kvm::{
        abi::HcallReturn,
        phys_cpuid::Destinations, //
    },
    outcome::{
        Outcome,
        Retire,
        Stat, //
    },
};

/// Reads the bitmap (a1, a2) and its lowest physical CPUID (a3, all 64 bits).
///
/// The kernel cuts a3 to 32 bits and adds modulo 2^32, so a high a3 can come round to vCPU 0, and
/// it reports success. Here such a call is a bad parameter and sends nothing.
pub(crate) fn handle(args: Args) -> Outcome {
    match Destinations::new(args.a1, args.a2, args.a3) {
        Some(destinations) => Outcome::Multicast(destinations),
        None => Outcome::Retire(Retire {
            kernel_agrees: false,
            ..result(HcallReturn::InvalidParameter, Stat::Hypercall)
        }),
    }
}
