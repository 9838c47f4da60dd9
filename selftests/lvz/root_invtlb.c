// SPDX-License-Identifier: GPL-2.0
/*
 * Root's invtlb 0x9 to 0x16. Two guests, two address spaces, ordinary and
 * global pages, each with an entry in both stages. After both stages' tables
 * changed, an op must not leave a stale entry it names. Others may be dropped
 * too, but never turn into something else; how many stayed is reported.
 */
#include "lvz.h"

#define GVA	0x3000000000UL
#define STEP	0x8000UL
#define PAGES	2		/* page 1 is global */
#define GID(g)	(0x15UL + (g))	/* unlike any ASID, which shares its operand */
#define GPA_BASE 0x10000000UL

GUEST(code,
	.globl load; load: csrwr $a1, CSR_ASID;
	ld.d $a2, $a0, 0;
	hvcl HC_DONE;
);
guest_label(load);

static struct s2 s2[2];
static struct vcpu v[2];
static u32 s1_version, s2_version;
static u64 frames;	/* HPA of the 64 pages */

/* A guest page per (asid, page, version of stage 1), a pair each. */
static u32 slot(u32 asid, u32 page, u32 ver)
{
	return (page ? 0 : asid) * 4 + page * 2 + ver;
}

static u64 gpa_of(u32 asid, u32 page, u32 ver)
{
	return GPA_BASE + slot(asid, page, ver) * STEP;
}

static u64 hpa_of(u32 g, u32 slot, u32 ver)
{
	return frames + (g * 32 + slot * 2 + ver) * 0x4000;
}

static void refill(struct vcpu *vcpu, u64 gva)
{
	u32 page = (gva - GVA) / STEP, asid = gcsr_rd(CSR_ASID) & 0x3ff;
	u64 lo = gpa_of(asid, page, s1_version) | PTE_RW | (page ? PTE_G : 0);

	(void)vcpu;
	guest_fill(14, lo, lo);
}

static void set_s2(u32 ver)
{
	s2_version = ver;
	for (u32 g = 0; g < 2; g++)
		for (u32 i = 0; i < 12; i++)
			s2_map(&s2[g], GPA_BASE + i * STEP, hpa_of(g, i, ver), PTE_RW);
}

static u64 sees(u32 g, u32 asid, u32 page)
{
	guest_call(&v[g], G_DMW | guest_addr(code, load), GVA + page * STEP, asid);
	return is_hvc(&v[g], HC_DONE) ? v[g].gpr[6] : ~v[g].estat;
}

/* Does op, with GID(0), ASID 1 and the address of page target, name that entry? */
static bool s1_named(u32 op, u32 target, u32 g, u32 asid, u32 page)
{
	switch (op) {
	case 0x9:
	case 0x13:
	case 0x15:
		return g == 0;
	case 0xa:
		return g == 0 && page;
	case 0xb:
		return g == 0 && !page;
	case 0xc:
		return g == 0 && !page && asid == 1;
	case 0xd:
		return g == 0 && !page && asid == 1 && page == target;
	case 0xe:
		return g == 0 && (page || asid == 1) && page == target;
	case 0x10:
	case 0x12:
		return true;
	}
	return false;
}

static bool s2_named(u32 op, u32 g, u64 gpa)
{
	switch (op) {
	case 0x11:
	case 0x12:
		return true;
	case 0x14:
	case 0x15:
		return g == 0;
	case 0x16:
		return g == 0 && gpa == gpa_of(1, 0, 0);
	}
	return false;
}

static void one_op(u32 op, u32 target)
{
	u32 insn = 0x06498000 | 5 << 10 | 4 << 5 | op;
	u64 info = GID(0) << GSTAT_GID_SHIFT | 1, addr = GVA + target * STEP + 0x4321;
	u64 s1_stale = 0, s2_stale = 0, wrong = 0, s1_kept = 0, s2_kept = 0;

	if (op >= 0x10 && op <= 0x12)
		info = addr = 0;	/* as the host kernel calls it */
	if (op == 0x16)
		addr = gpa_of(1, 0, 0) + 0x4321;

	invtlb(0x12, 0, 0);
	s1_version = 0;
	set_s2(0);
	for (u32 g = 0; g < 2; g++)
		for (u32 asid = 1; asid <= 2; asid++)
			for (u32 page = 0; page < PAGES; page++)
				wrong += sees(g, asid, page) !=
					 hpa_of(g, slot(asid, page, 0), 0);
	is(wrong, 0, "before invtlb 0x%x: wrong words", op);
	s1_version = 1;
	set_s2(1);
	is(probe_insn(insn, 0, info, addr), NO_EXC, "invtlb 0x%x, page %u", op, target);
	/* Global pages last: their refill must not help the others. */
	for (u32 page = 0; page < PAGES; page++) {
		for (u32 n = 0; n < 4; n++) {
			u32 g = n >> 1, asid = 1 + (n & 1), s1 = 2, s2 = 2;
			u64 got = sees(g, asid, page);

			for (u32 i = 0; i < 4; i++) {
				if (got == hpa_of(g, slot(asid, page, i >> 1), i & 1)) {
					s1 = i >> 1;
					s2 = i & 1;
				}
			}
			if (s1 == 2) {
				wrong++;
				continue;
			}
			if (s1_named(op, target, g, asid, page))
				s1_stale += s1 == 0;
			else
				s1_kept += s1 == 0;
			if (s2_named(op, g, gpa_of(asid, page, s1)))
				s2_stale += s2 == 0;
			else
				s2_kept += s2 == 0;
		}
	}
	is(wrong, 0, "after invtlb 0x%x: wrong words", op);
	is(s1_stale, 0, "invtlb 0x%x: stage-1 entries that should be gone", op);
	is(s2_stale, 0, "invtlb 0x%x: stage-2 entries that should be gone", op);
	printk("# invtlb 0x%x kept %lu other stage-1 and %lu other stage-2 uses of 8\n", op,
	       s1_kept, s2_kept);
}

void test(void)
{
	static const u32 ops[] = { 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0x10, 0x11, 0x12, 0x13, 0x14,
				   0x15, 0x16 };

	require_lvz();
	lvz_enable();
	frames = page_alloc();
	for (u32 i = 1; i < 64; i++)
		page_alloc();
	for (u32 i = 0; i < 64; i++)
		*(u64 *)hva(frames + i * 0x4000) = frames + i * 0x4000;
	for (u32 g = 0; g < 2; g++) {
		s2_init(&s2[g]);
		s2_map_window(&s2[g], G_CODE, G_END);
		guest_init(&v[g], &s2[g], GID(g));
		v[g].refill = refill;
	}
	guest_vectors(0);
	load_guest(code);
	guest_paging(&v[0]);
	guest_paging(&v[1]);
	for (u32 i = 0; i < ARRAY_SIZE(ops); i++)
		one_op(ops[i], 0);
	one_op(0xd, 1);
	one_op(0xe, 1);
}
