/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of hypercall_test. */
#ifndef SELFTEST_HYPERCALL_H
#define SELFTEST_HYPERCALL_H

#include "pv_host.h"

#define REG_A0		4
#define DEFAULT_FEAT	(PV_FEAT_IPI | PV_FEAT_STEAL_TIME)

/* A VM with one vCPU to probe, one target, and these features. */
struct pv_vm *probe_vm(u64 features);

/* The single hvcl with this immediate. */
u64 stub_of(u32 imm);

/* hypercall_rows.c: a result for each row */
unsigned int nr_rows(void);
void test_rows(void);

/* hypercall_load.c: one result, and three */
void test_counts(void);
void test_pressure(void);

#endif /* SELFTEST_HYPERCALL_H */
