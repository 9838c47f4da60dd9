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
#include "system/memory.h"
#include "tcg/tcg_loongarch.h"

/* Drop what is cached of a guest's two stages. */
void lvz_flush_guest(CPULoongArchState *env)
{
    tlb_flush_by_mmuidx(env_cpu(env), LVZ_GUEST_IDXMAP);
}

/*
 * Look an address up in the array of the running world, among the entries of
 * that world, as loongarch_get_addr_from_tlb() does in the only one.
 */
TLBRet lvz_get_addr_from_tlb(CPULoongArchState *env, MMUContext *context,
                             MMUAccessType access_type, int mmu_idx)
{
    LoongArchTLB *tlb;
    TLBRet ret;

    if (!lvz_enabled(env)) {
        return loongarch_get_addr_from_tlb(env, context, access_type, mmu_idx);
    }
    tlb = lvz_tlb_search(env, context->addr, lvz_guest(env) ? lvz_gid(env) : 0);
    if (!tlb) {
        return TLBRET_NOMATCH;
    }
    context->ps = FIELD_EX64(tlb->tlb_misc, TLB_MISC, PS);
    context->pte = extract64(context->addr, context->ps, 1) ? tlb->tlb_entry1
                                                            : tlb->tlb_entry0;
    context->tlb_index = tlb - lvz_tlb(env);
    ret = loongarch_check_pte(env, context, access_type, mmu_idx);
    if (ret == TLBRET_MATCH && FIELD_EX64(context->pte, TLBENTRY_64, NR)) {
        context->prot &= ~PAGE_READ;
    }
    return ret;
}

/*
 * GPA to HPA. Only the guest id decides what matches: ASID, G and PLV of a
 * stage-2 entry mean nothing.
 */
static TLBRet stage2(CPULoongArchState *env, hwaddr gpa,
                     MMUAccessType access_type, hwaddr *hpa, int *prot)
{
    LoongArchTLB *tlb = lvz_tlb_stage2(env, gpa);
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

/* The exception for a lookup that failed. */
static int exception(MMUAccessType access_type, TLBRet ret)
{
    static const int invalid[] = {
        [MMU_DATA_LOAD] = EXCCODE_PIL,
        [MMU_DATA_STORE] = EXCCODE_PIS,
        [MMU_INST_FETCH] = EXCCODE_PIF,
    };

    switch (ret) {
    case TLBRET_NOMATCH:
    case TLBRET_INVALID:
        return invalid[access_type];
    case TLBRET_DIRTY:
        return EXCCODE_PME;
    case TLBRET_XI:
        return EXCCODE_PNX;
    case TLBRET_RI:
        return EXCCODE_PNR;
    case TLBRET_PE:
        return EXCCODE_PPI;
    default:
        return access_type == MMU_INST_FETCH ? EXCCODE_ADEF : EXCCODE_ADEM;
    }
}

/* A stage-1 fault, to the guest's own handler. */
static void G_NORETURN stage1_fault(CPULoongArchState *env, vaddr address,
                                    MMUAccessType access_type, TLBRet ret,
                                    uintptr_t ra)
{
    CPUSysState *sys = env_sys(env);

    if (ret == TLBRET_NOMATCH) {
        sys->CSR_TLBRERA = FIELD_DP64(sys->CSR_TLBRERA, CSR_TLBRERA, ISTLBR, 1);
        sys->CSR_TLBRBADV = address;
        sys->CSR_TLBREHI = FIELD_DP64(sys->CSR_TLBREHI, CSR_TLBREHI_64, VPPN,
                                      extract64(address, 13, 35));
    } else {
        sys->CSR_BADV = address;
        sys->CSR_TLBEHI = address & MAKE_64BIT_MASK(13, 51);
    }
    do_raise_exception(env, exception(access_type, ret), ra);
}

/* Leave the guest for a stage-2 fault at @gpa, at the instruction of @ra. */
static void G_NORETURN stage2_fault(CPULoongArchState *env, hwaddr gpa,
                                    MMUAccessType access_type, TLBRet ret,
                                    uintptr_t ra)
{
    env->lvz.gpa = gpa;
    env->lvz.pending = ret == TLBRET_NOMATCH ? LVZ_EXIT_REFILL
                                             : LVZ_EXIT_GENERAL;
    do_raise_exception(env, exception(access_type, ret), ra);
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
        stage1_fault(env, address, access_type, ret, retaddr);
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
static uint64_t ldq_table(CPULoongArchState *env, hwaddr addr,
                          uintptr_t ra)
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
    return address_space_ldq_le(env_cpu(env)->as, hpa, MEMTXATTRS_UNSPECIFIED,
                                NULL);
}

static uint64_t phys_mask(CPULoongArchState *env)
{
    return MAKE_64BIT_MASK(0, FIELD_EX32(env->cpucfg[1], CPUCFG1, PALEN) + 1);
}

uint64_t helper_lvz_lddir(CPULoongArchState *env, uint64_t base, uint32_t level)
{
    uint64_t dir_base, dir_width, index, dir;

    if (level == 0 || level > 4 || FIELD_EX64(base, TLBENTRY, HUGE)) {
        /* Reads nothing */
        return helper_lddir(env, base, level, 0);
    }
    get_dir_base_width(env, &dir_base, &dir_width, level);
    index = (env_sys(env)->CSR_TLBRBADV >> dir_base) & (BIT(dir_width) - 1);
    dir = ldq_table(env, (base & phys_mask(env)) | index << 3, GETPC());
    /* The high bits of a huge page's entry are its rights. */
    return FIELD_EX64(dir, TLBENTRY, HUGE) ? dir : dir & phys_mask(env);
}

void helper_lvz_ldpte(CPULoongArchState *env, uint64_t base, uint32_t odd)
{
    CPUSysState *sys = env_sys(env);
    uint64_t ptbase = FIELD_EX64(sys->CSR_PWCL, CSR_PWCL, PTBASE);
    uint64_t ptwidth = FIELD_EX64(sys->CSR_PWCL, CSR_PWCL, PTWIDTH);
    uint64_t index, pte;

    if (FIELD_EX64(base, TLBENTRY, HUGE)) {
        /* Reads nothing */
        helper_ldpte(env, base, odd, 0);
        return;
    }
    index = (sys->CSR_TLBRBADV >> ptbase) & (BIT(ptwidth) - 1);
    index = deposit64(index, 0, 1, odd);
    pte = ldq_table(env, (base & phys_mask(env)) | index << 3, GETPC());
    /* The bits between are software's. */
    pte &= MAKE_64BIT_MASK(0, 9) | R_TLBENTRY_64_NR_MASK |
           R_TLBENTRY_64_NX_MASK | R_TLBENTRY_64_RPLV_MASK |
           (R_TLBENTRY_64_PPN_MASK & phys_mask(env));
    if (odd) {
        sys->CSR_TLBRELO1 = pte;
    } else {
        sys->CSR_TLBRELO0 = pte;
    }
    sys->CSR_TLBREHI = FIELD_DP64(sys->CSR_TLBREHI, CSR_TLBREHI, PS, ptbase);
}
