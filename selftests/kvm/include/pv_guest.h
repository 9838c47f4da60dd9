/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest side of the LoongArch paravirtual ABI tests.
 *
 * Everything declared here runs inside the guest, or is memory that the guest
 * and the test share. The library has no guest user mode and no interrupt
 * handler, so both are added: guest_call_plv() and pv_guest_irq().
 */
#ifndef SELFTEST_PV_GUEST_H
#define SELFTEST_PV_GUEST_H

#define PV_HVCL_PROBE		0x000	/* hypervisor identity */
#define PV_HVCL_SERVICE		0x100
#define PV_HVCL_SWDBG		0x101
#define PV_HVCL_USER_SERVICE	0x102
#define PV_HVCL_NR		0x8000	/* the immediate has 15 bits */

#define PV_FN_IPI		1
#define PV_FN_NOTIFY		2

#define PV_OK			0UL
#define PV_INVALID_CODE		(-1UL)
#define PV_INVALID_PARAM	(-2UL)
#define PV_IDENTITY		0x004d564bUL	/* "KVM\0" */

#define PV_CPUCFG_BASE		0x40000000UL
#define PV_CPUCFG_FEATURE	(PV_CPUCFG_BASE + 4)
#define PV_CPUCFG_SIZE		0x100

#define PV_MAX_PHYID		256	/* ids of one VM, and vCPUs of one VM */

#ifndef __ASSEMBLER__

#include "kvm_util.h"
#include "processor.h"

#define EXCCODE_SYS		0xb
#define ESTAT_SWI0		1UL
#define CSR_PRMD_PPLV		3UL

#define csr_change(val, mask, csr)					\
({									\
	unsigned long __v = (val);					\
	__asm__ __volatile__("csrxchg %0, %1, %2"			\
			     : "+r" (__v)				\
			     : "q" ((unsigned long)(mask)), "i" (csr)	\
			     : "memory");				\
	__v;								\
})

/* What one vCPU tells the others and the host; a cache line each. */
struct pv_cpu {
	u64 req;	/* IPIs asked of this vCPU, counted by the senders */
	u64 ack;	/* the value of @req its handler saw last */
	u64 irqs;	/* times the handler ran */
	u64 beat;	/* alive: counts turns of a running vCPU */
	u64 stray;	/* interrupts that were not SWI0 */
	u64 sent;	/* IPIs this vCPU asked for */
	u64 calls;	/* hypercalls this vCPU made for them */
	u64 errors;	/* hypercalls that did not return PV_OK */
} __aligned(64);

/* Commands for a vCPU that runs pv_guest_sender(). */
struct pv_order {
	u64 nr;		/* physical ids 0..nr-1 exist, all but one's own are sent to */
	u64 rounds;	/* broadcasts to make */
	u64 burst;	/* broadcasts between two waits for all acknowledgements */
	u64 endless;	/* ignore @rounds, go on until pv_shared.stop */
	u64 senders;	/* leave together: who has left answers no more */
};

struct pv_shared {
	struct pv_cpu cpu[PV_MAX_PHYID];
	struct pv_order order;
	u64 stop;	/* endless senders end */
	u64 abort;	/* the host has given up: end all waiting */
	u64 finished;	/* senders that have all their acknowledgements */
	u64 identity;	/* last answer to HVCL 0, see pv_guest_asker() */
};

/* In guest memory; the host's view of it is pv_vm.sh. */
extern struct pv_shared pv_shared;

static inline u64 guest_hcall(u64 fn, u64 arg1, u64 arg2, u64 arg3)
{
	register u64 a0 asm("a0") = fn;
	register u64 a1 asm("a1") = arg1;
	register u64 a2 asm("a2") = arg2;
	register u64 a3 asm("a3") = arg3;

	asm volatile("hvcl 0x100"
		     : "+r" (a0) : "r" (a1), "r" (a2), "r" (a3) : "memory");
	return a0;
}

static inline u64 guest_probe(void)
{
	register u64 a0 asm("a0") = 0;

	asm volatile("hvcl 0" : "+r" (a0) : : "memory");
	return a0;
}

static inline u64 guest_cpucfg(u64 index)
{
	u64 val;

	asm volatile("cpucfg %0, %1" : "=r" (val) : "r" (index) : "memory");
	return val;
}

static inline void guest_idle(void)
{
	asm volatile("idle 0" : : : "memory");
}

static inline void guest_mb(void)
{
	asm volatile("dbar 0" : : : "memory");
}

/*
 * Run fn(arg) at privilege level @plv, with interrupts as they are now, and
 * come back to PLV 0 by a system call. pv_stubs.S.
 */
u64 guest_call_plv(u64 plv, u64 (*fn)(u64), u64 arg);

/* One "hvcl imm; jr ra" for each of the 32768 immediates, 8 bytes apart. */
extern const char pv_hvcl_table[];

static inline u64 guest_hvcl(unsigned int imm, u64 fn)
{
	u64 (*call)(u64) = (void *)(pv_hvcl_table + 8UL * imm);

	return call(fn);
}

/*
 * Single instructions for the host to run on a register file of its choice.
 * Each is followed by a store to (tp), where the guest stops, and by one to
 * 8(tp), where it stops if the program counter moved twice. Each list ends
 * with an entry whose @addr is 0.
 */
struct pv_stub {
	u64 addr;
	u32 imm;	/* of hvcl */
	u8 rd, rj;	/* of cpucfg */
};

extern const struct pv_stub pv_hvcl_stubs[];
extern const struct pv_stub pv_cpucfg_stubs[];

/* The same with an instruction that the host writes there, in guest memory. */
extern const u32 pv_any_insn[];

/* Interrupt and system call handlers; installed by pv_vm_create(). */
void pv_guest_irq(struct ex_regs *regs);
void pv_guest_syscall(struct ex_regs *regs);

/* Bodies for vCPUs, see pv_guest.c. */
void pv_guest_halted(void);
void pv_guest_running(void);
void pv_guest_sender(void);
void pv_guest_asker(void);

/* Pieces for a test's own bodies. */
u64 pv_guest_send(u64 id);
bool pv_guest_wait_ack(u64 id);
void pv_guest_broadcast(u64 self, u64 nr);
bool pv_guest_wait_all(u64 self, u64 nr);

#endif /* __ASSEMBLER__ */
#endif /* SELFTEST_PV_GUEST_H */
