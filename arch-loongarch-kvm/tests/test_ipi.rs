// SPDX-License-Identifier: GPL-2.0

//! The IPI controller, against what the kernel's does and against what a guest counts on.

use crate::ipi_controller::{read, read_any, write, write_any};
use crate::kvm::abi::Gpr;
use crate::kvm::access::{Load, Width};
use crate::kvm::event::Event;
use crate::kvm::ipi_state::{Access, Read, Update};
use crate::kvm::ipi_status::{Change, Line};
use crate::kvm::kind::Kind;
use crate::kvm::phys_cpuid::PhysCpuid;
use crate::model::Model;
use crate::outcome::{finish, Outcome, Resume, Stat};
use proptest::prelude::*;

const STATUS: u32 = 0x1000;
const ENABLE: u32 = 0x1004;
const SET: u32 = 0x1008;
const CLEAR: u32 = 0x100c;
const SEND: u32 = 0x1040;

fn any_change() -> impl Strategy<Value = Change> {
    let bits = prop_oneof![
        Just(0_u32),
        (0..32_u32).prop_map(|bit| 1 << bit),
        any::<u32>()
    ];
    (any::<bool>(), bits).prop_map(|(set, bits)| match set {
        true => Change::Set(bits),
        false => Change::Clear(bits),
    })
}

fn any_access() -> impl Strategy<Value = Access> {
    prop_oneof![
        Just(Access::ReadStatus),
        Just(Access::ReadEnable),
        any::<u32>().prop_map(Access::WriteEnable),
        any_change().prop_map(Access::Own),
        (0..256_u64, any_change())
            .prop_map(|(id, change)| Access::Other(PhysCpuid::new(id).unwrap(), change)),
        any_change().prop_map(|change| Access::OwnState(Update::Status(change))),
        (0..256_u64, any_change()).prop_map(|(id, change)| {
            Access::OtherState(PhysCpuid::new(id).unwrap(), Update::Status(change))
        }),
        Just(Access::ReadZero),
        Just(Access::WriteNothing),
    ]
}

proptest! {
    // The line is up while a bit is set, whatever happens in whatever order.
    #[test]
    fn the_line_follows_the_word(changes in proptest::collection::vec(any_change(), 0..100)) {
        let (mut status, mut up) = (0_u32, false);
        for change in changes {
            let before = status;
            let line;
            (status, line) = change.apply(status);
            prop_assert_eq!(status, match change {
                Change::Set(bits) => before | bits,
                Change::Clear(bits) => before & !bits,
            });
            match line {
                Line::Keep => {}
                // Never raised twice: KVM's words for it hold one.
                Line::Raise => prop_assert!(!std::mem::replace(&mut up, true)),
                Line::Lower => up = false,
            }
            prop_assert_eq!(up, status != 0);
        }
    }

    #[test]
    fn send(value: u32) {
        let expected = match u64::from(value >> 16) & 0x3ff {
            id @ 0..=255 => Access::Other(
                PhysCpuid::new(id).unwrap(),
                Change::Set(1 << (value & 0x1f)),
            ),
            _ => Access::WriteNothing,
        };
        prop_assert_eq!(write(SEND, value), Some(expected));
    }

    #[test]
    fn other_addresses_are_the_kernels(address: u32, value: u32) {
        prop_assume!(![STATUS, ENABLE, SET, CLEAR, SEND].contains(&address));
        prop_assert_eq!((read(address), write(address, value)), (None, None));
    }

    // Done here: registers, PC and statistics once each. Left to the kernel: nothing of it.
    #[test]
    fn done_once_or_not_at_all(
        access in any_access(),
        rd in 0..32_u32,
        ipi: Option<u64>,
        must_yield: bool,
        owed: bool,
    ) {
        let before = Model { ipi, must_yield, owed, ..Model::new() };
        let mut vcpu = before.clone();
        let outcome = Outcome::Ipi(
            access,
            Load {
                rd: Gpr::from_insn(rd, 0),
                width: Width::Word,
                signed: true,
            },
            Stat::IpiRead,
        );
        let resume = finish(&mut vcpu, Kind::Ipi, outcome);
        let stepped = vcpu.pc.wrapping_sub(before.pc);

        match ipi {
            Some(word) if !must_yield => {
                prop_assert_eq!(&vcpu.accesses, &vec![access]);
                prop_assert_eq!(&vcpu.stats, &vec![Stat::IpiRead]);
                let value = if rd == 0 { 0 } else { i64::from(word as i32) as u64 };
                prop_assert_eq!(vcpu.gprs[rd as usize], value);
                prop_assert_eq!((stepped, vcpu.done), (4, u32::from(owed)));
                prop_assert_eq!(resume == Resume::Guest, !owed);
            }
            _ => {
                prop_assert!(vcpu.accesses.is_empty() && vcpu.stats.is_empty());
                prop_assert_eq!((vcpu.gprs, stepped), (before.gprs, 0));
                // Made again by the guest where the kernel might lose an IPI.
                let clears = matches!(
                    access,
                    Access::Own(Change::Clear(_)) | Access::OwnState(Update::Status(Change::Clear(_)))
                );
                let again = !must_yield && clears;
                prop_assert_eq!(resume == Resume::Guest, again && !owed);
                prop_assert_eq!(vcpu.done == 1, again && owed);
            }
        }
        prop_assert_eq!(
            vcpu.counted(Event::Fast(Kind::Ipi)) + vcpu.counted(Event::Slow(Kind::Ipi)),
            1
        );
    }
}

#[test]
fn registers() {
    assert_eq!(read(STATUS), Some(Access::ReadStatus));
    assert_eq!(read(ENABLE), Some(Access::ReadEnable));
    assert_eq!(read(SET), Some(Access::ReadZero));
    assert_eq!(read(CLEAR), Some(Access::ReadZero));
    assert_eq!(read(SEND), None);
    assert_eq!(write(STATUS, 1), Some(Access::WriteNothing));
    assert_eq!(write(ENABLE, 7), Some(Access::WriteEnable(7)));
    assert_eq!(write(SET, 6), Some(Access::Own(Change::Set(6))));
    assert_eq!(write(CLEAR, 5), Some(Access::Own(Change::Clear(5))));
}

proptest! {
    // A word of what a running guest uses is decoded twice, to the same.
    #[test]
    fn both_decoders_agree(offset in 0..0x160_u32, value: u32) {
        let address = STATUS + offset;
        let what = |access| match access {
            Access::ReadStatus => Some(Access::ReadState(Read::Status)),
            Access::ReadEnable => Some(Access::ReadState(Read::Enable)),
            Access::ReadZero => Some(Access::ReadState(Read::Zero)),
            Access::WriteEnable(word) => Some(Access::OwnState(Update::Enable(word))),
            Access::Own(change) => Some(Access::OwnState(Update::Status(change))),
            Access::Other(id, change) => Some(Access::OtherState(id, Update::Status(change))),
            other => Some(other),
        };
        if let Some(access) = read(address) {
            prop_assert_eq!(read_any(address, Width::Word), what(access));
        }
        match write(address, value) {
            // To nobody: the kernel has a word on it.
            Some(Access::WriteNothing) | None => {}
            Some(access) => {
                prop_assert_eq!(write_any(address, Width::Word, u64::from(value)), what(access));
            }
        }
    }

    // What is left to the kernel: it takes all of rd where less is written, and ANY_SEND.
    #[test]
    fn some_writes_are_the_kernels(value: u64) {
        for address in [ENABLE, SET, CLEAR, SEND] {
            for width in [Width::Byte, Width::Half] {
                prop_assert_eq!(write_any(address, width, value), None);
            }
        }
        for width in [Width::Byte, Width::Half, Width::Word] {
            prop_assert_eq!(write_any(STATUS + 0x48, width, value), None);
        }
        prop_assert_eq!(write_any(STATUS + 0x158, Width::Double, value), None);
    }
}
