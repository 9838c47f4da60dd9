// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's timer, one-shot: it runs in both worlds, fires once, shows
 * TVAL beyond TCFG from then on, and can be saved and restored the way the
 * host kernel does.
 */
#include "lvz.h"

#define TVAL_MAX	((1UL << 48) - 1)
#define EN		1UL

GUEST(code,
	.globl arm; arm: csrwr $a0, CSR_TCFG;
1:	addi.d $a2, $a2, 1;
	b 1b;
	.globl clear; clear: csrwr $a0, CSR_TICLR;
	csrrd $a1, CSR_ESTAT;
	hvcl HC_DONE;
	.globl plain; plain: addi.d $a0, $a0, 1;
	hvcl HC_DONE;
);
guest_label(arm);
guest_label(clear);
guest_label(plain);

static struct s2 s2;
static struct vcpu v;

static u64 ti(void)
{
	return gcsr_rd(CSR_ESTAT) & IS_TI;
}

/* Wait in root until TI, for a second at most. */
static void wait_ti(void)
{
	u64 begin = rdtime();

	while (!ti() && rdtime() - begin < 100000000)
		;
}

static void fresh(void)
{
	gcsr_wr(CSR_TCFG, 0);
	gcsr_wr(CSR_TICLR, 1);
	gcsr_wr(CSR_ESTAT, 0);
	gcsr_wr(CSR_CRMD, CRMD_DA);
}

/* The host kernel's order when a vCPU is loaded. */
static void restore(u64 cfg, u64 ticks, u64 estat)
{
	gcsr_wr(CSR_TCFG, 0);
	gcsr_wr(CSR_ESTAT, estat);
	gcsr_wr(CSR_TCFG, cfg);
	if (ticks > cfg) {
		gcsr_wr(CSR_TVAL, 0);
		if (!(estat & IS_TI))
			gcsr_wr(CSR_TICLR, 1);
	} else {
		gcsr_wr(CSR_TVAL, ticks);
	}
}

void test(void)
{
	u64 begin, took, a, b;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	gcsr_wr(CSR_ECFG, IS_TI);

	/* Armed and fired in the guest. Its TVAL lies beyond TCFG then. */
	fresh();
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	guest_call(&v, guest_addr(code, arm), 50000 | EN, 0);
	ok(guest_took(&v, EC_INT), "fires in the guest (exit 0x%lx badi 0x%lx)",
	   v.estat >> 16 & 0x3f, v.badi);
	is(gcsr_rd(CSR_ESTAT) & 0x1fff, IS_TI, "guest ESTAT: TI");
	is(csr_rd(CSR_ESTAT) & IS_TI, 0, "root ESTAT: no TI");
	is(gcsr_rd(CSR_TCFG), 50000 | EN, "EN stays set");
	ok(gcsr_rd(CSR_TVAL) > TVAL_MAX / 2, "TVAL beyond TCFG: 0x%lx", gcsr_rd(CSR_TVAL));
	guest_call(&v, guest_addr(code, clear), 1, 0);
	is(v.gpr[5] & IS_TI, 0, "guest TICLR clears TI");
	ok(gcsr_rd(CSR_TVAL) > TVAL_MAX / 2, "and leaves TVAL: 0x%lx", gcsr_rd(CSR_TVAL));
	took = rdtime();
	while (rdtime() - took < 200000)
		;
	is(ti(), 0, "it fires once");

	/* Fired while root runs; taken at the next entry. */
	fresh();
	begin = rdtime();
	gcsr_wr(CSR_TCFG, 200000 | EN);
	a = gcsr_rd(CSR_TVAL);
	took = rdtime() - begin;
	ok((a <= 200000 && a + took >= 200000) || took >= 200000,
	   "TVAL after arming: %lu of 200000, %lu ticks later at most", a, took);
	wait_ti();
	took = rdtime() - begin;
	is(ti(), IS_TI, "fires in root");
	ok(took >= 200000, "not before its time: %lu ticks", took);
	is(csr_rd(CSR_ESTAT) & IS_TI, 0, "root ESTAT: no TI");
	ok(gcsr_rd(CSR_TVAL) > TVAL_MAX / 2, "TVAL beyond TCFG: 0x%lx", gcsr_rd(CSR_TVAL));
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	guest_call(&v, guest_addr(code, plain), 0, 0);
	ok(guest_took(&v, EC_INT), "taken at entry (badi 0x%lx)", v.badi);
	is(v.gpr[4], 0, "before the first instruction");

	/* A long one runs down in both worlds alike, and never up. */
	fresh();
	gcsr_wr(CSR_TCFG, 1000000000 | EN);
	a = gcsr_rd(CSR_TVAL);
	guest_call(&v, guest_addr(code, plain), 0, 0);
	b = gcsr_rd(CSR_TVAL);
	ok(b < a && a - b < 500000000, "runs on over a visit to the guest: %lu then %lu", a, b);
	gcsr_wr(CSR_TCFG, 1000000000);
	a = gcsr_rd(CSR_TVAL);
	b = rdtime();
	while (rdtime() - b < 10000)
		;
	is(gcsr_rd(CSR_TVAL), a, "EN=0: TVAL stands still");
	ok(a <= 1000000000 && a > 0, "at its last value: %lu", a);
	is(ti(), 0, "EN=0: no TI");

	/* TVAL=0 fires before the instruction is over. */
	fresh();
	gcsr_wr(CSR_TCFG, 1000000000 | EN);
	gcsr_wr(CSR_TVAL, 0);
	is(ti(), IS_TI, "TVAL=0: TI at once");
	is(gcsr_rd(CSR_TVAL), TVAL_MAX, "TVAL=0: reads all ones");
	gcsr_wr(CSR_TICLR, 1);
	is(ti(), 0, "TICLR clears it");
	ok(gcsr_rd(CSR_TVAL) > TVAL_MAX / 2, "and leaves TVAL: 0x%lx", gcsr_rd(CSR_TVAL));

	/* Restoring remaining ticks: they count, not TCFG. */
	fresh();
	begin = rdtime();
	restore(4000000000UL | EN, 200000, 0);
	a = gcsr_rd(CSR_TVAL);
	took = rdtime() - begin;
	ok(a <= 200000 || took >= 200000, "restored: TVAL %lu of 200000", a);
	wait_ti();
	took = rdtime() - begin;
	ok(ti() && took >= 200000, "restored: fires after the remaining ticks (%lu)", took);
	/* Restoring one that had fired, acknowledged or not. */
	restore(100000 | EN, TVAL_MAX, IS_TI);
	is(ti(), IS_TI, "restored as fired, not acknowledged: TI");
	restore(100000 | EN, TVAL_MAX, 0);
	is(ti(), 0, "restored as fired and acknowledged: no TI");
	took = rdtime();
	while (rdtime() - took < 300000)
		;
	is(ti(), 0, "and it does not fire again");
	/* Stopping does not acknowledge. */
	gcsr_wr(CSR_ESTAT, IS_TI);
	gcsr_wr(CSR_TCFG, 0);
	is(ti(), IS_TI, "TCFG=0 leaves TI");

	/* The two worlds' timers are two timers. */
	fresh();
	csr_wr(CSR_TCFG, 1000000000 | EN);
	gcsr_wr(CSR_TCFG, 20000 | EN);
	wait_ti();
	is(ti(), IS_TI, "the guest's fires");
	is(csr_rd(CSR_ESTAT) & IS_TI, 0, "root's does not");
	ok(csr_rd(CSR_TVAL) > 500000000, "root's runs on: %lu", csr_rd(CSR_TVAL));
	csr_wr(CSR_TICLR, 1);
	is(ti(), IS_TI, "root TICLR does not touch the guest's");
	csr_wr(CSR_TCFG, 0);
}
