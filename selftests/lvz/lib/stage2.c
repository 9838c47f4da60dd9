// SPDX-License-Identifier: GPL-2.0
/*
 * Stage-2 page tables, in the host kernel's geometry. As in KVM a hole in a
 * directory points at a table of invalid entries, by its kernel virtual
 * address: the page walker has to cut it down to the physical width.
 */
#include "lvz.h"

#define POOL		0x90000000UL	/* behind the guest window */
#define POOL_BIG	0xa0000000UL	/* behind the big region */
#define TABLES		0x88000000UL
#define TABLES_END	0x8f000000UL
#define PAGE		16384UL
#define SLOTS		2048

static u64 next_table = TABLES;

u64 page_alloc(void)
{
	u64 hpa = next_table;
	u64 *p = hva(hpa);

	if (hpa >= TABLES_END)
		bail("out of pages for tables");
	next_table += PAGE;
	for (u32 i = 0; i < SLOTS; i++)
		p[i] = 0;
	return hpa;
}

/*
 * The host page behind a guest page. A permutation, so that neighbouring
 * guest pages are not neighbours in the host and GPA is never HPA.
 */
u64 g2h(u64 gpa)
{
	u64 base = POOL, off = gpa;

	if (gpa >= G_BIG) {
		base = POOL_BIG;
		off = gpa - G_BIG;
	}
	if (off >= G_WINDOW)
		bail("g2h: 0x%lx is outside of guest memory", gpa);
	return base + (((off >> 14) * 5 + 37) % (G_WINDOW >> 14) << 14) + off % PAGE;
}

static u64 invalid_table(void)
{
	static u64 hpa;

	if (!hpa)
		hpa = page_alloc();
	return hpa;
}

static u64 new_dir(void)
{
	u64 hpa = page_alloc();
	u64 *p = hva(hpa), hole = invalid_table() | DMW_CC;

	for (u32 i = 0; i < SLOTS; i++)
		p[i] = hole;
	return hpa;
}

void s2_init(struct s2 *s)
{
	u64 hole = new_dir();

	/* Holes in the top level lead to a directory of holes. */
	s->root = hva(page_alloc());
	for (u32 i = 0; i < SLOTS; i++)
		s->root[i] = hole | DMW_CC;
	s->root[0] = new_dir() | DMW_CC;
}

static u64 *dir_slot(struct s2 *s, u64 gpa)
{
	u64 *top = &s->root[gpa >> 36 & 2047];

	/* The last slot is beyond any GPA used here: always a hole. */
	if (*top == s->root[SLOTS - 1])
		*top = new_dir() | DMW_CC;
	return (u64 *)hva(*top & ~DMW_CC) + (gpa >> 25 & 2047);
}

u64 *s2_pte(struct s2 *s, u64 gpa)
{
	u64 *dir = dir_slot(s, gpa);

	if ((*dir & ~DMW_CC) == invalid_table())
		*dir = page_alloc() | DMW_CC;
	return (u64 *)hva(*dir & ~DMW_CC) + (gpa >> 14 & 2047);
}

void s2_map(struct s2 *s, u64 gpa, u64 hpa, u64 flags)
{
	*(volatile u64 *)s2_pte(s, gpa) = flags ? (hpa & -PAGE) | flags : 0;
}

/* One 32 MiB page: a directory entry with the huge bit. */
void s2_map_huge(struct s2 *s, u64 gpa, u64 hpa, u64 flags)
{
	*(volatile u64 *)dir_slot(s, gpa) = hpa | flags | PTE_HUGE;
}

void s2_map_window(struct s2 *s, u64 from, u64 to)
{
	for (u64 gpa = from; gpa < to; gpa += PAGE)
		s2_map(s, gpa, g2h(gpa), PTE_RW);
}
