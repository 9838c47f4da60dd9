// SPDX-License-Identifier: GPL-2.0

//! What a vCPU that has gone to its VMM waits for, and what is done with the answer. Pure.
//!
//! `kvm_run` is the VMM's too: register, width and kind of an access are not read from there
//! again. An answer is used once; a VMM that enters with `immediate_exit`, and then once more, or
//! that names an exit that there was none of, moves nothing.

#![forbid(unsafe_code)]

use crate::kvm::{
    abi::Gpr,
    access::{
        Load,
        Width, //
    }, //
};

/// What the VMM's answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// There is none to come.
    Nothing,
    /// A load.
    Mmio(Load),
    /// A read of an IOCSR.
    Iocsr(Load),
    /// A call.
    Call,
}

/// As part of such a word: eight bits.
const fn pack(load: Load) -> u32 {
    // CAST: Below 32, and false or true.
    load.rd.index() as u32 | (load.width as u32) << 5 | (load.signed as u32) << 7
}

const fn unpack(word: u32) -> Load {
    Load {
        rd: Gpr::from_insn(word, 0),
        width: Width::from_log2(word >> 5),
        signed: word & 0x80 != 0,
    }
}

impl Waiting {
    /// As one word, which `vcpu->arch.io_gpr` has room for. Of [`Waiting::Nothing`] it is 0, as
    /// in a new vCPU.
    pub(crate) const fn pack(self) -> u32 {
        match self {
            Self::Nothing => 0,
            Self::Mmio(load) => 1 << 8 | pack(load),
            Self::Iocsr(load) => 2 << 8 | pack(load),
            Self::Call => 3 << 8,
        }
    }

    /// The reverse.
    pub(crate) const fn unpack(word: u32) -> Self {
        match word >> 8 {
            1 => Self::Mmio(unpack(word)),
            2 => Self::Iocsr(unpack(word)),
            3 => Self::Call,
            _ => Self::Nothing,
        }
    }
}
