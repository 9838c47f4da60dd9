/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: what the rest of the target calls.
 */

#ifndef LOONGARCH_LVZ_H
#define LOONGARCH_LVZ_H

#include "cpu.h"
#include "cpu-mmu.h"

/* The extension is there; false makes every hook below a no-op. */
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
    return FIELD_EX64(env->CSR_GSTAT, CSR_GSTAT, GID);
}

/* lvz_csr.c: the banks */

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
uint64_t lvz_csrwr_estat(CPULoongArchState *env, uint64_t val);

static inline uint64_t *lvz_root_csr(CPULoongArchState *env, unsigned int csr)
{
    return lvz_bank(env, false, csr);
}

static inline uint64_t *lvz_guest_csr(CPULoongArchState *env, unsigned int csr)
{
    return lvz_bank(env, true, csr);
}

/* lvz_switch.c: entry, exit and interrupts */

bool lvz_do_exit(CPUState *cs);
bool lvz_exec_interrupt(CPULoongArchState *env);
void lvz_set_irq(LoongArchCPU *cpu, int irq, int level);
void lvz_update_irq(CPULoongArchState *env);
uint32_t lvz_guest_is(CPULoongArchState *env);
void lvz_reset(LoongArchCPU *cpu);
uint64_t lvz_rdtime_offset(CPULoongArchState *env);
uint32_t lvz_tb_flags(CPULoongArchState *env, uint32_t flags);

/* Interrupts of the running world, as ESTAT.IS shows them. */
static inline uint32_t lvz_active_is(CPULoongArchState *env)
{
    if (lvz_guest(env)) {
        return lvz_guest_is(env);
    }
    return FIELD_EX64(env->CSR_ESTAT, CSR_ESTAT, IS);
}

/* lvz_tlb.c: two-stage translation */

bool lvz_tlb_fill(CPUState *cs, vaddr address, MMUAccessType access_type,
                  int mmu_idx, bool probe, uintptr_t retaddr);
hwaddr lvz_get_phys_debug(CPULoongArchState *env, vaddr addr, int mmu_idx);
uint64_t lvz_ldq_table(CPULoongArchState *env, hwaddr addr, uintptr_t ra);
void lvz_drop_stlb(CPULoongArchState *env, bool guest);
void lvz_drop_overlap(CPULoongArchState *env, uint64_t misc, bool global);

/* TLB array, guest id and softmmu indexes of the running world. */
static inline LoongArchTLB *lvz_tlb(CPULoongArchState *env)
{
    return lvz_guest(env) ? env->lvz.tlb : env->tlb;
}

static inline uint8_t lvz_xlate_gid(CPULoongArchState *env)
{
    return lvz_guest(env) ? lvz_gid(env) : 0;
}

/* Guest id that a TLB instruction works on. */
static inline uint8_t lvz_insn_gid(CPULoongArchState *env)
{
    if (lvz_guest(env)) {
        return lvz_gid(env);
    }
    if (FIELD_EX64(env->CSR_GTLBC, CSR_GTLBC, USETGID)) {
        return FIELD_EX64(env->CSR_GTLBC, CSR_GTLBC, TGID);
    }
    return 0;
}

static inline uint8_t lvz_tlb_gid(const LoongArchTLB *tlb)
{
    return FIELD_EX64(tlb->tlb_misc, TLB_MISC, GID);
}

void lvz_flush_guest(CPULoongArchState *env);
void lvz_flush_tlb(CPULoongArchState *env);

/* lvz_timer.c */

void lvz_timer_cb(void *opaque);
bool lvz_timer_sync(CPULoongArchState *env);
uint64_t lvz_timer_tval(CPULoongArchState *env);
void lvz_timer_config(CPULoongArchState *env, uint64_t tcfg);
void lvz_timer_set_tval(CPULoongArchState *env, uint64_t ticks);

#endif /* LOONGARCH_LVZ_H */
