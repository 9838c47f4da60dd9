// SPDX-License-Identifier: GPL-2.0
/*
 * Capacity. Two guests sweep the same 4096 pages in a scattered order,
 * one after the other: together twice what the arrays of either stage hold.
 * Every word is read, counted up and written through both stages, and has to
 * be right at the end.
 */
#include "lvz.h"

#define PAGES	4096UL
#define ROUNDS	20
#define GVA	0x2000000000UL

GUEST(code,
	/*
	 * a0: base, a1: rounds. Page i * 1229 % 4096, at an offset of its own:
	 * read, add 1, write; a2 sums what was read.
	 */
	.globl sweep; sweep:
	move $a2, $zero;
	li.w $t8, 4095;
	li.w $t7, 1229;
1:	move $t0, $zero;
2:	mul.d $t1, $t0, $t7;
	and $t1, $t1, $t8;
	slli.d $t2, $t1, 14;
	slli.d $t3, $t1, 3;
	bstrpick.d $t3, $t3, 13, 3;
	slli.d $t3, $t3, 3;
	add.d $t2, $t2, $t3;
	add.d $t2, $t2, $a0;
	ld.d $t4, $t2, 0;
	add.d $a2, $a2, $t4;
	addi.d $t4, $t4, 1;
	st.d $t4, $t2, 0;
	addi.d $t0, $t0, 1;
	bgeu $t8, $t0, 2b;
	addi.d $a1, $a1, -1;
	bnez $a1, 1b;
	hvcl HC_DONE;
);
guest_label(sweep);

static struct s2 s2;
static struct vcpu v[2];

/* Stage 1 swaps the halves of each pair for one guest, pairs for the other. */
static u64 gva_to_gpa(u32 g, u64 gva)
{
	return G_BIG + ((gva - GVA) ^ (g ? 0x8000 : 0x4000));
}

static void refill(struct vcpu *vcpu, u64 gva)
{
	u64 even = gva & ~0x7fffUL;
	u32 g = vcpu - v;

	guest_fill(14, gva_to_gpa(g, even) | PTE_RW, gva_to_gpa(g, even + 0x4000) | PTE_RW);
}

/* The word of a page, as the guest's code computes it. */
static volatile u64 *word(u32 g, u64 page)
{
	return gmem(gva_to_gpa(g, GVA + (page << 14) + page * 8 % 0x4000));
}

void test(void)
{
	u64 rounds = ROUNDS / cmdline_u64("divide", 1), bad = 0, refills = 0;
	struct refill_log *l = &this_cpu()->refill;

	require_lvz();
	lvz_enable();
	if (rounds < 2)
		rounds = 2;
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	s2_map_window(&s2, G_BIG, G_BIG + (PAGES << 14));
	for (u32 g = 0; g < 2; g++) {
		guest_init(&v[g], &s2, 1 + g);
		v[g].refill = refill;
		for (u64 p = 0; p < PAGES; p++)
			*word(g, p) = (u64)g << 60 | p << 32;
	}
	guest_vectors(0);
	load_guest(code);
	guest_paging(&v[0]);
	guest_paging(&v[1]);

	for (u64 r = 0; r < rounds; r++) {
		for (u32 g = 0; g < 2; g++) {
			u64 sum = 0;

			guest_call(&v[g], G_DMW | guest_addr(code, sweep), GVA, 1);
			for (u64 p = 0; p < PAGES; p++)
				sum += ((u64)g << 60 | p << 32) + r;
			bad += !is_hvc(&v[g], HC_DONE) || v[g].gpr[6] != sum;
		}
	}
	is(bad, 0, "sweeps with a wrong sum, of %lu", 2 * rounds);
	for (u32 g = 0; g < 2; g++) {
		refills += v[g].s1_refills;
		for (u64 p = 0; p < PAGES; p++)
			bad += *word(g, p) != ((u64)g << 60 | p << 32) + rounds;
	}
	is(bad, 0, "pages with a wrong count, of %lu", 2 * PAGES);
	ok(refills > PAGES && l->count > PAGES,
	   "entries of both stages were evicted and refilled: %lu and %lu", refills, l->count);
}
