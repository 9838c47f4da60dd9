// SPDX-License-Identifier: GPL-2.0

//! Proofs at build time that bindgen and the C compiler agree on what attaching touches, beside
//! what `rust/kvm/layout.rs` has.

use crate::bindings::{
    self,
    assert_offsets,
    layout as c, //
};

assert_offsets! {
    kvm_vcpu {
        vcpu_idx => VCPU_VCPU_IDX,
        arch.handle_exit => VCPU_HANDLE_EXIT,
        stats_id => VCPU_STATS_ID,
    }
    kvm { stats_id => KVM_STATS_ID }
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
}

const _: () = assert!(size_of::<bindings::ftrace_ops>() == c::FTRACE_OPS_SIZE);
const _: () = assert!(size_of::<bindings::kprobe>() == c::KPROBE_SIZE);

// What tells at run time that the kernel has the same structures lies behind all that is touched.
const _: () = assert!(c::VCPU_STATS_ID > c::VCPU_STAT_HYPERCALL_EXITS);
const _: () = assert!(c::VCPU_STATS_ID > c::VCPU_STAT_CPUCFG_EXITS);
const _: () = assert!(c::VCPU_STATS_ID > c::VCPU_CPUCFG);
const _: () = assert!(c::KVM_STATS_ID > c::KVM_PHYID_MAP);
const _: () = assert!(c::KVM_STATS_ID > c::KVM_PV_FEATURES);
