// SPDX-License-Identifier: GPL-2.0

//! Which addresses a function may load from, read from its instructions.

use crate::smp::action::{Action, Request};
use crate::smp::module::locate::loads;
use proptest::prelude::*;

const PC: u64 = 0x9000_0000_0024_9340;

/// The start of `arch_smp_send_reschedule()` in Debian's 7.2 kernel (GCC 16).
const DEBIAN: [u32; 10] = [
    0x0340_0000, // nop
    0x0340_0000, // nop
    0x1a02_ccac, // pcalau12i $t0, 5733
    0x02d5_e18c, // addi.d $t0, $t0, 1400
    0x28c8_218e, // ld.d $t2, $t0, 520
    0x1a00_000d, // pcalau12i $t1, 0
    0x02ed_01ad, // addi.d $t1, $t1, -1216
    0x5c00_65cd, // bne $t2, $t1, 100
    0x02ff_8063, // addi.d $sp, $sp, -32
    0x29c0_6061, // st.d $ra, $sp, 24
];

fn found(code: &[u32], pc: u64) -> Vec<u64> {
    loads(code, pc).collect()
}

#[test]
fn debians_function() {
    assert_eq!(found(&DEBIAN, PC), [0x9000_0000_018a_e780]);
}

#[test]
fn other_ways_to_load() {
    // pcalau12i $a2, 1; ld.d $a2, $a2, 8
    assert_eq!(found(&[0x1a00_0026, 0x28c0_20c6], 0x1ff0), [0x2008]);
    // pcalau12i $a2, -1; ld.d $a2, $a2, -8
    assert_eq!(found(&[0x1bff_ffe6, 0x28ff_e0c6], 0x5000), [0x3ff8]);
    // pcaddu12i $a2, 1; ldptr.d $a2, $a2, 8
    assert_eq!(found(&[0x1c00_0026, 0x2600_08c6], 0x1ff4), [0x2ffc]);
}

#[test]
fn a_register_is_forgotten_when_something_else_is_put_into_it() {
    // pcalau12i $t0; or $t0, $a0, $zero; ld.d $t2, $t0, 520
    assert_eq!(found(&[0x1a02_ccac, 0x0015_008c, 0x28c8_218e], PC), []);
    // What a load yields is not known: pcalau12i $t0; ld.d $t0, $t0, 0; ld.d $t0, $t0, 0
    let twice = [0x1a00_000c, 0x28c0_018c, 0x28c0_018c];
    assert_eq!(found(&twice, 0x1000), [0x1000]);
}

#[test]
fn nothing_is_found_in_nothing() {
    assert_eq!(found(&[], PC), []);
    assert_eq!(found(&[0x0340_0000; 32], PC), []);
}

proptest! {
    // Whatever the bytes are, there is an end to it, and no panic on the way.
    #[test]
    fn any_code(code in prop::collection::vec(any::<u32>(), 0..64), pc: u64) {
        prop_assert!(found(&code, pc & !3).len() <= code.len());
    }

    #[test]
    fn actions_are_the_four_that_travel(number: u32) {
        let action = Action::new(number);
        prop_assert_eq!(action.is_some(), (1..=4).contains(&number));
        prop_assert_eq!(Request::new(number).map(Request::bit), action.map(Action::bit));
        if let Some(action) = action {
            prop_assert_eq!(action.number(), number);
            prop_assert_eq!(action.bit(), 1 << number);
            prop_assert_eq!(action.row() as u32, number - 1);
        }
    }
}
