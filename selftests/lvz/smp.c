// SPDX-License-Identifier: GPL-2.0
/*
 * Four CPUs at once on one stage-2 table, with the same guest id, each
 * with a guest that goes through what the other programs test one at a time.
 * Each CPU counts its own errors; the boot CPU reports.
 */
#include "lvz.h"

#define CPUS	4
#define GVA	0x80000000UL
#define DEMAND	0x20000000UL	/* pages that appear on first touch */
#define DEMANDS	64
#define SHARED	0x21000000UL	/* a page that moves for everybody */
#define OWN(cpu) (0x22000000UL + (cpu) * 0x8000UL)	/* one that moves for one CPU */
#define HC_TOKEN 0x101

GUEST(code,
	.globl mix; mix:	/* a0, a1: numbers; all others pass through */
	add.d $a0, $a0, $a1;
	hvcl 0x100;
	cpucfg $a2, $a0;
	movgr2fr.d $f1, $a1;
	hvcl HC_DONE;
	.globl do_load; do_load: ld.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl inv_load; inv_load: invtlb 5, $zero, $a0;
	ld.d $a1, $a0, 0;
	hvcl HC_DONE;
	.globl timer; timer: csrwr $a0, CSR_TCFG;
	.globl spin; spin: addi.d $a2, $a2, 1;
	b spin;
	.globl sleep; sleep: idle 0;
	b sleep;
	/* Acknowledge SWI0 and tell root, who passes the token on. */
	.globl handler; handler:
	ori $t0, $zero, IS_SWI0;
	csrxchg $zero, $t0, CSR_ESTAT;
	hvcl HC_TOKEN;
	ertn;
);
guest_label(mix);
guest_label(do_load);
guest_label(inv_load);
guest_label(timer);
guest_label(spin);
guest_label(sleep);
guest_label(handler);

enum { SWITCH, UNITS, FAULT, MOVE, STAGE1, TIMER, TOGETHER, RING, SPINNING, KINDS };
static const char *const kinds[] = {
	"registers over exits", "FP on demand", "demand faults on shared pages",
	"own page moving under 0x16", "stage 1 and guest invtlb", "guest timer",
	"shared page moving under fresh GIDs", "IPI ring, sleeping guests",
	"IPI ring, running guests",
};

static struct s2 s2;
static struct vcpu v[CPUS];
static u64 errors[CPUS][KINDS], done[CPUS][KINDS], rounds, demand_hpa, pages[8];
static u32 lock;

static void check(u32 kind, bool good)
{
	u64 cpu = this_cpu()->id;

	errors[cpu][kind] += !good;
	done[cpu][kind]++;
}

static void switches(struct vcpu *me, u64 cpu, u64 n)
{
	u64 tag = cpu << 56 | n << 8;
	bool same = true;

	for (u32 i = 1; i < 32; i++)
		me->gpr[i] = tag | i;
	me->pc = guest_addr(code, mix);
	vcpu_run(me);
	check(SWITCH, is_hvc(me, 0x100) && me->gpr[4] == 2 * tag + 9);
	me->pc += 4;
	check(SWITCH, vcpu_run(me) == EC_GSPR && me->era == guest_addr(code, mix) + 8);
	me->pc += 4;
	/* Root's switch is off: the guest's FP use exits, then runs. */
	check(UNITS, vcpu_run(me) == EC_FPD && me->badi == mix[3]);
	csr_wr(CSR_EUEN, EUEN_FPE);
	check(UNITS, vcpu_run(me) == EC_HVC);
	asm volatile("movfr2gr.d %0, $f1" : "=r"(n));
	check(UNITS, n == (tag | 5));
	csr_wr(CSR_EUEN, 0);
	for (u32 i = 1; i < 32; i++)
		same &= i == 4 || me->gpr[i] == (tag | i);
	check(SWITCH, same);
}

static u64 load(struct vcpu *me, u64 gpa)
{
	guest_call(me, guest_addr(code, do_load), gpa, 0);
	return is_hvc(me, HC_DONE) ? me->gpr[5] : ~0UL;
}

static void demand_faults(struct vcpu *me, u64 cpu)
{
	for (u64 i = 0; i < DEMANDS; i++) {
		u64 n = (i * 13 + cpu * 16) % DEMANDS, gpa = DEMAND + n * 0x4000;
		u64 val = load(me, gpa);

		if (val == ~0UL) {
			check(FAULT, (me->estat >> 16 & 0x3f) == EC_PIL && me->badv == gpa);
			while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
				;
			if (!*(volatile u64 *)s2_pte(&s2, gpa))
				s2_map(&s2, gpa, demand_hpa + n * 0x4000, PTE_RW);
			__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
			invtlb(0x16, me->gid << GSTAT_GID_SHIFT, gpa);
			val = load(me, gpa);
		}
		check(FAULT, val == n + 1);
	}
}

static void own_page(struct vcpu *me, u64 cpu, u64 n)
{
	s2_map(&s2, OWN(cpu), pages[n % 8], PTE_RW);
	invtlb(0x16, me->gid << GSTAT_GID_SHIFT, OWN(cpu));
	check(MOVE, load(me, OWN(cpu)) == n % 8);
}

static u64 s1_gpa[CPUS];

static void refill(struct vcpu *me, u64 gva)
{
	u64 gpa = s1_gpa[me - v];

	(void)gva;
	guest_fill(14, gpa | PTE_RW, gpa | PTE_RW);
}

static void stage1(struct vcpu *me, u64 cpu, u64 n)
{
	guest_paging(me);
	s1_gpa[cpu] = DEMAND + (n * 4 + cpu) % DEMANDS * 0x4000;
	guest_call(me, G_DMW | guest_addr(code, inv_load), GVA, 0);
	check(STAGE1, is_hvc(me, HC_DONE) && me->gpr[5] == (n * 4 + cpu) % DEMANDS + 1);
	gcsr_wr(CSR_CRMD, CRMD_DA);
	gcsr_wr(CSR_EENTRY, G_VEC);
}

static void timers(struct vcpu *me, u64 cpu)
{
	gcsr_wr(CSR_ECFG, IS_TI);
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	guest_call(me, guest_addr(code, timer), 20000 + 4000 * cpu + 1, 0);
	check(TIMER, guest_took(me, EC_INT) && (gcsr_rd(CSR_ESTAT) & 0x1fff) == IS_TI);
	gcsr_wr(CSR_TCFG, 0);
	gcsr_wr(CSR_TICLR, 1);
	gcsr_wr(CSR_CRMD, CRMD_DA);
	gcsr_wr(CSR_ECFG, 0);
}

/* One CPU changes the table, then all go on with a GID they have not used. */
static void shared_page(struct vcpu *me, u64 cpu, u64 n)
{
	check(TOGETHER, load(me, SHARED) == (n + 7) % 8);
	smp_barrier();
	if (cpu == n % CPUS)
		s2_map(&s2, SHARED, pages[n % 8], PTE_RW);
	smp_barrier();
	if (++me->gid > 0xff) {
		invtlb(0x12, 0, 0);
		me->gid = 1;
	}
	check(TOGETHER, load(me, SHARED) == n % 8);
	smp_barrier();
}

/*
 * A token goes round: a root IPI stops or wakes the next CPU, whose hypervisor
 * injects SWI0; its guest's handler reports that, and the token goes on.
 */
static void ring(struct vcpu *me, u64 cpu, u32 kind, u64 laps)
{
	u64 got = 0;

	guest_load(G_VEC + 0x1000 * (1 + cpu), handler, handler + 4);
	gcsr_wr(CSR_EENTRY, G_VEC + 0x1000 * (1 + cpu));
	gcsr_wr(CSR_ECFG, IS_SWI0);
	gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
	csr_wr(CSR_ECFG, IS_IPI);
	me->pc = kind == RING ? guest_addr(code, sleep) : guest_addr(code, spin);
	smp_barrier();
	if (cpu == 0)
		ipi_send(1);
	while (got < laps) {
		u64 ecode = vcpu_run(me);

		if (ecode == EC_HVC && is_hvc(me, HC_TOKEN)) {
			me->pc += 4;
			if (++got < laps || cpu)
				ipi_send((cpu + 1) % CPUS);
			continue;
		}
		if (ecode == EC_GSPR && me->badi == *sleep) {
			me->pc += 4;
			ipi_wait();
		} else if (ecode != EC_INT) {
			check(kind, false);
			break;
		}
		if (ipi_take())
			gcsr_xchg(CSR_ESTAT, IS_SWI0, IS_SWI0);
	}
	check(kind, got == laps);
	csr_wr(CSR_ECFG, 0);
	gcsr_wr(CSR_CRMD, CRMD_DA);
	gcsr_wr(CSR_ECFG, 0);
	gcsr_wr(CSR_EENTRY, G_VEC);
	smp_barrier();
}

static void on_cpu(void)
{
	u64 cpu = this_cpu()->id;
	struct vcpu *me = &v[cpu];

	lvz_enable();
	guest_init(me, &s2, 7);
	me->refill = refill;
	gcsr_wr(CSR_EUEN, EUEN_FPE);
	smp_barrier();
	demand_faults(me, cpu);
	for (u64 n = 0; n < rounds; n++) {
		switches(me, cpu, n);
		own_page(me, cpu, n);
		stage1(me, cpu, n);
		if (n % 16 == 0)
			timers(me, cpu);
	}
	smp_barrier();
	for (u64 n = 0; n < rounds; n++)
		shared_page(me, cpu, n);
	ring(me, cpu, RING, rounds);
	ring(me, cpu, SPINNING, 3);
}

void test(void)
{
	require_lvz();
	lvz_enable();
	/* More than 255 rounds: the guest ids of shared_page() wrap. */
	rounds = 512 / cmdline_u64("divide", 1);
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	s2_map(&s2, DEMAND, 0, 0);	/* the table of these, not the pages */
	demand_hpa = page_alloc();
	for (u64 i = 1; i < DEMANDS; i++)
		page_alloc();
	for (u64 i = 0; i < DEMANDS; i++)
		*(u64 *)hva(demand_hpa + i * 0x4000) = i + 1;
	for (u64 i = 0; i < 8; i++) {
		pages[i] = page_alloc();
		*(u64 *)hva(pages[i]) = i;
	}
	s2_map(&s2, SHARED, pages[7], PTE_RW);
	for (u64 cpu = 0; cpu < CPUS; cpu++)
		s2_map(&s2, OWN(cpu), pages[0], PTE_RW);
	guest_init(&v[0], &s2, 7);
	guest_vectors(0);
	load_guest(code);
	smp_start(CPUS, on_cpu);
	for (u32 k = 0; k < KINDS; k++) {
		for (u32 cpu = 0; cpu < CPUS; cpu++) {
			is(errors[cpu][k], 0, "CPU %u, %s: errors of %lu", cpu, kinds[k],
			   done[cpu][k]);
			if (!done[cpu][k])
				ok(false, "CPU %u, %s: never checked", cpu, kinds[k]);
		}
	}
}
