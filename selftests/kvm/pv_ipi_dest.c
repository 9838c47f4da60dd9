// SPDX-License-Identifier: GPL-2.0
/*
 * Who gets an IPI, and who must not.
 *
 * Seen in vCPUs that do not run: what KVM has queued for them is in their
 * ESTAT when the host reads it.
 */
#include "pv_ipi.h"

#define REG_A0		4

static u64 service_stub(void)
{
	const struct pv_stub *s;

	for (s = pv_hvcl_stubs; s->addr && s->imm != PV_HVCL_SERVICE; s++)
		;
	TEST_ASSERT(s->addr, "no stub for the service call");
	return s->addr;
}

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
		pv_note("a1 0x%lx a2 0x%lx a3 0x%lx: %s\n", (long)edges[i].a1,
			(long)edges[i].a2, (long)edges[i].a3, bad);
	}
	pv_result(!failed, "edges: %s, %zu calls, %d wrong\n", ids->name,
		  ARRAY_SIZE(edges), failed);
	pv_vm_free(pv);
}

void test_all_edges(void)
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
void test_no_cpuid(void)
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
	pv_result(!bad && !hit, "no physical id set: nobody is reached %s\n", bad ?: "");

	pv_result(!pv_vcpu_set_cpuid(pv->vcpu[1], 200) &&
		  pv_vcpu_set_cpuid(pv->vcpu[1], 201) &&
		  pv_vcpu_set_cpuid(pv->vcpu[0], 200) &&
		  pv_vcpu_set_cpuid(pv->vcpu[0], 256),
		  "ids are set once, unique, below 256\n");
	pv_vm_free(pv);
}
