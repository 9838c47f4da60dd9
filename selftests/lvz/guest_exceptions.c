// SPDX-License-Identifier: GPL-2.0
/*
 * Exceptions of the guest's own making reach the guest's own handler,
 * with everything about them in the guest's registers and nothing in root's.
 */
#include "lvz.h"

#define NONCANONICAL	0x0001000000000008
#define DMW_CODE(l)	(G_DMW | guest_addr(code, l))

GUEST(code,
	.globl do_break; do_break: break 0x123;
	.globl do_syscall; do_syscall: syscall 0x45;
	.globl do_ine; do_ine: .word 0xffffffff;
	.globl do_load; do_load: ld.d $a2, $a0, 0;
	hvcl HC_DONE;
	.globl do_store; do_store: st.w $a1, $a0, 4;
	hvcl HC_DONE;
	.globl do_jump; do_jump: jirl $zero, $a0, 0;
	.globl do_divide; do_divide: movgr2fcsr $fcsr0, $a0;
	movgr2fr.d $f1, $zero;
	movgr2fr.d $f2, $a1;
	.globl the_division; the_division: fdiv.d $f1, $f2, $f1;
	hvcl HC_DONE;
	.globl do_bce; do_bce: asrtle.d $a0, $a1;
	hvcl HC_DONE;
);
guest_label(do_break);
guest_label(do_syscall);
guest_label(do_ine);
guest_label(do_load);
guest_label(do_store);
guest_label(do_jump);
guest_label(do_bce);
guest_label(do_divide);
guest_label(the_division);

#define NONE	~0UL	/* this register is not compared */

static struct s2 s2;
static struct vcpu v;

static void takes(const char *name, const u32 *at, u64 a0, u64 a1, u32 ecode, u32 sub,
		  u64 era, u64 badv, u64 badi)
{

	gcsr_wr(CSR_CRMD, CRMD_PG | 3);
	gcsr_wr(CSR_PRMD, 0);
	gcsr_wr(CSR_ESTAT, 0);
	gcsr_wr(CSR_BADV, 0);
	gcsr_wr(CSR_BADI, 0);
	csr_wr(CSR_BADV, 0x5a5a);
	guest_call(&v, DMW_CODE(at), a0, a1);
	ok(is_hvc(&v, HC_EXC), "%s: the guest's handler, without an exit (exit 0x%lx badi 0x%lx)",
	   name, v.estat >> 16 & 0x3f, v.badi);
	is(gcsr_rd(CSR_ESTAT) >> 16 & 0x7fff, ecode | sub << 6, "%s: guest Ecode and EsubCode", name);
	is(gcsr_rd(CSR_ERA), era, "%s: guest ERA", name);
	is(gcsr_rd(CSR_PRMD) & 7, 3, "%s: guest PRMD", name);
	is(gcsr_rd(CSR_CRMD) & 0x1f, CRMD_PG, "%s: guest CRMD", name);
	if (badv != NONE)
		is(gcsr_rd(CSR_BADV), badv, "%s: guest BADV", name);
	if (badi != NONE)
		is(gcsr_rd(CSR_BADI), badi, "%s: guest BADI", name);
	is(v.badv, 0x5a5a, "%s: root BADV is left alone", name);
}

void test(void)
{
	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	guest_paging(&v);

	takes("break", do_break, 0, 0, EC_BRK, 0, DMW_CODE(do_break), NONE, do_break[0]);
	takes("syscall", do_syscall, 0, 0, EC_SYS, 0, DMW_CODE(do_syscall), NONE, do_syscall[0]);
	takes("undefined word", do_ine, 0, 0, EC_INE, 0, DMW_CODE(do_ine), NONE, 0xffffffff);
	takes("load from a non-canonical address", do_load, NONCANONICAL, 0, EC_ADE, 1,
	      DMW_CODE(do_load), NONCANONICAL, do_load[0]);
	takes("store to a non-canonical address", do_store, NONCANONICAL, 0, EC_ADE, 1,
	      DMW_CODE(do_store), NONCANONICAL + 4, do_store[0]);
	takes("fetch from a non-canonical address", do_jump, NONCANONICAL, 0, EC_ADE, 0,
	      NONCANONICAL, NONCANONICAL, NONE);
	takes("bound check", do_bce, 5, 4, EC_BCE, 0, DMW_CODE(do_bce), NONE, do_bce[0]);

	gcsr_wr(CSR_EUEN, EUEN_FPE);
	csr_wr(CSR_EUEN, EUEN_FPE);
	takes("division of 1.0 by 0 with the trap enabled", do_divide, 1 << 3, 0x3ff0000000000000,
	      EC_FPE, 0, DMW_CODE(the_division), NONE, the_division[0]);
	csr_wr(CSR_EUEN, 0);

	/* A guest address that no guest entry covers: the guest's own refill. */
	gcsr_wr(CSR_CRMD, CRMD_PG | 3);
	guest_call(&v, DMW_CODE(do_load), 0x123456789018, 0);
	ok(is_hvc(&v, HC_TLBR), "stage-1 miss: the guest's refill entry (exit 0x%lx badi 0x%lx)",
	   v.estat >> 16 & 0x3f, v.badi);
	is(gcsr_rd(CSR_TLBRBADV), 0x123456789018, "stage-1 miss: guest TLBRBADV is the GVA");
	is(gcsr_rd(CSR_TLBREHI) & ~0x1fffUL, 0x123456788000, "stage-1 miss: guest TLBREHI");
	is(gcsr_rd(CSR_TLBRERA), DMW_CODE(do_load) | ISTLBR, "stage-1 miss: guest TLBRERA");
	is(gcsr_rd(CSR_TLBRPRMD) & 7, 3, "stage-1 miss: guest TLBRPRMD");
	is(gcsr_rd(CSR_CRMD) & 0x1f, CRMD_DA, "stage-1 miss: guest CRMD is in direct mode");
	is(v.era, G_TLBR, "stage-1 miss: at the guest's TLBRENTRY");

	/* A stage-1 entry that forbids: the guest's page faults. */
	guest_fill(14, 0, PTE_RO | PTE_PLV3 | G_DATA);
	v.pc += 4;
	guest_run(&v);
	ok(guest_took(&v, EC_PIL), "V=0 half, load: guest PIL (badi 0x%lx, guest estat 0x%lx)",
	   v.badi, gcsr_rd(CSR_ESTAT));
	is(gcsr_rd(CSR_BADV), 0x123456789018, "guest PIL: BADV is the GVA");
	is(gcsr_rd(CSR_BADI), do_load[0], "guest PIL: BADI");
	gcsr_wr(CSR_CRMD, CRMD_PG | 3);
	guest_call(&v, DMW_CODE(do_store), 0x12345678d010, 0);
	ok(guest_took(&v, EC_PME), "D=0 half, store: guest PME (badi 0x%lx, guest estat 0x%lx)",
	   v.badi, gcsr_rd(CSR_ESTAT));
	is(gcsr_rd(CSR_BADV), 0x12345678d014, "guest PME: BADV is the GVA");
	gcsr_wr(CSR_CRMD, CRMD_PG | 3);
	guest_call(&v, DMW_CODE(do_jump), 0x123456789018, 0);
	ok(guest_took(&v, EC_PIF), "V=0 half, fetch: guest PIF (badi 0x%lx, guest estat 0x%lx)",
	   v.badi, gcsr_rd(CSR_ESTAT));
	*gmem(G_DATA + 0x20) = 0x1122334455667788;
	gcsr_wr(CSR_CRMD, CRMD_PG | 3);
	guest_call(&v, DMW_CODE(do_load), 0x12345678c020, 0);
	ok(is_hvc(&v, HC_DONE), "valid half, load: no exception (badi 0x%lx)", v.badi);
	is(v.gpr[6], 0x1122334455667788, "the loaded word");

	/* CPUCFG1.UAL: this model handles misaligned accesses and has no ALE. */
	if (!(cpucfg(1) & 1 << 20)) {
		gcsr_wr(CSR_CRMD, CRMD_PG);
		guest_call(&v, DMW_CODE(do_load), G_DMW | (G_DATA + 1), 0);
		ok(guest_took(&v, 9), "misaligned load: guest ALE");
	} else {
		skip("misaligned load: guest ALE", "CPUCFG1.UAL: misaligned accesses are done");
	}
	for (u32 i = 0; i < 16; i++)
		((volatile u8 *)gmem(G_DATA + 0x3ff8 + i))[0] = 0xa0 + i;
	gcsr_wr(CSR_CRMD, CRMD_PG);
	guest_call(&v, DMW_CODE(do_load), G_DMW | (G_DATA + 0x3ffb), 0);
	is(v.gpr[6], 0xaaa9a8a7a6a5a4a3, "misaligned load across two stage-2 pages");
}
