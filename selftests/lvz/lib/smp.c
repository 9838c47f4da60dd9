// SPDX-License-Identifier: GPL-2.0
/*
 * Bringing up the other CPUs. The board's boot code leaves them waiting for
 * a mailbox in IOCSR space to hold an address, woken by an IPI.
 */
#include "lvz.h"

#define IOCSR_IPI_STATUS	0x1000
#define IOCSR_IPI_CLEAR		0x100c
#define IOCSR_IPI_ENABLE	0x1004
#define IOCSR_IPI_SEND		0x1040
#define IOCSR_MAIL_SEND		0x1048
#define SEND_BLOCKING		(1UL << 31)
#define SEND_CPU(c)		((u64)(c) << 16)
#define MAIL_BOX(b)		((u64)(b) << 2)

void secondary_main(void);
extern char secondary_start[];

static u32 ncpus, arrived, generation, online;
static void (*cpu_fn)(void);

/* IPI vectors: the tests' own, and the one that ends a wait at the barrier. */
#define IPI_TEST	0
#define IPI_BARRIER	1

static void iocsr_w32(u32 reg, u32 val)
{
	asm volatile("iocsrwr.w %0, %1" : : "r"(val), "r"(reg) : "memory");
}

static void iocsr_w64(u32 reg, u64 val)
{
	asm volatile("iocsrwr.d %0, %1" : : "r"(val), "r"(reg) : "memory");
}

static void send(u32 cpu, u32 vector)
{
	asm volatile("dbar 0" : : : "memory");
	iocsr_w32(IOCSR_IPI_SEND, SEND_BLOCKING | SEND_CPU(cpu) | vector);
}

void ipi_send(u32 cpu)
{
	send(cpu, IPI_TEST);
}

/* Acknowledge what is pending; was there one from ipi_send()? */
bool ipi_take(void)
{
	u32 status;

	asm volatile("iocsrrd.w %0, %1" : "=r"(status) : "r"(IOCSR_IPI_STATUS) : "memory");
	iocsr_w32(IOCSR_IPI_CLEAR, status);
	return status & 1 << IPI_TEST;
}

/* Sleep until an IPI is pending; interrupts are off, so it stays pending. */
void ipi_wait(void)
{
	u64 ecfg = csr_xchg(CSR_ECFG, IS_IPI, IS_IPI);

	while (!(csr_rd(CSR_ESTAT) & IS_IPI))
		asm volatile("idle 0" : : : "memory");
	csr_wr(CSR_ECFG, ecfg);
}

/*
 * Waiting CPUs sleep rather than spin: with all of them on one thread of the
 * emulator a spinning one would use up its time slice first.
 */
void smp_barrier(void)
{
	u32 gen = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);

	if (__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL) == ncpus) {
		__atomic_store_n(&arrived, 0, __ATOMIC_RELEASE);
		__atomic_add_fetch(&generation, 1, __ATOMIC_ACQ_REL);
		for (u32 c = 0; c < ncpus; c++)
			if (c != this_cpu()->id)
				send(c, IPI_BARRIER);
		return;
	}
	while (__atomic_load_n(&generation, __ATOMIC_ACQUIRE) == gen) {
		ipi_wait();
		iocsr_w32(IOCSR_IPI_CLEAR, 1 << IPI_BARRIER);
	}
}

void secondary_main(void)
{
	cpu_init();
	iocsr_w32(IOCSR_IPI_ENABLE, ~0U);
	__atomic_or_fetch(&online, 1 << this_cpu()->id, __ATOMIC_ACQ_REL);
	smp_barrier();
	cpu_fn();
	smp_barrier();
	for (;;)
		asm volatile("idle 0");
}

/* Let other CPUs run for a millisecond, by the timer: not spinning, see above. */
static void nap(void)
{
	u64 ecfg = csr_wr(CSR_ECFG, IS_TI);

	csr_wr(CSR_TCFG, 100000 | 1);
	while (!(csr_rd(CSR_ESTAT) & IS_TI))
		asm volatile("idle 0" : : : "memory");
	csr_wr(CSR_TICLR, 1);
	csr_wr(CSR_ECFG, ecfg);
}

/*
 * The boot code clears its mailbox before it waits, and enables its IPI before
 * that. A CPU that has not come so far loses the message, so it is repeated.
 */
static void start_cpu(u32 cpu)
{
	u64 to = SEND_BLOCKING | SEND_CPU(cpu);
	u64 entry = (u64)secondary_start & ~DMW_CC;

	while (!(__atomic_load_n(&online, __ATOMIC_ACQUIRE) & 1 << cpu)) {
		iocsr_w64(IOCSR_MAIL_SEND, to | MAIL_BOX(1));
		iocsr_w64(IOCSR_MAIL_SEND, to | MAIL_BOX(0) | entry << 32);
		send(cpu, IPI_BARRIER);
		nap();
	}
}

void smp_start(u32 cpus, void (*fn)(void))
{
	ncpus = cpus;
	cpu_fn = fn;
	iocsr_w32(IOCSR_IPI_ENABLE, ~0U);
	for (u32 c = 1; c < cpus; c++)
		start_cpu(c);
	smp_barrier();
	fn();
	smp_barrier();
}
