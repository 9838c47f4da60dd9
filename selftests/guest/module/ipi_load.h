/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of ipi_load share.
 */
#ifndef IPI_LOAD_H
#define IPI_LOAD_H

#include <linux/percpu-defs.h>
#include <linux/types.h>

/* An IPI that takes longer is lost. An emulated host is slow. */
#define ARRIVAL_TIMEOUT	(20 * HZ)

/* What a run found out. */
struct load_result {
	const char *name;
	u64 rounds;
	u64 sent;
	u64 received;
	bool stuck;	/* threads did not end: their IPIs are lost for good */
};

/* Someone asked the run to end early. */
extern bool load_stop;

/* IPIs of ours that arrived on each CPU. Only its own interrupts write it. */
DECLARE_PER_CPU(u64, load_arrivals);

void load_count(void *unused);
u64 load_sum(void);

/* An exact load: one IPI, or one round of them, at a time, sent by the boot CPU. */
typedef int (*load_fn)(struct load_result *result, u64 count);

int load_unicast(struct load_result *result, u64 count);
int load_broadcast(struct load_result *result, u64 count);
int load_self(struct load_result *result, u64 count);
int load_resched(struct load_result *result, u64 count);
int load_merge(struct load_result *result, u64 count);

/* Any IPI from anywhere to anywhere, for a number of seconds. */
int load_storm(struct load_result *result, u64 seconds);

#endif
