/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only list of C headers that bindgen sees.
 *
 * Macros that bindgen cannot evaluate become constants here. Their names carry
 * a prefix that the build strips, so Rust sees the name the kernel uses.
 */
#include <linux/context_tracking.h>
#include <linux/entry-virt.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/tracepoint.h>
#include <asm/cpu.h>
#include <asm/cpu-info.h>
#include <asm/kvm_dmsintc.h>
#include <asm/kvm_ipi.h>
#include <asm/kvm_para.h>
#include <asm/kvm_vcpu.h>
#include <asm/loongarch.h>

#include "../helpers/debugfs.h"
#include "../helpers/kvm_loongarch_rs.h"
#include "../helpers/kvm_task.h"

const u64 RUST_CONST_XFER_TO_GUEST_MODE_WORK = XFER_TO_GUEST_MODE_WORK;
const u64 RUST_CONST_FTRACE_OPS_FL_PERMANENT = FTRACE_OPS_FL_PERMANENT;
const u64 RUST_CONST_FTRACE_OPS_FL_STUB = FTRACE_OPS_FL_STUB;
const u64 RUST_CONST_KPROBE_FLAG_DISABLED = KPROBE_FLAG_DISABLED;
const u64 RUST_CONST_LOONGARCH_CPU_LVZ = LOONGARCH_CPU_LVZ;
const u64 RUST_CONST_KVM_HCALL_SERVICE = KVM_HCALL_SERVICE;
const u64 RUST_CONST_KVM_HCALL_SWDBG = KVM_HCALL_SWDBG;
const u64 RUST_CONST_KVM_HCALL_USER_SERVICE = KVM_HCALL_USER_SERVICE;
const u64 RUST_CONST_LOONGARCH_PV_FEAT_MASK = LOONGARCH_PV_FEAT_MASK;
const u64 RUST_CONST_KVM_GUESTDBG_SW_BP_MASK = KVM_GUESTDBG_SW_BP_MASK;
const u64 RUST_CONST_CSR_CRMD_IE = CSR_CRMD_IE;
const u64 RUST_CONST_CPUCFG6_PMP = CPUCFG6_PMP;
