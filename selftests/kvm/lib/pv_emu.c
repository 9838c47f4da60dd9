// SPDX-License-Identifier: GPL-2.0
/*
 * Event counters of the emulated machine, a second opinion on KVM's statistics.
 *
 * The emulator counts for itself and shows the counts to software as CPUCFG
 * words, a set for each CPU (selftests/machine/qemu, cpu-lvz.h). On hardware,
 * as for any CPUCFG index that is not defined, the words read 0.
 */
#include <sched.h>

#include "pv_host.h"

#define LEAF_BASE	0x4c565a00

static u64 read_leaf(u64 index)
{
	u64 val;

	asm volatile("cpucfg %0, %1" : "=r" (val) : "r" (index));
	return val;
}

u64 pv_emu_count(enum pv_emu_event event)
{
	cpu_set_t old, one;
	u64 sum = 0;
	int cpu;

	sched_getaffinity(0, sizeof(old), &old);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		/* fails for a CPU that is not there */
		if (!sched_setaffinity(0, sizeof(one), &one))
			sum += read_leaf(LEAF_BASE + event);
	}
	sched_setaffinity(0, sizeof(old), &old);
	return sum;
}

/* Only meaningful once a guest has run. */
bool pv_emu_counts(void)
{
	return pv_emu_count(PV_EMU_ENTRY);
}
