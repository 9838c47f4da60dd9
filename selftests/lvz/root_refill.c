// SPDX-License-Identifier: GPL-2.0
/*
 * A refill that root itself causes goes back to root, also when the last
 * exit left GSTAT.PVM set: the return looks at TLBRPRMD.PGM.
 */
#include "lvz.h"

GUEST(code,
	hvcl HC_DONE;
	hvcl 0x111;
);

#define VA	0x10000000UL

void test(void)
{
	struct refill_log *l = &this_cpu()->refill;
	struct s2 s2, own;
	struct vcpu v;
	u64 hpa = page_alloc(), val;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	s2_init(&own);
	for (u32 i = 0; i < 4; i++) {
		s2_map(&own, VA + i * 0x10000, hpa, PTE_RW);
		s2_map(&s2, VA + i * 0x10000, g2h(G_DATA), PTE_RW);
	}
	*(volatile u64 *)hva(hpa) = 0x600d600d;
	*gmem(G_DATA) = 0xbadbad;
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	is(vcpu_run(&v), EC_HVC, "guest ran");

	csr_wr(CSR_PGDL, (u64)own.root & ~DMW_CC);
	for (u32 i = 0; i < 4; i++) {
		/* Without PVM, with it, and with TLBRPRMD holding the guest's PGM. */
		csr_xchg(CSR_GSTAT, i & 1 ? GSTAT_PVM : 0, GSTAT_PVM);
		if (i >= 2)
			csr_wr(CSR_TLBRPRMD, TLBRPRMD_PGM);
		l->count = 0;
		val = *(volatile u64 *)(VA + i * 0x10000);
		csr_xchg(CSR_GSTAT, 0, GSTAT_PVM);
		is(val, 0x600d600d, "root load through root's table, PVM=%u", i & 1);
		is(l->count, 1, "one refill");
		is(l->badv, VA + i * 0x10000, "TLBRBADV is the VA");
		is(l->rprmd & TLBRPRMD_PGM, 0, "TLBRPRMD.PGM is 0");
		is(l->era & ISTLBR, ISTLBR, "ISTLBR");
	}
	is(gcsr_rd(CSR_TLBRERA) & ISTLBR, 0, "the guest's bank saw none of it");

	/* And the other way: the guest's next refill is the guest's again. */
	is(csr_rd(CSR_TLBRERA) & ISTLBR, 0, "no refill is left open");
	invtlb(0x12, 0, 0);
	l->count = 0;
	v.pc = G_CODE + 4;
	is(vcpu_run(&v), EC_HVC, "guest runs on after a refill of its own");
	is(v.badi, 0x002b8111, "at its next instruction");
	is(l->rprmd & TLBRPRMD_PGM, TLBRPRMD_PGM, "TLBRPRMD.PGM is 1 again");
	csr_wr(CSR_PGDL, (u64)own.root & ~DMW_CC);
	invtlb(0, 0, 0);
	is(*(volatile u64 *)VA, 0x600d600d, "root's table still works for root");
}
