// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables a guest keeps for itself: three levels of 16 KiB tables linked
 * by guest-physical addresses, and the refill handler that walks them.
 */
#include "lvz.h"

#define PAGE	16384UL
#define SLOTS	2048

GUEST(gpt_walker,
	csrwr $t0, CSR_TLBRSAVE;
	csrrd $t0, CSR_PGD;
	lddir $t0, $t0, 3;
	lddir $t0, $t0, 1;
	ldpte $t0, 0;
	ldpte $t0, 1;
	tlbfill;
	csrrd $t0, CSR_TLBRSAVE;
	ertn;
);

static u64 table(struct gpt *g)
{
	u64 gpa = g->next;
	volatile u64 *p = gmem(gpa);

	if (gpa >= g->end)
		bail("out of guest table pages");
	g->next += PAGE;
	for (u32 i = 0; i < SLOTS; i++)
		p[i] = 0;
	return gpa;
}

void gpt_init(struct gpt *g)
{
	u64 hole;

	g->next = G_PT;
	g->end = G_END;
	/* Page 0 of the pool is the table that empty directory slots lead to. */
	hole = table(g);
	g->low = table(g);
	g->high = table(g);
	for (u32 i = 0; i < SLOTS; i++)
		gmem(g->low)[i] = gmem(g->high)[i] = hole;
}

static u64 down(struct gpt *g, u64 slot_gpa)
{
	volatile u64 *slot = gmem(slot_gpa);
	u64 hole = G_PT;

	if (!*slot || *slot == hole)
		*slot = table(g);
	return *slot;
}

/* Level 3 is the root directory, 1 the lower one, 0 the page table. */
u64 gpt_entry(struct gpt *g, u64 gva, u32 level)
{
	u64 gpa = (gva >> 63 ? g->high : g->low) + 8 * (gva >> 36 & 2047);

	if (level == 3)
		return gpa;
	gpa = down(g, gpa) + 8 * (gva >> 25 & 2047);
	if (level == 1)
		return gpa;
	return down(g, gpa) + 8 * (gva >> 14 & 2047);
}

void gpt_map(struct gpt *g, u64 gva, u64 gpa, u64 flags)
{
	*gmem(gpt_entry(g, gva, 0)) = flags ? gpa | flags : 0;
}

void gpt_map_huge(struct gpt *g, u64 gva, u64 gpa, u64 flags)
{
	*gmem(gpt_entry(g, gva, 1)) = gpa | flags | PTE_HUGE;
}

void gpt_use(struct gpt *g)
{
	guest_load(G_TLBR, gpt_walker, gpt_walker_end);
	gcsr_wr(CSR_PGDL, g->low);
	gcsr_wr(CSR_PGDH, g->high);
}
