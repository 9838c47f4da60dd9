// SPDX-License-Identifier: GPL-2.0
/* The guest's clock: root's counter plus GCNTC, and the guest's own TID. */
#include "lvz.h"

GUEST(code,
	.globl time_d; time_d: rdtime.d $a0, $a1;
	hvcl HC_DONE;
	.globl time_l; time_l: rdtimel.w $a0, $a1;
	rdtimeh.w $a2, $a3;
	hvcl HC_DONE;
);
guest_label(time_d);
guest_label(time_l);

/* A second: what an entry and an exit may take on a busy machine. */
#define SLACK 100000000UL

static struct s2 s2;
static struct vcpu v;

/* Is the guest's clock root's plus offset? */
static void offset_is(u64 offset)
{
	u64 before, after, guest;

	csr_wr(CSR_GCNTC, offset);
	before = rdtime();
	guest_call(&v, guest_addr(code, time_d), 0, 0);
	after = rdtime();
	guest = v.gpr[4];
	/* Differences wrap on purpose: offsets are usually negative. */
	ok(guest - offset - before <= after - before,
	   "GCNTC 0x%lx: guest 0x%lx, root 0x%lx to 0x%lx", offset, guest, before, after);
}

void test(void)
{
	u64 begin;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);

	offset_is(0);
	offset_is(0x123456789abcdef);
	offset_is(-rdtime());
	ok(v.gpr[4] < SLACK, "a negative offset starts the clock at 0: %lu", v.gpr[4]);
	offset_is(-rdtime() - 1000000000000UL);
	offset_is(~0UL);
	csr_wr(CSR_GCNTC, 0x7777UL << 32);
	begin = rdtime() + (0x7777UL << 32);
	guest_call(&v, guest_addr(code, time_l), 0, 0);
	is((v.gpr[6] & 0xffffffff) - (begin >> 32) <= 1, 1, "rdtimeh.w has the offset too");
	csr_wr(CSR_GCNTC, 0);
	begin = rdtime();
	is(begin - rdtime() + SLACK < 2 * SLACK, 1, "root's clock has no offset");

	csr_wr(CSR_TID, 0x1111);
	gcsr_wr(CSR_TID, 0x2222);
	guest_call(&v, guest_addr(code, time_d), 0, 0);
	is(v.gpr[5], 0x2222, "rdtime.d gives the guest's TID");
	guest_call(&v, guest_addr(code, time_l), 0, 0);
	is(v.gpr[5], 0x2222, "rdtimel.w gives the guest's TID");
	is(v.gpr[7], 0x2222, "rdtimeh.w gives the guest's TID");
	asm volatile("rdtime.d $zero, %0" : "=r"(begin));
	is(begin, 0x1111, "in root it gives root's");

	/* The guest's MISC decides whether its programs may read the clock. */
	gcsr_wr(CSR_MISC, 1 << 7);
	gcsr_wr(CSR_CRMD, CRMD_DA | 3);
	guest_call(&v, guest_addr(code, time_d), 0, 0);
	ok(guest_took(&v, EC_IPE), "DRDTL3 set: the guest's IPE at PLV3 (badi 0x%lx)", v.badi);
	gcsr_wr(CSR_CRMD, CRMD_DA);
	guest_call(&v, guest_addr(code, time_d), 0, 0);
	ok(is_hvc(&v, HC_DONE), "but not at PLV0 (badi 0x%lx)", v.badi);
	gcsr_wr(CSR_MISC, 0);
	gcsr_wr(CSR_CRMD, CRMD_DA | 3);
	guest_call(&v, guest_addr(code, time_d), 0, 0);
	ok(is_hvc(&v, HC_DONE), "clear: PLV3 reads it (badi 0x%lx)", v.badi);
}
