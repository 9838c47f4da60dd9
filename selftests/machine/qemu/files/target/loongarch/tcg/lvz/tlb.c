/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: looking up entries of the TLB arrays, and
 * dropping them.
 */

#include "qemu/osdep.h"
#include "tlb.h"
#include "exec/cputlb.h"

LoongArchTLB *lvz_tlb_find(LoongArchTLB *array, int stlb_ps, uint64_t addr,
                           uint8_t gid, int asid, bool global)
{
    int i = stlb_line(addr, stlb_ps);

    while (i < LOONGARCH_TLB_MAX) {
        LoongArchTLB *tlb = &array[i];

        if (entry_valid(tlb) && entry_gid(tlb) == gid &&
            (i >= LOONGARCH_STLB ||
             FIELD_EX64(tlb->tlb_misc, TLB_MISC, PS) == stlb_ps) &&
            (asid < 0 || (entry_global(tlb) ? global
                                            : entry_asid(tlb) == asid)) &&
            entry_covers(tlb, addr, 0)) {
            return tlb;
        }
        if (i >= LOONGARCH_STLB) {
            i++;
        } else {
            i = MIN(i + STLB_LINES, LOONGARCH_STLB);
        }
    }
    return NULL;
}

/* In the running world, for its current address space. */
LoongArchTLB *lvz_tlb_search(CPULoongArchState *env, vaddr addr, uint8_t gid)
{
    int asid = FIELD_EX64(env_sys(env)->CSR_ASID, CSR_ASID, ASID);

    return lvz_tlb_find(lvz_tlb(env), stlb_ps(env), addr, gid, asid, true);
}

/* What maps the guest's memory at @gpa. */
LoongArchTLB *lvz_tlb_stage2(CPULoongArchState *env, hwaddr gpa)
{
    int ps = FIELD_EX64(*lvz_root_csr(env, LOONGARCH_CSR_STLBPS), CSR_STLBPS,
                        PS);

    return lvz_tlb_find(env->tlb, ps, gpa, lvz_gid(env), -1, true);
}

/*
 * The page size of the STLB changes. Lookups go by line, so entries of the old
 * size would be out of reach, of invalidation too, until it changes back.
 */
void lvz_drop_stlb(CPULoongArchState *env, bool guest)
{
    LoongArchTLB *array = guest ? env->lvz.tlb : env->tlb;

    for (int i = 0; i < LOONGARCH_STLB; i++) {
        entry_kill(&array[i]);
    }
    tlb_flush(env_cpu(env));
}

void lvz_flush_world(CPULoongArchState *env)
{
    if (lvz_guest(env)) {
        lvz_flush_guest(env);
    } else {
        tlb_flush(env_cpu(env));
    }
}

void lvz_tlb_drop(CPULoongArchState *env, LoongArchTLB *tlb)
{
    uint64_t base = FIELD_EX64(tlb->tlb_misc, TLB_MISC, VPPN) << 13;
    int bits = MIN(FIELD_EX64(tlb->tlb_misc, TLB_MISC, PS), 62) + 1;

    if (!entry_valid(tlb)) {
        return;
    }
    entry_kill(tlb);
    if (entry_gid(tlb)) {
        lvz_flush_guest(env);
    } else if (entry_global(tlb) || entry_asid(tlb) ==
               FIELD_EX64(env_sys(env)->CSR_ASID, CSR_ASID, ASID)) {
        /* What was cached of another address space went with its ASID. */
        base = sextract64(base & ~MAKE_64BIT_MASK(0, bits), 0, VA_BITS);
        tlb_flush_range_by_mmuidx(env_cpu(env), base, BIT_ULL(bits),
                                  LVZ_ROOT_IDXMAP, 64);
    }
}
