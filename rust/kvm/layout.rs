// SPDX-License-Identifier: GPL-2.0

//! Proofs at build time that three views of the kernel agree: bindgen's, which the Rust code
//! uses, the C compiler's, which the kernel was built with, and the numbers of `abi.rs`.

use super::abi::{
    CpucfgRange,
    Function,
    HcallReturn,
    Hypercall,
    PvFeatures,
    CPUCFG_WORDS,
    MAX_PHYS_CPUID, //
};
use crate::bindings::{
    self,
    layout as c, //
};
use core::mem::{
    offset_of,
    size_of, //
};

macro_rules! assert_offsets {
    ($($type:ident { $($($field:ident).+ => $offset:ident),+ $(,)? })+) => {
        $($(const _: () = assert!(offset_of!(bindings::$type, $($field).+) == c::$offset);)+)+
    };
}

assert_offsets! {
    kvm_vcpu {
        kvm => VCPU_KVM,
        vcpu_idx => VCPU_VCPU_IDX,
        mode => VCPU_MODE,
        requests => VCPU_REQUESTS,
        guest_debug => VCPU_GUEST_DEBUG,
        wait.task => VCPU_WAIT_TASK,
        arch.handle_exit => VCPU_HANDLE_EXIT,
        arch.host_estat => VCPU_HOST_ESTAT,
        arch.badi => VCPU_BADI,
        arch.gprs => VCPU_GPRS,
        arch.pc => VCPU_PC,
        arch.aux_inuse => VCPU_AUX_INUSE,
        arch.irq_pending => VCPU_IRQ_PENDING,
        arch.irq_clear => VCPU_IRQ_CLEAR,
        arch.exception_pending => VCPU_EXCEPTION_PENDING,
        arch.cpucfg => VCPU_CPUCFG,
        stat.cpucfg_exits => VCPU_STAT_CPUCFG_EXITS,
        stat.hypercall_exits => VCPU_STAT_HYPERCALL_EXITS,
        stats_id => VCPU_STATS_ID,
    }
    kvm {
        arch.phyid_map => KVM_PHYID_MAP,
        arch.pv_features => KVM_PV_FEATURES,
        stats_id => KVM_STATS_ID,
    }
    kvm_phyid_map { phys_map => PHYID_MAP_PHYS_MAP }
    kvm_phyid_info {
        vcpu => PHYID_INFO_VCPU,
        enabled => PHYID_INFO_ENABLED,
    }
    thread_info { flags => THREAD_INFO_FLAGS }
    static_key_false { key.enabled => STATIC_KEY_ENABLED }
    tracepoint {
        name => TRACEPOINT_NAME,
        key => TRACEPOINT_KEY,
    }
    ftrace_ops {
        func => FTRACE_OPS_FUNC,
        flags => FTRACE_OPS_FLAGS,
    }
    __arch_ftrace_regs { regs.regs => FTRACE_REGS_GPRS }
    kprobe {
        addr => KPROBE_ADDR,
        symbol_name => KPROBE_SYMBOL_NAME,
        flags => KPROBE_FLAGS,
    }
    cpuinfo_loongarch { options => CPUINFO_OPTIONS }
    kvm_rs_counters { slow => COUNTERS_SLOW }
    kvm_rs_params { user_hypercall => PARAMS_USER_HYPERCALL }
}

#[cfg(CONFIG_CONTEXT_TRACKING_USER)]
assert_offsets! {
    context_tracking { active => CONTEXT_TRACKING_ACTIVE }
}

// What tells at run time that the kernel has the same structures lies behind all that is touched.
const _: () = assert!(c::VCPU_STATS_ID > c::VCPU_STAT_HYPERCALL_EXITS);
const _: () = assert!(c::VCPU_STATS_ID > c::VCPU_STAT_CPUCFG_EXITS);
const _: () = assert!(c::VCPU_STATS_ID > c::VCPU_CPUCFG);
const _: () = assert!(c::KVM_STATS_ID > c::KVM_PHYID_MAP);
const _: () = assert!(c::KVM_STATS_ID > c::KVM_PV_FEATURES);
const _: () = assert!(size_of::<bindings::kvm_vcpu>() == c::VCPU_SIZE);
const _: () = assert!(size_of::<bindings::kvm_phyid_map>() == c::PHYID_MAP_SIZE);
const _: () = assert!(size_of::<bindings::kvm_phyid_info>() == c::PHYID_INFO_SIZE);
const _: () = assert!(size_of::<bindings::ftrace_ops>() == c::FTRACE_OPS_SIZE);
const _: () = assert!(size_of::<bindings::kprobe>() == c::KPROBE_SIZE);
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
