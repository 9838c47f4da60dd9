// SPDX-License-Identifier: GPL-2.0
/* The kinds of exits that exit_cost measures. All of this runs in the guest. */
#include "exit_cost.h"

#define IOCSR_IPI_STATUS	0x1000
#define IOCSR_IPI_CLEAR		0x100c
#define IOCSR_IPI_MAIL		0x1020
#define IOCSR_IPI_SEND		0x1040
#define IOCSR_SEND_CPU		16	/* shift of the destination */

#define PCH_PIC_MASK		0x20	/* offset of a register that takes any value */

#define ESTAT_TI		(1UL << 11)
#define TIMER_SOON		0x100	/* ticks */

u64 pch_pic, next_page, page_size;

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

/* The guest's timer has gone off and nobody takes it, so KVM does not wait. */
static void idle(void)
{
	if (!(csr_read(LOONGARCH_CSR_ESTAT) & ESTAT_TI)) {
		csr_write(TIMER_SOON | CSR_TCFG_EN, LOONGARCH_CSR_TCFG);
		while (!(csr_read(LOONGARCH_CSR_ESTAT) & ESTAT_TI))
			cpu_relax();
	}
	guest_idle();
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

const struct cost_kind cost_kinds[] = {
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
	{ "IDLE, nothing to wait for", idle, false },
	{ "page of memory", page_fault, true },
};

const unsigned int nr_kinds = ARRAY_SIZE(cost_kinds);
