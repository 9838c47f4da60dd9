// SPDX-License-Identifier: GPL-2.0
/*
 * Two guests map the same GPA to different pages. Entries of one GID never
 * serve the other, also when both alternate on a CPU, after everything was
 * dropped, and when a GID is used again for another table.
 */
#include "lvz.h"

GUEST(code,
	.globl do_load; do_load: ld.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl do_store; do_store: st.d $a1, $a0, 0;
	hvcl HC_DONE;
);
guest_label(do_load);
guest_label(do_store);

#define GPA	0x5000000UL
#define PAGES	8
#define GUESTS	3

static struct s2 s2[GUESTS];
static struct vcpu v[GUESTS];
static u64 page[GUESTS][PAGES];

static u64 load(u32 g, u64 gid, u64 gpa)
{
	v[g].gid = gid;
	guest_call(&v[g], guest_addr(code, do_load), gpa, 0);
	return is_hvc(&v[g], HC_DONE) ? v[g].gpr[5] : ~v[g].estat;
}

/* Mismatches over all guests and pages, alternating at each access. */
static u64 wrong(const u64 *gid)
{
	u64 bad = 0;

	for (u32 p = 0; p < PAGES; p++)
		for (u32 g = 0; g < GUESTS; g++)
			bad += load(g, gid[g], GPA + p * 0x4000 + 8) != (g << 8 | p);
	return bad;
}

void test(void)
{
	static const u64 first[] = { 1, 2, 0xff }, swapped[] = { 2, 0xff, 1 };
	struct refill_log *l = &this_cpu()->refill;
	u64 bad = 0;

	require_lvz();
	lvz_enable();
	for (u32 g = 0; g < GUESTS; g++) {
		s2_init(&s2[g]);
		s2_map_window(&s2[g], G_CODE, G_END);
		guest_init(&v[g], &s2[g], first[g]);
		for (u32 p = 0; p < PAGES; p++) {
			page[g][p] = page_alloc();
			*(u64 *)hva(page[g][p] + 8) = g << 8 | p;
			s2_map(&s2[g], GPA + p * 0x4000, page[g][p], PTE_RW);
		}
	}
	guest_vectors(0);
	load_guest(code);

	is(wrong(first), 0, "three guests, alternating: wrong words");
	l->count = 0;
	is(wrong(first), 0, "again: wrong words");
	is(l->count, 0, "again: every GID still has its entries");
	/* Writes go to the right page as well. */
	for (u32 g = 0; g < GUESTS; g++) {
		v[g].gid = first[g];
		guest_call(&v[g], guest_addr(code, do_store), GPA + 0x10, 0xc0de + g);
	}
	for (u32 g = 0; g < GUESTS; g++)
		bad += *(volatile u64 *)hva(page[g][0] + 0x10) != 0xc0de + g;
	is(bad, 0, "stores that missed their guest's page");

	/* 0x12 ignores its operands: GIDs are then handed out afresh. */
	invtlb(0x12, 0, 0);
	l->count = 0;
	is(wrong(swapped), 0, "after 0x12, GIDs exchanged: wrong words");
	ok(l->count >= GUESTS * PAGES / 2, "0x12 dropped the entries of every GID (%lu refills)",
	   l->count);
	/*
	 * A fresh GID needs no invalidation: changing the table and the GID is
	 * how the host kernel unmaps.
	 */
	bad = 0;
	for (u64 gid = 3; gid < 0xff; gid += 7) {
		u32 p = gid % PAGES;

		s2_map(&s2[0], GPA, page[0][p], PTE_RW);
		bad += load(0, gid, GPA + 8) != p;
	}
	is(bad, 0, "fresh GID after each change of the table: stale words");
}
