// SPDX-License-Identifier: GPL-2.0
/*
 * Every way a guest can unmask what is pending takes effect with the next
 * instruction, and of several the highest number comes first.
 */
#include "lvz.h"

GUEST(code,
	.globl ecfg; ecfg: csrwr $a1, CSR_ECFG;
	.globl after_ecfg; after_ecfg: addi.d $a0, $a0, 1;
	hvcl HC_DONE;
	.globl soft; soft: csrwr $a1, CSR_ESTAT;
	.globl after_soft; after_soft: addi.d $a0, $a0, 1;
	hvcl HC_DONE;
	.globl do_ertn; do_ertn: ertn;
	nop;
	.globl landing; landing: addi.d $a0, $a0, 1;
	hvcl HC_DONE;
	.globl plain; plain: addi.d $a0, $a0, 1;
	hvcl HC_DONE;
	/* A loop that never leaves by itself. */
	.globl loop; loop: addi.d $a0, $a0, 1;
	b loop;
);
guest_label(ecfg);
guest_label(after_ecfg);
guest_label(soft);
guest_label(after_soft);
guest_label(do_ertn);
guest_label(landing);
guest_label(plain);
guest_label(loop);

#define GUEST_VS 3

static struct s2 s2;
static struct vcpu v;

static void taken(const char *name, u32 n, u64 era)
{
	ok(is_hvc(&v, HC_EXC + 64 + n), "%s: interrupt %u (badi 0x%lx)", name, n, v.badi);
	is(gcsr_rd(CSR_ERA), era, "%s: guest ERA", name);
	is(v.gpr[4], 0, "%s: nothing ran in between", name);
}

void test(void)
{
	static const u32 order[] = { 12, 11, 10, 9, 5, 2, 1, 0 };
	u64 all = 0;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(GUEST_VS);
	load_guest(code);

	gcsr_wr(CSR_ECFG, GUEST_VS << ECFG_VS_SHIFT);
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	gcsr_wr(CSR_ESTAT, IS_IPI);
	guest_call(&v, guest_addr(code, ecfg), 0, GUEST_VS << ECFG_VS_SHIFT | IS_IPI);
	taken("csrwr ECFG", 12, guest_addr(code, after_ecfg));

	gcsr_wr(CSR_ECFG, GUEST_VS << ECFG_VS_SHIFT | 0x1fff);
	gcsr_wr(CSR_ESTAT, 0);
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	guest_call(&v, guest_addr(code, soft), 0, IS_SWI1);
	taken("csrwr ESTAT", 1, guest_addr(code, after_soft));

	gcsr_wr(CSR_ESTAT, IS_IPI);
	gcsr_wr(CSR_CRMD, CRMD_DA);
	gcsr_wr(CSR_PRMD, CRMD_IE);
	gcsr_wr(CSR_ERA, guest_addr(code, landing));
	guest_call(&v, guest_addr(code, do_ertn), 0, 0);
	taken("guest ertn", 12, guest_addr(code, landing));

	gcsr_wr(CSR_CRMD, CRMD_DA);
	gcsr_wr(CSR_TLBRERA, guest_addr(code, landing) | ISTLBR);
	gcsr_wr(CSR_TLBRPRMD, CRMD_IE);
	gcsr_wr(CSR_DMW0, 0x19);	/* the refill's ertn turns paging on */
	guest_call(&v, guest_addr(code, do_ertn), 0, 0);
	taken("guest refill ertn", 12, guest_addr(code, landing));
	is(gcsr_rd(CSR_CRMD) & 0x18, CRMD_PG, "guest refill ertn: paging is on");
	gcsr_wr(CSR_DMW0, 0);

	/* All at once: from 12 down, each cleared in its handler. */
	for (u32 i = 0; i < ARRAY_SIZE(order); i++)
		all |= 1UL << order[i];
	gcsr_wr(CSR_ESTAT, all);
	csr_wr(CSR_GINTC, all >> 2 & 0xff);
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	gcsr_wr(CSR_PRMD, 0);
	guest_call(&v, guest_addr(code, plain), 0, 0);
	for (u32 i = 0; i < ARRAY_SIZE(order); i++) {
		taken("all pending", order[i], guest_addr(code, plain));
		gcsr_xchg(CSR_ESTAT, 0, 1UL << order[i]);
		csr_xchg(CSR_GINTC, 0, 1UL << order[i] >> 2);
		v.pc += 4;	/* the handler's ertn */
		guest_run(&v);
	}
	ok(is_hvc(&v, HC_DONE), "then the interrupted code (badi 0x%lx)", v.badi);
	is(v.gpr[4], 1, "from its first instruction");

	/*
	 * Root and guest are decided apart: a masked root line does not hide
	 * the guest's interrupt, and the guest's does not hide root's.
	 */
	csr_wr(CSR_TCFG, 4 | 1);
	while (!(csr_rd(CSR_ESTAT) & IS_TI))
		;
	gcsr_wr(CSR_ESTAT, IS_SWI0);
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	guest_call(&v, guest_addr(code, plain), 0, 0);
	taken("root line pending but masked", 0, guest_addr(code, plain));
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	csr_wr(CSR_ECFG, IS_TI);
	is(guest_call(&v, guest_addr(code, plain), 0, 0), EC_INT, "both: root's comes first");
	is(v.era, guest_addr(code, plain), "at the guest's first instruction");
	csr_wr(CSR_TICLR, 1);
	guest_run(&v);
	taken("then the guest's", 0, guest_addr(code, plain));
	gcsr_wr(CSR_ESTAT, IS_SWI1);
	gcsr_wr(CSR_CRMD, CRMD_DA);	/* guest masked, with something pending */
	csr_wr(CSR_TCFG, 100000 | 1);
	is(guest_call(&v, guest_addr(code, loop), 0, 0), EC_INT,
	   "a masked guest interrupt does not hide root's");
	csr_wr(CSR_TICLR, 1);
	csr_wr(CSR_ECFG, 0);
	/* Pending in the bank while root runs: root does not see it. */
	gcsr_wr(CSR_ESTAT, 0x1c03);
	is(csr_rd(CSR_ESTAT) & 0x1fff, 0, "root ESTAT has none of the guest's bits");
}
