// SPDX-License-Identifier: GPL-2.0
/*
 * Root's interrupts are decided by root's registers, however the guest's
 * stand: they get through a guest with interrupts off, and stay pending when
 * root has them masked.
 */
#include "lvz.h"

GUEST(code,
	.globl spin; spin:
	b spin;
	.globl count; count:
	li.w $t0, 200000;
2:	addi.d $t0, $t0, -1;
	bnez $t0, 2b;
	hvcl HC_DONE;
);
guest_label(spin);
guest_label(count);

static void arm_root_timer(u64 ticks)
{
	csr_wr(CSR_TICLR, 1);
	csr_wr(CSR_TCFG, (ticks & ~3UL) | 1);
}

void test(void)
{
	struct s2 s2;
	struct vcpu v;
	u64 badi;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);

	for (u32 ie = 0; ie < 2; ie++) {
		gcsr_wr(CSR_CRMD, CRMD_DA | (ie ? CRMD_IE : 0));
		gcsr_wr(CSR_ECFG, ie ? 0x1fff : 0);
		csr_wr(CSR_ECFG, IS_TI);
		arm_root_timer(100000);
		badi = csr_rd(CSR_BADI);
		is(guest_call(&v, guest_addr(code, spin), 0, 0), EC_INT,
		   "root timer stops a guest with IE=%u", ie);
		is(v.estat & 0x1fff, IS_TI, "root ESTAT shows the timer");
		is(v.era, guest_addr(code, spin), "ERA is the interrupted instruction");
		is(v.badi, badi, "BADI is left alone");
		is(v.prmd & 7, 4, "root PRMD");
		is(v.crmd & 7, 0, "root CRMD: PLV0, interrupts off");
		is(v.gstat & GSTAT_PVM, GSTAT_PVM, "PVM is set by an interrupt exit");
		is(gcsr_rd(CSR_ESTAT) & 0x1fff, 0, "the guest sees no interrupt");
		is(gcsr_rd(CSR_CRMD) & CRMD_IE, ie ? CRMD_IE : 0, "guest CRMD is left alone");
	}
	/* Still pending: the next entry does not get to its first instruction. */
	is(guest_call(&v, guest_addr(code, count), 0, 0), EC_INT, "pending at entry");
	is(v.era, guest_addr(code, count), "before the first instruction");

	/* Root's own IE at entry comes from PRMD.PIE. */
	v.prmd_in = 0;
	is(guest_call(&v, guest_addr(code, count), 0, 0), EC_HVC, "with PIE=0 root stays masked");
	v.prmd_in = PRMD_PIE;

	csr_wr(CSR_ECFG, 0);
	is(guest_call(&v, guest_addr(code, count), 0, 0), EC_HVC, "masked in root's ECFG: no exit");
	is(v.estat & IS_TI, IS_TI, "and still pending");
	csr_wr(CSR_TICLR, 1);
	arm_root_timer(10000);
	is(guest_call(&v, guest_addr(code, count), 0, 0), EC_HVC, "masked, fires in the guest");
	while (!(csr_rd(CSR_ESTAT) & IS_TI))
		;
	is(csr_rd(CSR_ESTAT) & IS_TI, IS_TI, "and is pending in root");
	csr_wr(CSR_TCFG, 0);
	csr_wr(CSR_TICLR, 1);
	is(csr_rd(CSR_ESTAT) & IS_TI, 0, "TICLR in root clears it");
}
