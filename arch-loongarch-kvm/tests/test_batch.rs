// SPDX-License-Identifier: GPL-2.0

//! Packing of physical CPUIDs into windows, compared with a model that does no bit arithmetic.

use crate::batch::{Batch, IDS};
use crate::smp::window::Window;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Number of random sets in `a_million_random_sets`.
const SETS: u32 = 1_000_000;

fn pack(ids: impl IntoIterator<Item = u32>) -> Vec<Window> {
    let mut batch = Batch::new(0, 0);
    for id in ids {
        assert!(batch.insert(id));
    }
    batch.collect()
}

/// The IDs that a hypercall with these arguments reaches, as the host reads them.
fn ids(window: Window) -> Vec<u32> {
    let bitmap = u128::from(window.high()) << 64 | u128::from(window.low());
    (0..128)
        .filter(|bit| bitmap >> bit & 1 == 1)
        .map(|bit| window.min() + bit)
        .collect()
}

/// The fewest windows of 128 IDs that cover a rising list: of all ways to cut it into runs that
/// fit, the one with the fewest runs. Tries every last run; no greed.
fn fewest(sorted: &[u32]) -> usize {
    let mut best = vec![0_usize; sorted.len() + 1];
    for end in 1..=sorted.len() {
        best[end] = (0..end)
            .rev()
            .take_while(|start| sorted[end - 1] - sorted[*start] < 128)
            .map(|start| best[start] + 1)
            .min()
            .unwrap();
    }
    best[sorted.len()]
}

/// Checks everything that is promised about a set, given in any order.
fn check(unsorted: &[u32]) {
    let expected: BTreeSet<u32> = unsorted.iter().copied().collect();
    let sorted: Vec<u32> = expected.iter().copied().collect();
    let windows = pack(unsorted.iter().copied());

    let reached: Vec<u32> = windows.iter().flat_map(|w| ids(*w)).collect();
    assert_eq!(reached, sorted, "each ID once, none made up");
    assert_eq!(windows.len(), fewest(&sorted), "{sorted:?}");
    for window in windows {
        assert_eq!(window.low() & 1, 1, "the lowest ID is in its window");
        for id in 0..IDS + 200 {
            assert_eq!(window.contains(id), ids(window).contains(&id), "{id}");
        }
    }
}

proptest! {
    #[test]
    fn any_set_in_any_order(set in prop::collection::vec(0..IDS, 0..300)) {
        check(&set);
    }

    #[test]
    fn ids_past_the_end_find_no_room(id in IDS..) {
        prop_assert!(!Batch::new(0, 0).insert(id));
    }
}

/// A fast generator, so that a million sets take seconds (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u32) -> u32 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u32
    }
}

/// Maps from logical to physical numbers that firmware is free to choose.
fn id_map(random: &mut Random, cpus: u32) -> Vec<u32> {
    let stride = [1, 2, 127, 128, 129, 7][random.below(6) as usize];
    let mut map: Vec<u32> = match random.below(5) {
        // As they come, from anywhere.
        0 => {
            let base = random.below(IDS);
            (0..cpus).map(|cpu| base + cpu).collect()
        }
        // Descending.
        1 => (0..cpus).rev().collect(),
        // Interleaved: two packages in turn.
        2 => (0..cpus).map(|cpu| cpu / 2 + cpu % 2 * 128).collect(),
        // With gaps.
        3 => (0..cpus).map(|cpu| cpu * stride).collect(),
        // No order at all.
        _ => (0..cpus).map(|_| random.below(IDS)).collect(),
    };
    map.retain(|id| *id < IDS);
    map
}

#[test]
fn a_million_random_sets() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut windows_seen = 0_u64;
    for _ in 0..SETS {
        let cpus = 1 + random.below(64);
        let map = id_map(&mut random, cpus);
        let mask = random.next()
            & if random.below(2) == 0 {
                random.next()
            } else {
                u64::MAX
            };
        let mut set: Vec<u32> = map
            .iter()
            .enumerate()
            .filter(|(cpu, _)| mask >> cpu & 1 == 1)
            .map(|(_, id)| *id)
            .collect();
        let windows = pack(set.iter().copied());
        set.sort_unstable();
        set.dedup();
        assert!(windows.iter().flat_map(|w| ids(*w)).eq(set.iter().copied()));
        assert_eq!(windows.len(), fewest(&set), "{set:?}");
        windows_seen += windows.len() as u64;
    }
    assert!(windows_seen > u64::from(SETS));
}

#[test]
fn every_order_that_the_c_code_dislikes() {
    // In rising and falling order the C sender needs one and up to one call for each CPU.
    check(&(0..256).collect::<Vec<_>>());
    check(&(0..256).rev().collect::<Vec<_>>());
    check(&(0..128).map(|i| i / 2 + i % 2 * 128).collect::<Vec<_>>());
    assert_eq!(pack((0..256).rev()).len(), 2);
    assert_eq!(pack((0..128).map(|i| i / 2 + i % 2 * 64)).len(), 1);
    // A low ID between two halves of a window.
    assert_eq!(pack([100, 227, 99]).len(), 2);
    assert_eq!(pack([100, 227]).len(), 1);
}

#[test]
fn starts_with_the_bits_of_a_window() {
    let mut batch = Batch::new(1 << 5, 1 << 63);
    assert!(batch.insert(200));
    let reached: Vec<u32> = batch.flat_map(ids).collect();
    assert_eq!(reached, [5, 127, 200]);
}

#[test]
fn gaps_around_the_width_of_a_window() {
    for base in [0, 1, 63, 64, 65, 127, 128, 700] {
        for (gap, windows) in [(126, 1), (127, 1), (128, 2), (129, 2)] {
            assert_eq!(pack([base, base + gap]).len(), windows, "{base} + {gap}");
            assert_eq!(pack([base + gap, base]).len(), windows, "{base} + {gap}");
        }
    }
}

#[test]
fn the_ends_of_the_ids() {
    check(&[0, IDS - 1]);
    check(&(IDS - 130..IDS).collect::<Vec<_>>());
    assert_eq!(pack(0..IDS).len(), IDS as usize / 128);
    assert_eq!(pack([]).len(), 0);
}

#[test]
fn a_window_contains_nothing_that_wraps() {
    let window = Window::new(200, u64::MAX, u64::MAX);
    for id in [0, 199, 328, u32::MAX, u32::MAX - 100] {
        assert!(!window.contains(id), "{id}");
    }
    assert!(window.contains(200) && window.contains(327));
    assert_eq!(ids(Window::EMPTY), []);
    assert!(!Window::EMPTY.contains(0));
}
