// SPDX-License-Identifier: GPL-2.0
/*
 * A guest with real page tables. Every table page lies somewhere else in
 * the host than in the guest, and beside each lies a decoy at the host address
 * that equals its guest address, so that a walker which forgets stage 2 goes
 * to the wrong data instead of to nothing.
 */
#include "lvz.h"

#define LOW	0x00007ff000000000UL	/* through PGDL */
#define HIGH	0xffff900000000000UL	/* through PGDH */
#define PAGES	96
#define HUGE	0x0000100000000000UL
#define MIB	0x100000UL

GUEST(code,
	.globl do_load; do_load: ld.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl do_store; do_store: st.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl do_jump; do_jump: jirl $zero, $a0, 0;
);
guest_label(do_load);
guest_label(do_store);
guest_label(do_jump);

static struct s2 s2;
static struct vcpu v;
static struct gpt gpt;

static u64 gva_of(u32 i)
{
	u64 base = i & 1 ? HIGH : LOW;

	/* Spread over several directories and both halves of pairs. */
	return base + (u64)(i % 3) * 0x2000000 + (u64)i * 3 * 0x4000;
}

static u64 load(u64 gva)
{
	gcsr_wr(CSR_CRMD, CRMD_PG);
	guest_call(&v, G_DMW | guest_addr(code, do_load), gva, 0);
	return is_hvc(&v, HC_DONE) ? v.gpr[5] : ~0UL;
}

/*
 * Host memory at the addresses the guest's tables have for the guest. The
 * image ends below. Every word is an entry for a page of decoy data.
 */
static void decoys(void)
{
	extern char _end[];
	u64 decoy = page_alloc();
	volatile u64 *p;

	if ((u64)_end > (u64)hva(G_PT))
		bail("the image reaches into the decoys");
	for (p = hva(decoy); p < (u64 *)hva(decoy + 0x4000); p++)
		*p = 0xdec0;
	for (p = hva(G_PT); p < (u64 *)hva(gpt.next); p++)
		*p = decoy | PTE_RW;
}

void test(void)
{
	u64 bad = 0;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	s2_map_window(&s2, G_BIG, G_BIG + 64 * MIB);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	gpt_init(&gpt);
	for (u32 i = 0; i < PAGES; i++)
		gpt_map(&gpt, gva_of(i), G_DATA + i * 0x4000, PTE_RW);
	gpt_map_huge(&gpt, HUGE, G_BIG, PTE_RW);
	gpt_map_huge(&gpt, HUGE + 32 * MIB, G_BIG + 32 * MIB, PTE_RW);
	for (u32 i = 0; i < PAGES; i++)
		*gmem(G_DATA + i * 0x4000 + 0x128) = 0x13000 + i;
	decoys();
	gpt_use(&gpt);
	guest_paging(&v);

	for (u32 round = 0; round < 2; round++) {
		for (u32 i = 0; i < PAGES; i++)
			bad += load(gva_of(i) + 0x128) != 0x13000 + i;
		is(bad, 0, "round %u, %u pages in both halves: wrong words", round, PAGES);
	}
	for (u32 i = 0; i < PAGES; i++) {
		gcsr_wr(CSR_CRMD, CRMD_PG);
		guest_call(&v, G_DMW | guest_addr(code, do_store), gva_of(i) + 0x130, ~(u64)i);
		bad += *gmem(G_DATA + i * 0x4000 + 0x130) != ~(u64)i;
	}
	is(bad, 0, "stores that went elsewhere");
	for (u64 off = 0; off < 64 * MIB; off += 0x3f000) {
		*gmem(G_BIG + off) = off | 1;
		bad += load(HUGE + off) != (off | 1);
	}
	is(bad, 0, "huge pages of the guest over small ones of the host: wrong words");

	/* What the tables do not map is the guest's fault. */
	is(load(LOW + 0x1ffc000), ~0UL, "a hole of the guest's tables");
	ok(guest_took(&v, EC_PIL), "is the guest's PIL (badi 0x%lx, guest estat 0x%lx)", v.badi,
	   gcsr_rd(CSR_ESTAT));
	is(gcsr_rd(CSR_BADV), LOW + 0x1ffc000, "with the GVA");
	/* NX, NR and RPLV are in the top bits, which a walker must not cut. */
	gpt_map(&gpt, LOW + 0x1000000, G_CODE, PTE_RW | 1UL << 62);
	gcsr_wr(CSR_CRMD, CRMD_PG);
	guest_call(&v, G_DMW | guest_addr(code, do_jump),
		   LOW + 0x1000000 + guest_addr(code, do_load) + 4 - G_CODE, 0);
	ok(guest_took(&v, EC_PNX), "NX page: the guest's PNX (badi 0x%lx, guest estat 0x%lx)",
	   v.badi, gcsr_rd(CSR_ESTAT));
	gpt_map(&gpt, LOW + 0x1008000, G_DATA, PTE_RW | 1UL << 61);
	load(LOW + 0x1008128);
	ok(guest_took(&v, EC_PNR), "NR page: the guest's PNR (badi 0x%lx, guest estat 0x%lx)",
	   v.badi, gcsr_rd(CSR_ESTAT));
	/* Code runs through the tables as well. */
	gpt_map(&gpt, LOW + 0x1010000, G_CODE, PTE_RW);
	gcsr_wr(CSR_CRMD, CRMD_PG);
	guest_call(&v, LOW + 0x1010000 + guest_addr(code, do_load) - G_CODE, gva_of(7) + 0x128, 0);
	is(v.gpr[5], 0x13007, "code and data through the tables");
	is(v.era, LOW + 0x1010000 + guest_addr(code, do_load) - G_CODE + 4, "ERA is the GVA");
	/* User pages: PLV3 may touch its own, not the kernel's. */
	gpt_map(&gpt, LOW + 0x1018000, G_DATA, PTE_RW | PTE_PLV3);
	gcsr_wr(CSR_CRMD, CRMD_PG | 3);
	guest_call(&v, G_DMW | guest_addr(code, do_load), LOW + 0x1018128, 0);
	is(v.gpr[5], 0x13000, "PLV3 reads a user page");
	gcsr_wr(CSR_CRMD, CRMD_PG | 3);
	guest_call(&v, G_DMW | guest_addr(code, do_load), gva_of(7) + 0x128, 0);
	ok(guest_took(&v, EC_PPI), "PLV3 at a kernel page: the guest's PPI (badi 0x%lx)", v.badi);
}
