// SPDX-License-Identifier: GPL-2.0

//! The CSRs of a guest that its CPU does not have, and KVM keeps in memory. Pure.

#![forbid(unsafe_code)]

/// Number of CSRs that KVM has a place for (`CSR_MAX_NUMS`); a power of two.
pub(crate) const CSRS: u32 = 0x800;

/// A bit for each number that an instruction can have, and that something is known of: a guest that
/// asks for another one is to have its zero soon.
static KNOWN: [u64; 1 << 14 >> 6] = {
    let mut words = [0; 1 << 14 >> 6];
    let mut number = 0;
    while number < CSRS {
        if Csr::kept(number).is_some() || Csr::is_pmu(number) {
            words[(number >> 6) as usize] |= 1 << (number & 63);
        }
        number += 1;
    }
    words
};

/// Number of a CSR that KVM keeps in memory (`SW_GCSR` in `kvm_init_gcsr_flag()`, main.c).
///
/// # Invariants
///
/// Below [`CSRS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Csr(u16);

impl Csr {
    /// First control register of the performance counters (`LOONGARCH_CSR_PERFCTRL0`).
    pub(crate) const PERFCTRL0: u32 = 0x200;
    /// Last of their counters (`LOONGARCH_CSR_PERFCNTR3`).
    pub(crate) const PERFCNTR3: u32 = 0x207;

    /// The CSR of this number, if it is one that KVM keeps.
    pub(crate) const fn kept(number: u32) -> Option<Self> {
        let kept = match number {
            // IMPCTL1, IMPCTL2; MERRCTL to MERRSAVE; CTAG.
            0x80..=0x81 | 0x90..=0x95 | 0x98 => true,
            Self::PERFCTRL0..=Self::PERFCNTR3 => true,
            // MWPC, MWPS; FWPC, FWPS; DEBUG, DERA, DESAVE.
            0x300..=0x301 | 0x380..=0x381 | 0x500..=0x502 => true,
            // DB0 to DB7 and IB0 to IB7: ADDR, MASK, CTRL and ASID of each, eight apart.
            0x310..=0x34f | 0x390..=0x3cf => number & 7 < 4,
            _ => false,
        };
        // INVARIANT: Each of these is below. CAST: So they are below 2^16.
        if kept {
            Some(Self(number as u16))
        } else {
            None
        }
    }

    /// True if it is kept, or a register of performance counters: of the others nothing has to be
    /// asked.
    #[inline(always)]
    pub(crate) fn is_known(number: u32) -> bool {
        // The mask has all numbers that there are.
        let word = KNOWN[(number >> 6) as usize & (KNOWN.len() - 1)];
        word >> (number & 63) & 1 != 0
    }

    /// Its place among [`CSRS`].
    pub(crate) const fn index(self) -> usize {
        // Said again for a CPU that speculates.
        (self.0 as u32 & (CSRS - 1)) as usize
    }

    /// True for the registers of performance counters.
    pub(crate) const fn is_pmu(number: u32) -> bool {
        // As many as `max_pmu_csrid` of a vCPU may allow: 32 counters of two registers each.
        matches!(number, Self::PERFCTRL0..=0x23f)
    }
}
