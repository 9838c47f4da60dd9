/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of attach_test. */
#ifndef SELFTEST_ATTACH_H
#define SELFTEST_ATTACH_H

#include <sys/types.h>

#include "pv_host.h"

struct attach_opt {
	const char *module;
	const char *misfit;	/* the same, built for another kernel */
	unsigned int cycles;
};

extern struct attach_opt attach_opt;

/* attach_test.c */
int insert(const char *params);
bool remove_module(void);
bool log_is_clean(void);
/* Whether a line since the last look at the kernel log has that in it. */
bool log_says(const char *text);
bool write_file(const char *path, const char *text);
bool exists(const char *path);
/* Whether an exit has come to the module; it may take a vCPU a turn at the scheduler. */
bool is_served(void *unused);
/* Whether a guest that runs pv_guest_asker() has come to get that answer. */
bool until_answer(struct pv_vm *pv, u64 wanted);

/* attach_load.c: 8, 2, 2 and 1 results; in the place of all, 2 */
void test_load(void);
void test_ftrace_off(void);
void test_misfit(void);
void test_nobody_stopped(void);
void test_without_kvm(void);

/* attach_many.c: 2 results */
void test_many(void);

/* attach_adopt.c: 2, 2 and 1 results */
void test_adopt_running(void);
void test_parameters(void);
void test_adopt_halted(bool loaded_first);

/* attach_files.c: 1 and 1 result */
void test_adopt_idle(void);
void test_adopt_in_flight(void);

/* attach_storm.c: 4, 2 and 2 results */
/*
 * Times that one call may interrupt a target. On a CPU with nohz_full a call that has one to
 * kick is the kernel's, which makes it from the beginning: Documentation/exits.rst.
 */
u64 times_at_most(void);
/* One sender, who waits for every IPI; a target halted and one running. */
struct pv_vm *storm_vm(void);
bool storm_ends_well(struct pv_vm *pv, const char **why);
void test_cycles(void);
void test_traces(void);
void test_open_file(void);
void reap(pid_t pid);

/* attach_vms.c: 2 and 2 results */
/* A process that runs @vmm, which writes a byte of 1 to @ready when it is up; to be reaped. */
pid_t start_vmm(void (*vmm)(int ready));
void test_killed(void);
void test_two_vms(void);

#endif /* SELFTEST_ATTACH_H */
