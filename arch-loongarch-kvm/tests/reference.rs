// SPDX-License-Identifier: GPL-2.0

//! What the kernel's C handlers do, written down a second time and naively: the yardstick for
//! `Retire::kernel_agrees`, the promise that an exit may be left to them.

use crate::kvm::abi::{Gpr, Hypercall, PvFeatures};
use crate::kvm::access::{Load, Width};
use crate::slow::mmio;
use crate::{cpucfg, hypercall, iocsr};
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

/// `kvm_emu_cpucfg()`; a model has a word for each of the first indices.
pub(crate) fn kernel_cpucfg(args: &cpucfg::Args, model: Option<u32>) -> Answer {
    let word = match args.index {
        0..=20 => model.unwrap(),
        0x4000_0000 => 0x004d_564b,
        0x4000_0004 => args.features.guest_word(),
        _ => 0,
    };
    Some((args.rd.index(), u64::from(word), BTreeSet::new()))
}

fn width(bytes: u32) -> Width {
    match bytes {
        1 => Width::Byte,
        2 => Width::Half,
        4 => Width::Word,
        _ => Width::Double,
    }
}

pub(crate) fn load(rd: u32, bytes: u32, signed: bool) -> Load {
    Load {
        rd: Gpr::from_insn(rd, 0),
        width: width(bytes),
        signed,
    }
}

/// `kvm_emu_mmio_read()` and `kvm_emu_mmio_write()`: opcodes as `asm/inst.h` has them.
pub(crate) fn kernel_mmio(word: u32) -> Option<mmio::Access> {
    let rd = word & 31;
    let read = |bytes, signed| Some(mmio::Access::Load(load(rd, bytes, signed)));
    let write = |bytes| Some(mmio::Access::Store(Gpr::from_insn(rd, 0), width(bytes)));
    match word >> 24 {
        0x24 => read(4, true),
        0x25 => write(4),
        0x26 => read(8, true),
        0x27 => write(8),
        0x28..=0x2a => match word >> 22 {
            0xa0 => read(1, true),
            0xa1 => read(2, true),
            0xa2 => read(4, true),
            0xa3 => read(8, true),
            0xa4 => write(1),
            0xa5 => write(2),
            0xa6 => write(4),
            0xa7 => write(8),
            0xa8 => read(1, false),
            0xa9 => read(2, false),
            0xaa => read(4, false),
            _ => None,
        },
        0x38 => match word >> 15 {
            0x7000 => read(1, true),
            0x7008 => read(2, true),
            0x7010 => read(4, true),
            0x7018 => read(8, true),
            0x7020 => write(1),
            0x7028 => write(2),
            0x7030 => write(4),
            0x7038 => write(8),
            0x7040 => read(1, false),
            0x7048 => read(2, false),
            0x7050 => read(4, false),
            _ => None,
        },
        _ => None,
    }
}

/// `kvm_emu_iocsr()`: iocsrrd.b is 0x19200, iocsrwr.d 0x19207.
pub(crate) fn kernel_iocsr(word: u32) -> Option<iocsr::Access> {
    let rd = word & 31;
    match word >> 10 {
        op @ 0x19200..=0x19203 => Some(iocsr::Access::Read(load(rd, 1 << (op & 3), true))),
        op @ 0x19204..=0x19207 => Some(iocsr::Access::Write(
            Gpr::from_insn(rd, 0),
            width(1 << (op & 3)),
        )),
        _ => None,
    }
}

/// `kvm_handle_csr()` for a CSR that is kept or not: what rd and the CSR become.
pub(crate) fn kernel_csr(
    rj: usize,
    value: u64,
    mask: u64,
    kept: Option<u64>,
) -> (u64, Option<u64>) {
    match (kept, rj) {
        (None, _) => (0, None),
        (Some(old), 0) => (old, None),
        (Some(old), 1) => (old, Some(value)),
        (Some(old), _) => (old, Some((old & !mask) | (value & mask))),
    }
}
