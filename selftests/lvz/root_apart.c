// SPDX-License-Identifier: GPL-2.0
/*
 * An entry for GPA x never serves root at VA x, nor root's entry the
 * guest, also while TGID is set: TGID is for TLB instructions only.
 */
#include "lvz.h"

GUEST(code,
	.globl do_load; do_load: ld.d $a1, $a0, 0;
	hvcl HC_DONE;
);
guest_label(do_load);

#define X	0x20000000UL
#define STEP	0x10000UL

static struct s2 s2, own;
static struct vcpu v;

static u64 guest_sees(u64 x)
{
	guest_call(&v, guest_addr(code, do_load), x, 0);
	return is_hvc(&v, HC_DONE) ? v.gpr[5] : ~v.estat;
}

static u64 root_sees(u64 x)
{
	return *(volatile u64 *)x;
}

void test(void)
{
	struct refill_log *l = &this_cpu()->refill;
	u64 a = page_alloc(), b = page_alloc(), got;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_init(&own);
	s2_map_window(&s2, G_CODE, G_END);
	for (u32 i = 0; i < 8; i++) {
		s2_map(&s2, X + i * STEP, a, PTE_RW);
		s2_map(&own, X + i * STEP, b, PTE_RW);
	}
	*(volatile u64 *)hva(a) = 0xaaaa;
	*(volatile u64 *)hva(b) = 0xbbbb;
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	csr_wr(CSR_PGDL, (u64)own.root & ~DMW_CC);

	is(guest_sees(X), 0xaaaa, "guest first");
	l->count = 0;
	is(root_sees(X), 0xbbbb, "then root at the same address");
	is(l->count, 1, "root took its own refill");
	l->count = 0;
	is(guest_sees(X), 0xaaaa, "the guest's entry is still the guest's");
	is(root_sees(X), 0xbbbb, "and root's is root's");
	is(l->count, 0, "with no further refill");

	is(root_sees(X + STEP), 0xbbbb, "root first");
	l->count = 0;
	is(guest_sees(X + STEP), 0xaaaa, "then the guest at the same address");
	is(l->count, 1, "the guest took its own refill");

	/* Global entries of root, which match any ASID, are root's too. */
	s2_map(&own, X + 2 * STEP, b, PTE_RW | PTE_G);
	s2_map(&own, X + 2 * STEP + 0x4000, b, PTE_RW | PTE_G);
	is(root_sees(X + 2 * STEP), 0xbbbb, "root, a global page");
	is(guest_sees(X + 2 * STEP), 0xaaaa, "the guest at the same address");

	/* The end of the world switch runs like this. */
	is(root_sees(X + 3 * STEP), 0xbbbb, "root, before TGID is set");
	is(guest_sees(X + 3 * STEP), 0xaaaa, "guest, before TGID is set");
	l->count = 0;
	csr_xchg(CSR_GSTAT, 1 << GSTAT_GID_SHIFT, GID_MASK);
	csr_xchg(CSR_GTLBC, 1 << GSTAT_GID_SHIFT, GID_MASK);
	got = root_sees(X + 3 * STEP + 0);
	csr_xchg(CSR_GTLBC, 0, GID_MASK);
	is(got, 0xbbbb, "root load with TGID and GID of the guest set");
	is(l->count, 0, "found root's entry");

	/* tlbsrch does go by TGID. */
	csr_wr(CSR_TLBEHI, X + 3 * STEP);
	csr_xchg(CSR_GTLBC, 1 << GSTAT_GID_SHIFT, GID_MASK);
	asm volatile("tlbsrch");
	got = csr_rd(CSR_TLBIDX);
	asm volatile("tlbrd");
	is(got >> 31 & 1, 0, "tlbsrch with TGID finds the guest's entry");
	is(csr_rd(CSR_TRGP) & (GID_MASK | 1), 1 << 16, "TRGP: GID 1, a root entry");
	is(csr_rd(CSR_TLBELO0) >> 12 << 12 & 0xfffffffff000, a, "it points at the guest's page");
	csr_xchg(CSR_GTLBC, 0, GID_MASK);
	csr_wr(CSR_TLBEHI, X + 3 * STEP);
	asm volatile("tlbsrch");
	asm volatile("tlbrd");
	is(csr_rd(CSR_TRGP) & (GID_MASK | 1), 0, "TRGP without TGID: GID 0");
	is(csr_rd(CSR_TLBELO0) >> 12 << 12 & 0xfffffffff000, b, "it points at root's page");

	/* Root's ASID does not matter to stage 2, TGID's entries keep theirs. */
	l->count = 0;
	csr_wr(CSR_ASID, 9);
	is(guest_sees(X), 0xaaaa, "guest with another root ASID");
	is(l->count, 0, "its entries are found under any root ASID");
	is(root_sees(X), 0xbbbb, "root with another ASID");
	is(l->count, 1, "has to refill");
	/* Root's ordinary invalidation may drop guests' entries, not confuse. */
	invtlb(1, 0, 0);
	is(root_sees(X), 0xbbbb, "root after invtlb 1");
	is(guest_sees(X), 0xaaaa, "guest after invtlb 1");
}
