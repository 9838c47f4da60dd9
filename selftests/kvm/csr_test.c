// SPDX-License-Identifier: GPL-2.0
/*
 * CSRs that the guest's CPU does not have: those that KVM keeps in memory, and those
 * that nobody has. Every instruction, on registers of every sort, and what is left in
 * the CSR.
 */
#include "pv_host.h"

#define CSRRD	0
#define CSRWR	1

/* csrrd, csrwr and csrxchg; the number in rj tells them apart. */
#define CSR_INSN(csr, rj, rd)	(0x04000000 | (csr) << 10 | (rj) << 5 | (rd))

#define OLD	0x0123456789abcdefUL

static const struct row {
	unsigned int csr;
	bool kept;
} rows[] = {
	{ 0x80, true }, { 0x81, true },		/* IMPCTL1, IMPCTL2 */
	{ 0x90, true }, { 0x95, true },		/* MERRCTL, MERRSAVE */
	{ 0x98, true },				/* CTAG */
	{ 0x201, true }, { 0x207, true },	/* PERFCNTR0, PERFCNTR3; no PMU here */
	{ 0x300, true }, { 0x301, true },	/* MWPC, MWPS */
	{ 0x310, true }, { 0x313, true },	/* DB0ADDR, DB0ASID */
	{ 0x34b, true },			/* DB7ASID */
	{ 0x380, true }, { 0x390, true },	/* FWPC, IB0ADDR */
	{ 0x3cb, true },			/* IB7ASID */
	{ 0x500, true }, { 0x502, true },	/* DEBUG, DESAVE */
	{ 0x82, false }, { 0x96, false }, { 0x208, false }, { 0x302, false },
	{ 0x314, false }, { 0x34c, false }, { 0x3ff, false }, { 0x503, false },
	{ 0x7ff, false },			/* the last that KVM has a place for */
	{ 0x800, false }, { 0x2000, false }, { 0x3fff, false },
};

static const struct form {
	unsigned int rj, rd;
} forms[] = {
	{ CSRRD, 4 }, { CSRRD, 0 }, { CSRRD, 1 }, { CSRRD, 21 }, { CSRRD, 31 },
	{ CSRWR, 4 }, { CSRWR, 0 }, { CSRWR, 3 }, { CSRWR, 30 },
	{ 5, 4 }, { 5, 5 }, { 5, 0 }, { 31, 22 }, { 2, 12 },
};

static void body(void)
{
	GUEST_DONE();
}

/* What the CSR becomes. */
static u64 after(const struct form *f, const struct pv_probe *p)
{
	switch (f->rj) {
	case CSRRD:
		return OLD;
	case CSRWR:
		return p->in[f->rd];
	default:
		return (OLD & ~p->in[f->rj]) | (p->in[f->rd] & p->in[f->rj]);
	}
}

/* NULL, or what was wrong. */
static const char *check(struct pv_vm *pv, u32 *insn, const struct row *r, const struct form *f)
{
	struct pv_probe p = { .stub = (u64)pv_any_insn, .plv = 0 };
	struct kvm_vcpu *vcpu = pv->vcpu[0];
	u64 want = r->kept ? OLD : 0, csr;
	static char why[200];
	const char *bad;

	pv_probe_fill(pv, &p);
	*insn = CSR_INSN(r->csr, f->rj, f->rd);
	if (r->kept)
		pv_csr_set(vcpu, r->csr, OLD);
	bad = pv_probe(pv, vcpu, &p, f->rd);
	if (bad) {
		snprintf(why, sizeof(why), "rj %u, rd %u: %s", f->rj, f->rd, bad);
		return why;
	}
	if (!f->rd)
		want = pv_expect(PV_ZERO_REG, want, 0);
	if (p.out[f->rd] != want) {
		snprintf(why, sizeof(why), "rj %u, rd %u: r%u is 0x%lx, not 0x%lx", f->rj, f->rd,
			 f->rd, (long)p.out[f->rd], (long)want);
		return why;
	}
	csr = r->kept ? pv_csr_get(vcpu, r->csr) : 0;
	want = r->kept ? after(f, &p) : 0;
	if (csr != want) {
		snprintf(why, sizeof(why), "rj %u, rd %u: the CSR is 0x%lx, not 0x%lx", f->rj,
			 f->rd, (long)csr, (long)want);
		return why;
	}
	return NULL;
}

/* Exits for CSRs that were answered in Rust; 0 with the kernel's handlers. */
static u64 served(void)
{
	u64 fast = 0, slow = 0;

	if (pv_module_counter("csr_fast", &fast))
		pv_module_counter("csr_slow", &slow);
	return fast + slow;
}

int main(int argc, char *argv[])
{
	u64 exits = ARRAY_SIZE(rows) * ARRAY_SIZE(forms), before;
	struct pv_vm *pv;
	const char *bad;
	char alarm[200];
	int i, j, klog;
	u32 *insn;

	ksft_print_header();
	pv_require_kvm();
	klog = pv_klog_open();
	pv_note("answered by: %s\n", pv_who());
	pv_plan(ARRAY_SIZE(rows) + 2);

	pv = pv_vm_create(1);
	pv_vcpu_add(pv, 0, 0, body);
	insn = addr_gva2hva(pv->vm, (gva_t)pv_any_insn);
	before = served();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bad = NULL;
		for (j = 0; j < ARRAY_SIZE(forms) && !bad; j++)
			bad = check(pv, insn, &rows[i], &forms[j]);
		pv_result(!bad, "CSR 0x%x, %s: values, registers and pc%s%s\n", rows[i].csr,
			  rows[i].kept ? "kept by KVM" : "nobody's", bad ? ": " : "", bad ?: "");
	}
	pv_vm_free(pv);
	exits = pv_rule_holds(PV_ZERO_REG) ? exits : 0;
	pv_result(served() - before == exits, "%lu of %lu exits came to Rust\n",
		  (long)(served() - before), (long)exits);
	pv_klog_check(klog, alarm, sizeof(alarm));
	pv_result(!alarm[0], "kernel log: no alarm %s\n", alarm);
	pv_finished();
}
