// SPDX-License-Identifier: GPL-2.0
/*
 * A pair of invalid entries is inserted like any other. The next try finds
 * it and exits with the page fault of its kind and the full GPA, rather than
 * refilling forever.
 */
#include "lvz.h"

GUEST(code,
	.globl do_load; do_load: ld.w $a1, $a0, 4;
	hvcl HC_DONE;
	.globl do_store; do_store: st.h $a1, $a0, 6;
	hvcl HC_DONE;
	.globl do_jump; do_jump: jirl $zero, $a0, 0;
	.globl do_wide; do_wide: st.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl do_amo; do_amo: amadd.d $a2, $a1, $a0;
	hvcl HC_DONE;
);
guest_label(do_load);
guest_label(do_store);
guest_label(do_jump);
guest_label(do_amo);
guest_label(do_wide);

#define HOLE	0x12345678000UL		/* the even half of a pair */

static struct s2 s2;
static struct vcpu v;

static void fault(const char *name, const u32 *at, u64 a0, u32 ecode, u64 gpa, u64 refills)
{
	u64 pc = guest_addr(code, at), ec;

	this_cpu()->refill.count = 0;
	gcsr_wr(CSR_BADV, 0x77);
	ec = guest_call(&v, pc, a0, 0xabcd);
	is(ec, ecode, "%s: exit code", name);
	is(v.badv, gpa, "%s: BADV is the full GPA", name);
	is(v.tlbehi & 0xffffffffe000, gpa & ~0x1fffUL, "%s: TLBEHI", name);
	if (ecode != EC_PIF && ecode != EC_PNX) {
		is(v.badi, *at, "%s: BADI", name);
		is(v.era, pc, "%s: ERA", name);
	} else {
		is(v.era, gpa, "%s: ERA", name);
	}
	is(this_cpu()->refill.count, refills, "%s: refills", name);
	is(gcsr_rd(CSR_BADV), 0x77, "%s: guest BADV untouched", name);
}

void test(void)
{
	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	guest_call(&v, guest_addr(code, do_load) + 4, 0, 0);

	/* Nothing below HOLE's directory slots: all levels are holes. */
	fault("load from a hole", do_load, HOLE + 0x1234, EC_PIL, HOLE + 0x1238, 1);
	fault("again", do_load, HOLE + 0x1234, EC_PIL, HOLE + 0x1238, 0);
	fault("the other half", do_load, HOLE + 0x5678, EC_PIL, HOLE + 0x567c, 0);
	fault("store to a hole", do_store, HOLE + 0x1231, EC_PIS, HOLE + 0x1237, 0);
	/* Which of its two accesses an atomic faults with is not laid down. */
	guest_call(&v, guest_addr(code, do_amo), HOLE + 0x1240, 0);
	ok((v.estat >> 16 & 0x3f) == EC_PIS || (v.estat >> 16 & 0x3f) == EC_PIL,
	   "atomic to a hole: PIS or PIL (got 0x%lx)", v.estat >> 16 & 0x3f);
	is(v.badv, HOLE + 0x1240, "atomic to a hole: BADV");
	fault("fetch from a hole", do_jump, HOLE + 0x8004, EC_PIF, HOLE + 0x8004, 1);

	/* Half a pair: one page there, the other not. */
	s2_map(&s2, HOLE + 0x4000, g2h(G_DATA), PTE_RW);
	invtlb(0x16, 1 << GSTAT_GID_SHIFT, HOLE);
	*gmem(G_DATA + 0x10) = 0x11112222;
	is(guest_call(&v, guest_addr(code, do_load), HOLE + 0x400c, 0), EC_HVC, "the mapped half");
	is(v.gpr[5], 0x11112222, "its word");
	fault("the half still missing", do_load, HOLE + 4, EC_PIL, HOLE + 8, 0);

	/* Code that runs off the end of its page. */
	*gmem(G_DATA + 0x3ff8) = 0x028004c6028004c6;	/* addi.w $a2, $a2, 1, twice */
	v.gpr[6] = 0;
	is(guest_call(&v, guest_addr(code, do_jump), HOLE + 0x7ff8, 0), EC_PIF,
	   "running into a hole: exit");
	is(v.era, HOLE + 0x8000, "its ERA is the first instruction not there");
	is(v.badv, HOLE + 0x8000, "and so is its BADV");
	is(v.gpr[6], 2, "what was before it has run");

	/* A store over the end of a page: all of it or nothing, where to map. */
	*gmem(G_DATA + 0x3ff8) = 0x5a5a5a5a5a5a5a5a;
	is(guest_call(&v, guest_addr(code, do_wide), HOLE + 0x7ffc, 0x1122334455667788),
	   EC_PIS, "store across the end of the mapped half: exit");
	is(v.badv >> 14, (HOLE + 0x8000) >> 14, "its BADV is in the page that is missing");
	is(*gmem(G_DATA + 0x3ff8), 0x5a5a5a5a5a5a5a5a, "nothing is written");
	s2_map(&s2, HOLE + 0x8000, g2h(G_DATA + 0x8000), PTE_RW);
	invtlb(0x16, 1 << GSTAT_GID_SHIFT, HOLE + 0x8000);
	*gmem(G_DATA + 0x8000) = 0;
	is(guest_run(&v), EC_HVC, "mapped: the store is done");
	is(*gmem(G_DATA + 0x3ff8), 0x556677885a5a5a5a, "its first half");
	is(*gmem(G_DATA + 0x8000), 0x11223344, "its second half");

	/* Forbidden reads and fetches, which are up to the hypervisor too. */
	s2_map(&s2, HOLE + 0x10000, g2h(G_DATA), PTE_RW | 1UL << 62);
	s2_map(&s2, HOLE + 0x14000, g2h(G_DATA), PTE_RW | 1UL << 61);
	fault("fetch from an NX page", do_jump, HOLE + 0x10010, EC_PNX, HOLE + 0x10010, 1);
	fault("load from an NR page", do_load, HOLE + 0x1400c, EC_PNR, HOLE + 0x14010, 0);
	is(guest_call(&v, guest_addr(code, do_load), HOLE + 0x1000c, 0), EC_HVC,
	   "an NX page can be read");

	/* Mapped at last, after the flush the host kernel does. */
	s2_map(&s2, HOLE, g2h(G_DATA + 0x4000), PTE_RO);
	invtlb(0x16, 1 << GSTAT_GID_SHIFT, HOLE);
	*gmem(G_DATA + 0x4020) = 0x33334444;
	this_cpu()->refill.count = 0;
	is(guest_call(&v, guest_addr(code, do_load), HOLE + 0x1c, 0), EC_HVC, "mapped read-only: load");
	is(v.gpr[5], 0x33334444, "its word");
	is(this_cpu()->refill.count, 1, "one refill after 0x16");
	fault("store to a D=0 page", do_store, HOLE + 0x1a, EC_PME, HOLE + 0x20, 0);
	is(*gmem(G_DATA + 0x4020), 0x33334444, "the store did not happen");
	fault("atomic to a D=0 page", do_amo, HOLE + 0x20, EC_PME, HOLE + 0x20, 0);
	is(*gmem(G_DATA + 0x4020), 0x33334444, "the atomic did not happen");
	s2_map(&s2, HOLE, g2h(G_DATA + 0x4000), PTE_RW);
	invtlb(0x16, 1 << GSTAT_GID_SHIFT, HOLE);
	is(guest_call(&v, guest_addr(code, do_store), HOLE + 0x1a, 0xabcd), EC_HVC, "mapped: store");
	is(*gmem(G_DATA + 0x4020), 0x3333abcd, "the store happened");
	is(guest_call(&v, guest_addr(code, do_amo), HOLE + 0x20, 1), EC_HVC, "mapped: atomic");
	is(*gmem(G_DATA + 0x4020), 0x3333abce, "the atomic happened once");
}
