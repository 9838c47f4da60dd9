// SPDX-License-Identifier: GPL-2.0
/*
 * What an exit costs, from the guest back to the guest: one vCPU that loops over one
 * kind of exit.
 *
 * Made for the emulated machine with "-icount shift=0", where an instruction takes a
 * nanosecond, so that the times are instruction counts of the host and of the world
 * switch: selftests/machine/exit-costs. Elsewhere they are times.
 */
#include "pv_host.h"

#define CALLS	50	/* in a round, and few where they are long: some rounds have no tick */
#define FEW	10
#define ROUNDS	100
#define MOST	128	/* destinations of one call, beside the sender */

#define IOCSR_IPI_STATUS	0x1000
#define IOCSR_IPI_CLEAR		0x100c
#define IOCSR_IPI_SEND		0x1040

#define IOCSR_IPI_MAIL		0x1020
#define PCH_PIC_MASK		0x20	/* offset of a register that takes any value */

#define PAGES	(FEW * ROUNDS)	/* of memory that the guest has not touched */

#define IOCSR_SEND_CPU		16	/* shift of the destination */

/* Of each vector, the quickest round, in ticks of the counter. */
static u64 ticks[32];

/* The guest's addresses of KVM's PCH-PIC, and of the next of the pages. */
static u64 pch_pic, next_page, page_size;

static u64 rdtime(void)
{
	u64 now;

	asm volatile("rdtime.d %0, $zero" : "=r" (now) : : "memory");
	return now;
}

static void iocsr_write(u32 val, u64 reg)
{
	asm volatile("iocsrwr.w %0, %1" : : "r" (val), "r" (reg) : "memory");
}

static void nothing(void)
{
	asm volatile("" : : : "memory");
}

static void null_hypercall(void)
{
	asm volatile("hvcl 0x7fff" : : : "a0", "memory");
}

static void probe(void)
{
	guest_probe();
}

static void cpucfg_model(void)
{
	guest_cpucfg(1);
}

static void cpucfg_features(void)
{
	guest_cpucfg(PV_CPUCFG_FEATURE);
}

static void ipi_self(void)
{
	guest_hcall(PV_FN_IPI, 1, 0, 0);
}

static void ipi_absent(void)
{
	guest_hcall(PV_FN_IPI, 1, 0, PV_MAX_PHYID - 1);
}

static void ipi_1(void)
{
	guest_hcall(PV_FN_IPI, 1, 0, 1);
}

static void ipi_16(void)
{
	guest_hcall(PV_FN_IPI, 0xffff, 0, 1);
}

static void ipi_32(void)
{
	guest_hcall(PV_FN_IPI, 0xffffffff, 0, 1);
}

static void ipi_33(void)
{
	guest_hcall(PV_FN_IPI, 0x1ffffffff, 0, 1);
}

static void ipi_128(void)
{
	guest_hcall(PV_FN_IPI, -1UL, -1UL, 1);
}

static void native_status(void)
{
	u32 val;

	asm volatile("iocsrrd.w %0, %1" : "=r" (val) : "r" (IOCSR_IPI_STATUS) : "memory");
}

static void native_send(void)
{
	iocsr_write(1 << IOCSR_SEND_CPU, IOCSR_IPI_SEND);
}

static void native_clear(void)
{
	iocsr_write(1, IOCSR_IPI_CLEAR);
}

static void mailbox(void)
{
	u64 val;

	asm volatile("iocsrrd.d %0, %1" : "=r" (val) : "r" (IOCSR_IPI_MAIL) : "memory");
}

static void mmio_load(void)
{
	u64 val;

	asm volatile("ld.d %0, %1, 0" : "=r" (val) : "r" (pch_pic + PCH_PIC_MASK) : "memory");
}

static void mmio_store(void)
{
	asm volatile("st.d %0, %1, 0" : : "r" (-1UL), "r" (pch_pic + PCH_PIC_MASK) : "memory");
}

/* One that goes to the VMM, which is what most of it takes. */
static void mmio_vmm(void)
{
	GUEST_SYNC(0);
}

static void page_fault(void)
{
	u64 val;

	asm volatile("ld.d %0, %1, 0" : "=r" (val) : "r" (next_page) : "memory");
	next_page += page_size;
}

/* No CSR that a guest has. */
static void unknown_csr_read(void)
{
	u64 val;

	asm volatile("csrrd %0, 0x3ff" : "=r" (val) : : "memory");
}

static void unknown_csr_write(void)
{
	u64 val = 0;

	asm volatile("csrwr %0, 0x3ff" : "+r" (val) : : "memory");
}

static void unknown_csr_xchg(void)
{
	u64 val = 0;

	asm volatile("csrxchg %0, %1, 0x3ff" : "+r" (val) : "r" (1UL) : "memory");
}

static const struct {
	const char *name;
	void (*op)(void);
	bool is_long;
} kinds[] = {
	{ "nothing", nothing, false },		/* comes first: what the loop takes */
	{ "hvcl, unknown", null_hypercall, false },
	{ "hvcl 0", probe, false },
	{ "cpucfg 1", cpucfg_model, false },
	{ "cpucfg 0x40000004", cpucfg_features, false },
	{ "IPI call to itself", ipi_self, false },
	{ "IPI call to nobody", ipi_absent, false },
	{ "IPI call to 1", ipi_1, false },
	{ "IPI call to 16", ipi_16, false },
	{ "IPI call to 32", ipi_32, true },
	{ "IPI call to 33", ipi_33, true },
	{ "IPI call to 128", ipi_128, true },
	{ "csrrd, unknown", unknown_csr_read, false },
	{ "csrwr, unknown", unknown_csr_write, false },
	{ "csrxchg, unknown", unknown_csr_xchg, false },
	{ "IOCSR read, IPI status", native_status, false },
	{ "IOCSR write, IPI send", native_send, false },
	{ "IOCSR write, IPI clear", native_clear, false },
	{ "IOCSR read, mailbox", mailbox, false },
	{ "MMIO load, PCH-PIC", mmio_load, false },
	{ "MMIO store, PCH-PIC", mmio_store, false },
	{ "MMIO store, VMM", mmio_vmm, true },
	{ "page of memory", page_fault, true },
};

static void body(void)
{
	u64 start, took;
	int kind, round, i, calls;

	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		ticks[kind] = -1UL;
		calls = kinds[kind].is_long ? FEW : CALLS;
		for (round = 0; round < ROUNDS; round++) {
			start = rdtime();
			for (i = 0; i < calls; i++)
				kinds[kind].op();
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
	for (i = 1; i < ARRAY_SIZE(kinds); i++)
		printf("cost %s: %.0f\n", kinds[i].name,
		       ticks[i] * each / (kinds[i].is_long ? FEW : CALLS) - ticks[0] * each / CALLS);
	pv_vm_free(pv);
	return 0;
}
