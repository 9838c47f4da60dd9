// SPDX-License-Identifier: GPL-2.0
/*
 * Lddir and ldpte of a guest read guest-physical memory. Each level of a
 * guest's table is taken away from stage 2 in turn: the walk has to exit with
 * the GPA of the word it wanted, change nothing, and go on afterwards.
 */
#include "lvz.h"

#define GVA	0x123456780000UL
#define DATA	(G_DATA + 0x4000)

GUEST(code,
	.globl do_load; do_load: ld.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl do_lddir; do_lddir: lddir $a1, $a0, 3;
	hvcl HC_DONE;
	.globl do_same; do_same: lddir $a0, $a0, 3;
	hvcl HC_DONE;
	.globl do_ldpte; do_ldpte: ldpte $a0, 1;
	hvcl HC_DONE;
);
guest_label(do_load);
guest_label(do_lddir);
guest_label(do_same);
guest_label(do_ldpte);

static struct s2 s2;
static struct vcpu v;
static struct gpt gpt;
static struct refill_log *l;

static void unmap(u64 gpa)
{
	s2_map(&s2, gpa, 0, 0);
	/* Whole guest: its TLB entries would spare it the walk. */
	invtlb(0x12, 0, 0);
}

static void map(u64 gpa)
{
	s2_map(&s2, gpa, g2h(gpa), PTE_RW);
	invtlb(0x16, 1 << GSTAT_GID_SHIFT, gpa);
}

/* Index of the walker's instruction for a level, and its name. */
static const struct {
	u32 level, index;
	const char *name;
} steps[] = {
	{ 3, 2, "lddir 3" }, { 1, 3, "lddir 1" }, { 0, 4, "ldpte" },
};

static void one_level(u32 i)
{
	const char *name = steps[i].name;
	u64 word = gpt_entry(&gpt, GVA, steps[i].level), pc = G_TLBR + 4 * steps[i].index;
	u64 base;

	word &= steps[i].level ? ~0UL : ~0xfUL;	/* the even entry is read first */
	base = word & ~0x3fffUL;
	unmap(word);
	l->count = 0;
	v.gpr[12] = 0x7070;
	is(guest_call(&v, G_DMW | guest_addr(code, do_load), GVA + 0x18, 0), EC_PIL,
	   "%s: exit when its table is missing", name);
	is(v.badv, word, "%s: BADV is the GPA of the word", name);
	is(l->badv, word, "%s: so was TLBRBADV", name);
	is(l->era, pc | ISTLBR, "%s: TLBRERA is the walking instruction", name);
	is(v.era, pc, "%s: ERA is the walking instruction", name);
	is(v.badi, *gmem(pc & ~7UL) >> (pc & 4 ? 32 : 0) & 0xffffffff, "%s: BADI", name);
	is(v.gpr[12], base, "%s: its source and destination register is unchanged", name);
	is(gcsr_rd(CSR_TLBRERA), (G_DMW | guest_addr(code, do_load)) | ISTLBR,
	   "%s: the guest is still in its refill", name);
	is(gcsr_rd(CSR_TLBRBADV), GVA + 0x18, "%s: guest TLBRBADV is the GVA", name);
	is(gcsr_rd(CSR_TLBRSAVE), 0x7070, "%s: guest TLBRSAVE", name);
	map(word);
	is(guest_run(&v), EC_HVC, "%s: resumed", name);
	is(v.gpr[5], 0xcafe, "%s: the load's word", name);
	is(v.gpr[12], 0x7070, "%s: the handler's register is restored", name);
}

/* A root interrupt is due while the guest is in its refill handler. */
static void interrupted(void)
{
	u64 word = gpt_entry(&gpt, GVA, 3);

	unmap(word);
	guest_call(&v, G_DMW | guest_addr(code, do_load), GVA + 0x18, 0);
	is(v.estat >> 16 & 0x3f, EC_PIL, "stopped inside the walk");
	csr_wr(CSR_ECFG, IS_TI);
	csr_wr(CSR_TCFG, 4 | 1);
	while (!(csr_rd(CSR_ESTAT) & IS_TI))
		;
	map(word);
	is(guest_run(&v), EC_INT, "root interrupt inside the guest's refill");
	is(gcsr_rd(CSR_TLBRERA) & ISTLBR, ISTLBR, "the guest's refill survives it");
	csr_wr(CSR_TICLR, 1);
	csr_wr(CSR_ECFG, 0);
	is(guest_run(&v), EC_HVC, "and goes on");
	is(v.gpr[5], 0xcafe, "to the load's word");
}

void test(void)
{
	u64 dir, entry;

	require_lvz();
	lvz_enable();
	l = &this_cpu()->refill;
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	gpt_init(&gpt);
	gpt_map(&gpt, GVA, DATA, PTE_RW);
	gpt_map(&gpt, GVA + 0x4000, DATA + 0x4000, PTE_RW);
	gpt_use(&gpt);
	guest_paging(&v);
	*gmem(DATA + 0x18) = 0xcafe;

	is(guest_call(&v, G_DMW | guest_addr(code, do_load), GVA + 0x18, 0), EC_HVC, "plain walk");
	is(v.gpr[5], 0xcafe, "its word");
	for (u32 i = 0; i < ARRAY_SIZE(steps); i++)
		one_level(i);
	interrupted();

	/* Single instructions outside of a refill, other registers. */
	gcsr_wr(CSR_CRMD, CRMD_DA);
	gcsr_wr(CSR_TLBRBADV, GVA);
	dir = gpt_entry(&gpt, GVA, 3) & ~0x3fffUL;
	entry = *gmem(gpt_entry(&gpt, GVA, 3));
	unmap(dir);
	is(guest_call(&v, guest_addr(code, do_lddir), dir, 0x1111), EC_PIL, "lddir a1, a0: exit");
	is(v.gpr[5], 0x1111, "destination unchanged");
	map(dir);
	is(guest_run(&v), EC_HVC, "resumed");
	is(v.gpr[5], entry, "destination is the entry");
	unmap(dir);
	is(guest_call(&v, guest_addr(code, do_same), dir, 0), EC_PIL, "lddir a0, a0: exit");
	is(v.gpr[4], dir, "register unchanged");
	map(dir);
	is(guest_run(&v), EC_HVC, "resumed");
	is(v.gpr[4], entry, "register is the entry");
	gcsr_wr(CSR_TLBRELO1, 0x2222);
	gcsr_wr(CSR_TLBRELO0, 0x3333);
	dir = gpt_entry(&gpt, GVA, 0) & ~0x3fffUL;
	unmap(dir);
	is(guest_call(&v, guest_addr(code, do_ldpte), dir, 0), EC_PIL, "ldpte 1: exit");
	is(gcsr_rd(CSR_TLBRELO1), 0x2222, "guest TLBRELO1 unchanged");
	map(dir);
	is(guest_run(&v), EC_HVC, "resumed");
	is(gcsr_rd(CSR_TLBRELO1), (DATA + 0x4000) | PTE_RW, "guest TLBRELO1 is the entry");
	is(gcsr_rd(CSR_TLBRELO0), 0x3333, "guest TLBRELO0 unchanged");
	/* Their own PLV check is in guest_privilege; at root they read host memory. */
	csr_wr(CSR_TLBRBADV, 0);
	is(exec_insn(0x06400c84, (u64)s2.root & ~DMW_CC, 0), s2.root[0] & ~DMW_CC,
	   "root lddir reads host-physical memory");
}
