/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hypervisor just large enough to put one question to the virtualization
 * extension at a time.
 *
 * Root runs with paging on, in a direct-mapped window at 0x9000..., as Linux
 * does. A guest's physical address (GPA) is never equal to the host physical
 * address (HPA) behind it: see g2h().
 */
#ifndef LVZ_H
#define LVZ_H

#include "csr.h"

/* Byte offsets into struct vcpu and struct percpu, for the assembly. */
#define V_GPR(n)	(8 * (n))
#define V_PC		256
#define V_PRMD_IN	264
#define V_PGD		272
#define V_VS		280
#define V_GID		288
#define V_ESTAT		296
#define V_ERA		304
#define V_BADV		312
#define V_BADI		320
#define V_PRMD		328
#define V_CRMD		336
#define V_GSTAT		344
#define V_SLOT		352
#define V_TLBEHI	360
#define V_HOST_SP	368
#define V_HOST_ECFG	376
#define V_HOST_EENTRY	384
#define V_HOST_PGDL	392
#define V_GTLBC		400
#define V_ENTRY_PC	408

#define PC_EXC_SP	0
#define PC_PROBE_SP	8
#define PC_REFILL	64
#define RF_COUNT	(PC_REFILL + 0)
#define RF_BADV		(PC_REFILL + 8)
#define RF_EHI		(PC_REFILL + 16)
#define RF_ERA		(PC_REFILL + 24)
#define RF_RPRMD	(PC_REFILL + 32)
#define RF_CRMD		(PC_REFILL + 40)
#define RF_ESTAT	(PC_REFILL + 48)
#define RF_XERA		(PC_REFILL + 56)
#define RF_PRMD		(PC_REFILL + 64)
#define RF_XBADV	(PC_REFILL + 72)
#define RF_XBADI	(PC_REFILL + 80)
#define PERCPU_SIZE	512
#define STACK_SIZE	16384
#define MAX_CPUS	4
#define EXIT_VS		4	/* exit vector slots are 2^4 instructions apart */

#define DMW_UC		0x8000000000000000
#define DMW_CC		0x9000000000000000

/* Guest-physical layout. Nothing is mapped below G_CODE. */
#define G_CODE		0x100000
#define G_VEC		0x140000
#define G_TLBR		0x150000
#define G_DATA		0x200000
#define G_PT		0x400000
#define G_END		0x800000
#define G_WINDOW	0x4000000	/* size of the window above and of the big region */
#define G_BIG		0x400000000	/* 64 MiB more, for tests of size */
#define G_DMW		0x8000000000000000	/* guest window used with paging */

/* Hypercall immediates of the guests' own handlers. */
#define HC_TLBR		0x5ff
#define HC_EXC		0x600		/* plus the vector slot */
#define HC_DONE		0x7fff

#ifndef __ASSEMBLER__

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct s2 {			/* a stage-2 page table */
	u64 *root;
};

struct vcpu {
	u64 gpr[32];
	u64 pc;
	u64 prmd_in;		/* root PRMD loaded for the entry, 4 as in KVM */
	u64 pgd;		/* HPA of the stage-2 root directory */
	u64 vs;			/* root ECFG.VS while the guest runs */
	u64 gid;
	/* Root state at the last exit. */
	u64 estat, era, badv, badi, prmd, crmd, gstat, slot, tlbehi;
	u64 host_sp, host_ecfg, host_eentry, host_pgdl;
	u64 gtlbc;
	u64 entry_pc;
	/* Answers a guest TLB refill in guest_run(); counts in s1_refills. */
	void (*refill)(struct vcpu *v, u64 gva);
	u64 s1_refills;
};

struct refill_log {		/* written by the root refill handler */
	u64 count, badv, ehi, era, rprmd, crmd, estat, xera, prmd, xbadv, xbadi;
};

struct percpu {
	u64 exc_sp;
	u64 probe_sp;
	u64 id;
	u64 probe_ecode, probe_era, probe_badv, probe_badi;
	u64 probe_estat;
	struct refill_log refill;
	u64 probe_prmd;
	u8 pad[PERCPU_SIZE - 160];
};

_Static_assert(__builtin_offsetof(struct vcpu, gtlbc) == V_GTLBC, "asm offsets");
_Static_assert(__builtin_offsetof(struct percpu, refill) == PC_REFILL, "asm offsets");
_Static_assert(sizeof(struct percpu) == PERCPU_SIZE, "asm offsets");

/* Register access. The number must be a constant. */
#define __csrop0(insn, n) ({						\
	u64 v_;								\
	asm volatile(insn " %0, %1" : "=r"(v_) : "i"(n) : "memory"); v_; })
#define __csrop1(insn, n, val) ({					\
	u64 v_ = (val);							\
	asm volatile(insn " %0, %1" : "+r"(v_) : "i"(n) : "memory"); v_; })
#define __csrop2(insn, n, val, mask) ({					\
	u64 v_ = (val);							\
	asm volatile(insn " %0, %1, %2"					\
		     : "+r"(v_) : "r"((u64)(mask)), "i"(n) : "memory"); v_; })
#define csr_rd(n)		__csrop0("csrrd", n)
#define csr_wr(n, val)		__csrop1("csrwr", n, val)
#define csr_xchg(n, val, mask)	__csrop2("csrxchg", n, val, mask)
#define gcsr_rd(n)		__csrop0("gcsrrd", n)
#define gcsr_wr(n, val)		__csrop1("gcsrwr", n, val)
#define gcsr_xchg(n, val, mask)	__csrop2("gcsrxchg", n, val, mask)
#define invtlb(op, rj, rk)						\
	asm volatile("invtlb %0, %1, %2"				\
		     : : "i"(op), "r"((u64)(rj)), "r"((u64)(rk)) : "memory")

/* trap.c: the same with numbers known at run time; boot CPU only. */
u64 exec_insn(u32 insn, u64 a0, u64 a1);	/* operands in a0, a1; result a0 */
u64 csr_rd_n(u32 csr);
u64 gcsr_rd_n(u32 csr);
u64 gcsr_wr_n(u32 csr, u64 val);
u64 gcsr_xchg_n(u32 csr, u64 val, u64 mask);
/*
 * Run one root instruction at a privilege level and return the exception code
 * it raised, or NO_EXC. Operands as in exec_insn().
 */
#define NO_EXC 0x100
u64 probe_insn(u32 insn, u32 plv, u64 a0, u64 a1);

static inline struct percpu *this_cpu(void)
{
	return (struct percpu *)csr_rd(CSR_KS3);
}

static inline void *hva(u64 hpa)
{
	return (void *)(hpa | DMW_CC);
}

static inline u64 rdtime(void)
{
	u64 v;

	asm volatile("rdtime.d %0, $zero" : "=r"(v));
	return v;
}

static inline u32 cpucfg(u32 n)
{
	u32 v;

	asm volatile("cpucfg %0, %1" : "=r"(v) : "r"(n));
	return v;
}

/* console.c */
void printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void power_off(void) __attribute__((noreturn));

/* tap.c */
void ok(bool pass, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void is(u64 got, u64 want, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void skip(const char *what, const char *reason);
void bail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void require_lvz(void);
void tap_begin(void);
void tap_end(void);

/* trap.c, boot.c, smp.c */
void cpu_init(void);
extern const char *cmdline;
u64 cmdline_u64(const char *name, u64 otherwise);
void smp_start(u32 cpus, void (*fn)(void));	/* runs fn on CPUs 0..cpus-1 */
void smp_barrier(void);				/* all CPUs of smp_start() */
void ipi_send(u32 cpu);
bool ipi_take(void);
void ipi_wait(void);				/* sleep until an IPI is pending */

/* stage2.c */
u64 page_alloc(void);				/* HPA of a zeroed 16 KiB page */
void s2_init(struct s2 *s);
u64 *s2_pte(struct s2 *s, u64 gpa);
void s2_map(struct s2 *s, u64 gpa, u64 hpa, u64 flags);
void s2_map_huge(struct s2 *s, u64 gpa, u64 hpa, u64 flags);
void s2_map_window(struct s2 *s, u64 from, u64 to);
u64 g2h(u64 gpa);
#define gmem(gpa) ((volatile u64 *)hva(g2h(gpa)))

/* gpt.c: the guest's own page tables, in guest-physical memory */
struct gpt {
	u64 low, high;		/* GPA of the two root directories */
	u64 next, end;		/* GPA of free table pages */
};
void gpt_init(struct gpt *g);
u64 gpt_entry(struct gpt *g, u64 gva, u32 level);	/* GPA of an entry */
void gpt_map(struct gpt *g, u64 gva, u64 gpa, u64 flags);
void gpt_map_huge(struct gpt *g, u64 gva, u64 gpa, u64 flags);
void gpt_use(struct gpt *g);	/* PGDL, PGDH and the walking refill handler */

/* guest.c */
void lvz_enable(void);
void guest_init(struct vcpu *v, struct s2 *s2, u64 gid);
void guest_load(u64 gpa, const u32 *from, const u32 *to);
void guest_vectors(u32 vs);
void guest_paging(struct vcpu *v);
u64 guest_run(struct vcpu *v);
u64 guest_call(struct vcpu *v, u64 pc, u64 a0, u64 a1);
bool is_hvc(struct vcpu *v, u32 code);
bool guest_took(struct vcpu *v, u32 ecode);
/* Write a pair for the refill a guest is in: page size, both halves. */
void guest_fill(u64 ps, u64 lo0, u64 lo1);

u64 vcpu_run(struct vcpu *v);			/* switch.S; returns Ecode */

/* Guest code beside the test that runs it. Statements end with ';'. */
#define __guest_str(...) #__VA_ARGS__
#define __guest(n, s)							\
	asm(".pushsection .rodata.guest, \"a\"; .balign 8; .globl " #n "; " #n ": " s \
	    "; .globl " #n "_end; " #n "_end: .popsection");		\
	extern const u32 n[], n##_end[]
#define GUEST(n, ...) __guest(n, __guest_str(__VA_ARGS__))
#define load_guest(n) guest_load(G_CODE, n, n##_end)
/* GPA of a label inside loaded guest code. */
#define guest_addr(n, label) (G_CODE + 4 * (u64)((label) - (n)))
#define guest_label(n) extern const u32 n[]

/* Each program provides this. */
void test(void);

#endif
#endif
