/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of attach_test. */
#ifndef SELFTEST_ATTACH_H
#define SELFTEST_ATTACH_H

#include <sys/types.h>

#include "pv_host.h"

struct attach_opt {
	const char *module;
	unsigned int cycles;
};

extern struct attach_opt attach_opt;

/* attach_test.c */
int insert(const char *params);
bool remove_module(void);
bool log_is_clean(void);
bool exists(const char *path);
/* Whether an exit has come to the module; it may take a vCPU a turn at the scheduler. */
bool is_served(void *unused);
/* Whether a guest that runs pv_guest_asker() has come to get that answer. */
bool until_answer(struct pv_vm *pv, u64 wanted);

/* attach_many.c: 2 results */
void test_many(void);

/* attach_storm.c: 4, 2, 2, 2 and 2 results */
void test_cycles(void);
void test_traces(void);
void test_open_file(void);
void test_killed(void);
void test_two_vms(void);
void reap(pid_t pid);

#endif /* SELFTEST_ATTACH_H */
