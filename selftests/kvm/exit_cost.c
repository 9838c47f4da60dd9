// SPDX-License-Identifier: GPL-2.0
/*
 * What an exit costs, from the guest back to the guest: one vCPU that loops over one
 * kind of exit.
 *
 * Made for the emulated machine with "-icount shift=0", where an instruction takes a
 * nanosecond, so that the times are instruction counts of the host and of the world
 * switch: selftests/machine/exit-costs. Elsewhere they are times.
 */
#include "exit_cost.h"

#define CALLS	50	/* in a round, and few where they are long: some rounds have no tick */
#define FEW	10
#define ROUNDS	100
#define MOST	128	/* destinations of one call, beside the sender */

#define PAGES	(FEW * ROUNDS)	/* of memory that the guest has not touched */

/* Of each kind, the quickest round, in ticks of the counter. */
static u64 ticks[32];

static u64 rdtime(void)
{
	u64 now;

	asm volatile("rdtime.d %0, $zero" : "=r" (now) : : "memory");
	return now;
}

static void body(void)
{
	u64 start, took;
	int kind, round, i, calls;

	for (kind = 0; kind < nr_kinds; kind++) {
		ticks[kind] = -1UL;
		calls = cost_kinds[kind].is_long ? FEW : CALLS;
		for (round = 0; round < ROUNDS; round++) {
			start = rdtime();
			for (i = 0; i < calls; i++)
				cost_kinds[kind].op();
			took = rdtime() - start;
			if (took < ticks[kind])
				ticks[kind] = took;
		}
	}
	GUEST_DONE();
}

/* Nanoseconds of a tick: base frequency in Hz, multiplier and divider of the counter. */
static double tick_ns(void)
{
	u64 base, mul_div;

	asm("cpucfg %0, %1" : "=r" (base) : "r" (4UL));
	asm("cpucfg %0, %1" : "=r" (mul_div) : "r" (5UL));
	return 1e9 / (base * (mul_div & 0xffff) / (mul_div >> 16 & 0xffff));
}

/* A device of KVM's own to load from and store to, where no memory is. */
static void add_pch_pic(struct pv_vm *pv)
{
	int device = kvm_create_device(pv->vm, KVM_DEV_TYPE_LOONGARCH_PCHPIC);
	u64 base = pv->stop_gpa;

	kvm_device_attr_set(device, KVM_DEV_LOONGARCH_PCH_PIC_GRP_CTRL,
			    KVM_DEV_LOONGARCH_PCH_PIC_CTRL_INIT, &base);
	pch_pic = pv->stop_gva;
	sync_global_to_guest(pv->vm, pch_pic);
}

/* Memory that the host has, and the guest will touch for the first time. */
static void add_pages(struct pv_vm *pv)
{
	const gpa_t gpa = 1UL << 32;

	page_size = pv->vm->page_size;
	next_page = vm_unused_gva_gap(pv->vm, PAGES * page_size, 1UL << 30);
	vm_userspace_mem_region_add(pv->vm, VM_MEM_SRC_ANONYMOUS, gpa, 1, PAGES, 0);
	virt_map(pv->vm, next_page, gpa, PAGES);
	memset(addr_gpa2hva(pv->vm, gpa), 1, PAGES * page_size);
	sync_global_to_guest(pv->vm, page_size);
	sync_global_to_guest(pv->vm, next_page);
}

int main(void)
{
	const char *why = "";
	struct pv_vm *pv;
	double each;
	int i;

	TEST_ASSERT(nr_kinds <= ARRAY_SIZE(ticks), "more kinds than there is room for");
	pv_require_kvm();
	pv = pv_vm_create(MOST + 1);
	TEST_ASSERT(kvm_create_device(pv->vm, KVM_DEV_TYPE_LOONGARCH_IPI) >= 0,
		    "no IPI controller in the kernel");
	pv_vcpu_add(pv, 0, 0, body);
	add_pch_pic(pv);
	add_pages(pv);
	/* They have never run, so an IPI needs no kick. */
	for (i = 1; i <= MOST; i++)
		pv_vcpu_add(pv, i, i, NULL);
	pv_start(pv, 0);
	TEST_ASSERT(pv_wait(pv, 0, &why), "%s", why);
	sync_global_from_guest(pv->vm, ticks);
	each = tick_ns();
	for (i = 1; i < nr_kinds; i++) {
		unsigned int calls = cost_kinds[i].is_long ? FEW : CALLS;

		printf("cost %s: %.0f\n", cost_kinds[i].name,
		       ticks[i] * each / calls - ticks[0] * each / CALLS);
	}
	pv_vm_free(pv);
	return 0;
}
