// SPDX-License-Identifier: GPL-2.0

//! The kinds of exits that are handled here. Pure: names and numbers only.

#![forbid(unsafe_code)]

/// A kind of exit, which the parameter `handlers` can leave to the kernel and which is counted
/// apart from the others.
///
/// The numbers are those of `enum kvm_rs_kind`, as the C half has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// HVCL: hypercalls.
    Hvcl = 0,
    /// CPUCFG.
    Cpucfg = 1,
    /// CSRRD, CSRWR and CSRXCHG of a CSR that the guest's CPU does not have.
    Csr = 2,
    /// CACOP.
    Cacop = 3,
    /// IOCSR accesses to the IPI controller that KVM has.
    Ipi = 4,
    /// Instructions that the guest's CPU does not have.
    Ine = 5,
}

impl Kind {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 6] = [
        Self::Hvcl,
        Self::Cpucfg,
        Self::Csr,
        Self::Cacop,
        Self::Ipi,
        Self::Ine,
    ];

    /// Its place in an array of all of them.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// Its bit in a set of kinds.
    pub(crate) const fn bit(self) -> u8 {
        1_u8.wrapping_shl(self as u32)
    }
}
