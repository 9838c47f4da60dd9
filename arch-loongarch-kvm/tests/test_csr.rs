// SPDX-License-Identifier: GPL-2.0

//! CSRs that the guest's CPU does not have, against the kernel's handler.

use crate::csr::{handle, Access, Args, Kept};
use crate::kvm::abi::Gpr;
use crate::kvm::csr::{Csr, CSRS};
use crate::outcome::{Outcome, Retire, Stat};
use crate::reference::kernel_csr;
use proptest::prelude::*;

fn answer(outcome: Outcome) -> Retire {
    match outcome {
        Outcome::Retire(answer) => answer,
        other => panic!("{other:?} is no answer"),
    }
}

proptest! {
    #[test]
    fn as_the_kernel(
        rd in 0..32_u32,
        rj in 0..32_u32,
        value: u64,
        mask: u64,
        number in prop_oneof![0..0x4000_u32, 0x300..0x3d0_u32],
        old: u64,
    ) {
        let csr = Csr::kept(number);
        let got = answer(handle(Args {
            access: Access::from_rj(Gpr::from_insn(rj, 0)),
            rd: Gpr::from_insn(rd, 0),
            kept: csr.map(|csr| Kept { csr, old, value, mask }),
            pmu: false,
        }));
        let (word, new) = kernel_csr(rj as usize, value, mask, csr.map(|_| old));
        prop_assert_eq!((got.rd.index(), got.value), (rd as usize, word));
        prop_assert_eq!(got.csr.map(|(_, value)| value), new);
        prop_assert!(got.csr.is_none_or(|(which, _)| Some(which) == csr));
        prop_assert_eq!((got.stat, got.denied), (Stat::None, false));
        // The kernel would store to r0's slot.
        prop_assert_eq!(got.kernel_agrees, rd != 0);
    }

    #[test]
    fn counters_are_the_kernels(rj in 0..32_u32, value: u64) {
        let got = handle(Args {
            access: Access::from_rj(Gpr::from_insn(rj, 0)),
            rd: Gpr::A0,
            kept: Csr::kept(Csr::PERFCTRL0).map(|csr| Kept {
                csr,
                old: 1,
                value,
                mask: value,
            }),
            pmu: true,
        });
        prop_assert_eq!(got, Outcome::Kernel);
    }
}

#[test]
fn kept_csrs() {
    // kvm_init_gcsr_flag(), register by register.
    let mut kept: Vec<u32> = vec![0x80, 0x81, 0x98, 0x300, 0x301, 0x380, 0x381];
    kept.extend(0x90..0x96);
    kept.extend(0x200..0x208);
    kept.extend(0x500..0x503);
    for unit in 0..8 {
        for register in 0..4 {
            kept.push(0x310 + 8 * unit + register);
            kept.push(0x390 + 8 * unit + register);
        }
    }
    for number in 0..0x4000 {
        let pmu = (0x200..0x240).contains(&number);
        let known = pmu || kept.contains(&number);
        assert_eq!(Csr::is_known(number), known, "CSR {number:#x}");
        let csr = Csr::kept(number);
        assert_eq!(csr.is_some(), kept.contains(&number), "CSR {number:#x}");
        assert!(csr.is_none_or(|csr| csr.index() == number as usize && number < CSRS));
    }
}

#[test]
fn counters() {
    for number in 0..0x4000 {
        assert!(Csr::is_pmu(number) || !(0x200..0x220).contains(&number));
        assert!(!Csr::is_pmu(number) || (0x200..0x300).contains(&number));
    }
}
