/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of ipi_load share.
 */
#ifndef IPI_LOAD_H
#define IPI_LOAD_H

#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/percpu-defs.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

/* An IPI that takes longer is lost, and is waited for no more. */
#define ARRIVAL_TIMEOUT	(20 * HZ)

/* What a run found out. */
struct load_result {
	const char *name;
	u64 rounds;
	u64 sent;
	u64 received;
	u64 slowest;	/* ns from sending to arriving, of those that are timed */
	bool stuck;	/* threads did not end: their IPIs are lost for good */
};

/* Someone asked the run to end early. */
extern bool load_stop;

/*
 * A run fails if an IPI took longer, even if it arrived: something else may
 * have brought it along. In ns.
 */
u64 load_bound(void);

/* What load_count() is given by who wants to know how long it took. */
static inline void *load_stamp(void)
{
	return (void *)(unsigned long)ktime_get_mono_fast_ns();
}

static inline u64 load_age(void *stamp)
{
	s64 age = ktime_get_mono_fast_ns() - (u64)(unsigned long)stamp;

	/* CPUs' clocks may differ by a little. */
	return max_t(s64, age, 0);
}

/* IPIs of ours that arrived on each CPU. Only its own interrupts write it. */
DECLARE_PER_CPU(u64, load_arrivals);

void load_count(void *stamp);
u64 load_sum(void);
u64 load_slowest(void);

/* How many reschedule IPIs a CPU has counted. Others than ours are among them. */
static inline unsigned int load_rescheduled(unsigned int cpu)
{
	return READ_ONCE(per_cpu(irq_stat, cpu).ipi_irqs[IPI_RESCHEDULE]);
}

/* An exact load: one IPI, or one round of them, at a time, sent by the boot CPU. */
typedef int (*load_fn)(struct load_result *result, u64 count);

int load_unicast(struct load_result *result, u64 count);
int load_broadcast(struct load_result *result, u64 count);
int load_self(struct load_result *result, u64 count);
int load_resched(struct load_result *result, u64 count);
int load_merge(struct load_result *result, u64 count);

/*
 * Any IPI from anywhere to anywhere, for a number of seconds. Of those that a
 * CPU sends to itself there are none in the storm: our sender raises the
 * interrupt for each of them, so one that was lost would be made good. In the
 * other load there are.
 */
int load_storm(struct load_result *result, u64 seconds);
int load_mixed(struct load_result *result, u64 seconds);

#endif
