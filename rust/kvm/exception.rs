// SPDX-License-Identifier: GPL-2.0

//! Exceptions that KVM gives to a guest, and what becomes of the guest's CSRs then. Pure.
//!
//! LoongArch Reference Manual, Volume 1, "Exception Handling": "Hardware Processing of an
//! Exception", and the formats of CRMD, PRMD, ECFG and ESTAT.

#![forbid(unsafe_code)]

/// Exception codes (Ecode) that exits come with (`EXCCODE_*`).
pub(crate) mod ecode {
    pub(crate) const TLBL: u32 = 1;
    pub(crate) const TLBS: u32 = 2;
    pub(crate) const TLBI: u32 = 3;
    pub(crate) const TLBM: u32 = 4;
    pub(crate) const FPDIS: u32 = 15;
    pub(crate) const LSXDIS: u32 = 16;
    pub(crate) const LASXDIS: u32 = 17;
    pub(crate) const BTDIS: u32 = 20;
    pub(crate) const GSPR: u32 = 22;
    pub(crate) const HVC: u32 = 23;
}

/// An exception.
///
/// # Invariants
///
/// The numbers fit their fields of ESTAT: 6 and 9 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exception {
    ecode: u8,
    esubcode: u16,
}

impl Exception {
    /// The instruction does not exist.
    pub(crate) const INE: Self = Self::of(13, 0);
    /// It could not be fetched from its address.
    pub(crate) const ADEF: Self = Self::of(8, 0);
    /// The address of its data is bad.
    pub(crate) const ADEM: Self = Self::of(8, 1);

    /// By its two numbers, of which the fields take what they have room for.
    pub(crate) const fn of(ecode: u32, esubcode: u32) -> Self {
        // CAST: Just cut. INVARIANT: To what fits.
        Self {
            ecode: (ecode & 0x3f) as u8,
            esubcode: (esubcode & 0x1ff) as u16,
        }
    }

    /// Ecode.
    pub(crate) const fn ecode(self) -> u32 {
        // CAST: Widened, here and below.
        self.ecode as u32
    }

    /// EsubCode.
    pub(crate) const fn esubcode(self) -> u32 {
        self.esubcode as u32
    }

    /// What BADV becomes, if it changes: of the PC, or of the address that the exit came with.
    pub(crate) const fn badv(self, pc: u64, address: u64) -> Option<u64> {
        match self {
            Self::ADEF => Some(pc),
            Self::ADEM => Some(address),
            _ => None,
        }
    }
}

/// The guest's CSRs that decide how an exception is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Before {
    pub(crate) crmd: u64,
    pub(crate) prmd: u64,
    pub(crate) ecfg: u64,
    pub(crate) eentry: u64,
}

/// What becomes of them. ERA is the PC, BADI the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) crmd: u64,
    pub(crate) prmd: u64,
    /// Ecode and EsubCode, in their places in ESTAT; the other bits there stay.
    pub(crate) estat: u64,
    /// Where the guest goes on.
    pub(crate) pc: u64,
}

impl Taken {
    /// The bits of ESTAT that an exception writes: EsubCode and Ecode.
    pub(crate) const ESTAT_MASK: u64 = 0x7fff_0000;

    /// PLV and IE of CRMD, which are PPLV and PIE of PRMD.
    const PLV_IE: u64 = 0x7;
    /// WE of CRMD: watchpoints.
    const WE: u64 = 1 << 9;
    /// PWE of PRMD.
    const PWE: u64 = 1 << 3;

    /// Takes `exception`.
    pub(crate) const fn new(exception: Exception, before: Before) -> Self {
        let watch = if before.crmd & Self::WE != 0 {
            Self::PWE
        } else {
            0
        };
        // VS of ECFG: each vector has room for 2^VS instructions; with 0 there is but one.
        let vector_shift = before.ecfg >> 16 & 7;
        let vector = if vector_shift == 0 {
            0
        } else {
            // CAST: Widened.
            (exception.ecode as u64) << (vector_shift + 2)
        };
        Self {
            crmd: before.crmd & !(Self::PLV_IE | Self::WE),
            prmd: before.prmd & !(Self::PLV_IE | Self::PWE) | before.crmd & Self::PLV_IE | watch,
            // CAST: Widened.
            estat: (exception.ecode as u64) << 16 | (exception.esubcode as u64) << 22,
            pc: before.eentry.wrapping_add(vector),
        }
    }
}
