// SPDX-License-Identifier: GPL-2.0

//! IOCSR instructions of every width. Pure.

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

/// What the instruction does. The address is in rj.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// `iocsrrd.{b,h,w,d}`: reads, with the sign.
    Read(Load),
    /// `iocsrwr.{b,h,w,d}`: writes so many bits of a register.
    Write(Gpr, Width),
}

/// Decodes an instruction, if it is one of these: bits 31 to 13 are theirs, bit 12 says that it
/// writes, and the two below are the width.
#[inline(always)]
pub(crate) const fn decode(word: u32) -> Option<Access> {
    if word >> 13 != insn::IOCSR << 2 {
        return None;
    }
    let (rd, width) = (insn::rd(word), Width::from_log2(word >> 10));
    Some(if word & 1 << 12 == 0 {
        Access::Read(Load {
            rd,
            width,
            signed: true,
        })
    } else {
        Access::Write(rd, width)
    })
}
