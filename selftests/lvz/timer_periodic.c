// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's timer, periodic, read a million times by the guest: TVAL
 * goes up only when a period ends, and every period ends with one TI, also
 * while the guest writes ESTAT.
 */
#include "lvz.h"

#define READS	1000000UL
#define PERIOD	400000UL	/* 4 ms, if the command line says nothing else */
#define EN	1
#define PERIODIC 2

GUEST(code,
	/*
	 * a0: reads, a1: period. Out: a2 increases of TVAL, a3 TIs, a4 whole
	 * periods the loop was stopped for, a5 first and a6 last time,
	 * a7 largest TVAL.
	 */
	.globl watch; watch:
	move $a2, $zero;
	move $a3, $zero;
	move $a4, $zero;
	move $a7, $zero;
	li.w $t5, 1;
	rdtime.d $a5, $zero;
	ori $t0, $a1, 3;
	csrwr $t0, CSR_TCFG;
	csrrd $t4, CSR_TVAL;
	move $a6, $a5;
1:	csrrd $t0, CSR_TVAL;
	bgeu $t4, $t0, 2f;
	addi.d $a2, $a2, 1;
2:	move $t4, $t0;
	bgeu $a7, $t0, 3f;
	move $a7, $t0;
3:	csrrd $t1, CSR_ESTAT;
	andi $t1, $t1, IS_TI;
	beqz $t1, 4f;
	move $t2, $t5;
	csrwr $t2, CSR_TICLR;
	addi.d $a3, $a3, 1;
	/* Now and then a write to ESTAT, which must not lose a TI of that moment. */
4:	andi $t0, $a0, 7;
	bnez $t0, 6f;
	csrxchg $zero, $t5, CSR_ESTAT;
6:	rdtime.d $t0, $zero;
	sub.d $t1, $t0, $a6;
	move $a6, $t0;
	bltu $t1, $a1, 5f;
	div.du $t1, $t1, $a1;
	add.d $a4, $a4, $t1;
5:	addi.d $a0, $a0, -1;
	bnez $a0, 1b;
	hvcl HC_DONE;
);
guest_label(watch);

void test(void)
{
	u64 reads = READS / cmdline_u64("divide", 1), period = cmdline_u64("period", PERIOD);
	u64 elapsed, periods, ups, tis, missed;
	struct s2 s2;
	struct vcpu v;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	guest_call(&v, guest_addr(code, watch), reads, period);
	ok(is_hvc(&v, HC_DONE), "%lu reads done (badi 0x%lx)", reads, v.badi);
	ups = v.gpr[6];
	tis = v.gpr[7];
	missed = v.gpr[8];
	elapsed = v.gpr[10] - v.gpr[9];
	periods = elapsed / period;
	printk("# %lu ticks, %lu periods, %lu TIs, %lu increases, %lu periods not watched\n",
	       elapsed, periods, tis, ups, missed);
	ok(periods >= 2, "several periods went by: %lu", periods);
	ok(v.gpr[11] <= period, "TVAL stays within the period: largest %lu", v.gpr[11]);
	ok(ups <= tis + 1, "no increase without a TI: %lu and %lu", ups, tis);
	ok(tis <= periods + 1, "no more TIs than periods: %lu and %lu", tis, periods);
	ok(tis + missed + 1 >= periods, "no fewer, but for %lu not watched: %lu and %lu", missed,
	   tis, periods);
	is(gcsr_rd(CSR_TCFG) & (EN | PERIODIC), EN | PERIODIC, "the timer is still on");
}
