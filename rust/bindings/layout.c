// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets and sizes as the kernel's own compiler sees them.
 *
 * Compiled to assembly only; the build turns each line into a Rust constant,
 * which layout.rs in rust/kvm or rust/attach compares with what bindgen made of
 * the same header.
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
#include <asm/kvm_ipi.h>

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
	OFFSET(VCPU_CSR, kvm_vcpu, arch.csr);
	OFFSET(VCPU_IPI_LOCK, kvm_vcpu, arch.ipi_state.lock);
	OFFSET(VCPU_IPI_STATUS, kvm_vcpu, arch.ipi_state.status);
	OFFSET(VCPU_IPI_EN, kvm_vcpu, arch.ipi_state.en);
	OFFSET(VCPU_STAT_INT_EXITS, kvm_vcpu, stat.int_exits);
	OFFSET(VCPU_STAT_CPUCFG_EXITS, kvm_vcpu, stat.cpucfg_exits);
	OFFSET(VCPU_STAT_HYPERCALL_EXITS, kvm_vcpu, stat.hypercall_exits);
	OFFSET(VCPU_STAT_IPI_READ_EXITS, kvm_vcpu, stat.ipi_read_exits);
	OFFSET(VCPU_STAT_IPI_WRITE_EXITS, kvm_vcpu, stat.ipi_write_exits);
	OFFSET(VCPU_IPI_SET, kvm_vcpu, arch.ipi_state.set);
	OFFSET(VCPU_IPI_CLEAR, kvm_vcpu, arch.ipi_state.clear);
	OFFSET(VCPU_IPI_BUF, kvm_vcpu, arch.ipi_state.buf);
	OFFSET(VCPU_STAT_IDLE_EXITS, kvm_vcpu, stat.idle_exits);
	OFFSET(VCPU_RUN, kvm_vcpu, run);
	OFFSET(VCPU_MMIO_NEEDED, kvm_vcpu, mmio_needed);
	OFFSET(VCPU_MMIO_IS_WRITE, kvm_vcpu, mmio_is_write);
	OFFSET(VCPU_BADV, kvm_vcpu, arch.badv);
	OFFSET(VCPU_IO_GPR, kvm_vcpu, arch.io_gpr);
	OFFSET(VCPU_ESUBCODE, kvm_vcpu, arch.esubcode);
	OFFSET(VCPU_MAX_PMU_CSRID, kvm_vcpu, arch.max_pmu_csrid);
	OFFSET(VCPU_STEAL_ADDRESS, kvm_vcpu, arch.st.guest_addr);
	OFFSET(VCPU_STEAL_LAST, kvm_vcpu, arch.st.last_steal);
	OFFSET(VCPU_STATS_ID, kvm_vcpu, stats_id);
	BLANK();
	OFFSET(KVM_PHYID_MAP, kvm, arch.phyid_map);
	OFFSET(KVM_PV_FEATURES, kvm, arch.pv_features);
	OFFSET(KVM_IPI, kvm, arch.ipi);
	OFFSET(KVM_STATS_ID, kvm, stats_id);
	OFFSET(KVM_GPA_SIZE, kvm, arch.gpa_size);
	DEFINE(IPI_SIZE, sizeof(struct loongarch_ipi));
	OFFSET(IPI_DEVICE, loongarch_ipi, device);
	DEFINE(DEVICE_OPS_SIZE, sizeof(struct kvm_device_ops));
	OFFSET(DEVICE_OPS_GET_ATTR, kvm_device_ops, get_attr);
	DEFINE(IO_DEVICE_OPS_SIZE, sizeof(struct kvm_io_device_ops));
	OFFSET(DEVICE_KVM, kvm_device, kvm);
	BLANK();
	OFFSET(RUN_EXIT_REASON, kvm_run, exit_reason);
	OFFSET(RUN_MMIO_PHYS_ADDR, kvm_run, mmio.phys_addr);
	OFFSET(RUN_MMIO_DATA, kvm_run, mmio.data);
	OFFSET(RUN_MMIO_LEN, kvm_run, mmio.len);
	OFFSET(RUN_MMIO_IS_WRITE, kvm_run, mmio.is_write);
	OFFSET(RUN_IOCSR_PHYS_ADDR, kvm_run, iocsr_io.phys_addr);
	OFFSET(RUN_IOCSR_DATA, kvm_run, iocsr_io.data);
	OFFSET(RUN_IOCSR_LEN, kvm_run, iocsr_io.len);
	OFFSET(RUN_IOCSR_IS_WRITE, kvm_run, iocsr_io.is_write);
	OFFSET(RUN_HYPERCALL_NR, kvm_run, hypercall.nr);
	OFFSET(RUN_HYPERCALL_ARGS, kvm_run, hypercall.args);
	OFFSET(RUN_HYPERCALL_RET, kvm_run, hypercall.ret);
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
	OFFSET(COUNTERS_DENIED, kvm_rs_counters, denied);
	OFFSET(PARAMS_HANDLERS, kvm_rs_params, handlers);
	DEFINE(REQ_STEAL_UPDATE, KVM_REQ_STEAL_UPDATE & KVM_REQUEST_MASK);
	DEFINE(REQ_PMU, KVM_REQ_PMU & KVM_REQUEST_MASK);
	DEFINE(REQ_FPU_LOAD, KVM_REQ_FPU_LOAD & KVM_REQUEST_MASK);
	DEFINE(REQ_LBT_LOAD, KVM_REQ_LBT_LOAD & KVM_REQUEST_MASK);
	DEFINE(STEAL_PHYS_OTHERS, ~KVM_STEAL_PHYS_MASK);
	DEFINE(STEAL_PHYS_VALID, KVM_STEAL_PHYS_VALID);
	DEFINE(GINTC_VIP_SHIFT, CSR_GINTC_VIP_SHIFT);
	DEFINE(ESTAT_EXC, CSR_ESTAT_EXC);
	DEFINE(ESTAT_ESUBCODE, CSR_ESTAT_ESUBCODE);
	DEFINE(CSRS_SIZE, sizeof(struct loongarch_csrs));
	return 0;
}
