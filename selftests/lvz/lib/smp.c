// SPDX-License-Identifier: GPL-2.0
/*
 * Bringing up the other CPUs. The board's boot code leaves them waiting for
 * a mailbox in IOCSR space to hold an address, woken by an IPI.
 */
#include "lvz.h"

#define IOCSR_IPI_CLEAR		0x100c
#define IOCSR_IPI_ENABLE	0x1004
#define IOCSR_IPI_SEND		0x1040
#define IOCSR_MAIL_SEND		0x1048
#define SEND_BLOCKING		(1UL << 31)
#define SEND_CPU(c)		((u64)(c) << 16)
#define MAIL_BOX(b)		((u64)(b) << 2)

void secondary_main(void);
extern char secondary_start[];

static u32 ncpus, arrived, generation;
static void (*cpu_fn)(void);

static void iocsr_w32(u32 reg, u32 val)
{
	asm volatile("iocsrwr.w %0, %1" : : "r"(val), "r"(reg) : "memory");
}

static void iocsr_w64(u32 reg, u64 val)
{
	asm volatile("iocsrwr.d %0, %1" : : "r"(val), "r"(reg) : "memory");
}

void ipi_send(u32 cpu)
{
	asm volatile("dbar 0" : : : "memory");
	iocsr_w32(IOCSR_IPI_SEND, SEND_BLOCKING | SEND_CPU(cpu));
}

void ipi_clear(void)
{
	iocsr_w32(IOCSR_IPI_CLEAR, ~0U);
}

void smp_barrier(void)
{
	u32 gen = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);

	if (__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL) == ncpus) {
		__atomic_store_n(&arrived, 0, __ATOMIC_RELEASE);
		__atomic_add_fetch(&generation, 1, __ATOMIC_ACQ_REL);
		return;
	}
	while (__atomic_load_n(&generation, __ATOMIC_ACQUIRE) == gen)
		asm volatile("dbar 0" : : : "memory");
}

void secondary_main(void)
{
	cpu_init();
	iocsr_w32(IOCSR_IPI_ENABLE, ~0U);
	smp_barrier();
	cpu_fn();
	smp_barrier();
	for (;;)
		asm volatile("idle 0");
}

void smp_start(u32 cpus, void (*fn)(void))
{
	u64 entry = (u64)secondary_start & ~DMW_CC;

	ncpus = cpus;
	cpu_fn = fn;
	iocsr_w32(IOCSR_IPI_ENABLE, ~0U);
	for (u32 c = 1; c < cpus; c++) {
		iocsr_w64(IOCSR_MAIL_SEND, SEND_BLOCKING | SEND_CPU(c) | MAIL_BOX(1));
		iocsr_w64(IOCSR_MAIL_SEND, SEND_BLOCKING | SEND_CPU(c) | MAIL_BOX(0) |
			  entry << 32);
		ipi_send(c);
	}
	smp_barrier();
	fn();
	smp_barrier();
}
