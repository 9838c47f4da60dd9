// SPDX-License-Identifier: GPL-2.0
/* Hypercalls, every kind of immediate, from every privilege level. */
#include "lvz.h"

GUEST(code,
	nop;
	.globl slot; slot:
	nop;
);
guest_label(slot);

void test(void)
{
	static const u32 imm[] = { 0, 1, 0x100, 0x101, 0x102, 0x1ff, 0x4000, 0x7fff };
	struct s2 s2;
	struct vcpu v;
	u64 pc = guest_addr(code, slot);

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	for (u32 paging = 0; paging < 2; paging++) {
		if (paging)
			guest_paging(&v);
		for (u32 plv = 0; plv < 4; plv += 3) {
			for (u32 i = 0; i < ARRAY_SIZE(imm); i++) {
				u32 insn = 0x002b8000 | imm[i];
				u64 at = paging ? G_DMW | pc : pc;

				guest_load(pc, &insn, &insn + 1);
				gcsr_wr(CSR_CRMD, (paging ? CRMD_PG : CRMD_DA) | plv);
				is(guest_call(&v, at - 4, 0, 0), EC_HVC,
				   "hvcl 0x%x at PLV%u, paging %u", imm[i], plv, paging);
				is(v.badi, insn, "its BADI");
				is(v.era, at, "its ERA");
				is(v.estat >> 22, 0, "its subcode");
				is(gcsr_rd(CSR_CRMD) & 3, plv, "guest CRMD still says PLV%u", plv);
				is(v.prmd & 7, 4, "root PRMD does not have the guest's PLV");
			}
		}
	}
}
