/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: two-stage translation.
 *
 * Stage 1 (GVA to GPA) is the base architecture's translation on the guest's
 * CSR bank and the guest's TLB array. Stage 2 (GPA to HPA) looks up entries of
 * the guest's id in root's array. The softmmu holds the product, one page of
 * TARGET_PAGE_SIZE at a time, under indexes of its own: entry and exit flush
 * nothing, and whatever may invalidate either parent flushes those indexes.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "cpu.h"
#include "lvz.h"
#include "internals.h"
#include "exec/cputlb.h"
#include "exec/helper-proto.h"
#include "exec/page-protection.h"
#include "exec/target_page.h"
#include "tcg_loongarch.h"

/* Drop what is cached of a guest's two stages. */
void lvz_flush_guest(CPULoongArchState *env)
{
    tlb_flush_by_mmuidx(env_cpu(env), LVZ_GUEST_IDXMAP);
}

/* Drop what the running world may have cached. */
void lvz_flush_tlb(CPULoongArchState *env)
{
    if (lvz_guest(env)) {
        lvz_flush_guest(env);
    } else {
        tlb_flush(env_cpu(env));
    }
}

static bool entry_valid(const LoongArchTLB *tlb)
{
    return FIELD_EX64(tlb->tlb_misc, TLB_MISC, E);
}

static bool entry_global(const LoongArchTLB *tlb)
{
    return FIELD_EX64(tlb->tlb_entry0, TLBENTRY, G);
}

static uint16_t entry_asid(const LoongArchTLB *tlb)
{
    return FIELD_EX64(tlb->tlb_misc, TLB_MISC, ASID);
}

/* An entry covers two pages of 2^PS bytes. */
static bool entry_covers(const LoongArchTLB *tlb, uint64_t addr, int min_ps)
{
    int ps = MAX(FIELD_EX64(tlb->tlb_misc, TLB_MISC, PS), min_ps);
    uint64_t base = FIELD_EX64(tlb->tlb_misc, TLB_MISC, VPPN) << 13;
    uint64_t mask = MAKE_64BIT_MASK(0, MIN(ps, 62) + 1);

    return ((base ^ (addr & TARGET_VIRT_MASK)) & ~mask) == 0;
}

static void entry_kill(LoongArchTLB *tlb)
{
    tlb->tlb_misc = FIELD_DP64(tlb->tlb_misc, TLB_MISC, E, 0);
}

/*
 * Index of the STLB line that @addr falls in, for pages of 2^ps bytes; ways
 * are 256 entries apart.
 */
static int stlb_line(uint64_t addr, int ps)
{
    return ((addr & TARGET_VIRT_MASK) >> (ps + 1)) & 0xff;
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

static LoongArchTLB *stage2_search(CPULoongArchState *env, hwaddr gpa)
{
    int ps = FIELD_EX64(*lvz_root_csr(env, LOONGARCH_CSR_STLBPS), CSR_STLBPS,
                        PS);
    uint8_t gid = lvz_gid(env);
    LoongArchTLB *tlb;
    int i;

    for (i = stlb_line(gpa, ps); i < LOONGARCH_STLB; i += 256) {
        tlb = &env->tlb[i];
        if (entry_valid(tlb) && lvz_tlb_gid(tlb) == gid &&
            FIELD_EX64(tlb->tlb_misc, TLB_MISC, PS) == ps &&
            entry_covers(tlb, gpa, 0)) {
            return tlb;
        }
    }
    for (i = LOONGARCH_STLB; i < LOONGARCH_TLB_MAX; i++) {
        tlb = &env->tlb[i];
        if (entry_valid(tlb) && lvz_tlb_gid(tlb) == gid &&
            entry_covers(tlb, gpa, 0)) {
            return tlb;
        }
    }
    return NULL;
}

/*
 * GPA to HPA. Only the guest id decides what matches: ASID, G and PLV of a
 * stage-2 entry mean nothing.
 */
static TLBRet stage2(CPULoongArchState *env, hwaddr gpa,
                     MMUAccessType access_type, hwaddr *hpa, int *prot)
{
    LoongArchTLB *tlb = stage2_search(env, gpa);
    uint64_t pte, mask;
    int ps;

    if (!tlb) {
        return TLBRET_NOMATCH;
    }
    ps = FIELD_EX64(tlb->tlb_misc, TLB_MISC, PS);
    pte = extract64(gpa, ps, 1) ? tlb->tlb_entry1 : tlb->tlb_entry0;
    if (!FIELD_EX64(pte, TLBENTRY, V)) {
        return TLBRET_INVALID;
    }
    if (access_type == MMU_INST_FETCH && FIELD_EX64(pte, TLBENTRY_64, NX)) {
        return TLBRET_XI;
    }
    if (access_type == MMU_DATA_LOAD && FIELD_EX64(pte, TLBENTRY_64, NR)) {
        return TLBRET_RI;
    }
    if (access_type == MMU_DATA_STORE && !FIELD_EX64(pte, TLBENTRY, D)) {
        return TLBRET_DIRTY;
    }

    mask = BIT_ULL(ps) - 1;
    *hpa = (pte & R_TLBENTRY_64_PPN_MASK & ~mask) | (gpa & mask);
    *prot = FIELD_EX64(pte, TLBENTRY_64, NR) ? 0 : PAGE_READ;
    *prot |= FIELD_EX64(pte, TLBENTRY, D) ? PAGE_WRITE : 0;
    *prot |= FIELD_EX64(pte, TLBENTRY_64, NX) ? 0 : PAGE_EXEC;
    return TLBRET_MATCH;
}

/* Leave the guest for a stage-2 fault at @gpa, at the instruction of @ra. */
static void G_NORETURN stage2_fault(CPULoongArchState *env, hwaddr gpa,
                                    MMUAccessType access_type, TLBRet ret,
                                    uintptr_t ra)
{
    static const int invalid[] = {
        [MMU_DATA_LOAD] = EXCCODE_PIL,
        [MMU_DATA_STORE] = EXCCODE_PIS,
        [MMU_INST_FETCH] = EXCCODE_PIF,
    };
    CPUState *cs = env_cpu(env);

    env->lvz.gpa = gpa;
    env->lvz.pending = LVZ_EXIT_GENERAL;
    switch (ret) {
    case TLBRET_NOMATCH:
        env->lvz.pending = LVZ_EXIT_REFILL;
        QEMU_FALLTHROUGH;
    default:
        cs->exception_index = invalid[access_type];
        break;
    case TLBRET_DIRTY:
        cs->exception_index = EXCCODE_PME;
        break;
    case TLBRET_XI:
        cs->exception_index = EXCCODE_PNX;
        break;
    case TLBRET_RI:
        cs->exception_index = EXCCODE_PNR;
        break;
    }
    cpu_loop_exit_restore(cs, ra);
}

/*
 * loongarch_cpu_tlb_fill() for a guest index. All stage-1 checks, that for a
 * dirty page included, come before stage 2 is consulted.
 */
bool lvz_tlb_fill(CPUState *cs, vaddr address, MMUAccessType access_type,
                  int mmu_idx, bool probe, uintptr_t retaddr)
{
    CPULoongArchState *env = cpu_env(cs);
    MMUContext context = { .addr = address, .tlb_index = -1 };
    hwaddr hpa;
    TLBRet ret;
    int prot;

    ret = get_physical_address(env, &context, access_type,
                               mmu_idx - MMU_GUEST_BASE, 0);
    if (ret != TLBRET_MATCH) {
        if (probe) {
            return false;
        }
        raise_mmu_exception(env, address, access_type, ret);
        cpu_loop_exit_restore(cs, retaddr);
    }

    ret = stage2(env, context.physical, access_type, &hpa, &prot);
    if (ret != TLBRET_MATCH) {
        if (probe) {
            return false;
        }
        stage2_fault(env, context.physical, access_type, ret, retaddr);
    }

    tlb_set_page(cs, address & TARGET_PAGE_MASK, hpa & TARGET_PAGE_MASK,
                 prot & context.prot, mmu_idx, TARGET_PAGE_SIZE);
    return true;
}

/* For the monitor and the debugger: what the TLBs hold, no walk. */
hwaddr lvz_get_phys_debug(CPULoongArchState *env, vaddr addr, int mmu_idx)
{
    MMUContext context = { .addr = addr, .tlb_index = -1 };
    hwaddr hpa;
    int prot;

    if (get_physical_address(env, &context, MMU_DATA_LOAD,
                             mmu_idx - MMU_GUEST_BASE, 0) != TLBRET_MATCH ||
        stage2(env, context.physical, MMU_DATA_LOAD, &hpa, &prot) !=
        TLBRET_MATCH) {
        return -1;
    }
    return hpa;
}

/*
 * A word of a page table, for lddir and ldpte. The tables of a guest are in
 * guest-physical memory, so reading one can itself be a stage-2 fault.
 */
uint64_t lvz_ldq_table(CPULoongArchState *env, hwaddr addr, uintptr_t ra)
{
    hwaddr hpa = addr;
    TLBRet ret;
    int prot;

    if (lvz_guest(env)) {
        ret = stage2(env, addr, MMU_DATA_LOAD, &hpa, &prot);
        if (ret != TLBRET_MATCH) {
            stage2_fault(env, addr, MMU_DATA_LOAD, ret, ra);
        }
    }
    return ldq_le_phys(env_cpu(env)->as, hpa);
}

static bool drop_if_overlap(CPULoongArchState *env, LoongArchTLB *tlb,
                            uint64_t misc, bool global)
{
    if (!entry_valid(tlb) ||
        lvz_tlb_gid(tlb) != FIELD_EX64(misc, TLB_MISC, GID) ||
        !entry_covers(tlb, FIELD_EX64(misc, TLB_MISC, VPPN) << 13,
                      FIELD_EX64(misc, TLB_MISC, PS))) {
        return false;
    }
    if (lvz_guest(env) && !global && !entry_global(tlb) &&
        entry_asid(tlb) != FIELD_EX64(misc, TLB_MISC, ASID)) {
        return false;
    }
    entry_kill(tlb);
    return (tlb->tlb_entry0 | tlb->tlb_entry1) & R_TLBENTRY_V_MASK;
}

/*
 * Before an entry with tag @misc is filled in at random: entries of the same
 * guest that overlap it would be duplicates, of which a lookup could find the
 * stale one. Those of root are left to the base architecture's code.
 */
void lvz_drop_overlap(CPULoongArchState *env, uint64_t misc, bool global)
{
    int stlb_ps = FIELD_EX64(env->CSR_STLBPS, CSR_STLBPS, PS);
    bool one_line = FIELD_EX64(misc, TLB_MISC, PS) <= stlb_ps;
    uint64_t addr = FIELD_EX64(misc, TLB_MISC, VPPN) << 13;
    LoongArchTLB *array = lvz_tlb(env);
    bool flush = false;
    int i;

    /* A page no larger than the STLB's can overlap one line of it only. */
    for (i = one_line ? stlb_line(addr, stlb_ps) : 0; i < LOONGARCH_STLB;
         i += one_line ? 256 : 1) {
        flush |= drop_if_overlap(env, &array[i], misc, global);
    }
    for (i = LOONGARCH_STLB; i < LOONGARCH_TLB_MAX; i++) {
        flush |= drop_if_overlap(env, &array[i], misc, global);
    }
    if (flush) {
        lvz_flush_guest(env);
    }
}

static void kill_where(LoongArchTLB *array, int op, bool any_gid, uint8_t gid,
                       uint16_t asid, uint64_t addr)
{
    for (int i = 0; i < LOONGARCH_TLB_MAX; i++) {
        LoongArchTLB *tlb = &array[i];
        bool g = entry_global(tlb);
        bool same_asid = entry_asid(tlb) == asid;
        bool kill = true;

        if (any_gid ? !lvz_tlb_gid(tlb) : lvz_tlb_gid(tlb) != gid) {
            continue;
        }
        switch (op) {
        case 0xa:
            kill = g;
            break;
        case 0xb:
            kill = !g;
            break;
        case 0xc:
            kill = !g && same_asid;
            break;
        case 0xd:
            kill = !g && same_asid && entry_covers(tlb, addr, 0);
            break;
        case 0xe:
            kill = (g || same_asid) && entry_covers(tlb, addr, 0);
            break;
        case 0x16:
            kill = entry_covers(tlb, addr, 0);
            break;
        }
        if (kill) {
            entry_kill(tlb);
        }
    }
}

/*
 * invtlb 0x9..0x16 from root: entries of guests, stage 1 (guest array) or
 * stage 2 (root array), of one guest id or of all.
 */
void helper_lvz_invtlb(CPULoongArchState *env, uint32_t op, target_ulong info,
                       target_ulong addr)
{
    uint8_t gid = extract64(info, R_CSR_GSTAT_GID_SHIFT, 8);
    uint16_t asid = FIELD_EX64(info, CSR_ASID, ASID);
    bool all = op >= 0x10 && op <= 0x12;

    if (op < 0x10 || op == 0x10 || op == 0x12 || op == 0x13 || op == 0x15) {
        kill_where(env->lvz.tlb, op, all, gid, asid, addr);
    }
    if (op == 0x11 || op == 0x12 || op == 0x14 || op == 0x15 || op == 0x16) {
        /* An id of 0 is root and not for these to touch. */
        if (all || gid) {
            kill_where(env->tlb, op, all, gid, asid, addr);
        }
    }
    lvz_flush_guest(env);
}
