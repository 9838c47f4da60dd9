// SPDX-License-Identifier: GPL-2.0

//! Loads and stores of a guest that reach no memory, but perhaps a device. Pure.

#![forbid(unsafe_code)]

use crate::{
    insn,
    kvm::{
        abi::Gpr,
        access::{
            Load,
            Width, //
        }, //
    }, //
};

/// What the instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reads into a register.
    Load(Load),
    /// Writes so many bits of a register.
    Store(Gpr, Width),
}

/// Decodes an instruction; [`None`] if it is none that can be carried out here.
///
/// LoongArch Reference Manual, Volume 1, "Table of Instruction Encoding". `ld`, `st` and `ldx`,
/// `stx` have four bits that say what they do, in different places; `ldptr` and `stptr` have two.
pub(crate) const fn decode(word: u32) -> Option<Access> {
    let rd = insn::rd(word);
    let what = if word >> 26 == LD {
        word >> 22
    } else if word >> 22 == LDX && word >> 15 & 7 == 0 {
        word >> 18
    } else if word >> 26 == LDPTR {
        let width = Width::from_log2(2 | word >> 25 & 1);
        return Some(if word & 1 << 24 == 0 {
            load(rd, width, true)
        } else {
            Access::Store(rd, width)
        });
    } else {
        return None;
    } & 0xf;
    let width = Width::from_log2(what);
    match what {
        0..=3 => Some(load(rd, width, true)),
        4..=7 => Some(Access::Store(rd, width)),
        8..=10 => Some(load(rd, width, false)),
        // Prefetches, and loads and stores of the FPU.
        _ => None,
    }
}

/// Bits 31 to 26 of `ld` and `st`.
const LD: u32 = 0x0a;
/// Bits 31 to 26 of `ldptr` and `stptr`.
const LDPTR: u32 = 0x09;
/// Bits 31 to 22 of `ldx` and `stx`.
const LDX: u32 = 0xe0;

const fn load(rd: Gpr, width: Width, signed: bool) -> Access {
    Access::Load(Load { rd, width, signed })
}
