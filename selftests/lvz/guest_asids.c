// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's own address spaces. Entries belong to an ASID unless they
 * are global, and each guest invtlb kills at least what it names. What it may
 * leave has to be a translation that was true once, and is counted.
 */
#include "lvz.h"

#define GVA	0x6000000000UL
#define STEP	0x8000UL	/* one pair */
#define PAGES	4		/* the last two are global */
#define GLOBAL(p) ((p) >= 2)
#define ASIDS	2		/* 1 and 2 */

GUEST(code,
	.globl load; load: csrwr $a1, CSR_ASID;
	ld.d $a2, $a0, 0;
	hvcl HC_DONE;
	.globl inv; inv:
	nop;
	hvcl HC_DONE;
	.globl search; search: csrwr $a0, CSR_TLBEHI;
	tlbsrch;
	csrrd $a1, CSR_TLBIDX;
	tlbrd;
	csrrd $a2, CSR_TLBELO0;
	hvcl HC_DONE;
	.globl rewrite; rewrite: csrwr $a0, CSR_TLBELO0;
	tlbwr;
	ld.d $a2, $a1, 0;
	hvcl HC_DONE;
	.globl forget; forget: csrwr $a0, CSR_TLBIDX;
	tlbwr;
	hvcl HC_DONE;
);
guest_label(search);
guest_label(rewrite);
guest_label(forget);
guest_label(load);
guest_label(inv);

static struct s2 s2;
static struct vcpu v;
static u32 version;

/* Guest page behind (asid, page) in a version of the guest's tables. */
static u64 gpa_of(u32 asid, u32 page, u32 ver)
{
	if (GLOBAL(page))
		asid = 0;
	return G_DATA + ((ver * 4 + asid) * PAGES + page) * 0x4000;
}

static void refill(struct vcpu *vcpu, u64 gva)
{
	u32 page = (gva - GVA) / STEP, asid = gcsr_rd(CSR_ASID) & 0x3ff;
	u64 flags = PTE_RW | (GLOBAL(page) ? PTE_G : 0);

	(void)vcpu;
	guest_fill(14, gpa_of(asid, page, version) | flags, gpa_of(asid, page, version) | flags);
}

static u64 sees(u32 asid, u32 page)
{
	guest_call(&v, G_DMW | guest_addr(code, load), GVA + page * STEP, asid);
	return is_hvc(&v, HC_DONE) ? v.gpr[6] : ~v.estat;
}

static u64 all_at(u32 ver)
{
	u64 bad = 0;

	for (u32 asid = 1; asid <= ASIDS; asid++)
		for (u32 page = 0; page < PAGES; page++)
			bad += sees(asid, page) != gpa_of(asid, page, ver);
	return bad;
}

/* Does this op, with ASID 1 and the given page, name that entry? */
static bool named(u32 op, u32 target, u32 asid, u32 page)
{
	switch (op) {
	case 2:
		return GLOBAL(page);
	case 3:
		return !GLOBAL(page);
	case 4:
		return !GLOBAL(page) && asid == 1;
	case 5:
		return !GLOBAL(page) && asid == 1 && page == target;
	case 6:
		return (GLOBAL(page) || asid == 1) && page == target;
	default:
		return true;
	}
}

static void one_op(u32 op, u32 target)
{
	/* rj = a0: ASID, rk = a1: an address anywhere in the pair. */
	u32 insn = 0x06498000 | 5 << 10 | 4 << 5 | op;
	u32 kept = 0, could = 0;
	u64 stale = 0, wrong = 0, old, new, got;

	guest_load(guest_addr(code, inv), &insn, &insn + 1);
	invtlb(0x12, 0, 0);
	version = 0;
	wrong += all_at(0);
	version = 1;
	guest_call(&v, G_DMW | guest_addr(code, inv), 1, GVA + target * STEP + 0x5678);
	if (!is_hvc(&v, HC_DONE))
		bail("invtlb %u did not run: estat 0x%lx badi 0x%lx", op, v.estat, v.badi);
	for (u32 page = 0; page < PAGES; page++) {
		for (u32 asid = 1; asid <= ASIDS; asid++) {
			old = gpa_of(asid, page, 0);
			new = gpa_of(asid, page, 1);
			got = sees(asid, page);
			wrong += got != old && got != new;
			if (named(op, target, asid, page)) {
				stale += got == old;
			} else {
				could++;
				kept += got == old;
			}
		}
	}
	is(wrong, 0, "guest invtlb %u, page %u: wrong words", op, target);
	is(stale, 0, "guest invtlb %u, page %u: entries that should be gone", op, target);
	printk("# invtlb %u kept %u of %u other entries\n", op, kept, could);
}

#define NE (1UL << 31)
#define PPN 0xfffffffff000

/* How the guest's kernel changes one entry: find it, read it, write it back. */
static void by_index(void)
{
	u64 elo;

	invtlb(0x12, 0, 0);
	version = 0;
	is(sees(1, 0), gpa_of(1, 0, 0), "an entry to be found");
	guest_call(&v, G_DMW | guest_addr(code, search), GVA, 0);
	is(v.gpr[5] & NE, 0, "guest tlbsrch finds it");
	is(v.gpr[6] & PPN, gpa_of(1, 0, 0), "guest tlbrd reads its GPA");
	elo = v.gpr[6];
	guest_call(&v, G_DMW | guest_addr(code, rewrite),
		   (elo & ~PPN) | gpa_of(1, 0, 1), GVA);
	is(v.gpr[6], gpa_of(1, 0, 1), "guest tlbwr takes effect on the next load");
	guest_call(&v, G_DMW | guest_addr(code, search), GVA + 0x10000000, 0);
	is(v.gpr[5] & NE, NE, "guest tlbsrch does not find what is not there");
	guest_call(&v, G_DMW | guest_addr(code, search), GVA, 0);
	version = 1;
	v.s1_refills = 0;
	guest_call(&v, G_DMW | guest_addr(code, forget), v.gpr[5] | NE, 0);
	sees(1, 0);
	is(v.s1_refills, 1, "guest tlbwr with NE drops the entry");
	/* Root's entries and another guest's are none of this guest's. */
	v.gid = 2;
	guest_call(&v, G_DMW | guest_addr(code, search), GVA, 0);
	is(v.gpr[5] & NE, NE, "another guest does not find it");
	v.gid = 1;
	version = 0;
}

void test(void)
{
	u64 bad;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	v.refill = refill;
	guest_vectors(0);
	load_guest(code);
	guest_paging(&v);
	for (u64 gpa = G_DATA; gpa < G_PT; gpa += 0x4000)
		*gmem(gpa) = gpa;

	is(all_at(0), 0, "two address spaces: wrong words");
	v.s1_refills = 0;
	is(all_at(0), 0, "alternating again: wrong words");
	is(v.s1_refills, 0, "alternating again: refills");
	is(sees(2, 2), gpa_of(2, 2, 0), "a global page in the other address space");
	/* Entries of an address space the guest never used are nobody's. */
	version = 1;
	is(sees(3, 0), gpa_of(3, 0, 1), "a third address space has no entries");
	is(v.s1_refills, 1, "and takes its refill");
	is(sees(3, 2), gpa_of(3, 2, 0), "but finds the global one");

	for (u32 op = 0; op <= 6; op++) {
		one_op(op, 0);
		one_op(op, 2);
	}

	by_index();
	/* The hypervisor changing the guest's ASID counts as well. */
	invtlb(0x12, 0, 0);
	version = 0;
	bad = all_at(0);
	gcsr_wr(CSR_ASID, 1);
	v.gpr[4] = GVA;
	v.pc = (G_DMW | guest_addr(code, load)) + 4;
	guest_run(&v);
	bad += v.gpr[6] != gpa_of(1, 0, 0);
	gcsr_wr(CSR_ASID, 2);
	v.pc = (G_DMW | guest_addr(code, load)) + 4;
	guest_run(&v);
	bad += v.gpr[6] != gpa_of(2, 0, 0);
	is(bad, 0, "gcsrwr ASID: wrong words");
}
