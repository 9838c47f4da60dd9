// SPDX-License-Identifier: GPL-2.0
/*
 * What an IPI call costs its sender, for each destination that needs no kick.
 *
 * Made for the emulated machine with "-icount shift=0", where an instruction takes
 * a nanosecond, so that the times are instruction counts of the host and of the
 * world switch: selftests/machine/boot -i shift=0. Elsewhere they are times.
 */
#include "pv_host.h"

#define CALLS	20
#define ROUNDS	20
#define MOST	127

static struct {
	u64 low, high;
	u64 ticks;	/* of the quickest round */
} cost;

static u64 rdtime(void)
{
	u64 ticks;

	asm volatile("rdtime.d %0, $zero" : "=r" (ticks) : : "memory");
	return ticks;
}

static void body(void)
{
	u64 start, ticks;
	int round, i;

	cost.ticks = -1UL;
	for (round = 0; round < ROUNDS; round++) {
		start = rdtime();
		for (i = 0; i < CALLS; i++)
			guest_hcall(PV_FN_IPI, cost.low, cost.high, 1);
		ticks = rdtime() - start;
		if (ticks < cost.ticks)
			cost.ticks = ticks;
	}
	GUEST_DONE();
}

/* Nanoseconds of a call to @nr vCPUs that have never run. */
static double call_to(int nr)
{
	struct pv_vm *pv = pv_vm_create(MOST + 1);
	const char *why = "";
	u64 base, mul_div;
	int i;

	pv_vcpu_add(pv, 0, 0, body);
	for (i = 1; i <= MOST; i++)
		pv_vcpu_add(pv, i, i, NULL);
	cost.low = nr >= 64 ? -1UL : (1UL << nr) - 1;
	cost.high = nr <= 64 ? 0 : (1UL << (nr - 64)) - 1;
	sync_global_to_guest(pv->vm, cost);
	pv_start(pv, 0);
	TEST_ASSERT(pv_wait(pv, 0, &why), "%s", why);
	sync_global_from_guest(pv->vm, cost);
	pv_vm_free(pv);
	/* base frequency in Hz, multiplier and divider of the constant timer */
	asm("cpucfg %0, %1" : "=r" (base) : "r" (4UL));
	asm("cpucfg %0, %1" : "=r" (mul_div) : "r" (5UL));
	return cost.ticks * 1e9 / CALLS / (base * (mul_div & 0xffff) / (mul_div >> 16 & 0xffff));
}

int main(void)
{
	static const int sizes[] = { 1, 2, 16, 32, 33, 64, 127 };
	double ns[ARRAY_SIZE(sizes)];
	int i;

	pv_require_kvm();
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		ns[i] = call_to(sizes[i]);
	printf("%s: destinations, ns of a call, ns of each destination more\n", pv_who());
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		printf("%12d %10.0f %10.1f\n", sizes[i], ns[i],
		       i ? (ns[i] - ns[i - 1]) / (sizes[i] - sizes[i - 1]) : 0.0);
	return 0;
}
