// SPDX-License-Identifier: GPL-2.0

//! All registers of the IPI controller, against a model that keeps bytes.

use crate::bytes::{self, Bytes};
use crate::ipi_registers::{read, write, BusWrite, Write};
use crate::kvm::access::Width;
use crate::kvm::ipi_state::{Read, State, Update};
use crate::kvm::ipi_status::{Change, Line};
use crate::kvm::phys_cpuid::PhysCpuid;
use proptest::prelude::*;

const WIDTHS: [Width; 4] = [Width::Byte, Width::Half, Width::Word, Width::Double];

fn any_offset() -> impl Strategy<Value = u32> {
    prop_oneof![
        prop::sample::select(vec![0x0_u32, 0x4, 0x8, 0xc, 0x40, 0x48, 0x158]),
        0x20..0x40_u32,
        0..0x160_u32,
        any::<u32>(),
    ]
}

/// Values that name the vCPU of the model often enough.
fn any_value() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        any::<u64>().prop_map(|value| value & !(0x3ff << 16) | 5 << 16),
        (0..64_u32).prop_map(|bit| 1 << bit),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    // Any accesses in any order: same answers, same state, and the line is up while a bit is set.
    #[test]
    fn as_bytes_would(
        accesses in prop::collection::vec(
            (any::<bool>(), any_offset(), prop::sample::select(&WIDTHS[..]), any_value()),
            0..60,
        ),
    ) {
        let (mut state, mut bytes, mut up) = (State::default(), Bytes::new(5), false);
        for (is_write, offset, width, value) in accesses {
            if !is_write {
                prop_assert_eq!(state.get(read(offset, width)), bytes.read(offset, width));
                continue;
            }
            bytes::write(std::slice::from_mut(&mut bytes), 0, offset, width, value);
            let line = match write(offset, width, value) {
                Write::Own(update) => state.update(update),
                Write::Other(id, update) if id.get() == 5 => state.update(update),
                _ => Line::Keep,
            };
            match line {
                Line::Raise => up = true,
                Line::Lower => up = false,
                Line::Keep => {}
            }
            prop_assert_eq!(up, bytes.up);
            prop_assert_eq!(state.status, bytes.status);
            prop_assert_eq!(state.enable, bytes.enable);
            for (at, byte) in bytes.mail.iter().enumerate() {
                let got = state.get(read(0x20 + at as u32, Width::Byte));
                prop_assert_eq!(got, u64::from(*byte));
            }
        }
    }

    // ANY_SEND merges as intc/ipi.c does, but with no bit from beyond the word.
    #[test]
    fn any_send_names_a_word_and_bytes_that_stay(
        id in 0..256_u64, address in any::<u16>(), keep in 0..16_u64, data in any::<u32>(),
        old in any::<u32>(),
    ) {
        let value = u64::from(data) << 32 | keep << 27 | id << 16 | u64::from(address);
        let Write::Bus(target, BusWrite { address: at, kept, value: new }) =
            write(0x158, Width::Double, value)
        else {
            return Err(TestCaseError::fail("not for the bus"));
        };
        prop_assert_eq!((u64::from(target.get()), at), (id, address));
        let merged = (old & kept | new).to_le_bytes();
        for byte in 0..4 {
            let from = if keep >> byte & 1 != 0 { old } else { data };
            prop_assert_eq!(merged[byte], from.to_le_bytes()[byte]);
        }
        prop_assert_eq!(kept == 0, keep == 0);
    }

    // An ID that no VM can have reaches nobody, least of all vCPU 0.
    #[test]
    fn ids_are_bounded(id in 256..1024_u64, rest in any::<u64>(), width in prop::sample::select(&WIDTHS[2..])) {
        let value = rest & !(0x3ff << 16) | id << 16;
        for offset in [0x40, 0x48, 0x158] {
            prop_assert_eq!(write(offset, width, value), Write::Unknown);
        }
    }
}

#[test]
fn rows() {
    let own = |update| Write::Own(update);
    let five = PhysCpuid::new(5).unwrap();
    for width in WIDTHS {
        // Two words at an odd one are not aligned.
        let odd = width == Width::Double;
        assert_eq!(read(0x0, width), Read::Status);
        assert_eq!(
            read(0x4, width),
            if odd { Read::Unknown } else { Read::Enable }
        );
        assert_eq!(read(0x8, width), Read::Zero);
        assert_eq!(
            read(0xc, width),
            if odd { Read::Unknown } else { Read::Zero }
        );
        assert_eq!(write(0x0, width, u64::MAX), Write::Nothing);
        // Beside and between the registers, and the ones that can only be written.
        for offset in [
            0x1,
            0x10,
            0x1f,
            0x40,
            0x44,
            0x48,
            0x50,
            0x158,
            0x15c,
            0x160,
            u32::MAX,
        ] {
            assert_eq!(read(offset, width), Read::Unknown, "{offset:#x}");
        }
        for offset in [
            0x1,
            0x10,
            0x1f,
            0x41,
            0x44,
            0x50,
            0x154,
            0x15c,
            0x160,
            u32::MAX,
        ] {
            assert_eq!(write(offset, width, 1), Write::Unknown, "{offset:#x}");
        }
        // CAST: A word is what status has.
        let ones = width.mask() as u32;
        assert_eq!(
            write(0x8, width, u64::MAX),
            own(Update::Status(Change::Set(ones)))
        );
        let clear = own(Update::Status(Change::Clear(ones)));
        assert_eq!(
            write(0xc, width, u64::MAX),
            if odd { Write::Unknown } else { clear }
        );
    }
    let sent = Update::Status(Change::Set(1 << 31));
    assert_eq!(
        write(0x40, Width::Word, 5 << 16 | 31),
        Write::Other(five, sent)
    );
    // The last byte is reached by a byte, and by nothing wider.
    assert!(matches!(read(0x3f, Width::Byte), Read::Mail(_)));
    for width in &WIDTHS[1..] {
        assert_eq!(read(0x3f, *width), Read::Unknown);
        assert_eq!(write(0x3f, *width, 0), Write::Unknown);
    }
}
