// SPDX-License-Identifier: GPL-2.0
/*
 * IPIs by hypercall: who gets one, who must not, that none is lost, and what
 * each costs in exits.
 *
 * Who gets one is seen in vCPUs that do not run: what KVM has queued for them
 * is in their ESTAT when the host reads it. Loss and cost need vCPUs that do.
 */
#include <getopt.h>
#include <sched.h>

#include "pv_host.h"

#define REG_A0		4

static struct {
	u64 storm;		/* IPIs to running and preempted targets */
	u64 race;		/* IPIs to halting and waking targets */
	u64 exact;		/* IPIs acknowledged one by one */
	unsigned int rounds;	/* broadcasts per number of vCPUs */
} opt = {
	.storm = 1000000,
	.race = 30000,
	.exact = 5000,
	.rounds = 20,
};

static u64 service_stub(void)
{
	const struct pv_stub *s;

	for (s = pv_hvcl_stubs; s->addr && s->imm != PV_HVCL_SERVICE; s++)
		;
	TEST_ASSERT(s->addr, "no stub for the service call");
	return s->addr;
}

/* --- who gets one ---------------------------------------------------------- */

/* Physical ids that exist; vCPU 0 is the one that sends. */
struct ids {
	const char *name;
	int nr;
	u8 id[PV_MAX_PHYID];
};

struct edge {
	u64 a1, a2, a3;
};

static const struct edge edges[] = {
	/* each end of each word */
	{ 1UL, 0, 0 },
	{ 1UL << 63, 0, 0 },
	{ 0, 1UL, 0 },
	{ 0, 1UL << 63, 0 },
	{ 1UL | 1UL << 63, 1UL | 1UL << 63, 0 },
	{ 0, 0, 0 },
	/* full bitmaps, from each base at which something changes */
	{ -1UL, -1UL, 0 },
	{ -1UL, -1UL, 1 },
	{ -1UL, -1UL, 127 },
	{ -1UL, -1UL, 128 },
	{ -1UL, -1UL, 129 },
	{ -1UL, -1UL, 255 },
	{ -1UL, -1UL, 256 },
	{ -1UL, -1UL, 257 },
	{ -1UL, -1UL, 0x7fffff80 },
	{ -1UL, -1UL, 0x7fffffff },
	{ -1UL, -1UL, 0x80000000 },
	{ -1UL, -1UL, 0xffffff00 },
	{ -1UL, -1UL, 0xffffff80 },
	{ -1UL, -1UL, 0xffffff81 },
	{ -1UL, -1UL, 0xffffffff },
	{ 2UL, 0, 0xffffffff },
	{ -1UL, -1UL, 0x100000000 },
	{ -1UL, -1UL, 0x1000000ff },
	{ -1UL, -1UL, 0x7fffffffffffffff },
	{ -1UL, -1UL, 0x8000000000000000 },
	{ -1UL, -1UL, 0xffffffffffffff80 },
	{ -1UL, -1UL, 0xffffffffffffffff },
	{ 2UL, 0, 0xffffffffffffffff },
};

/* The Rust handlers: ids are a3 + bit, in 64 bits, and must be below 256. */
static bool rust_hits(const struct edge *e, unsigned int bit, int id)
{
	return e->a3 < PV_MAX_PHYID && e->a3 + bit == id;
}

/* The C handlers: the sum is 32 bits wide and wraps. */
static bool c_hits(const struct edge *e, unsigned int bit, int id)
{
	return (u32)((u32)e->a3 + bit) == (u32)id;
}

static bool should_hit(const struct edge *e, int id)
{
	unsigned int bit;

	for (bit = 0; bit < 128; bit++) {
		if (!((bit < 64 ? e->a1 : e->a2) >> (bit % 64) & 1))
			continue;
		if (pv_rule_holds(PV_IPI_BASE) ? rust_hits(e, bit, id) : c_hits(e, bit, id))
			return true;
	}
	return false;
}

static const char *check_edge(struct pv_vm *pv, const struct ids *ids,
			      const struct edge *e)
{
	u64 want = e->a3 < PV_MAX_PHYID ? PV_OK : pv_expect(PV_IPI_BASE, PV_OK, PV_INVALID_PARAM);
	struct pv_probe p = { .stub = service_stub() };
	static char why[160];
	const char *bad;
	int i;

	pv_probe_fill(pv, &p);
	p.in[4] = PV_FN_IPI;
	p.in[5] = e->a1;
	p.in[6] = e->a2;
	p.in[7] = e->a3;
	bad = pv_probe(pv, pv->vcpu[0], &p, REG_A0);
	if (!bad && p.out[REG_A0] != want) {
		snprintf(why, sizeof(why), "a0 is %ld, not %ld", (long)p.out[REG_A0], (long)want);
		bad = why;
	}
	for (i = 0; i < ids->nr; i++) {
		bool hit = pv_swi0_pending(pv->vcpu[i]);

		if (!bad && hit != should_hit(e, ids->id[i])) {
			snprintf(why, sizeof(why), "id %u %s", ids->id[i],
				 hit ? "got an IPI that was not for it" : "got no IPI");
			bad = why;
		}
		if (hit)
			pv_swi0_clear(pv->vcpu[i]);
	}
	return bad;
}

static void test_edges(const struct ids *ids)
{
	struct pv_vm *pv = pv_vm_create(ids->nr);
	const char *bad;
	int i, failed = 0;

	/* vCPU numbers run against the ids, so that a mix-up shows */
	for (i = 0; i < ids->nr; i++)
		pv_vcpu_add(pv, ids->nr - 1 - i, ids->id[i], i ? NULL : pv_guest_halted);
	for (i = 0; i < ARRAY_SIZE(edges); i++) {
		bad = check_edge(pv, ids, &edges[i]);
		if (!bad)
			continue;
		failed++;
		ksft_print_msg("a1 0x%lx a2 0x%lx a3 0x%lx: %s\n", (long)edges[i].a1,
			       (long)edges[i].a2, (long)edges[i].a3, bad);
	}
	ksft_test_result(!failed, "edges: %s, %zu calls, %d wrong\n", ids->name,
			 ARRAY_SIZE(edges), failed);
	pv_vm_free(pv);
}

static void test_all_edges(void)
{
	static struct ids all = { .name = "all 256 ids", .nr = 256 };
	static const struct ids sparse = {
		.name = "sparse ids", .nr = 9,
		.id = { 5, 0, 1, 63, 64, 127, 128, 191, 255 },
	}, high = {
		.name = "no id below 128", .nr = 3, .id = { 254, 128, 255 },
	}, alone = {
		.name = "only the sender", .nr = 1, .id = { 0 },
	};
	int i;

	for (i = 0; i < all.nr; i++)
		all.id[i] = i ^ 0x55;
	test_edges(&all);
	test_edges(&sparse);
	test_edges(&high);
	test_edges(&alone);
}

/* No vCPU has an id: the call finds nobody, and not vCPU 0 either. */
static void test_no_cpuid(void)
{
	struct pv_vm *pv = pv_vm_create(2);
	const char *bad = NULL;
	bool hit = false;
	u64 a3;
	int i;

	pv_vcpu_add(pv, 0, PV_NO_CPUID, pv_guest_halted);
	pv_vcpu_add(pv, 1, PV_NO_CPUID, NULL);
	for (a3 = 0; a3 < PV_MAX_PHYID && !bad; a3 += 128) {
		struct pv_probe p = { .stub = service_stub() };

		pv_probe_fill(pv, &p);
		p.in[4] = PV_FN_IPI;
		p.in[5] = -1UL;
		p.in[6] = -1UL;
		p.in[7] = a3;
		bad = pv_probe(pv, pv->vcpu[0], &p, REG_A0);
		if (!bad && p.out[REG_A0] != PV_OK)
			bad = "a0 is not 0";
		for (i = 0; i < 2; i++)
			hit |= pv_swi0_pending(pv->vcpu[i]);
	}
	ksft_test_result(!bad && !hit, "no physical id set: nobody is reached %s\n", bad ?: "");

	ksft_test_result(!pv_vcpu_set_cpuid(pv->vcpu[1], 200) &&
			 pv_vcpu_set_cpuid(pv->vcpu[1], 201) &&
			 pv_vcpu_set_cpuid(pv->vcpu[0], 200) &&
			 pv_vcpu_set_cpuid(pv->vcpu[0], 256),
			 "ids are set once, unique, below 256\n");
	pv_vm_free(pv);
}

/* --- one sender, one target in a known state -------------------------------- */

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

static void test_self(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	const char *why = "";
	bool ok;

	pv_vcpu_add(pv, 0, 0, self_body);
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	ksft_test_result(ok && pv->sh->cpu[0].irqs == 1000,
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

static void test_halted(void)
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
	ksft_test_result(ok && pv->sh->cpu[TARGET].irqs == 1, "halted target: %lu interrupt %s\n",
			 (long)pv->sh->cpu[TARGET].irqs, why);
	ksft_test_result(ok && pv_until_blocking(pv->vcpu[1]), "halted target: halts again\n");
	pv_vm_free(pv);
}

static void test_running(void)
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
	ksft_test_result(ok && pv->sh->cpu[TARGET].irqs == 1, "running target: %lu interrupt %s\n",
			 (long)pv->sh->cpu[TARGET].irqs, why);
	ksft_test_result(ok && pv_until_beating(pv, TARGET), "running target: runs on\n");
	pv_vm_free(pv);
}

/* Both on one host CPU: whenever one of them runs, the other is preempted. */
static void test_preempted(void)
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
	ksft_test_result(ok && pv->sh->cpu[TARGET].irqs == 20,
			 "preempted target: %lu interrupts for 20 IPIs %s\n",
			 (long)pv->sh->cpu[TARGET].irqs, why);
	ksft_test_result(preemptions(pv->thread[1].tid) > before,
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

static void test_user(void)
{
	bool refused = pv_rule_holds(PV_HCALL_PLV);
	struct pv_vm *pv = pv_vm_create(2);
	const char *why = "";
	bool ok, hit;

	pv_vcpu_add(pv, 0, 0, user_body);
	pv_vcpu_add(pv, 1, TARGET, NULL);
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	sync_global_from_guest(pv->vm, user);
	hit = pv_swi0_pending(pv->vcpu[1]);
	ksft_test_result(ok && user.refused == (refused ? 1000 : 0) &&
			 user.done == (refused ? 0 : 1000),
			 "user: %lu calls refused, %lu done of 1000 %s\n", (long)user.refused,
			 (long)user.done, why);
	ksft_test_result(ok && hit == !refused && !pv->sh->cpu[0].irqs == refused,
			 "user: %s\n", refused ? "nobody was reached" : "all were reached");
	pv_vm_free(pv);
}

/* --- many vCPUs: loss and cost ------------------------------------------------- */

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

/* Number of ids whose interrupts are not what the mode allows. */
static int miscounts(struct pv_vm *pv, u64 rounds, bool exact)
{
	int i, wrong = 0;

	for (i = 1; i < pv->nr; i++) {
		struct pv_cpu *cpu = &pv->sh->cpu[i];

		if (cpu->ack != rounds || cpu->req != rounds || cpu->stray ||
		    !cpu->irqs || cpu->irqs > rounds || (exact && cpu->irqs != rounds))
			wrong++;
	}
	return wrong + (pv->sh->cpu[0].irqs != 0);
}

/* Whether the emulator saw the exits that KVM has counted. */
static void check_second_count(struct pv_vm *pv, bool ok, u64 hvc, u64 interrupts)
{
	struct cost c = cost_of(pv, 0, pv->nr);

	if (!pv_emu_counts()) {
		ksft_test_result_skip("%d vCPUs: the CPU has no event counters\n", pv->nr);
		return;
	}
	hvc = pv_emu_count(PV_EMU_HVC) - hvc;
	interrupts = pv_emu_count(PV_EMU_INT) - interrupts;
	ksft_test_result(ok && hvc == c.hypercalls && interrupts == c.interrupts,
			 "%d vCPUs: the CPUs counted %lu hypercalls, KVM %lu; interrupts %lu, KVM %lu\n",
			 pv->nr, (long)hvc, (long)c.hypercalls, (long)interrupts,
			 (long)c.interrupts);
}

static void test_broadcast(int nr)
{
	struct pv_order order = { .rounds = opt.rounds, .burst = 1 };
	u64 calls = (u64)opt.rounds * (nr > 128 ? 2 : 1);
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
		wrong = miscounts(pv, opt.rounds, true);
		send = cost_of(pv, 0, 1);
		recv = cost_of(pv, 1, nr);
	}
	ksft_test_result(ok && !wrong && !pv->sh->cpu[0].errors,
			 "%d vCPUs: %lu IPIs, each its interrupt; %d ids wrong %s\n", nr,
			 (long)pv->sh->cpu[0].sent, wrong, why);
	ksft_test_result(ok && send.hypercalls == calls && !send.ipi_io && !send.cpucfg,
			 "%d vCPUs: %lu hypercalls for %u broadcasts, no other exit to send\n",
			 nr, (long)send.hypercalls, opt.rounds);
	ksft_test_result(ok && !recv.hypercalls && !recv.ipi_io && !recv.cpucfg,
			 "%d vCPUs: no exit to receive (%lu kicks and ticks, %lu halts)\n",
			 nr, (long)recv.interrupts, (long)recv.idle);
	check_second_count(pv, ok && pv_until(all_blocking, pv), hvc, interrupts);
	ksft_print_msg("%d vCPUs: %.1f s\n", nr, pv_seconds() - start);
	pv_vm_free(pv);
}

/* Each IPI waits for the one before it: every one must be an interrupt. */
static void test_exact(void)
{
	struct pv_order order = { .rounds = opt.exact, .burst = 1 };
	double start = pv_seconds();
	struct pv_vm *pv = broadcast_vm(2, order, pv_guest_halted);
	const char *why = "";
	bool ok;

	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	ksft_test_result(ok && !miscounts(pv, opt.exact, true),
			 "exact: %lu IPIs one by one, %lu interrupts %s\n",
			 (long)opt.exact, (long)pv->sh->cpu[1].irqs, why);
	ksft_print_msg("exact: %.1f s\n", pv_seconds() - start);
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
static void test_storm(const char *name, u64 ipis, int nr, void *target, u64 burst)
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
	wrong = miscounts(pv, rounds, false);
	for (i = 1; i < pv->nr; i++)
		irqs += pv->sh->cpu[i].irqs;
	ksft_test_result(ok && !wrong && pv->sh->cpu[0].sent >= ipis &&
			 pv_stat(pv->vcpu[0], "hypercall_exits") == rounds,
			 "%s: %lu IPIs in %lu hypercalls, %d ids short (%lu interrupts) %s\n",
			 name, (long)pv->sh->cpu[0].sent, (long)rounds, wrong, (long)irqs, why);
	ksft_print_msg("%s: %.1f s\n", name, pv_seconds() - start);
	pv_vm_free(pv);
}

/* Everybody sends to everybody at once. */
static void test_all_to_all(int nr, u64 rounds)
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
	ksft_test_result(ok && !wrong, "all to all: %d vCPUs, %lu IPIs, %d wrong %s\n", nr,
			 (long)(want * nr), wrong, why);
	ksft_print_msg("all to all: %.1f s\n", pv_seconds() - start);
	pv_vm_free(pv);
}

static void __attribute__((noreturn)) usage(const char *name, int status)
{
	printf("usage: %s [-s IPIS] [-p IPIS] [-e IPIS] [-r ROUNDS] [-w SECONDS]\n"
	       "  -s  IPIs to running and preempted targets (default %lu)\n"
	       "  -p  IPIs to halting and waking targets (default %lu)\n"
	       "  -e  IPIs sent one by one (default %lu)\n"
	       "  -r  broadcasts for each number of vCPUs (default %u)\n"
	       "  -w  seconds without progress that mean a lost IPI (default %u)\n",
	       name, (long)opt.storm, (long)opt.race, (long)opt.exact, opt.rounds, pv_stall_seconds);
	exit(status);
}

int main(int argc, char *argv[])
{
	static const int sizes[] = { 2, 4, 16, 64, 128, 129, 256 };
	char bad[200];
	int c, i, klog;

	while ((c = getopt(argc, argv, "s:p:e:r:w:h")) != -1) {
		switch (c) {
		case 's': opt.storm = strtoul(optarg, NULL, 0); break;
		case 'p': opt.race = strtoul(optarg, NULL, 0); break;
		case 'e': opt.exact = strtoul(optarg, NULL, 0); break;
		case 'r': opt.rounds = strtoul(optarg, NULL, 0); break;
		case 'w': pv_stall_seconds = strtoul(optarg, NULL, 0); break;
		case 'h': usage(argv[0], 0);
		default: usage(argv[0], 1);
		}
	}

	ksft_print_header();
	pv_require_kvm();
	klog = pv_klog_open();
	ksft_print_msg("answered by: %s\n", pv_who());
	ksft_set_plan(4 + 2 + 1 + 2 + 2 + 2 + 2 + 4 * ARRAY_SIZE(sizes) + 1 + 2 + 2 + 1);

	test_all_edges();
	test_no_cpuid();
	test_self();
	test_halted();
	test_running();
	test_preempted();
	test_user();
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		test_broadcast(sizes[i]);
	test_exact();
	test_all_to_all(4, 500);
	test_all_to_all(16, 100);
	test_storm("race", opt.race, 128, pv_guest_halted, 16);
	test_storm("storm", opt.storm, 8, pv_guest_running, 10000);
	pv_klog_check(klog, bad, sizeof(bad));
	ksft_test_result(!bad[0], "kernel log: no alarm %s\n", bad);
	ksft_finished();
}
