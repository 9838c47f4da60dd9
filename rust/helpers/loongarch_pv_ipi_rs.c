// SPDX-License-Identifier: GPL-2.0
/*
 * The C half of the guest module: what the kernel offers to C only.
 *
 * Per-CPU data and reboot notifiers have no Rust counterpart in 7.2. Nothing
 * here is on the path of an IPI, and nothing here decides anything.
 */
#include <linux/percpu.h>
#include <linux/reboot.h>

#include "debugfs.h"
#include "loongarch_pv_ipi_rs.h"

DEFINE_PER_CPU_ALIGNED(struct pv_ipi_rs_events, pv_ipi_rs_events);

/*
 * Add up one counter over all CPUs. It moves meanwhile.
 */
u64 pv_ipi_rs_sum(unsigned int event)
{
	u64 sum = 0;
	int cpu;

	if (event >= PV_IPI_RS_EVENTS)
		return 0;
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(&pv_ipi_rs_events, cpu)->count[event]);
	return sum;
}

static struct notifier_block pv_ipi_rs_reboot;

void pv_ipi_rs_watch_reboot(notifier_fn_t call)
{
	pv_ipi_rs_reboot.notifier_call = call;
	register_reboot_notifier(&pv_ipi_rs_reboot);
}

void pv_ipi_rs_unwatch_reboot(void)
{
	unregister_reboot_notifier(&pv_ipi_rs_reboot);
}

struct dentry *pv_ipi_rs_show(const char *name, const struct rs_number *files, unsigned int nr)
{
	return rs_show(name, files, nr);
}

void pv_ipi_rs_hide(struct dentry *dir)
{
	debugfs_remove(dir);
}
