// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets and sizes as the kernel's own compiler sees them.
 *
 * Compiled to assembly only; the build turns each line into a Rust constant,
 * and rust/kvm/layout.rs compares it with what bindgen made of the same header.
 * Every C field that the Rust side touches is listed here.
 */
#define COMPILE_OFFSETS

#include <linux/context_tracking.h>
#include <linux/ftrace.h>
#include <linux/kbuild.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/tracepoint.h>
#include <asm/cpu-info.h>

#include "../helpers/kvm_loongarch_rs.h"

int main(void)
{
	DEFINE(VCPU_SIZE, sizeof(struct kvm_vcpu));
	OFFSET(VCPU_KVM, kvm_vcpu, kvm);
	OFFSET(VCPU_VCPU_IDX, kvm_vcpu, vcpu_idx);
	OFFSET(VCPU_MODE, kvm_vcpu, mode);
	OFFSET(VCPU_REQUESTS, kvm_vcpu, requests);
	OFFSET(VCPU_GUEST_DEBUG, kvm_vcpu, guest_debug);
	OFFSET(VCPU_WAIT_TASK, kvm_vcpu, wait.task);
	OFFSET(VCPU_HANDLE_EXIT, kvm_vcpu, arch.handle_exit);
	OFFSET(VCPU_HOST_ESTAT, kvm_vcpu, arch.host_estat);
	OFFSET(VCPU_BADI, kvm_vcpu, arch.badi);
	OFFSET(VCPU_GPRS, kvm_vcpu, arch.gprs);
	OFFSET(VCPU_PC, kvm_vcpu, arch.pc);
	OFFSET(VCPU_AUX_INUSE, kvm_vcpu, arch.aux_inuse);
	OFFSET(VCPU_IRQ_PENDING, kvm_vcpu, arch.irq_pending);
	OFFSET(VCPU_IRQ_CLEAR, kvm_vcpu, arch.irq_clear);
	OFFSET(VCPU_EXCEPTION_PENDING, kvm_vcpu, arch.exception_pending);
	OFFSET(VCPU_CPUCFG, kvm_vcpu, arch.cpucfg);
	OFFSET(VCPU_STAT_CPUCFG_EXITS, kvm_vcpu, stat.cpucfg_exits);
	OFFSET(VCPU_STAT_HYPERCALL_EXITS, kvm_vcpu, stat.hypercall_exits);
	OFFSET(VCPU_STATS_ID, kvm_vcpu, stats_id);
	BLANK();
	OFFSET(KVM_PHYID_MAP, kvm, arch.phyid_map);
	OFFSET(KVM_PV_FEATURES, kvm, arch.pv_features);
	OFFSET(KVM_STATS_ID, kvm, stats_id);
	BLANK();
	OFFSET(PHYID_MAP_PHYS_MAP, kvm_phyid_map, phys_map);
	DEFINE(PHYID_MAP_SIZE, sizeof(struct kvm_phyid_map));
	DEFINE(PHYID_INFO_SIZE, sizeof(struct kvm_phyid_info));
	OFFSET(PHYID_INFO_VCPU, kvm_phyid_info, vcpu);
	OFFSET(PHYID_INFO_ENABLED, kvm_phyid_info, enabled);
	BLANK();
	OFFSET(THREAD_INFO_FLAGS, thread_info, flags);
#ifdef CONFIG_CONTEXT_TRACKING_USER
	OFFSET(CONTEXT_TRACKING_ACTIVE, context_tracking, active);
#endif
	OFFSET(STATIC_KEY_ENABLED, static_key_false, key.enabled);
	OFFSET(TRACEPOINT_NAME, tracepoint, name);
	OFFSET(TRACEPOINT_KEY, tracepoint, key);
	BLANK();
	DEFINE(FTRACE_OPS_SIZE, sizeof(struct ftrace_ops));
	OFFSET(FTRACE_OPS_FUNC, ftrace_ops, func);
	OFFSET(FTRACE_OPS_FLAGS, ftrace_ops, flags);
	OFFSET(FTRACE_REGS_GPRS, __arch_ftrace_regs, regs.regs);
	DEFINE(KPROBE_SIZE, sizeof(struct kprobe));
	OFFSET(KPROBE_ADDR, kprobe, addr);
	OFFSET(KPROBE_SYMBOL_NAME, kprobe, symbol_name);
	OFFSET(KPROBE_FLAGS, kprobe, flags);
	OFFSET(CPUINFO_OPTIONS, cpuinfo_loongarch, options);
	BLANK();
	DEFINE(COUNTERS_SIZE, sizeof(struct kvm_rs_counters));
	OFFSET(COUNTERS_SLOW, kvm_rs_counters, slow);
	OFFSET(PARAMS_USER_HYPERCALL, kvm_rs_params, user_hypercall);
	return 0;
}
