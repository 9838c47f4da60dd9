// SPDX-License-Identifier: GPL-2.0
/* One sender and one target, which is itself, halted, running or preempted. */
#include <sched.h>

#include "pv_ipi.h"

#define TARGET	1

static void one_ipi_body(void)
{
	GUEST_ASSERT_EQ(pv_guest_send(TARGET), 0UL);
	pv_guest_wait_ack(TARGET);
	GUEST_DONE();
}

static void self_body(void)
{
	struct pv_cpu *me = &pv_shared.cpu[0];
	u64 i;

	/* masked: it waits; unmasked: it is there before the next instruction */
	GUEST_ASSERT_EQ(pv_guest_send(0), 0UL);
	GUEST_ASSERT_EQ(me->irqs, 0UL);
	local_irq_enable();
	GUEST_ASSERT_EQ(READ_ONCE(me->irqs), 1UL);
	for (i = 2; i <= 1000; i++) {
		pv_guest_send(0);
		GUEST_ASSERT_EQ(READ_ONCE(me->irqs), i);
	}
	GUEST_DONE();
}

void test_self(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	const char *why = "";
	bool ok;

	pv_vcpu_add(pv, 0, 0, self_body);
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	pv_result(ok && pv->sh->cpu[0].irqs == 1000,
		  "self: %lu of 1000 arrive at the next instruction %s\n",
		  (long)pv->sh->cpu[0].irqs, why);
	pv_vm_free(pv);
}

/* Involuntary context switches of a thread: it was preempted. */
static u64 preemptions(int tid)
{
	char path[64], line[128];
	u64 n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "nonvoluntary_ctxt_switches: %lu", (unsigned long *)&n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

void test_halted(void)
{
	struct pv_vm *pv = pv_vm_create(2);
	const char *why = "";
	bool ok;

	pv_vcpu_add(pv, 0, 0, one_ipi_body);
	pv_vcpu_add(pv, 1, TARGET, pv_guest_halted);
	pv_start(pv, 1);
	ok = pv_until_blocking(pv->vcpu[1]);
	if (!ok)
		why = "the target never halted";
	pv_start(pv, 0);
	ok = ok && pv_wait(pv, 0, &why);
	pv_result(ok && pv->sh->cpu[TARGET].irqs == 1, "halted target: %lu interrupt %s\n",
		  (long)pv->sh->cpu[TARGET].irqs, why);
	pv_result(ok && pv_until_blocking(pv->vcpu[1]), "halted target: halts again\n");
	pv_vm_free(pv);
}

void test_running(void)
{
	struct pv_vm *pv = pv_vm_create(2);
	const char *why = "";
	bool ok;

	pv_vcpu_add(pv, 0, 0, one_ipi_body);
	pv_vcpu_add(pv, 1, TARGET, pv_guest_running);
	pv_start(pv, 1);
	ok = pv_until_beating(pv, TARGET);
	pv_start(pv, 0);
	ok = ok && pv_wait(pv, 0, &why);
	pv_result(ok && pv->sh->cpu[TARGET].irqs == 1, "running target: %lu interrupt %s\n",
		  (long)pv->sh->cpu[TARGET].irqs, why);
	pv_result(ok && pv_until_beating(pv, TARGET), "running target: runs on\n");
	pv_vm_free(pv);
}

/* Kicks of one host CPU by another, as Linux counts them; -1 if it does not. */
static long reschedules(int cpu)
{
	FILE *f = fopen("/proc/interrupts", "r");
	char line[4096], *at;
	long n = -1;
	int i;

	while (f && n < 0 && fgets(line, sizeof(line), f)) {
		if (!strstr(line, "Rescheduling"))
			continue;
		at = strchr(line, ':') + 1;
		for (i = 0; i <= cpu; i++)
			n = strtol(at, &at, 10);
	}
	if (f)
		fclose(f);
	return n;
}

/*
 * Without the kick a running target would see each IPI at the next timer tick
 * of its host CPU, so that nothing is lost and only the kicks tell.
 */
void test_kicked(void)
{
	struct pv_order order = { .nr = 2, .rounds = 200, .burst = 1 };
	const char *why = "";
	struct pv_vm *pv;
	cpu_set_t all;
	bool ok;
	long n;
	int cpu;

	sched_getaffinity(0, sizeof(all), &all);
	if (CPU_COUNT(&all) < 2 || reschedules(0) < 0) {
		pv_skip("running target: needs two host CPUs and a count of their kicks\n");
		return;
	}
	pv = pv_vm_create(2);
	pv_vcpu_add(pv, 0, 0, pv_guest_sender);
	pv_vcpu_add(pv, 1, TARGET, pv_guest_running);
	pv->sh->order = order;
	cpu = pin_self_to_any_cpu();
	pv_start(pv, 1);
	CPU_CLR(cpu, &all);
	sched_setaffinity(0, sizeof(all), &all);
	ok = pv_until_beating(pv, TARGET);
	n = reschedules(cpu);
	pv_start(pv, 0);
	ok = ok && pv_wait(pv, 0, &why);
	n = reschedules(cpu) - n;
	CPU_SET(cpu, &all);
	sched_setaffinity(0, sizeof(all), &all);
	/* a timer tick may get ahead of some kicks */
	pv_result(ok && n >= (long)order.rounds / 2,
		  "running target: %ld kicks for %lu IPIs %s\n", n, (long)order.rounds, why);
	pv_vm_free(pv);
}

/* Both on one host CPU: whenever one of them runs, the other is preempted. */
void test_preempted(void)
{
	struct pv_vm *pv = pv_vm_create(2);
	const char *why = "";
	cpu_set_t old;
	u64 before;
	bool ok;

	pv_vcpu_add(pv, 0, 0, pv_guest_sender);
	pv_vcpu_add(pv, 1, TARGET, pv_guest_running);
	pv->sh->order = (struct pv_order){ .nr = 2, .rounds = 20, .burst = 1 };
	sched_getaffinity(0, sizeof(old), &old);
	pin_self_to_any_cpu();
	pv_start(pv, 1);
	ok = pv_until_beating(pv, TARGET);
	before = preemptions(pv->thread[1].tid);
	pv_start(pv, 0);
	ok = ok && pv_wait(pv, 0, &why);
	sched_setaffinity(0, sizeof(old), &old);
	pv_result(ok && pv->sh->cpu[TARGET].irqs == 20,
		  "preempted target: %lu interrupts for 20 IPIs %s\n",
		  (long)pv->sh->cpu[TARGET].irqs, why);
	pv_result(preemptions(pv->thread[1].tid) > before,
		  "preempted target: it was, %lu times\n",
		  (long)(preemptions(pv->thread[1].tid) - before));
	pv_vm_free(pv);
}

/* --- user mode ----------------------------------------------------------------- */

static struct {
	u64 refused, done, other;
} user;

static u64 user_sends(u64 times)
{
	u64 i, ret;

	for (i = 0; i < times; i++) {
		ret = guest_hcall(PV_FN_IPI, -1UL, -1UL, 0);
		if (ret == PV_INVALID_CODE)
			user.refused++;
		else if (ret == PV_OK)
			user.done++;
		else
			user.other++;
	}
	return 0;
}

static void user_body(void)
{
	local_irq_enable();
	guest_call_plv(3, user_sends, 1000);
	GUEST_DONE();
}

void test_user(void)
{
	bool refused = pv_rule_holds(PV_HCALL_PLV);
	const char *why = "";
	struct pv_vm *pv;
	bool ok, hit;

	if (!pv_hvcl_levels()) {
		pv_skip("user: calls: " PV_NO_USER_HVCL "\n");
		pv_skip("user: the target: " PV_NO_USER_HVCL "\n");
		return;
	}
	pv = pv_vm_create(2);
	pv_vcpu_add(pv, 0, 0, user_body);
	pv_vcpu_add(pv, 1, TARGET, NULL);
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	sync_global_from_guest(pv->vm, user);
	hit = pv_swi0_pending(pv->vcpu[1]);
	pv_result(ok && user.refused == (refused ? 1000 : 0) &&
		  user.done == (refused ? 0 : 1000),
		  "user: %lu calls refused, %lu done of 1000 %s\n", (long)user.refused,
		  (long)user.done, why);
	pv_result(ok && hit == !refused && !pv->sh->cpu[0].irqs == refused,
		  "user: %s\n", refused ? "nobody was reached" : "all were reached");
	pv_vm_free(pv);
}
