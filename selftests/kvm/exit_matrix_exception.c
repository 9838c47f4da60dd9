// SPDX-License-Identifier: GPL-2.0
/* Exceptions that KVM gives to the guest, and units that it gives to it at their first use. */
#include "exit_matrix.h"

/* --- exceptions ---------------------------------------------------------------------- */

#define FLOOD		200
#define FLOOD_LINES	60	/* ten at a time, and what it says of those that it left out */

#define INE	13
#define ADE	8
#define ADEF	0
#define ADEM	1

#ifndef LOONGARCH_CSR_BADI
#define LOONGARCH_CSR_BADI	0x8
#endif

/* CPUCFG word 2: the timer alone, and with FPU, LSX and LASX. */
#define MODEL_NONE	(1UL << 14)
#define MODEL_ALL	(MODEL_NONE | 1 << 7 | 1 << 6 | 1 << 3 | 7)

/* Where an exception of the guest ends: at the store after the first instruction. */
static const char *try_exception(u64 plv, u64 pc, u32 code, u32 sub, u64 badv)
{
	u64 crmd = CSR_CRMD_PG | CSR_CRMD_IE | plv, old, estat, badi;
	bool ours = pv_rule_holds(code == INE ? PV_INE : PV_IN_KVM);
	struct pv_probe p = { .stub = pc, .plv = crmd };
	const char *bad;

	pv_probe_fill(pv, &p);
	p.in[RJ] = pv->stop_gva + AT;
	old = pv_csr_get(vcpu, LOONGARCH_CSR_EENTRY);
	pv_csr_set(vcpu, LOONGARCH_CSR_EENTRY, entry);
	pv_csr_set(vcpu, LOONGARCH_CSR_PRMD, 0);
	pv_csr_set(vcpu, LOONGARCH_CSR_BADI, 0);
	pv_probe_run(vcpu, &p);
	pv_csr_set(vcpu, LOONGARCH_CSR_EENTRY, old);
	p.stub = entry;
	/* That one stores at once, with nothing before it. */
	if (p.exit != KVM_EXIT_MMIO || vcpu->run->mmio.phys_addr != pv->stop_gpa ||
	    p.pc != p.stub + 4) {
		snprintf(why, sizeof(why), "KVM exit %u at 0x%lx, not 0x%lx", p.exit, (long)p.pc,
			 (long)p.stub + 4);
		return why;
	}
	bad = NULL;
	estat = pv_csr_get(vcpu, LOONGARCH_CSR_ESTAT);
	WANT("ERA", pv_csr_get(vcpu, LOONGARCH_CSR_ERA), pc);
	WANT("CRMD", pv_csr_get(vcpu, LOONGARCH_CSR_CRMD) & (CSR_CRMD_IE | CSR_CRMD_PLV), 0);
	if (code == ADE)
		WANT("BADV", pv_csr_get(vcpu, LOONGARCH_CSR_BADV), badv);
	if (!ours)
		return bad;	/* the kernel's ESTAT, PRMD and BADI are known to be wrong */
	/* That of the store, if the guest had to make a TLB entry for it. */
	badi = pv_csr_get(vcpu, LOONGARCH_CSR_BADI);
	if (pc == (u64)pv_any_insn && badi != insn[1])
		WANT("BADI", badi, *insn);
	WANT("Ecode", estat >> 16 & 0x3f, code);
	WANT("EsubCode", estat >> 22 & 0x1ff, sub);
	WANT("interrupts", estat & 0x1fff, 0);
	WANT("PRMD", pv_csr_get(vcpu, LOONGARCH_CSR_PRMD), CSR_CRMD_IE | plv);
	return bad;
}

static void exception(const char *what, u32 word, u64 pc, u32 code, u32 sub, u64 badv)
{
	const char *bad;

	if (pc == (u64)pv_any_insn)
		*insn = word;
	bad = try_exception(0, pc, code, sub, badv);
	if (!bad)
		bad = try_exception(3, pc, code, sub, badv);
	pv_result(!bad, "exception: %s%s%s\n", what, bad ? ": " : "", bad ?: "");
}

/* Exits for instructions that do not exist, answered in Rust. */
static u64 served(void)
{
	u64 fast = 0, slow = 0;

	if (pv_module_counter("ine_fast", &fast))
		pv_module_counter("ine_slow", &slow);
	return fast + slow;
}

static void test_kinds(void)
{
	u64 before, exits = pv_expect(PV_INE, 0, 3 * 2);

	u64 here = (u64)pv_any_insn;

	/* The guest has switched on what it has. */
	pv_csr_set(vcpu, LOONGARCH_CSR_EUEN, 7);
	vcpu_set_reg(vcpu, KVM_IOC_CPUCFG(2), MODEL_ALL);
	exception("fld.d from no memory", 0x2b800000 | RJ << 5, here, ADE, ADEM,
		  pv->stop_gpa + AT);
	exception("fst.d to no memory", 0x2bc00000 | RJ << 5, here, ADE, ADEM,
		  pv->stop_gpa + AT);
	exception("code where no memory is", 0, pv->stop_gva + 0x80, ADE, ADEF,
		  pv_expect(PV_IN_KVM, pv->stop_gpa + 0x80, pv->stop_gva + 0x80));

	before = served();
	vcpu_set_reg(vcpu, KVM_IOC_CPUCFG(2), MODEL_NONE);
	exception("movgr2fr.d with no FPU", 0x0114a800 | RD << 5, here, INE, 0, 0);
	exception("vreplgr2vr.d with no LSX", 0x729f0c00 | RD << 5, here, INE, 0, 0);
	exception("xvreplgr2vr.d with no LASX", 0x769f0c00 | RD << 5, here, INE, 0, 0);
	pv_result(served() - before == exits, "%lu of %lu exits came to Rust\n",
		  (long)(served() - before), (long)exits);
}

/* A guest that does what nobody does, over and over, does not fill the host's log. */
static void test_flood(int klog)
{
	struct pv_probe p = { .stub = (u64)pv_any_insn };
	char alarm[200];
	int i, lines;

	pv_klog_check(klog, alarm, sizeof(alarm));
	pv_csr_set(vcpu, LOONGARCH_CSR_EENTRY, entry);
	pv_probe_fill(pv, &p);
	p.in[RJ] = pv->stop_gva + AT;
	*insn = 0x2b800000 | RJ << 5;	/* fld.d */
	for (i = 0; i < FLOOD; i++)
		pv_probe_run(vcpu, &p);
	lines = pv_klog_check(klog, alarm, sizeof(alarm));
	if (lines > FLOOD_LINES && !pv_rule_holds(PV_IN_KVM))
		pv_skip("%d lines in the log for %d exits of one guest\n", lines, FLOOD);
	else
		pv_result(lines <= FLOOD_LINES, "%d lines in the log for %d exits of one guest\n",
			  lines, FLOOD);
}

/* The first use of a unit that the model has. */
static void test_units(void)
{
	static const struct {
		const char *name;
		u32 word;
	} units[] = {
		{ "FPU", 0x0114a800 | RD << 5 },
		{ "LSX", 0x729f0c00 | RD << 5 },
		{ "LASX", 0x769f0c00 | RD << 5 },
	};
	struct pv_probe p = { .stub = (u64)pv_any_insn };
	const char *bad;
	int i;

	vcpu_set_reg(vcpu, KVM_IOC_CPUCFG(2), MODEL_ALL);
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		pv_probe_fill(pv, &p);
		*insn = units[i].word;
		bad = pv_probe(pv, vcpu, &p, 0);
		pv_result(!bad, "%s, when first used%s%s\n", units[i].name, bad ? ": " : "",
			  bad ?: "");
	}
}

unsigned int exception_results(void)
{
	return 7 + 3 + 1;
}

void test_exceptions(int klog)
{
	test_kinds();
	test_units();
	test_flood(klog);
}
