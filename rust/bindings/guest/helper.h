/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only list of C headers that bindgen sees for the guest module. As
 * ../helper.h, but it must not need KVM: guests' kernels do without it.
 */
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/kprobes.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <linux/thread_info.h>
#include <linux/uaccess.h>
#include <asm/cpu.h>
#include <asm/cpu-info.h>
#include <asm/hardirq.h>
#include <asm/kvm_para.h>
#include <asm/loongarch.h>
#include <asm/smp.h>

#include "../../helpers/debugfs.h"
#include "../../helpers/loongarch_pv_ipi_rs.h"

const u64 RUST_CONST_KPROBE_FLAG_DISABLED = KPROBE_FLAG_DISABLED;
const u64 RUST_CONST_LOONGARCH_CPU_HYPERVISOR = LOONGARCH_CPU_HYPERVISOR;
const u64 RUST_CONST_KVM_HCALL_SERVICE = KVM_HCALL_SERVICE;
const u64 RUST_CONST_CSR_CRMD_IE = CSR_CRMD_IE;
const u64 RUST_CONST_NR_CPUS = CONFIG_NR_CPUS;
const u64 RUST_CONST_HZ = HZ;
