// SPDX-License-Identifier: GPL-2.0
/*
 * A cached GVA->HPA translation dies with either of its parents: at once
 * when root drops the stage-2 entry, when the guest drops the stage-1 entry,
 * and when another GID runs, although nothing was invalidated then. So does
 * what was translated from a code page.
 */
#include "lvz.h"

#define GVA	0x55000000UL
#define GPA	0x60000000UL	/* page A; page B is the next pair */
#define GPA_B	(GPA + 0x8000)

GUEST(code,
	.globl do_load; do_load: ld.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl do_store; do_store: st.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl do_inv; do_inv: invtlb 5, $a1, $a0;
	ld.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl do_loop; do_loop:
1:	ld.d $a1, $a0, 0;
	hvcl 0x100;
	b 1b;
);
guest_label(do_load);
guest_label(do_store);
guest_label(do_inv);
guest_label(do_loop);

static struct s2 s2;
static struct vcpu v;
static u64 s1_gpa = GPA, s1_flags = PTE_RW, page[4];

static void refill(struct vcpu *vcpu, u64 gva)
{
	(void)vcpu;
	(void)gva;
	guest_fill(14, s1_gpa | s1_flags, s1_gpa | s1_flags);
}

static u64 load(void)
{
	gcsr_wr(CSR_CRMD, CRMD_PG);
	guest_call(&v, G_DMW | guest_addr(code, do_load), GVA, 0);
	return is_hvc(&v, HC_DONE) ? v.gpr[5] : ~0UL;
}

static void store(u64 val)
{
	gcsr_wr(CSR_CRMD, CRMD_PG);
	guest_call(&v, G_DMW | guest_addr(code, do_store), GVA + 8, val);
}

static u64 inv_and_load(void)
{
	guest_call(&v, G_DMW | guest_addr(code, do_inv), GVA, 0);
	return is_hvc(&v, HC_DONE) ? v.gpr[5] : ~0UL;
}

static void remap(u64 gpa, u64 hpa, u64 flags)
{
	s2_map(&s2, gpa, hpa, flags);
	invtlb(0x16, v.gid << GSTAT_GID_SHIFT, gpa);
}

/* A code page moves: each of the pages holds another constant to return. */
static void code_page(void)
{
	u64 bad = 0;

	for (u32 i = 0; i < 4; i++) {
		u32 *insn = hva(page[i] + 0x100);

		insn[0] = 0x02800004 | (0x50 + i) << 10;	/* addi.w $a0, $zero, 0x5. */
		insn[1] = 0x002b8000 | HC_DONE;
	}
	asm volatile("ibar 0" : : : "memory");
	for (u32 i = 0; i < 32; i++) {
		remap(GPA, page[i * 3 & 3], PTE_RW);
		guest_call(&v, GVA + 0x100, 0, 0);
		bad += !is_hvc(&v, HC_DONE) || v.gpr[4] != 0x50 + (i * 3 & 3);
	}
	is(bad, 0, "32 moves of a code page: stale code run");
}

void test(void)
{
	u64 bad = 0;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	for (u32 i = 0; i < 4; i++) {
		page[i] = page_alloc();
		*(u64 *)hva(page[i]) = 0xa0 + i;
	}
	s2_map(&s2, GPA, page[0], PTE_RW);
	s2_map(&s2, GPA_B, page[1], PTE_RW);
	guest_init(&v, &s2, 1);
	v.refill = refill;
	guest_vectors(0);
	load_guest(code);
	guest_paging(&v);

	/* Root changes stage 2. */
	is(load(), 0xa0, "first load");
	remap(GPA, page[2], PTE_RW);
	is(load(), 0xa2, "stage 2 moved and 0x16: the new page at once");
	for (u32 i = 0; i < 32; i++) {
		remap(GPA, page[i & 3], PTE_RW);
		bad += load() != 0xa0 + (i & 3);
	}
	is(bad, 0, "32 moves: stale words");
	remap(GPA, page[0], PTE_RO);
	store(0x1111);
	is(v.estat >> 16 & 0x3f, EC_PME, "stage 2 made read-only: a store exits");
	is(v.badv, GPA + 8, "with the GPA");
	is(load(), 0xa0, "a load does not");
	remap(GPA, page[0], PTE_RW);
	store(0x2222);
	is(*(volatile u64 *)hva(page[0] + 8), 0x2222, "writable again: the store is done");
	remap(GPA, 0, 0);
	is(load(), ~0UL, "stage 2 unmapped: a load exits");
	is(v.badv, GPA, "with the GPA");
	remap(GPA, page[0], PTE_RW);
	is(load(), 0xa0, "mapped again");

	/* The same when the guest goes on in a loop, not called anew. */
	v.pc = G_DMW | guest_addr(code, do_loop);
	v.gpr[4] = GVA;
	for (u32 i = 0; i < 32; i++) {
		remap(GPA, page[i & 3], PTE_RW);
		guest_run(&v);
		bad += !is_hvc(&v, 0x100) || v.gpr[5] != 0xa0 + (i & 3);
		v.pc += 4;
	}
	is(bad, 0, "32 moves under a running guest: stale words");

	code_page();

	/* The guest changes stage 1. */
	remap(GPA, page[0], PTE_RW);
	is(load(), 0xa0, "before the guest's change");
	s1_gpa = GPA_B;
	is(inv_and_load(), 0xa1, "stage 1 moved and guest invtlb 5: the new page at once");
	s1_gpa = GPA;
	s1_flags = PTE_RO;
	is(inv_and_load(), 0xa0, "and back, read-only now");
	store(0x3333);
	ok(guest_took(&v, EC_PME), "a store is the guest's PME (badi 0x%lx)", v.badi);
	is(*(volatile u64 *)hva(page[0] + 8), 0x2222, "and is not done");
	/* Both stages read-only: the guest's refusal comes first. */
	remap(GPA, page[0], PTE_RO);
	store(0x3333);
	ok(guest_took(&v, EC_PME), "read-only in both stages: the guest's PME (badi 0x%lx)", v.badi);
	s1_flags = PTE_RW;
	gcsr_wr(CSR_CRMD, CRMD_PG);
	is(inv_and_load(), 0xa0, "writable in stage 1");
	store(0x3333);
	is(v.estat >> 16 & 0x3f, EC_PME, "now it is root's PME");
	remap(GPA, page[0], PTE_RW);
	store(0x4444);
	is(*(volatile u64 *)hva(page[0] + 8), 0x4444, "writable in both: done");

	/* Another GID, nothing invalidated: what unmap in the host relies on. */
	is(load(), 0xa0, "before the GID changes");
	for (u64 gid = 2; gid < 34; gid++) {
		s2_map(&s2, GPA, page[gid & 3], PTE_RW);
		v.gid = gid;
		bad += load() != 0xa0 + (gid & 3);
	}
	is(bad, 0, "32 new GIDs: stale words");
	/* Back to a GID whose entries still stand. */
	s2_map(&s2, GPA, page[3], PTE_RW);
	v.gid = 5;
	bad = load();
	ok(bad == 0xa0 + (5 & 3) || bad == 0xa3, "an earlier GID: its old word or the table's (0x%lx)",
	   bad);
	invtlb(0x15, 5 << GSTAT_GID_SHIFT, 0);
	is(load(), 0xa3, "and after 0x15 the table's");
}
