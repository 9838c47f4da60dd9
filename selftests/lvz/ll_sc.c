// SPDX-License-Identifier: GPL-2.0
/*
 * LL/SC. A reservation does not survive a change of world, or WCLLB, and
 * four guests counting one word up together lose nothing.
 */
#include "lvz.h"

#define CPUS	4
#define TOTAL	10000000UL
#define BATCH	10	/* exits per CPU while counting */
#define WORD	(G_DATA + 0x100)

GUEST(code,
	.globl pair; pair: ll.d $t0, $a0, 0;
	addi.d $t0, $t0, 1;
	sc.d $t0, $a0, 0;
	hvcl HC_DONE;
	.globl split; split: ll.d $t0, $a0, 0;
	addi.d $t0, $t0, 1;
	hvcl 0x100;
	sc.d $t0, $a0, 0;
	hvcl HC_DONE;
	.globl gspr; gspr: ll.d $t0, $a0, 0;
	addi.d $t0, $t0, 1;
	cpucfg $t1, $zero;
	sc.d $t0, $a0, 0;
	hvcl HC_DONE;
	.globl wcllb; wcllb: ll.d $t0, $a0, 0;
	addi.d $t0, $t0, 1;
	csrrd $a1, CSR_LLBCTL;
	ori $t1, $zero, LLBCTL_WCLLB;
	csrwr $t1, CSR_LLBCTL;
	csrrd $a2, CSR_LLBCTL;
	sc.d $t0, $a0, 0;
	hvcl HC_DONE;
	.globl count; count:
1:	ll.d $t0, $a0, 0;
	addi.d $t0, $t0, 1;
	sc.d $t0, $a0, 0;
	beqz $t0, 1b;
	addi.d $a1, $a1, -1;
	bnez $a1, 1b;
	hvcl HC_DONE;
	.globl amo; amo: ori $t0, $zero, 1;
2:	amadd_db.d $zero, $t0, $a0;
	addi.d $a1, $a1, -1;
	bnez $a1, 2b;
	hvcl HC_DONE;
);
guest_label(pair);
guest_label(split);
guest_label(gspr);
guest_label(wcllb);
guest_label(count);
guest_label(amo);

static struct s2 s2;
static struct vcpu v[CPUS];
static u64 each, failed[CPUS];

static void on_cpu(void)
{
	u32 cpu = this_cpu()->id;
	struct vcpu *me = &v[cpu];

	lvz_enable();
	guest_init(me, &s2, 1 + cpu);
	smp_barrier();
	for (u32 i = 0; i < BATCH; i++) {
		failed[cpu] += guest_call(me, guest_addr(code, count), WORD, each / BATCH) != EC_HVC;
		failed[cpu] += guest_call(me, guest_addr(code, amo), WORD + 8, each / BATCH) != EC_HVC;
	}
}

static void one_cpu(void)
{
	u64 val = *gmem(WORD);

	guest_call(&v[0], guest_addr(code, pair), WORD, 0);
	is(v[0].gpr[12], 1, "ll, sc: succeeds");
	is(*gmem(WORD), ++val, "and counts");

	guest_call(&v[0], guest_addr(code, split), WORD, 0);
	ok(is_hvc(&v[0], 0x100), "exit between ll and sc (badi 0x%lx)", v[0].badi);
	v[0].pc += 4;
	guest_run(&v[0]);
	ok(is_hvc(&v[0], HC_DONE), "re-entered (badi 0x%lx)", v[0].badi);
	is(v[0].gpr[12], 0, "sc after an exit: fails");
	is(*gmem(WORD), val, "and writes nothing");

	is(guest_call(&v[0], guest_addr(code, gspr), WORD, 0), EC_GSPR, "GSPR between ll and sc");
	v[0].pc += 4;
	guest_run(&v[0]);
	is(v[0].gpr[12], 0, "sc after GSPR: fails");
	is(*gmem(WORD), val, "and writes nothing");

	guest_call(&v[0], guest_addr(code, wcllb), WORD, 0);
	is(v[0].gpr[5] & LLBCTL_ROLLB, LLBCTL_ROLLB, "guest LLBCTL.ROLLB after ll");
	is(v[0].gpr[6] & LLBCTL_ROLLB, 0, "guest LLBCTL.ROLLB after WCLLB");
	is(v[0].gpr[12], 0, "sc after the guest's WCLLB: fails");
	is(*gmem(WORD), val, "and writes nothing");

	/* What the host kernel does when a vCPU moves: by gcsrwr. */
	guest_call(&v[0], guest_addr(code, split), WORD, 0);
	gcsr_xchg(CSR_LLBCTL, LLBCTL_WCLLB, LLBCTL_WCLLB);
	is(gcsr_rd(CSR_LLBCTL) & LLBCTL_ROLLB, 0, "gcsrxchg WCLLB: no reservation");
	v[0].pc += 4;
	guest_run(&v[0]);
	is(v[0].gpr[12], 0, "sc after gcsrxchg WCLLB: fails");

	/* The word changing in between: the sc may not undo it. */
	guest_call(&v[0], guest_addr(code, split), WORD, 0);
	*gmem(WORD) = 0x77;
	v[0].pc += 4;
	guest_run(&v[0]);
	is(*gmem(WORD), 0x77, "a write by root between ll and sc stands");
}

void test(void)
{
	u64 total = TOTAL / cmdline_u64("divide", 1);

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v[0], &s2, 1);
	guest_vectors(0);
	load_guest(code);
	one_cpu();

	*gmem(WORD) = 0;
	*gmem(WORD + 8) = 0;
	each = total / CPUS;
	smp_start(CPUS, on_cpu);
	is(*gmem(WORD), each * CPUS, "four CPUs, ll/sc: count");
	is(*gmem(WORD + 8), each * CPUS, "four CPUs, amadd: count");
	for (u32 i = 0; i < CPUS; i++)
		is(failed[i], 0, "CPU %u: runs that ended otherwise", i);
}
