/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of pv_ipi_test. */
#ifndef SELFTEST_PV_IPI_H
#define SELFTEST_PV_IPI_H

#include "pv_host.h"

struct pv_ipi_opt {
	u64 storm;		/* IPIs to running and preempted targets */
	u64 race;		/* IPIs to halting and waking targets */
	u64 exact;		/* IPIs acknowledged one by one */
	unsigned int rounds;	/* broadcasts per number of vCPUs */
};

extern struct pv_ipi_opt pv_ipi_opt;

/* pv_ipi_dest.c: 4 and 2 results */
void test_all_edges(void);
void test_no_cpuid(void);

/* pv_ipi_state.c: 1 result for self and kicked, 2 for each of the others */
void test_self(void);
void test_halted(void);
void test_running(void);
void test_kicked(void);
void test_preempted(void);
void test_user(void);

/* pv_ipi_load.c: 4 results for a broadcast, 1 for each of the others */
void test_broadcast(int nr);
void test_exact(void);
void test_all_to_all(int nr, u64 rounds);
void test_storm(const char *name, u64 ipis, int nr, void *target, u64 burst);

#endif /* SELFTEST_PV_IPI_H */
