// SPDX-License-Identifier: GPL-2.0
/*
 * What the guest's own kernel forbids its programs never becomes an exit:
 * a privileged instruction at guest PLV3 is the guest's IPE, also where the
 * same instruction at PLV0 would exit.
 */
#include "lvz.h"

GUEST(code,
	.globl slot; slot:
	nop;
	hvcl HC_DONE;
);
guest_label(slot);

static const struct {
	u32 insn;
	u32 ecode;
	const char *name;
} insns[] = {
	{ 0x04000004, EC_IPE, "csrrd CRMD" },
	{ 0x04000024, EC_IPE, "csrwr CRMD" },
	{ 0x04020004, EC_IPE, "csrrd IMPCTL1, which would exit" },
	{ 0x04014004, EC_IPE, "csrrd GSTAT, which would exit" },
	{ 0x06480804, EC_IPE, "iocsrrd.w, which would exit" },
	{ 0x06481c04, EC_IPE, "iocsrwr.d, which would exit" },
	{ 0x06488000, EC_IPE, "idle, which would exit" },
	{ 0x06000004, EC_IPE, "cacop, which would exit" },
	{ 0x06483800, EC_IPE, "ertn" },
	{ 0x06483400, EC_IPE, "tlbfill" },
	{ 0x06483000, EC_IPE, "tlbwr" },
	{ 0x06482c00, EC_IPE, "tlbrd" },
	{ 0x06482800, EC_IPE, "tlbsrch" },
	{ 0x06482000, EC_IPE, "tlbclr" },
	{ 0x06482400, EC_IPE, "tlbflush" },
	{ 0x06498000, EC_IPE, "invtlb 0" },
	{ 0x06498012, EC_IPE, "invtlb 0x12" },
	{ 0x06400c84, EC_IPE, "lddir" },
	{ 0x06440080, EC_IPE, "ldpte" },
	{ 0x05000004, EC_INE, "gcsrrd" },
	{ 0x05000024, EC_INE, "gcsrwr" },
	{ 0x050000a4, EC_INE, "gcsrxchg" },
};

void test(void)
{
	struct s2 s2;
	struct vcpu v;
	u64 pc;

	require_lvz();
	lvz_enable();
	csr_wr(CSR_GCFG, 0);	/* GCI=0: every cacop of PLV0 exits */
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	pc = guest_addr(code, slot);

	for (u32 i = 0; i < ARRAY_SIZE(insns); i++) {
		guest_load(pc, &insns[i].insn, &insns[i].insn + 1);
		gcsr_wr(CSR_CRMD, CRMD_DA | 3);
		gcsr_wr(CSR_PRMD, 0);
		gcsr_wr(CSR_ESTAT, 0);
		guest_call(&v, pc, 0, 0);
		ok(guest_took(&v, insns[i].ecode),
		   "PLV3 %s: guest exception 0x%x (exit 0x%lx badi 0x%lx, guest ecode 0x%lx)",
		   insns[i].name, insns[i].ecode, v.estat >> 16 & 0x3f, v.badi,
		   gcsr_rd(CSR_ESTAT) >> 16 & 0x3f);
		if (i)
			continue;
		is(gcsr_rd(CSR_ERA), pc, "guest ERA");
		is(gcsr_rd(CSR_BADI), insns[i].insn, "guest BADI");
		is(gcsr_rd(CSR_PRMD) & 7, 3, "guest PRMD: from PLV3");
		is(gcsr_rd(CSR_CRMD) & 0x1f, CRMD_DA, "guest CRMD: PLV0");
		is(v.era, G_VEC, "the guest was in its own handler");
		is(v.prmd & 7, 4, "root's PRMD has root's PLV");
		/* The guest's ertn goes back to PLV3 and stays in the guest. */
		gcsr_wr(CSR_ERA, pc + 4);
		v.pc += 4;
		is(guest_run(&v), EC_HVC, "guest ertn, then a hypercall");
		ok(is_hvc(&v, HC_DONE), "it is the one at PLV3");
		is(gcsr_rd(CSR_CRMD) & 0x1f, CRMD_DA | 3, "at guest PLV3");
	}
	/* The same at PLV0, to see that the exits exist. */
	for (u32 i = 2; i < 8; i++) {
		guest_load(pc, &insns[i].insn, &insns[i].insn + 1);
		gcsr_wr(CSR_CRMD, CRMD_DA);
		is(guest_call(&v, pc, 0, 0), EC_GSPR, "PLV0 %s", insns[i].name);
	}
	for (u32 i = 19; i < 22; i++) {
		guest_load(pc, &insns[i].insn, &insns[i].insn + 1);
		gcsr_wr(CSR_CRMD, CRMD_DA);
		guest_call(&v, pc, 0, 0);
		ok(guest_took(&v, EC_INE), "PLV0 %s does not exist in a guest", insns[i].name);
	}
}
