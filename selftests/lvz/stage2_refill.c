// SPDX-License-Identifier: GPL-2.0
/*
 * A stage-2 miss enters root's TLB refill vector, tells it the GPA, leaves
 * the registers of ordinary exceptions alone, and its ertn resumes the guest.
 */
#include "lvz.h"

GUEST(code,
	.globl do_load; do_load: ld.d $a1, $a0, 0x10;
	hvcl HC_DONE;
	.globl do_store; do_store: st.d $a1, $a0, 0x18;
	hvcl HC_DONE;
	.globl do_jump; do_jump: jirl $zero, $a0, 0;
);
guest_label(do_load);
guest_label(do_store);
guest_label(do_jump);

#define HIGH_GPA 0x3edcba984000UL

static struct s2 s2;
static struct vcpu v;

/*
 * Check the log of the refill handler after one miss. The registers it saw
 * must be as the previous exit and this entry left them.
 */
static void refill_was(const char *name, u64 gpa, u64 pc, u64 estat, u64 badv, u64 badi)
{
	struct refill_log *l = &this_cpu()->refill;

	is(l->count, 1, "%s: refills", name);
	is(l->badv, gpa, "%s: TLBRBADV is the GPA", name);
	is(l->ehi & 0xffffffffe000, gpa & ~0x1fffUL, "%s: TLBREHI.VPPN", name);
	is(l->era, pc | ISTLBR, "%s: TLBRERA is the guest's PC, with ISTLBR", name);
	is(l->rprmd & TLBRPRMD_PGM, TLBRPRMD_PGM, "%s: TLBRPRMD.PGM", name);
	is(l->rprmd & 7, 4, "%s: TLBRPRMD has root's PLV and IE", name);
	is(l->crmd & 0x1f, CRMD_DA, "%s: root CRMD is in direct mode, interrupts off", name);
	is(l->estat, estat, "%s: ESTAT untouched", name);
	is(l->xera, v.entry_pc, "%s: ERA untouched", name);
	is(l->prmd & 7, 4, "%s: PRMD untouched", name);
	is(l->xbadv, badv, "%s: BADV untouched", name);
	is(l->xbadi, badi, "%s: BADI untouched", name);
}

static void begin(void)
{
	/* Fetches of the code page are filled before, by a first run. */
	this_cpu()->refill.count = 0;
	csr_wr(CSR_BADV, 0xbadbad);
}

void test(void)
{
	u64 estat, badi, pc;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	s2_map(&s2, HIGH_GPA, g2h(G_DATA + 0x8000), PTE_RW);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	*gmem(G_DATA + 0x10) = 0xd00d;
	*gmem(G_DATA + 0x8000 + 0x1238) = 0xd11d;

	pc = guest_addr(code, do_load);
	is(guest_call(&v, pc + 4, 0, 0), EC_HVC, "first run");
	is(this_cpu()->refill.count, 1, "it took one refill, for the fetch");
	is(this_cpu()->refill.badv, pc + 4, "fetch: TLBRBADV");
	is(this_cpu()->refill.era, (pc + 4) | ISTLBR, "fetch: TLBRERA");

	estat = csr_rd(CSR_ESTAT);
	badi = csr_rd(CSR_BADI);
	begin();
	is(guest_call(&v, pc, G_DATA, 0), EC_HVC, "load");
	is(v.gpr[5], 0xd00d, "load: the word");
	refill_was("load", G_DATA + 0x10, pc, estat, 0xbadbad, badi);

	begin();
	is(guest_call(&v, pc, G_DATA, 0), EC_HVC, "load again");
	is(this_cpu()->refill.count, 0, "load again: the entry is there");

	begin();
	is(guest_call(&v, pc, HIGH_GPA + 0x1228, 0), EC_HVC, "load, high GPA");
	is(v.gpr[5], 0xd11d, "load, high GPA: the word");
	refill_was("load, high GPA", HIGH_GPA + 0x1238, pc, estat, 0xbadbad, badi);

	begin();
	pc = guest_addr(code, do_store);
	is(guest_call(&v, pc, G_DATA + 0x10000, 0xf00d), EC_HVC, "store");
	refill_was("store", G_DATA + 0x10018, pc, estat, 0xbadbad, badi);
	is(*gmem(G_DATA + 0x10018), 0xf00d, "store: the word is there");

	/* The guest resumes with its registers and in its own mode. */
	guest_paging(&v);
	gcsr_wr(CSR_CRMD, CRMD_PG | CRMD_IE | 3);
	begin();
	pc = G_DMW | guest_addr(code, do_load);
	is(guest_call(&v, pc, G_DMW | (G_DATA + 0x20000), 0), EC_HVC, "load at guest PLV3 with paging");
	refill_was("PLV3 load", G_DATA + 0x20010, pc, estat, 0xbadbad, badi);
	is(gcsr_rd(CSR_CRMD) & 0x1f, CRMD_PG | CRMD_IE | 3, "guest CRMD as it was");
	is(gcsr_rd(CSR_TLBRERA) & ISTLBR, 0, "guest ISTLBR is not root's");
	is(csr_rd(CSR_TLBRERA) & ISTLBR, 0, "root ISTLBR is cleared by its ertn");
	is(csr_rd(CSR_CRMD) & 0x1f, CRMD_PG, "root CRMD has paging on again");

	/* Root interrupts state goes through a refill too. */
	v.prmd_in = 0;
	begin();
	gcsr_wr(CSR_CRMD, CRMD_PG);
	is(guest_call(&v, pc, G_DMW | (G_DATA + 0x30000), 0), EC_HVC, "load with root PIE=0");
	is(this_cpu()->refill.rprmd & 7, 0, "TLBRPRMD.PIE is root's IE");
	is(v.prmd & 7, 0, "and it is 0 after the refill");
}
