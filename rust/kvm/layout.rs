// SPDX-License-Identifier: GPL-2.0

//! Proofs at build time that three views of the kernel agree: bindgen's, which the Rust code
//! uses, the C compiler's, which the kernel was built with, and the numbers of `abi.rs`.

use super::{
    abi::{
        CpucfgRange,
        Function,
        HcallReturn,
        Hypercall,
        PvFeatures,
        CPUCFG_WORDS,
        MAX_PHYS_CPUID, //
    },
    csr::{
        Csr,
        CSRS, //
    },
    kind::Kind, //
};
use crate::bindings::{
    self,
    assert_offsets,
    layout as c, //
};

assert_offsets! {
    kvm_vcpu {
        kvm => VCPU_KVM,
        run => VCPU_RUN,
        mode => VCPU_MODE,
        requests => VCPU_REQUESTS,
        guest_debug => VCPU_GUEST_DEBUG,
        wait.task => VCPU_WAIT_TASK,
        arch.host_estat => VCPU_HOST_ESTAT,
        arch.badi => VCPU_BADI,
        arch.gprs => VCPU_GPRS,
        arch.pc => VCPU_PC,
        arch.aux_inuse => VCPU_AUX_INUSE,
        arch.irq_pending => VCPU_IRQ_PENDING,
        arch.irq_clear => VCPU_IRQ_CLEAR,
        arch.exception_pending => VCPU_EXCEPTION_PENDING,
        arch.cpucfg => VCPU_CPUCFG,
        arch.csr => VCPU_CSR,
        arch.max_pmu_csrid => VCPU_MAX_PMU_CSRID,
        arch.ipi_state.lock => VCPU_IPI_LOCK,
        arch.ipi_state.status => VCPU_IPI_STATUS,
        arch.ipi_state.en => VCPU_IPI_EN,
        arch.ipi_state.buf => VCPU_IPI_BUF,
        stat.int_exits => VCPU_STAT_INT_EXITS,
        stat.cpucfg_exits => VCPU_STAT_CPUCFG_EXITS,
        stat.hypercall_exits => VCPU_STAT_HYPERCALL_EXITS,
        stat.ipi_read_exits => VCPU_STAT_IPI_READ_EXITS,
        stat.ipi_write_exits => VCPU_STAT_IPI_WRITE_EXITS,
    }
    kvm {
        arch.phyid_map => KVM_PHYID_MAP,
        arch.pv_features => KVM_PV_FEATURES,
        arch.ipi => KVM_IPI,
    }
    kvm_phyid_map { phys_map => PHYID_MAP_PHYS_MAP }
    kvm_phyid_info {
        vcpu => PHYID_INFO_VCPU,
        enabled => PHYID_INFO_ENABLED,
    }
    thread_info { flags => THREAD_INFO_FLAGS }
    static_key_false { key.enabled => STATIC_KEY_ENABLED }
    kvm_rs_counters {
        slow => COUNTERS_SLOW,
        denied => COUNTERS_DENIED,
    }
    kvm_rs_params { handlers => PARAMS_HANDLERS }
}

#[cfg(CONFIG_CONTEXT_TRACKING_USER)]
assert_offsets! {
    context_tracking { active => CONTEXT_TRACKING_ACTIVE }
}

const _: () = assert!(size_of::<bindings::kvm_vcpu>() == c::VCPU_SIZE);
const _: () = assert!(size_of::<bindings::kvm_phyid_map>() == c::PHYID_MAP_SIZE);
const _: () = assert!(size_of::<bindings::kvm_phyid_info>() == c::PHYID_INFO_SIZE);
const _: () = assert!(size_of::<bindings::kvm_rs_counters>() == c::COUNTERS_SIZE);

// `CAST:` in this block: each side is widened, or is a small positive constant.
const _: () =
    assert!(MAX_PHYS_CPUID == bindings::KVM_MAX_PHYID && MAX_PHYS_CPUID.is_power_of_two());
const _: () = assert!(CPUCFG_WORDS == bindings::KVM_MAX_CPUCFG_REGS);
const _: () = assert!(Hypercall::SERVICE as u64 == bindings::KVM_HCALL_SERVICE);
const _: () = assert!(Hypercall::SWDBG as u64 == bindings::KVM_HCALL_SWDBG);
const _: () = assert!(Hypercall::USER_SERVICE as u64 == bindings::KVM_HCALL_USER_SERVICE);
const _: () = assert!(Function::IPI == bindings::KVM_HCALL_FUNC_IPI as u64);
const _: () = assert!(Function::NOTIFY == bindings::KVM_HCALL_FUNC_NOTIFY as u64);
const _: () = assert!(HcallReturn::Success as i64 == bindings::KVM_HCALL_SUCCESS as i64);
const _: () = assert!(HcallReturn::InvalidCode as i64 == bindings::KVM_HCALL_INVALID_CODE as i64);
const _: () =
    assert!(HcallReturn::InvalidParameter as i64 == bindings::KVM_HCALL_INVALID_PARAMETER as i64);
const _: () = assert!(PvFeatures::IPI == bindings::KVM_FEATURE_IPI);
const _: () = assert!(PvFeatures::STEAL_TIME == bindings::KVM_FEATURE_STEAL_TIME);
const _: () = assert!(PvFeatures::PREEMPT == bindings::KVM_FEATURE_PREEMPT);
const _: () = assert!(PvFeatures::VIRT_EXTIOI == bindings::KVM_FEATURE_VIRT_EXTIOI);
const _: () = assert!(PvFeatures::USER_HCALL == bindings::KVM_FEATURE_USER_HCALL);
const _: () = assert!(PvFeatures::MASK == bindings::LOONGARCH_PV_FEAT_MASK);
const _: () = assert!(CpucfgRange::BASE == bindings::CPUCFG_KVM_BASE);
const _: () = assert!(CpucfgRange::SIZE == bindings::CPUCFG_KVM_SIZE);
const _: () = assert!(CpucfgRange::SIGNATURE == bindings::CPUCFG_KVM_SIG);
const _: () = assert!(CpucfgRange::FEATURE == bindings::CPUCFG_KVM_FEATURE);

// CSRs, by the ends of each range that `Csr::kept()` has.
const _: () = assert!(size_of::<bindings::loongarch_csrs>() == c::CSRS_SIZE);
const _: () = assert!(c::CSRS_SIZE == CSRS as usize * size_of::<u64>());
const _: () = assert!(CSRS.is_power_of_two());
const _: () = assert!(Csr::PERFCTRL0 == bindings::LOONGARCH_CSR_PERFCTRL0);
const _: () = assert!(Csr::PERFCNTR3 == bindings::LOONGARCH_CSR_PERFCNTR3);
const _: () = assert!(bindings::LOONGARCH_CSR_IMPCTL1 == 0x80);
const _: () = assert!(bindings::LOONGARCH_CSR_IMPCTL2 == 0x81);
const _: () = assert!(bindings::LOONGARCH_CSR_MERRCTL == 0x90);
const _: () = assert!(bindings::LOONGARCH_CSR_MERRSAVE == 0x95);
const _: () = assert!(bindings::LOONGARCH_CSR_CTAG == 0x98);
const _: () = assert!(bindings::LOONGARCH_CSR_MWPS == 0x301);
const _: () = assert!(bindings::LOONGARCH_CSR_DB0ADDR == 0x310);
const _: () = assert!(bindings::LOONGARCH_CSR_DB7ASID == 0x34b);
const _: () = assert!(bindings::LOONGARCH_CSR_FWPS == 0x381);
const _: () = assert!(bindings::LOONGARCH_CSR_IB0ADDR == 0x390);
const _: () = assert!(bindings::LOONGARCH_CSR_IB7ASID == 0x3cb);
const _: () = assert!(bindings::LOONGARCH_CSR_DESAVE == 0x502);

// Kinds of exits, `CAST:` small constants.
const _: () = assert!(Kind::Hvcl as u32 == bindings::kvm_rs_kind_KVM_RS_HVCL);
const _: () = assert!(Kind::Cpucfg as u32 == bindings::kvm_rs_kind_KVM_RS_CPUCFG);
const _: () = assert!(Kind::Csr as u32 == bindings::kvm_rs_kind_KVM_RS_CSR);
const _: () = assert!(Kind::Cacop as u32 == bindings::kvm_rs_kind_KVM_RS_CACOP);
const _: () = assert!(Kind::Ipi as u32 == bindings::kvm_rs_kind_KVM_RS_IPI);
const _: () = assert!(Kind::Ine as u32 == bindings::kvm_rs_kind_KVM_RS_INE);
const _: () = assert!(Kind::ALL.len() == bindings::kvm_rs_kind_KVM_RS_KINDS as usize);
