// SPDX-License-Identifier: GPL-2.0
/*
 * Service calls: one call, its answer in a0 and its effect.
 *
 * One table serves the kernel's C handlers and the Rust ones; a row that
 * differs names the rule it hangs on (pv_host.h).
 */
#include "hypercall.h"

#define STEAL_ID	PV_FEAT_STEAL_TIME
#define STEAL_VALID	1UL

/* A VM with one vCPU to probe, one target, and the features of a row. */
struct pv_vm *probe_vm(u64 features)
{
	static struct { u64 features; struct pv_vm *pv; } cache[8];
	int i;

	for (i = 0; cache[i].pv; i++)
		if (cache[i].features == features)
			return cache[i].pv;
	TEST_ASSERT(i < ARRAY_SIZE(cache) - 1, "too many feature sets");
	cache[i].features = features;
	cache[i].pv = pv_vm_create(2);
	pv_vcpu_add(cache[i].pv, 0, 0, pv_guest_halted);
	pv_vcpu_add(cache[i].pv, 1, 1, NULL);
	TEST_ASSERT(!pv_feature_set(cache[i].pv->vcpu[0], features),
		    "features 0x%lx refused", (unsigned long)features);
	return cache[i].pv;
}

u64 stub_of(u32 imm)
{
	const struct pv_stub *s;

	for (s = pv_hvcl_stubs; s->addr; s++)
		if (s->imm == imm)
			return s->addr;
	TEST_FAIL("no stub for hvcl 0x%x", imm);
}

static u64 steal_area(struct kvm_vcpu *vcpu)
{
	u64 gpa = 0;

	__vcpu_device_attr_get(vcpu, KVM_LOONGARCH_VCPU_PVTIME_CTRL,
			       KVM_LOONGARCH_VCPU_PVTIME_GPA, &gpa);
	return gpa;
}

struct row {
	const char *name;
	u64 features;
	u64 a0, a1, a2, a3;
	u8 plv_from, plv_to;
	enum pv_rule rule;
	u64 c, rust;		/* a0 afterwards */
	bool ipi;		/* reaches id 1 when a0 says done */
	bool steal;		/* registers a2 when a0 says done */
};

#define ANY		.plv_from = 0, .plv_to = 3
#define KERNEL		.plv_from = 0, .plv_to = 0
#define USER		.plv_from = 1, .plv_to = 3
#define SAME(v)		.rule = PV_SAME, .c = (v), .rust = (v)
#define REFUSED(v)	.rule = PV_HCALL_PLV, .c = (v), .rust = PV_INVALID_CODE
#define IPI(f)		.features = (f), .a0 = PV_FN_IPI
#define NOTIFY(f)	.features = (f), .a0 = PV_FN_NOTIFY
#define UNKNOWN(n)	{ "function " #n, DEFAULT_FEAT, .a0 = (n), ANY, SAME(PV_INVALID_CODE) }

static const struct row rows[] = {
	UNKNOWN(0),
	UNKNOWN(3),
	UNKNOWN(4),
	UNKNOWN(0xff),
	UNKNOWN(0x101),
	UNKNOWN(0x7fffffff),
	UNKNOWN(0x80000001),
	UNKNOWN(0x100000001),
	UNKNOWN(0x100000002),
	UNKNOWN(0x8000000000000001),
	UNKNOWN(-1UL),
	UNKNOWN(-2UL),

	{ "IPI to nobody", IPI(DEFAULT_FEAT), KERNEL, SAME(PV_OK) },
	{ "IPI to nobody, from user", IPI(DEFAULT_FEAT), USER, REFUSED(PV_OK) },
	{ "IPI", IPI(DEFAULT_FEAT), .a1 = 2, KERNEL, SAME(PV_OK), .ipi = true },
	{ "IPI from user", IPI(DEFAULT_FEAT), .a1 = 2, USER, REFUSED(PV_OK), .ipi = true },
	{ "IPI by base", IPI(DEFAULT_FEAT), .a1 = 1, .a3 = 1, KERNEL, SAME(PV_OK), .ipi = true },
	{ "IPI to absent id", IPI(DEFAULT_FEAT), .a2 = 1UL << 63, KERNEL, SAME(PV_OK) },
	{ "IPI past the ids", IPI(DEFAULT_FEAT), .a1 = -1UL, .a2 = -1UL, .a3 = 256, KERNEL,
	  .rule = PV_IPI_BASE, .c = PV_OK, .rust = PV_INVALID_PARAM },
	{ "IPI with the feature off", IPI(PV_FEAT_STEAL_TIME), .a1 = 2, ANY, SAME(PV_INVALID_CODE) },
	{ "IPI with no feature", IPI(0), .a1 = 2, ANY, SAME(PV_INVALID_CODE) },

	{ "steal time", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID, .a2 = 0x8000 | STEAL_VALID,
	  KERNEL, SAME(PV_OK), .steal = true },
	{ "steal time from user", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID, .a2 = 0x10000 | STEAL_VALID,
	  USER, REFUSED(PV_OK), .steal = true },
	{ "steal time off", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID, .a2 = 0x14000,
	  KERNEL, SAME(PV_OK), .steal = true },
	{ "steal time, reserved bit", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID,
	  .a2 = 0x8000 | 2 | STEAL_VALID, KERNEL, SAME(PV_INVALID_PARAM) },
	{ "steal time, misaligned", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID,
	  .a2 = 0x8020 | STEAL_VALID, KERNEL, SAME(PV_INVALID_PARAM) },
	{ "notify 0", NOTIFY(DEFAULT_FEAT), .a2 = 0x8001, ANY, SAME(PV_INVALID_CODE) },
	{ "notify bit 1", NOTIFY(DEFAULT_FEAT), .a1 = 2, .a2 = 0x8001, ANY, SAME(PV_INVALID_CODE) },
	{ "notify two bits", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID | 8, .a2 = 0x8001, ANY,
	  SAME(PV_INVALID_CODE) },
	{ "notify with the feature off", NOTIFY(PV_FEAT_IPI), .a1 = STEAL_ID, .a2 = 0x8001, ANY,
	  SAME(PV_INVALID_CODE) },
};

static const char *check_row(const struct row *r, u64 plv)
{
	struct pv_vm *pv = probe_vm(r->features);
	struct kvm_vcpu *vcpu = pv->vcpu[0], *target = pv->vcpu[1];
	u64 want = pv_expect(r->rule, r->c, r->rust), steal, steal_want;
	struct pv_probe p = { .stub = stub_of(PV_HVCL_SERVICE), .plv = plv };
	static char why[200];
	const char *bad;
	bool hit;

	pv_swi0_clear(target);
	steal_want = steal_area(vcpu);
	pv_probe_fill(pv, &p);
	p.in[4] = r->a0;
	p.in[5] = r->a1;
	p.in[6] = r->a2;
	p.in[7] = r->a3;
	bad = pv_probe(pv, vcpu, &p, REG_A0);
	if (bad) {
		snprintf(why, sizeof(why), "PLV %lu: %s", (long)plv, bad);
		return why;
	}
	if (p.out[REG_A0] != want) {
		snprintf(why, sizeof(why), "PLV %lu: a0 is %ld, not %ld", (long)plv,
			 (long)p.out[REG_A0], (long)want);
		return why;
	}
	hit = pv_swi0_pending(target);
	if (hit != (r->ipi && want == PV_OK)) {
		snprintf(why, sizeof(why), "PLV %lu: id 1 %s", (long)plv,
			 hit ? "got an IPI" : "got no IPI");
		return why;
	}
	if (r->steal && want == PV_OK)
		steal_want = r->a2;
	steal = steal_area(vcpu);
	if (steal != steal_want) {
		snprintf(why, sizeof(why), "PLV %lu: steal area 0x%lx, not 0x%lx",
			 (long)plv, (long)steal, (long)steal_want);
		return why;
	}
	return NULL;
}

unsigned int nr_rows(void)
{
	return ARRAY_SIZE(rows);
}

void test_rows(void)
{
	int i, plv, top = pv_hvcl_levels();
	const char *bad;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].plv_from > top) {
			pv_skip("service: %s: " PV_NO_USER_HVCL "\n", rows[i].name);
			continue;
		}
		for (plv = rows[i].plv_from, bad = NULL;
		     plv <= min_t(int, rows[i].plv_to, top) && !bad; plv++)
			bad = check_row(&rows[i], plv);
		pv_result(!bad, "service: %s%s%s\n", rows[i].name,
			  bad ? ": " : "", bad ?: "");
	}
}
