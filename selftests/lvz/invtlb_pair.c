// SPDX-License-Identifier: GPL-2.0
/*
 * Invtlb 0x16 drops the addressed pair of one guest, whatever kind of
 * entry it is, and only that one is walked again.
 */
#include "lvz.h"

#define GPA	0x30000000UL
#define STEP	0x8000UL
#define PAIRS	8
#define HUGE	0x40000000UL		/* a 32 MiB page */
#define HUGE_HPA 0xa0000000UL
#define HUGE_HPA2 0xa4000000UL
#define MIB	0x100000UL

GUEST(code,
	.globl do_load; do_load: ld.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl do_store; do_store: st.d $a1, $a0, 0;
	hvcl HC_DONE;
);
guest_label(do_load);
guest_label(do_store);

static struct s2 s2[2];
static struct vcpu v[2];
static u64 old_page, new_page;

static u64 load(u32 g, u64 gpa)
{
	guest_call(&v[g], guest_addr(code, do_load), gpa, 0);
	return is_hvc(&v[g], HC_DONE) ? v[g].gpr[5] : ~0UL;
}

static void flush(u32 g, u64 gpa)
{
	/* The host kernel passes GSTAT masked and an address cut to a pair. */
	invtlb(0x16, (1 + g) << GSTAT_GID_SHIFT, gpa);
}

static void map_all(u64 hpa)
{
	for (u32 g = 0; g < 2; g++)
		for (u32 i = 0; i < 2 * PAIRS; i++)
			s2_map(&s2[g], GPA + i * STEP / 2, hpa, PTE_RW);
}

static void precision(u64 off)
{
	struct refill_log *l = &this_cpu()->refill;
	u64 bad = 0, target = 3;

	map_all(old_page);
	invtlb(0x12, 0, 0);
	for (u32 g = 0; g < 2; g++)
		for (u32 i = 0; i < 2 * PAIRS; i++)
			bad += load(g, GPA + i * STEP / 2) != 0x01d;
	is(bad, 0, "filled: wrong words");
	map_all(new_page);
	flush(0, GPA + target * STEP + off);
	l->count = 0;
	is(load(0, GPA + target * STEP), 0x2e3, "flush at +0x%lx: even page of the pair", off);
	is(load(0, GPA + target * STEP + STEP / 2), 0x2e3, "flush at +0x%lx: odd page", off);
	is(l->count, 1, "one refill for the pair");
	for (u32 g = 0; g < 2; g++)
		for (u32 i = 0; i < 2 * PAIRS; i++)
			if (g || i / 2 != target)
				bad += load(g, GPA + i * STEP / 2) != 0x01d;
	is(bad, 0, "entries beside it, and the other guest's, that were dropped");
	is(l->count, 1, "no refill for those");
}

static void huge(void)
{
	struct refill_log *l = &this_cpu()->refill;

	for (u64 m = 0; m < 32; m += 16) {
		*(volatile u64 *)hva(HUGE_HPA + m * MIB) = 0x100 + m;
		*(volatile u64 *)hva(HUGE_HPA2 + m * MIB) = 0x200 + m;
	}
	s2_map_huge(&s2[0], HUGE, HUGE_HPA, PTE_RW);
	is(load(0, HUGE), 0x100, "huge page, first half");
	l->count = 0;
	is(load(0, HUGE + 16 * MIB), 0x110, "huge page, second half");
	is(l->count, 0, "both halves came with one refill");
	s2_map_huge(&s2[0], HUGE, HUGE_HPA2, PTE_RW);
	flush(0, HUGE + 5 * MIB);
	is(load(0, HUGE), 0x200, "flush inside a huge page: first half");
	is(load(0, HUGE + 16 * MIB), 0x210, "flush inside a huge page: second half");
	s2_map_huge(&s2[0], HUGE, HUGE_HPA, PTE_RW);
	flush(0, HUGE + 0x1ff8000);
	is(load(0, HUGE), 0x100, "flush at its end: first half");
	is(load(0, HUGE + 16 * MIB), 0x110, "flush at its end: second half");
	/* Another guest's GID in the operand leaves it alone. */
	s2_map_huge(&s2[0], HUGE, HUGE_HPA2, PTE_RW);
	flush(1, HUGE);
	l->count = 0;
	load(0, HUGE + 8);
	is(l->count, 0, "flush of another GID leaves the huge page");
	flush(0, HUGE);
	is(load(0, HUGE), 0x200, "then of this GID");
}

static void kinds(void)
{
	u64 gpa = GPA + 16 * STEP;

	/* V=0, cached as such; its other half valid. */
	s2_map(&s2[0], gpa, 0, 0);
	s2_map(&s2[0], gpa + 0x4000, old_page, PTE_RW);
	is(load(0, gpa), ~0UL, "V=0: the load exits");
	is(v[0].estat >> 16 & 0x3f, EC_PIL, "V=0: as PIL");
	is(load(0, gpa + 0x4000), 0x01d, "V=0: the valid half loads");
	s2_map(&s2[0], gpa, new_page, PTE_RW);
	is(load(0, gpa), ~0UL, "V=0: still there before the flush");
	flush(0, gpa);
	is(load(0, gpa), 0x2e3, "V=0: gone after the flush");

	/* D=0, as dirty logging leaves it. */
	s2_map(&s2[0], gpa, old_page, PTE_RO);
	flush(0, gpa);
	is(load(0, gpa), 0x01d, "D=0: loads");
	guest_call(&v[0], guest_addr(code, do_store), gpa + 8, 0x5105);
	is(v[0].estat >> 16 & 0x3f, EC_PME, "D=0: a store exits as PME");
	s2_map(&s2[0], gpa, old_page, PTE_RW);
	flush(0, gpa);
	is(guest_call(&v[0], guest_addr(code, do_store), gpa + 8, 0x5105), EC_HVC,
	   "D=1 after the flush: the store is done");
	is(*(volatile u64 *)hva(old_page + 8), 0x5105, "and is there");
	/* And back: a cached writable page becomes read-only at once. */
	s2_map(&s2[0], gpa, old_page, PTE_RO);
	flush(0, gpa);
	guest_call(&v[0], guest_addr(code, do_store), gpa + 8, 0x6666);
	is(v[0].estat >> 16 & 0x3f, EC_PME, "write-protected again: the store exits");
	is(*(volatile u64 *)hva(old_page + 8), 0x5105, "and is not done");

	/* Small V=0 entries, then a huge page over them. */
	is(load(0, HUGE + 64 * MIB), ~0UL, "hole: exits");
	s2_map_huge(&s2[0], HUGE + 64 * MIB, HUGE_HPA2, PTE_RW);
	flush(0, HUGE + 64 * MIB);
	is(load(0, HUGE + 64 * MIB), 0x200, "huge page in place of a hole");
	is(load(0, HUGE + 80 * MIB), 0x210, "its second half");
}

void test(void)
{
	require_lvz();
	lvz_enable();
	old_page = page_alloc();
	new_page = page_alloc();
	*(u64 *)hva(old_page) = 0x01d;
	*(u64 *)hva(new_page) = 0x2e3;
	for (u32 g = 0; g < 2; g++) {
		s2_init(&s2[g]);
		s2_map_window(&s2[g], G_CODE, G_END);
		guest_init(&v[g], &s2[g], 1 + g);
	}
	guest_vectors(0);
	load_guest(code);
	precision(0);
	precision(0x4000);
	precision(0x7fff);
	huge();
	kinds();
}
