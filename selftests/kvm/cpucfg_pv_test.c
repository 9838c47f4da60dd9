// SPDX-License-Identifier: GPL-2.0
/*
 * CPUCFG 0x40000000..0x400000ff, the guest's way to find KVM, and its
 * neighbours: every leaf at every privilege level, the feature word under
 * every setting of the VMM, and the instruction's own corners.
 */
#include "pv_host.h"

#define LEAF_SIG	PV_CPUCFG_BASE
#define SIGNATURE	PV_IDENTITY	/* the same four bytes, "KVM\0" */
#define HW_LEAVES	21
#define PRESSURE_READS	20000

/* --- every leaf at one level, from inside the guest --------------------- */

static struct {
	u64 plv;
	u64 first, nr;
	u64 val[PV_CPUCFG_SIZE];
} leaves;

static u64 read_leaves(u64 unused)
{
	u64 i;

	for (i = 0; i < leaves.nr; i++)
		leaves.val[i] = guest_cpucfg(leaves.first + i);
	return 0;
}

static void leaves_body(void)
{
	guest_call_plv(leaves.plv, read_leaves, 0);
	GUEST_DONE();
}

/* What the VMM says that the vCPU's CPU is. */
static u64 model[HW_LEAVES];

/* Fill @leaves from a guest at @plv; returns how many reads KVM counted. */
static u64 run_leaves(u64 plv, u64 first, u64 nr, u64 features)
{
	struct pv_vm *pv = pv_vm_create(1);
	const char *why;
	u64 exits;
	int i;

	pv_vcpu_add(pv, 0, 0, leaves_body);
	TEST_ASSERT(!pv_feature_set(pv->vcpu[0], features), "features refused");
	/* As this CPU, where KVM lets a guest have that. */
	for (i = 0; i < HW_LEAVES; i++)
		__vcpu_set_reg(pv->vcpu[0], KVM_IOC_CPUCFG(i), guest_cpucfg(i) & 0xffffffff);
	memset(&leaves, 0xff, sizeof(leaves));
	leaves.plv = plv;
	leaves.first = first;
	leaves.nr = nr;
	sync_global_to_guest(pv->vm, leaves);
	pv_start(pv, 0);
	TEST_ASSERT(pv_wait(pv, 0, &why), "guest: %s", why);
	sync_global_from_guest(pv->vm, leaves);
	exits = pv_stat(pv->vcpu[0], "cpucfg_exits");
	for (i = 0; i < HW_LEAVES; i++)
		model[i] = vcpu_get_reg(pv->vcpu[0], KVM_IOC_CPUCFG(i));
	pv_vm_free(pv);
	return exits;
}

static void test_leaves(u64 plv)
{
	u64 features = PV_FEAT_IPI | PV_FEAT_USER_HCALL, exits, want;
	enum pv_rule rule = plv ? PV_CPUCFG_PLV : PV_SAME;
	int i, wrong = 0;

	exits = run_leaves(plv, PV_CPUCFG_BASE, PV_CPUCFG_SIZE, features);
	for (i = 0; i < PV_CPUCFG_SIZE; i++) {
		want = i == 0 ? SIGNATURE : i == 4 ? features : 0;
		want = pv_expect(rule, want, 0);
		if (leaves.val[i] == want)
			continue;
		if (!wrong++)
			pv_note("leaf +0x%x: 0x%lx, not 0x%lx\n", i,
				(long)leaves.val[i], (long)want);
	}
	pv_result(!wrong, "256 leaves at PLV %lu: %d wrong\n", (long)plv, wrong);
	pv_result(exits == PV_CPUCFG_SIZE, "cpucfg_exits counted %lu of 256 at PLV %lu\n",
		  (long)exits, (long)plv);
}

/* The CPU's own leaves are not the ABI's: user programs read them too. */
static void test_hw_leaves(void)
{
	u64 kernel[HW_LEAVES + 3];
	int i, wrong = 0;

	run_leaves(0, 0, ARRAY_SIZE(kernel), PV_FEAT_IPI);
	memcpy(kernel, leaves.val, sizeof(kernel));
	run_leaves(3, 0, ARRAY_SIZE(kernel), PV_FEAT_IPI);
	for (i = 0; i < ARRAY_SIZE(kernel); i++) {
		if (leaves.val[i] != kernel[i])
			wrong++;
		if (kernel[i] != (i < HW_LEAVES ? model[i] : 0))
			wrong++;
	}
	pv_result(!wrong, "leaves 0 to %zu are the model's, for user and kernel\n",
		  ARRAY_SIZE(kernel) - 1);
}

/* --- the feature word ----------------------------------------------------- */

static void test_features(void)
{
	static const u64 sets[] = {
		0, PV_FEAT_IPI, PV_FEAT_STEAL_TIME, PV_FEAT_USER_HCALL,
		PV_FEAT_VIRT_EXTIOI, PV_FEAT_IPI | PV_FEAT_PREEMPT, PV_FEAT_ALL,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		run_leaves(0, PV_CPUCFG_FEATURE, 1, sets[i]);
		pv_result(leaves.val[0] == sets[i],
			  "features 0x%lx read as 0x%lx\n", (long)sets[i],
			  (long)leaves.val[0]);
	}
}

static void test_attribute(void)
{
	struct pv_vm *pv = pv_vm_create(2);
	struct kvm_vcpu *a = pv_vcpu_add(pv, 0, 0, NULL);
	struct kvm_vcpu *b = pv_vcpu_add(pv, 1, 1, NULL);
	u64 initial = pv_feature_get(a);

	pv_result(!__vcpu_has_device_attr(a, KVM_LOONGARCH_VCPU_CPUCFG, PV_CPUCFG_FEATURE),
		  "the feature attribute is there\n");
	pv_result(initial & PV_FEAT_IPI, "IPI is on by default (0x%lx)\n", (long)initial);
	pv_result(pv_feature_set(a, PV_FEAT_IPI | 1) && pv_feature_get(a) == initial,
		  "an unknown feature is refused\n");
	pv_result(!pv_feature_set(a, PV_FEAT_IPI) && pv_feature_set(b, 0) &&
		  !pv_feature_set(b, PV_FEAT_IPI) && pv_feature_get(b) == PV_FEAT_IPI,
		  "all vCPUs have the same features\n");
	pv_vm_free(pv);
}

/* --- the instruction: operands and neighbours ----------------------------- */

struct row {
	u64 index;
	u64 val;
	bool plv;	/* PV_CPUCFG_PLV applies */
};

static const struct row rows[] = {
	{ LEAF_SIG, SIGNATURE, true },
	{ PV_CPUCFG_FEATURE, PV_FEAT_IPI, true },
	/* the index is 32 bits wide */
	{ 0xffffffff00000000UL | LEAF_SIG, SIGNATURE, true },
	{ 0x5a5a5a5a00000000UL | PV_CPUCFG_FEATURE, PV_FEAT_IPI, true },
	{ PV_CPUCFG_BASE + 1, 0, true },
	{ PV_CPUCFG_BASE + 0xff, 0, true },
	{ PV_CPUCFG_BASE - 1, 0, false },
	{ PV_CPUCFG_BASE + 0x100, 0, false },
	{ PV_CPUCFG_BASE + 0x104, 0, false },
	{ HW_LEAVES, 0, false },
	{ 0x7fffffff, 0, false },
	{ 0x80000000, 0, false },
	{ 0xc0000000, 0, false },
	{ 0xffffffff, 0, false },
};

static const char *check_row(struct pv_vm *pv, const struct pv_stub *s,
			     const struct row *r, u64 plv)
{
	bool hidden = r->plv && plv && pv_rule_holds(PV_CPUCFG_PLV);
	u64 want = hidden ? 0 : r->val;
	struct pv_probe p = { .stub = s->addr, .plv = plv };
	static char why[200];
	const char *bad;

	if (!s->rd)
		want = pv_expect(PV_ZERO_REG, want, 0);
	pv_probe_fill(pv, &p);
	p.in[s->rj] = r->index;
	bad = pv_probe(pv, pv->vcpu[0], &p, s->rd);
	if (bad) {
		snprintf(why, sizeof(why), "cpucfg r%u, r%u at PLV %lu: %s", s->rd, s->rj,
			 (long)plv, bad);
		return why;
	}
	if (p.out[s->rd] != want) {
		snprintf(why, sizeof(why), "cpucfg r%u, r%u at PLV %lu: r%u is 0x%lx, not 0x%lx",
			 s->rd, s->rj, (long)plv, s->rd, (long)p.out[s->rd], (long)want);
		return why;
	}
	return NULL;
}

static void test_instruction(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	const struct pv_stub *s;
	const char *bad;
	int i, plv;

	pv_vcpu_add(pv, 0, 0, leaves_body);
	TEST_ASSERT(!pv_feature_set(pv->vcpu[0], PV_FEAT_IPI), "features refused");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bad = NULL;
		for (s = pv_cpucfg_stubs; s->addr && !bad; s++)
			for (plv = 0; plv <= 3 && !bad; plv++)
				bad = check_row(pv, s, &rows[i], plv);
		pv_result(!bad, "index 0x%lx: value, registers and pc%s%s\n",
			  (long)rows[i].index, bad ? ": " : "", bad ?: "");
	}
	pv_vm_free(pv);
}

/* --- the rule holds while the vCPU is owed interrupts ---------------------- */

static struct {
	u64 done, hidden;
} pressure;

static u64 pressure_user(u64 reads)
{
	while (pressure.done < reads) {
		if (!guest_cpucfg(LEAF_SIG))
			pressure.hidden++;
		WRITE_ONCE(pressure.done, pressure.done + 1);
	}
	return 0;
}

static void pressure_body(void)
{
	guest_call_plv(3, pressure_user, PRESSURE_READS);
	GUEST_DONE();
}

static void test_pressure(void)
{
	u64 want = pv_rule_holds(PV_CPUCFG_PLV) ? PRESSURE_READS : 0;
	struct pv_vm *pv = pv_vm_create(1);
	struct pv_hammer *hammer;
	const char *why = "";
	bool ok;

	pv_vcpu_add(pv, 0, 0, pressure_body);
	pv_start(pv, 0);
	hammer = pv_hammer_start(pv->vcpu[0]);
	ok = pv_wait(pv, 0, &why);
	pv_hammer_stop(hammer);
	sync_global_from_guest(pv->vm, pressure);
	pv_result(ok && pressure.hidden == want,
		  "pressure: %lu of %d reads from user hidden %s\n",
		  (long)pressure.hidden, PRESSURE_READS, why);
	pv_vm_free(pv);
}

int main(int argc, char *argv[])
{
	char bad[200];
	int plv, klog;

	ksft_print_header();
	pv_require_kvm();
	klog = pv_klog_open();
	pv_note("answered by: %s\n", pv_who());
	pv_plan(8 + 1 + 7 + 4 + ARRAY_SIZE(rows) + 1 + 1);

	for (plv = 0; plv <= 3; plv++)
		test_leaves(plv);
	test_hw_leaves();
	test_features();
	test_attribute();
	test_instruction();
	test_pressure();
	pv_klog_check(klog, bad, sizeof(bad));
	pv_result(!bad[0], "kernel log: no alarm %s\n", bad);
	pv_finished();
}
