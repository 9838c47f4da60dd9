/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: what the TLB arrays and the instructions
 * on them share.
 *
 * Root's array has its own entries, with guest id 0, and those that map the
 * guests' memory; only the latter are looked up without ASID. The guest's array
 * has the entries of all guests. So every search and every instruction goes by
 * the guest id as well.
 */

#ifndef LOONGARCH_LVZ_TLB_H
#define LOONGARCH_LVZ_TLB_H

#include "cpu.h"
#include "lvz.h"
#include "internals.h"

#define STLB_WAYS   8
#define STLB_LINES  (LOONGARCH_STLB / STLB_WAYS)
/* As far as VPPN reaches */
#define VA_BITS     48
#define VA_MASK     MAKE_64BIT_MASK(0, VA_BITS)

static inline uint8_t entry_gid(const LoongArchTLB *tlb)
{
    return FIELD_EX64(tlb->tlb_misc, TLB_MISC, GID);
}

static inline bool entry_valid(const LoongArchTLB *tlb)
{
    return FIELD_EX64(tlb->tlb_misc, TLB_MISC, E);
}

static inline bool entry_global(const LoongArchTLB *tlb)
{
    return FIELD_EX64(tlb->tlb_entry0, TLBENTRY, G);
}

static inline uint16_t entry_asid(const LoongArchTLB *tlb)
{
    return FIELD_EX64(tlb->tlb_misc, TLB_MISC, ASID);
}

/* An entry covers two pages of 2^PS bytes. */
static inline bool entry_covers(const LoongArchTLB *tlb, uint64_t addr, int min_ps)
{
    int ps = MAX(FIELD_EX64(tlb->tlb_misc, TLB_MISC, PS), min_ps);
    uint64_t base = FIELD_EX64(tlb->tlb_misc, TLB_MISC, VPPN) << 13;
    uint64_t mask = MAKE_64BIT_MASK(0, MIN(ps, 62) + 1);

    return ((base ^ (addr & VA_MASK)) & ~mask) == 0;
}

static inline void entry_kill(LoongArchTLB *tlb)
{
    tlb->tlb_misc = FIELD_DP64(tlb->tlb_misc, TLB_MISC, E, 0);
}

/*
 * Index of the STLB line that @addr falls in, for pages of 2^ps bytes; ways
 * are STLB_LINES entries apart.
 */
static inline int stlb_line(uint64_t addr, int ps)
{
    return ((addr & VA_MASK) >> (ps + 1)) % STLB_LINES;
}

static inline int stlb_ps(CPULoongArchState *env)
{
    return FIELD_EX64(env_sys(env)->CSR_STLBPS, CSR_STLBPS, PS);
}

/*
 * Entry of @array for @addr, of guest @gid and, unless that is negative, of
 * the address space @asid, or global if that will do. Entries filled in under
 * another STLBPS are out of reach.
 */
LoongArchTLB *lvz_tlb_find(LoongArchTLB *array, int stlb_ps, uint64_t addr,
                           uint8_t gid, int asid, bool global);

/* Drop an entry and what is cached of it. */
void lvz_tlb_drop(CPULoongArchState *env, LoongArchTLB *tlb);

/* Drop what the running world may have cached. */
void lvz_flush_world(CPULoongArchState *env);

#endif
