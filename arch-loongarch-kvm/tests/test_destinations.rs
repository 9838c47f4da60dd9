// SPDX-License-Identifier: GPL-2.0

//! Bitmap and ID arithmetic of the IPI call.

use crate::kvm::abi::MAX_PHYS_CPUID;
use crate::kvm::phys_cpuid::{Destinations, PhysCpuid};
use proptest::prelude::*;

fn ids(low: u64, high: u64, min: u64) -> Option<Vec<u32>> {
    Destinations::new(low, high, min).map(|d| d.map(PhysCpuid::get).collect())
}

/// The same, without any of the arithmetic under test.
fn naive(low: u64, high: u64, min: u64) -> Option<Vec<u32>> {
    if min >= 256 {
        return None;
    }
    let mut ids = vec![];
    for bit in 0..128_u64 {
        let word = if bit < 64 { low } else { high };
        if word >> (bit % 64) & 1 == 1 && min + bit < 256 {
            ids.push((min + bit) as u32);
        }
    }
    Some(ids)
}

/// Lowest IDs around every bound, besides arbitrary ones.
fn any_min() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..260_u64,
        any::<u64>(),
        Just(u64::MAX),
        Just(1 << 31),
        Just(1 << 32),
        (0..260_u64).prop_map(|n| n << 32),
        (0..260_u64).prop_map(|n| (1 << 32) - n),
        (0..260_u64).prop_map(|n| u64::MAX - n),
    ]
}

proptest! {
    #[test]
    fn agrees_with_the_naive_walk(low: u64, high: u64, min in any_min()) {
        prop_assert_eq!(ids(low, high, min), naive(low, high, min));
    }

    #[test]
    fn every_id_is_one(low: u64, high: u64, min in any_min()) {
        for id in ids(low, high, min).unwrap_or_default() {
            prop_assert!(id < MAX_PHYS_CPUID);
        }
    }

    #[test]
    fn nothing_is_lost_or_made(low: u64, high: u64, min in 0..256_u64) {
        let all = Destinations::new(low, high, min).unwrap();
        let bits = low.count_ones() + high.count_ones();
        prop_assert_eq!(all.count() as u32 + all.outside(), bits);
    }

    #[test]
    fn rises_and_never_goes_below_the_lowest(low: u64, high: u64, min in 0..256_u64) {
        let ids = ids(low, high, min).unwrap();
        prop_assert!(ids.windows(2).all(|w| w[0] < w[1]));
        prop_assert!(ids.first().is_none_or(|id| u64::from(*id) >= min));
    }

    #[test]
    fn phys_cpuid_takes_64_bits(value: u64) {
        prop_assert_eq!(PhysCpuid::new(value).is_some(), value < 256);
    }
}

#[test]
fn single_bits_at_the_word_boundary() {
    for (bit, low, high) in [(0, 1, 0), (63, 1 << 63, 0), (64, 0, 1), (127, 0, 1 << 63)] {
        assert_eq!(ids(low, high, 0), Some(vec![bit]));
        assert_eq!(ids(low, high, 128), Some(vec![bit + 128]));
    }
}

#[test]
fn full_bitmap_at_the_end_of_the_ids() {
    for min in [127, 128, 129, 191, 192, 193, 254, 255] {
        let all = Destinations::new(u64::MAX, u64::MAX, min).unwrap();
        assert_eq!(
            all.outside(),
            128_u32.saturating_sub(256 - min as u32),
            "min {min}"
        );
        assert_eq!(
            all.last().unwrap().get(),
            (min as u32 + 127).min(255),
            "min {min}"
        );
    }
}

// CVE-2026-31558: an ID of 0x80000000 or more became a negative index into the map.
// x86 CVE-2024-58083: a bad ID, clamped, stood for vCPU 0.
#[test]
fn bad_lowest_ids_reach_nobody() {
    let bad = [
        256,
        257,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ff80,
        0xffff_ffff,
        1 << 32,
        1 << 63,
    ];
    for min in bad
        .into_iter()
        .chain([u64::MAX, u64::MAX - 1, (1 << 32) + 5])
    {
        assert_eq!(ids(u64::MAX, u64::MAX, min), None, "min {min:#x}");
        assert_eq!(ids(2, 0, min), None, "min {min:#x}");
    }
}

#[test]
fn empty_is_not_bad() {
    assert_eq!(ids(0, 0, 0), Some(vec![]));
    assert_eq!(ids(0, 0, 255), Some(vec![]));
}
