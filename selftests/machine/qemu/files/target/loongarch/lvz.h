/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: what the rest of the target calls.
 */

#ifndef LOONGARCH_LVZ_H
#define LOONGARCH_LVZ_H

#include "cpu.h"
#include "cpu-mmu.h"

#if defined(CONFIG_TCG) && !defined(CONFIG_USER_ONLY)

#include "csr.h"

/*
 * As of QEMU 11.1 the CSRs are in a CPUSysState. Before, they are in
 * CPULoongArchState itself.
 */
#ifndef CPU_CSR_OFFSET
typedef CPULoongArchState CPUSysState;

static inline CPUSysState *env_sys(CPULoongArchState *env)
{
    return env;
}

static inline unsigned int get_csr_offset(const CSRInfo *csr, int vm_level)
{
    return csr->offset;
}
#endif

/* The extension is there; without it every hook does as if it were not. */
static inline bool lvz_enabled(CPULoongArchState *env)
{
    return FIELD_EX32(env->cpucfg[2], CPUCFG2, LVZ);
}

/* The CPU is in guest mode (implies lvz_enabled()). */
static inline bool lvz_guest(CPULoongArchState *env)
{
    return env->lvz.guest;
}

static inline uint8_t lvz_gid(CPULoongArchState *env)
{
    return FIELD_EX64(env->lvz.gstat, CSR_GSTAT, GID);
}

/* tcg/lvz/cpu.c: called by cpu.c */

void lvz_add_properties(Object *obj);
void lvz_reset(LoongArchCPU *cpu);

/* tcg/lvz/csr.c: the banks */

typedef enum LVZCSRClass {
    LVZ_CSR_NONE,              /* not in the guest bank: access exits */
    LVZ_CSR_PLAIN,             /* storage only */
    LVZ_CSR_STOP,              /* storage that ends the TB on a write */
    LVZ_CSR_WRITE,             /* plain to read, written by helper */
    LVZ_CSR_SPECIAL,           /* read and written by helper */
} LVZCSRClass;

LVZCSRClass lvz_csr_class(unsigned int csr);
bool lvz_csr_is_tlb(unsigned int csr);
uint64_t *lvz_bank(CPULoongArchState *env, bool guest, unsigned int csr);
void lvz_swap_banks(CPULoongArchState *env);
void lvz_init_banks(void);

static inline uint64_t *lvz_root_csr(CPULoongArchState *env, unsigned int csr)
{
    return lvz_bank(env, false, csr);
}

static inline uint64_t *lvz_guest_csr(CPULoongArchState *env, unsigned int csr)
{
    return lvz_bank(env, true, csr);
}

/* tcg/lvz/switch.c: interrupts and the way into the guest */

bool lvz_set_irq(LoongArchCPU *cpu, int irq, int level);
void lvz_update_irq(CPULoongArchState *env);
bool lvz_exec_interrupt(CPULoongArchState *env);
uint32_t lvz_guest_is(CPULoongArchState *env);
uint32_t lvz_tb_flags(CPULoongArchState *env, uint32_t flags);

/* Pending interrupts of root, as its ESTAT.IS shows them. */
static inline uint32_t lvz_root_is(CPULoongArchState *env)
{
    return FIELD_EX64(*lvz_root_csr(env, LOONGARCH_CSR_ESTAT), CSR_ESTAT, IS);
}

/* tcg/lvz/exc.c: exceptions and the way out of the guest */

void lvz_do_interrupt(CPUState *cs);

/* tcg/lvz/mmu.c: two-stage translation */

TLBRet lvz_get_addr_from_tlb(CPULoongArchState *env, MMUContext *context,
                             MMUAccessType access_type, int mmu_idx);
bool lvz_tlb_fill(CPUState *cs, vaddr address, MMUAccessType access_type,
                  int mmu_idx, bool probe, uintptr_t retaddr);
hwaddr lvz_get_phys_debug(CPULoongArchState *env, vaddr addr, int mmu_idx);
void lvz_flush_guest(CPULoongArchState *env);

/* tcg/lvz/tlb.c: the TLB arrays */

LoongArchTLB *lvz_tlb_search(CPULoongArchState *env, vaddr addr, uint8_t gid);
LoongArchTLB *lvz_tlb_stage2(CPULoongArchState *env, hwaddr gpa);
void lvz_drop_stlb(CPULoongArchState *env, bool guest);

/* Array of the running world. */
static inline LoongArchTLB *lvz_tlb(CPULoongArchState *env)
{
    return lvz_guest(env) ? env->lvz.tlb : env->tlb;
}

/* tcg/lvz/timer.c */

void lvz_timer_init(LoongArchCPU *cpu);
bool lvz_timer_sync(CPULoongArchState *env);
uint64_t lvz_timer_tval(CPULoongArchState *env);
void lvz_timer_config(CPULoongArchState *env, uint64_t tcfg);
void lvz_timer_set_tval(CPULoongArchState *env, uint64_t ticks);

#else

static inline void lvz_add_properties(Object *obj)
{
}

static inline void lvz_reset(LoongArchCPU *cpu)
{
}

#ifndef CONFIG_USER_ONLY
static inline bool lvz_set_irq(LoongArchCPU *cpu, int irq, int level)
{
    return false;
}

static inline bool lvz_guest(CPULoongArchState *env)
{
    return false;
}

/* Never called without TCG, and never defined. */
TLBRet lvz_get_addr_from_tlb(CPULoongArchState *env, MMUContext *context,
                             MMUAccessType access_type, int mmu_idx);
hwaddr lvz_get_phys_debug(CPULoongArchState *env, vaddr addr, int mmu_idx);
#endif

#endif /* CONFIG_TCG && !CONFIG_USER_ONLY */
#endif /* LOONGARCH_LVZ_H */
