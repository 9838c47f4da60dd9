// SPDX-License-Identifier: GPL-2.0

//! Finds where a function loads pointers from, by reading its instructions. Pure.
//!
//! `mp_ops` is neither exported nor a name that the kernel would tell. The exported
//! `arch_smp_send_reschedule()` loads `mp_ops.send_ipi_single` and calls it, whatever compiler
//! built it. Every address that the function may load from is a candidate; what is stored there
//! decides which of them is the right one (`ops.rs`), so that a misread instruction can do no
//! harm.

#![forbid(unsafe_code)]

/// Instructions to be looked at.
pub(crate) const WINDOW: usize = 32;

/// An instruction that computes or uses an address.
enum Insn {
    /// `pcalau12i rd, si20`: page of PC, plus pages.
    Page { rd: usize, pages: i64 },
    /// `pcaddu12i rd, si20`: PC, plus pages.
    PcPages { rd: usize, pages: i64 },
    /// `addi.d rd, rj, si12`.
    Add { rd: usize, rj: usize, by: i64 },
    /// `ld.d rd, rj, si12` and `ldptr.d rd, rj, si14`, with the offset in bytes.
    Load { rd: usize, rj: usize, offset: i64 },
    /// Any other, which may write `rd`.
    Other { rd: usize },
}

/// The field of `width` bits from bit `low` of an instruction, sign-extended.
const fn signed(word: u32, low: u32, width: u32) -> i64 {
    let unused = 32_u32.wrapping_sub(width);
    let top = word.wrapping_shl(unused.wrapping_sub(low));
    (top as i32).wrapping_shr(unused) as i64
}

impl Insn {
    /// Decodes one word. Manual volume 1, "Table of Instruction Encoding".
    const fn decode(word: u32) -> Self {
        let rd = word as usize & 31;
        let rj = word.wrapping_shr(5) as usize & 31;
        match word.wrapping_shr(22) {
            0x00b => Self::Add {
                rd,
                rj,
                by: signed(word, 10, 12),
            },
            0x0a3 => Self::Load {
                rd,
                rj,
                offset: signed(word, 10, 12),
            },
            0x098..=0x09b => Self::Load {
                rd,
                rj,
                offset: signed(word, 10, 14).wrapping_mul(4),
            },
            0x068..=0x06f => Self::Page {
                rd,
                pages: signed(word, 5, 20),
            },
            0x070..=0x077 => Self::PcPages {
                rd,
                pages: signed(word, 5, 20),
            },
            _ => Self::Other { rd },
        }
    }
}

/// The addresses that the instructions of a function at `pc` may load a doubleword from, in
/// their order.
pub(crate) fn loads(code: &[u32], pc: u64) -> impl Iterator<Item = u64> + '_ {
    // What each register is known to hold.
    let mut known = [None::<u64>; 32];
    let mut next = pc;
    code.iter().filter_map(move |word| {
        let pc = next;
        next = pc.wrapping_add(4);
        let get = |register: usize| known.get(register).copied().flatten();
        let (rd, value, loaded) = match Insn::decode(*word) {
            Insn::Page { rd, pages } => {
                let page = pc & !0xfff;
                (
                    rd,
                    Some(page.wrapping_add_signed(pages.wrapping_mul(4096))),
                    None,
                )
            }
            Insn::PcPages { rd, pages } => (
                rd,
                Some(pc.wrapping_add_signed(pages.wrapping_mul(4096))),
                None,
            ),
            Insn::Add { rd, rj, by } => {
                (rd, get(rj).map(|base| base.wrapping_add_signed(by)), None)
            }
            Insn::Load { rd, rj, offset } => (
                rd,
                None,
                get(rj).map(|base| base.wrapping_add_signed(offset)),
            ),
            Insn::Other { rd } => (rd, None, None),
        };
        if let Some(register) = known.get_mut(rd) {
            *register = value;
        }
        loaded
    })
}
