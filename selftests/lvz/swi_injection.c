// SPDX-License-Identifier: GPL-2.0
/*
 * SWI0 injected by gcsrxchg ESTAT, which is how a paravirtual IPI arrives:
 * taken before the guest's next instruction, or when it unmasks.
 */
#include "lvz.h"

GUEST(code,
	.globl first; first:
	addi.d $a0, $a0, 1;
	hvcl HC_DONE;
	.globl masked; masked:
	addi.d $a0, $a0, 1;
	csrwr $a1, CSR_CRMD;
	.globl unmasked; unmasked:
	addi.d $a0, $a0, 1;
	hvcl HC_DONE;
	.globl by_xchg; by_xchg:
	ori $t0, $zero, CRMD_IE;
	csrxchg $t0, $t0, CSR_CRMD;
	.globl after_xchg; after_xchg:
	addi.d $a0, $a0, 1;
	hvcl HC_DONE;
	/* A handler like the kernel's: acknowledge, count, return. */
	.globl handler; handler:
	ori $t0, $zero, IS_SWI0;
	csrxchg $zero, $t0, CSR_ESTAT;
	addi.d $a2, $a2, 1;
	ertn;
);
guest_label(first);
guest_label(masked);
guest_label(unmasked);
guest_label(by_xchg);
guest_label(after_xchg);
guest_label(handler);

void test(void)
{
	struct s2 s2;
	struct vcpu v;
	u64 lost = 0;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);

	gcsr_wr(CSR_ECFG, IS_SWI0);
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	gcsr_xchg(CSR_ESTAT, IS_SWI0, IS_SWI0);
	guest_call(&v, guest_addr(code, first), 0, 0);
	ok(guest_took(&v, EC_INT), "unmasked at entry: the guest's interrupt (badi 0x%lx)", v.badi);
	is(v.gpr[4], 0, "before its first instruction");
	is(gcsr_rd(CSR_ERA), guest_addr(code, first), "guest ERA");
	is(gcsr_rd(CSR_PRMD) & 7, CRMD_IE, "guest PRMD");
	is(gcsr_rd(CSR_CRMD) & 0x1f, CRMD_DA, "guest CRMD: masked");
	is(gcsr_rd(CSR_ESTAT) & 0x1fff, IS_SWI0, "guest ESTAT: SWI0 until it is cleared");
	/* Still set when the handler returns: taken again at once. */
	v.pc += 4;
	guest_run(&v);
	ok(guest_took(&v, EC_INT), "not acknowledged: taken again after ertn (badi 0x%lx)", v.badi);
	is(v.gpr[4], 0, "still before the first instruction");
	gcsr_xchg(CSR_ESTAT, 0, IS_SWI0);
	v.pc += 4;
	guest_run(&v);
	ok(is_hvc(&v, HC_DONE), "acknowledged: the guest goes on (badi 0x%lx)", v.badi);
	is(v.gpr[4], 1, "with its first instruction");

	for (u32 i = 0; i < 2; i++) {
		const u32 *at = i ? by_xchg : masked, *after = i ? after_xchg : unmasked;

		gcsr_wr(CSR_CRMD, CRMD_DA);
		gcsr_xchg(CSR_ESTAT, IS_SWI0, IS_SWI0);
		guest_call(&v, guest_addr(code, at), 0, CRMD_DA | CRMD_IE);
		ok(guest_took(&v, EC_INT), "masked at entry, %s CRMD: taken (badi 0x%lx)",
		   i ? "csrxchg" : "csrwr", v.badi);
		is(v.gpr[4], 1 - i, "not before the guest unmasked");
		is(gcsr_rd(CSR_ERA), guest_addr(code, after), "right after it did");
		gcsr_xchg(CSR_ESTAT, 0, IS_SWI0);
	}
	/* Not enabled in the guest's ECFG: nothing. */
	gcsr_wr(CSR_ECFG, 0x1ffe);
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	gcsr_xchg(CSR_ESTAT, IS_SWI0, IS_SWI0);
	guest_call(&v, guest_addr(code, first), 0, 0);
	ok(is_hvc(&v, HC_DONE), "not enabled in ECFG: not taken (badi 0x%lx)", v.badi);
	is(gcsr_rd(CSR_ESTAT) & 0x1fff, IS_SWI0, "and still pending");
	gcsr_wr(CSR_ESTAT, 0);

	/* Many, with the guest's own handler: none lost, none twice. */
	guest_load(G_VEC, handler, handler + 4);
	gcsr_wr(CSR_ECFG, IS_SWI0);
	v.gpr[6] = 0;
	for (u64 i = 0; i < 1000; i++) {
		gcsr_wr(CSR_CRMD, CRMD_DA | (i & 1 ? CRMD_IE : 0));
		gcsr_xchg(CSR_ESTAT, IS_SWI0, IS_SWI0);
		guest_call(&v, guest_addr(code, i & 1 ? first : masked), 0, CRMD_DA | CRMD_IE);
		lost += v.gpr[6] != i + 1 || !is_hvc(&v, HC_DONE);
	}
	is(lost, 0, "1000 injections with a real handler: lost or doubled");
}
