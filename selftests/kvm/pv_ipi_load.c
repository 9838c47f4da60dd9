// SPDX-License-Identifier: GPL-2.0
/* Many vCPUs, many IPIs: that none is lost, and what each costs in exits. */
#include <sched.h>

#include "pv_ipi.h"

struct cost {
	u64 hypercalls, cpucfg, ipi_io, interrupts, idle;
};

static struct cost cost_of(struct pv_vm *pv, int from, int to)
{
	struct cost c = {};
	int i;

	for (i = from; i < to; i++) {
		struct kvm_vcpu *vcpu = pv->vcpu[i];

		c.hypercalls += pv_stat(vcpu, "hypercall_exits");
		c.cpucfg += pv_stat(vcpu, "cpucfg_exits");
		c.ipi_io += pv_stat(vcpu, "ipi_read_exits") + pv_stat(vcpu, "ipi_write_exits");
		c.interrupts += pv_stat(vcpu, "int_exits");
		c.idle += pv_stat(vcpu, "idle_exits");
	}
	return c;
}

static bool all_blocking(void *arg)
{
	struct pv_vm *pv = arg;
	int i;

	for (i = 1; i < pv->nr; i++)
		if (!pv_stat(pv->vcpu[i], "blocking"))
			return false;
	return true;
}

/* vCPU 0, not started yet, is to send to all the others. */
static struct pv_vm *broadcast_vm(int nr, struct pv_order order, void *target)
{
	struct pv_vm *pv = pv_vm_create(nr);
	int i;

	for (i = 0; i < nr; i++)
		pv_vcpu_add(pv, i, i, i ? target : pv_guest_sender);
	order.nr = nr;
	pv->sh->order = order;
	for (i = 1; i < nr; i++)
		pv_start(pv, i);
	return pv;
}

/*
 * Number of ids whose interrupts are not what the mode allows: @most for each
 * round at most, and one for each at least if it was waited for.
 */
static int miscounts(struct pv_vm *pv, u64 rounds, bool exact, u64 most)
{
	int i, wrong = 0;

	for (i = 1; i < pv->nr; i++) {
		struct pv_cpu *cpu = &pv->sh->cpu[i];

		if (cpu->ack != rounds || cpu->req != rounds || cpu->stray ||
		    !cpu->irqs || cpu->irqs > rounds * most ||
		    (exact && cpu->irqs < rounds))
			wrong++;
	}
	return wrong + (pv->sh->cpu[0].irqs != 0);
}

/* Whether the emulator saw the exits that KVM has counted. */
static void check_second_count(struct pv_vm *pv, bool ok, u64 hvc, u64 interrupts)
{
	struct cost c = cost_of(pv, 0, pv->nr);

	if (!pv_emu_counts()) {
		pv_skip("%d vCPUs: the CPU has no event counters\n", pv->nr);
		return;
	}
	hvc = pv_emu_count(PV_EMU_HVC) - hvc;
	interrupts = pv_emu_count(PV_EMU_INT) - interrupts;
	pv_result(ok && hvc == c.hypercalls && interrupts == c.interrupts,
		  "%d vCPUs: the CPUs counted %lu hypercalls, KVM %lu; interrupts %lu, KVM %lu\n",
		  pv->nr, (long)hvc, (long)c.hypercalls, (long)interrupts,
		  (long)c.interrupts);
}

void test_broadcast(int nr)
{
	struct pv_order order = { .rounds = pv_ipi_opt.rounds, .burst = 1 };
	/* The Rust handlers leave a call with more than 32 kicks to the kernel half done. */
	u64 most = nr > 33 && pv_rule_holds(PV_IPI_TWICE) ? 2 : 1;
	u64 calls = (u64)pv_ipi_opt.rounds * (nr > 128 ? 2 : 1);
	u64 hvc = pv_emu_count(PV_EMU_HVC), interrupts = pv_emu_count(PV_EMU_INT);
	double start = pv_seconds();
	struct pv_vm *pv = broadcast_vm(nr, order, pv_guest_halted);
	const char *why = "targets never halted";
	struct cost send = {}, recv = {};
	int wrong = -1;
	bool ok;

	ok = pv_until(all_blocking, pv);
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why) && ok;
	if (ok) {
		wrong = miscounts(pv, pv_ipi_opt.rounds, true, most);
		send = cost_of(pv, 0, 1);
		recv = cost_of(pv, 1, nr);
	}
	pv_result(ok && !wrong && !pv->sh->cpu[0].errors,
		  "%d vCPUs: %lu IPIs, each its interrupt%s; %d ids wrong %s\n", nr,
		  (long)pv->sh->cpu[0].sent, most > 1 ? " or two" : "", wrong, why);
	pv_result(ok && send.hypercalls == calls && !send.ipi_io && !send.cpucfg,
		  "%d vCPUs: %lu hypercalls for %u broadcasts, no other exit to send\n",
		  nr, (long)send.hypercalls, pv_ipi_opt.rounds);
	pv_result(ok && !recv.hypercalls && !recv.ipi_io && !recv.cpucfg,
		  "%d vCPUs: no exit to receive (%lu kicks and ticks, %lu halts)\n",
		  nr, (long)recv.interrupts, (long)recv.idle);
	check_second_count(pv, ok && pv_until(all_blocking, pv), hvc, interrupts);
	pv_note("%d vCPUs: %.1f s\n", nr, pv_seconds() - start);
	pv_vm_free(pv);
}

/* Each IPI waits for the one before it: every one must be an interrupt. */
void test_exact(void)
{
	struct pv_order order = { .rounds = pv_ipi_opt.exact, .burst = 1 };
	double start = pv_seconds();
	struct pv_vm *pv = broadcast_vm(2, order, pv_guest_halted);
	const char *why = "";
	bool ok;

	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	pv_result(ok && !miscounts(pv, pv_ipi_opt.exact, true, 1),
		  "exact: %lu IPIs one by one, %lu interrupts %s\n",
		  (long)pv_ipi_opt.exact, (long)pv->sh->cpu[1].irqs, why);
	pv_note("exact: %.1f s\n", pv_seconds() - start);
	pv_vm_free(pv);
}

/* All of the host CPUs we may use but the first, if there is another. */
static void leave_first_cpu(const cpu_set_t *all)
{
	cpu_set_t rest = *all;
	int cpu = 0;

	while (!CPU_ISSET(cpu, &rest))
		cpu++;
	CPU_CLR(cpu, &rest);
	if (CPU_COUNT(&rest))
		sched_setaffinity(0, sizeof(rest), &rest);
}

/*
 * Many broadcasts before each wait for all targets. Close IPIs merge, as they
 * may; the wait finds a lost one, since nothing follows it.
 *
 * Targets that halt are met while halting, waking or running, and each IPI
 * costs a wakeup. Targets that run share the other host CPUs: one is kicked
 * out of the guest, the rest are preempted; that makes a million affordable.
 * The more of them there are, the longer a wait for the last one's turn.
 */
void test_storm(const char *name, u64 ipis, int nr, void *target, u64 burst)
{
	u64 rounds = DIV_ROUND_UP(ipis, nr - 1), irqs = 0;
	struct pv_order order = { .rounds = rounds, .burst = burst };
	double start = pv_seconds();
	const char *why = "";
	struct pv_vm *pv;
	cpu_set_t old;
	int i, wrong;
	bool ok;

	sched_getaffinity(0, sizeof(old), &old);
	if (target == pv_guest_running)
		leave_first_cpu(&old);
	pv = broadcast_vm(nr, order, target);
	sched_setaffinity(0, sizeof(old), &old);
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	wrong = miscounts(pv, rounds, false, pv_rule_holds(PV_IPI_TWICE) ? 2 : 1);
	for (i = 1; i < pv->nr; i++)
		irqs += pv->sh->cpu[i].irqs;
	pv_result(ok && !wrong && pv->sh->cpu[0].sent >= ipis &&
		  pv_stat(pv->vcpu[0], "hypercall_exits") == rounds,
		  "%s: %lu IPIs in %lu hypercalls, %d ids short (%lu interrupts) %s\n",
		  name, (long)pv->sh->cpu[0].sent, (long)rounds, wrong, (long)irqs, why);
	pv_note("%s: %.1f s\n", name, pv_seconds() - start);
	pv_vm_free(pv);
}

/* Everybody sends to everybody at once. */
void test_all_to_all(int nr, u64 rounds)
{
	struct pv_vm *pv = pv_vm_create(nr);
	double start = pv_seconds();
	const char *why = "";
	bool ok = true;
	u64 want = rounds * (nr - 1);
	int i, wrong = 0;

	for (i = 0; i < nr; i++)
		pv_vcpu_add(pv, i, i, pv_guest_sender);
	pv->sh->order = (struct pv_order){
		.nr = nr, .rounds = rounds, .burst = rounds, .senders = nr,
	};
	pv_start_all(pv);
	for (i = 0; i < nr && ok; i++)
		ok = pv_wait(pv, i, &why);
	for (i = 0; i < nr; i++)
		if (pv->sh->cpu[i].req != want || pv->sh->cpu[i].errors)
			wrong++;
	pv_result(ok && !wrong, "all to all: %d vCPUs, %lu IPIs, %d wrong %s\n", nr,
		  (long)(want * nr), wrong, why);
	pv_note("all to all: %.1f s\n", pv_seconds() - start);
	pv_vm_free(pv);
}
