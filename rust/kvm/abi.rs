// SPDX-License-Identifier: GPL-2.0

//! The guest ABI as types: hypercalls, their results, PV features and the CPUCFG range.
//!
//! This file calls nothing, so that it also compiles for the host unit tests. The numbers are
//! compared with the kernel's headers in `layout.rs`: a build against a kernel that disagrees
//! fails.

#![forbid(unsafe_code)]

/// Largest number of physical CPU IDs in a VM (`KVM_MAX_PHYID`); a power of two.
pub(crate) const MAX_PHYS_CPUID: u32 = 256;

/// Number of CPUCFG words that a vCPU model holds (`KVM_MAX_CPUCFG_REGS`).
pub(crate) const CPUCFG_WORDS: u32 = 21;

/// The hypervisor signature, as CPUCFG and `hvcl 0` return it: the bytes `KVM\0`.
pub(crate) const SIGNATURE: u32 = u32::from_le_bytes(*b"KVM\0");

/// Privilege level of the guest at the moment of an exit, 0 (kernel) to 3 (user).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plv(u8);

impl Plv {
    /// Takes the level from a guest `CSR.CRMD` value (bits 0 and 1).
    pub(crate) const fn from_crmd(crmd: u64) -> Self {
        Self((crmd & 3) as u8)
    }

    /// True at PLV0, where a guest kernel runs.
    pub(crate) const fn is_kernel(self) -> bool {
        self.0 == 0
    }
}

/// Number of a guest general register, 0 to 31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gpr(u8);

impl Gpr {
    /// The constant zero.
    pub(crate) const ZERO: Self = Self(0);
    /// First argument and result of a hypercall.
    pub(crate) const A0: Self = Self(4);
    /// Second argument.
    pub(crate) const A1: Self = Self(5);
    /// Third argument.
    pub(crate) const A2: Self = Self(6);
    /// Fourth argument.
    pub(crate) const A3: Self = Self(7);

    /// The registers of arguments that a call to the VMM passes on: a0 to a5.
    #[cfg_attr(not(part_of_kvm), allow(dead_code, reason = "that is the kernel's"))]
    pub(crate) const ARGUMENTS: [Self; 6] =
        [Self::A0, Self::A1, Self::A2, Self::A3, Self(8), Self(9)];

    /// Takes the five-bit register field at bit `shift` of an instruction word.
    pub(crate) const fn from_insn(word: u32, shift: u32) -> Self {
        Self((word.wrapping_shr(shift) & 31) as u8)
    }

    /// The register number, below 32.
    pub(crate) const fn index(self) -> usize {
        (self.0 & 31) as usize
    }

    /// True for r0, the constant zero.
    pub(crate) const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// Immediate of an HVCL instruction: which service the guest calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hypercall {
    /// `hvcl 0`: which hypervisor is this?
    HypervisorId,
    /// `hvcl 0x100`: a function of KVM, chosen by a0.
    Service,
    /// `hvcl 0x101`: software breakpoint, for the debugger.
    SwDebug,
    /// `hvcl 0x102`: a function of the VMM.
    UserService,
    /// Any other immediate.
    Unknown,
}

impl Hypercall {
    /// Immediate of [`Hypercall::Service`] (`KVM_HCALL_SERVICE`).
    pub(crate) const SERVICE: u32 = 0x100;
    /// Immediate of [`Hypercall::SwDebug`] (`KVM_HCALL_SWDBG`).
    pub(crate) const SWDBG: u32 = 0x101;
    /// Immediate of [`Hypercall::UserService`] (`KVM_HCALL_USER_SERVICE`).
    pub(crate) const USER_SERVICE: u32 = 0x102;

    /// Decodes the 15-bit immediate of an HVCL instruction.
    pub(crate) const fn from_immediate(code: u32) -> Self {
        match code {
            0 => Self::HypervisorId,
            Self::SERVICE => Self::Service,
            Self::SWDBG => Self::SwDebug,
            Self::USER_SERVICE => Self::UserService,
            _ => Self::Unknown,
        }
    }
}

/// Function of [`Hypercall::Service`], from a0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    /// Send SWI0 to a set of vCPUs (`KVM_HCALL_FUNC_IPI`).
    Ipi,
    /// Register a shared area, today steal time (`KVM_HCALL_FUNC_NOTIFY`).
    Notify,
    /// Any other number.
    Unknown,
}

impl Function {
    /// Number of [`Function::Ipi`].
    pub(crate) const IPI: u64 = 1;
    /// Number of [`Function::Notify`].
    pub(crate) const NOTIFY: u64 = 2;

    /// Decodes all 64 bits of a0.
    pub(crate) const fn from_a0(a0: u64) -> Self {
        match a0 {
            Self::IPI => Self::Ipi,
            Self::NOTIFY => Self::Notify,
            _ => Self::Unknown,
        }
    }
}

/// Result of a hypercall, as the guest finds it in a0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub(crate) enum HcallReturn {
    /// Done (`KVM_HCALL_SUCCESS`).
    Success = 0,
    /// Not implemented, not enabled, or not allowed (`KVM_HCALL_INVALID_CODE`).
    InvalidCode = -1,
    /// A parameter is out of range (`KVM_HCALL_INVALID_PARAMETER`).
    InvalidParameter = -2,
}

impl HcallReturn {
    /// The register value.
    pub(crate) const fn value(self) -> u64 {
        self as i64 as u64
    }
}

/// The PV features that a VM offers (`kvm->arch.pv_features`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PvFeatures(u64);

impl PvFeatures {
    /// Bit number of the IPI hypercall (`KVM_FEATURE_IPI`).
    pub(crate) const IPI: u32 = 1;
    /// Bit number of steal time (`KVM_FEATURE_STEAL_TIME`).
    pub(crate) const STEAL_TIME: u32 = 2;
    /// Bit number of the preemption hint (`KVM_FEATURE_PREEMPT`).
    pub(crate) const PREEMPT: u32 = 3;
    /// Bit number of the extended interrupt controller (`KVM_FEATURE_VIRT_EXTIOI`).
    pub(crate) const VIRT_EXTIOI: u32 = 24;
    /// Bit number of VMM hypercalls (`KVM_FEATURE_USER_HCALL`).
    pub(crate) const USER_HCALL: u32 = 25;
    /// Every bit that a guest may see (`LOONGARCH_PV_FEAT_MASK`).
    pub(crate) const MASK: u64 = 1 << Self::IPI
        | 1 << Self::STEAL_TIME
        | 1 << Self::PREEMPT
        | 1 << Self::VIRT_EXTIOI
        | 1 << Self::USER_HCALL;

    /// Wraps the word as KVM keeps it, bits for its own use included.
    pub(crate) const fn from_raw(raw: u64) -> Self {
        Self(raw)
    }

    /// True if the VM offers `feature` (a bit number below 64).
    pub(crate) const fn has(self, feature: u32) -> bool {
        self.0 & 1_u64.wrapping_shl(feature) != 0
    }

    /// The word that the guest reads from CPUCFG.
    pub(crate) const fn guest_word(self) -> u32 {
        (self.0 & Self::MASK) as u32
    }
}

/// The CPUCFG indexes that KVM emulates for its guests.
pub(crate) struct CpucfgRange;

impl CpucfgRange {
    /// First index (`CPUCFG_KVM_BASE`).
    pub(crate) const BASE: u32 = 0x4000_0000;
    /// Number of indexes (`CPUCFG_KVM_SIZE`).
    pub(crate) const SIZE: u32 = 0x100;
    /// Index of the signature (`CPUCFG_KVM_SIG`).
    pub(crate) const SIGNATURE: u32 = Self::BASE;
    /// Index of the feature word (`CPUCFG_KVM_FEATURE`).
    pub(crate) const FEATURE: u32 = Self::BASE + 4;

    /// True if `index` lies in the range.
    pub(crate) const fn contains(index: u32) -> bool {
        index.wrapping_sub(Self::BASE) < Self::SIZE
    }
}
