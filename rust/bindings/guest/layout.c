// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets and sizes as the kernel's own compiler sees them, for the guest
 * module; see ../layout.c. rust/smp/layout.rs compares them.
 */
#define COMPILE_OFFSETS

#include <linux/irq.h>
#include <linux/kbuild.h>
#include <linux/kprobes.h>
#include <linux/thread_info.h>
#include <asm/cpu-info.h>
#include <asm/hardirq.h>
#include <asm/smp.h>

#include "../../helpers/loongarch_pv_ipi_rs.h"

int main(void)
{
	DEFINE(SMP_OPS_SIZE, sizeof(struct smp_ops));
	OFFSET(SMP_OPS_SEND_IPI_SINGLE, smp_ops, send_ipi_single);
	OFFSET(SMP_OPS_SEND_IPI_MASK, smp_ops, send_ipi_mask);
	DEFINE(IRQ_STAT_SIZE, sizeof(irq_cpustat_t));
	DEFINE(IRQ_STAT_IPI_IRQS, offsetof(irq_cpustat_t, ipi_irqs));
	DEFINE(IRQ_STAT_MESSAGE, offsetof(irq_cpustat_t, message));
	OFFSET(THREAD_INFO_CPU, thread_info, cpu);
	OFFSET(CPUINFO_OPTIONS, cpuinfo_loongarch, options);
	OFFSET(IRQ_DATA_CHIP, irq_data, chip);
	OFFSET(IRQ_DATA_DOMAIN, irq_data, domain);
	OFFSET(IRQ_CHIP_NAME, irq_chip, name);
	DEFINE(KPROBE_SIZE, sizeof(struct kprobe));
	OFFSET(KPROBE_ADDR, kprobe, addr);
	OFFSET(KPROBE_SYMBOL_NAME, kprobe, symbol_name);
	OFFSET(KPROBE_FLAGS, kprobe, flags);
	DEFINE(EVENTS_SIZE, sizeof(struct pv_ipi_rs_events));
	return 0;
}
