/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: the instructions that search, read, write,
 * fill and clear the TLB.
 */

#include "qemu/osdep.h"
#include "qemu/guest-random.h"
#include "tlb.h"
#include "exec/helper-proto.h"

/* Guest id that an instruction works on. */
static uint8_t insn_gid(CPULoongArchState *env)
{
    if (lvz_guest(env)) {
        return lvz_gid(env);
    }
    if (FIELD_EX64(env->lvz.gtlbc, CSR_GTLBC, USETGID)) {
        return FIELD_EX64(env->lvz.gtlbc, CSR_GTLBC, TGID);
    }
    return 0;
}

/* The entry that the CSRs of the running world describe. */
static LoongArchTLB csr_entry(CPULoongArchState *env)
{
    CPUSysState *sys = env_sys(env);
    bool refill = FIELD_EX64(sys->CSR_TLBRERA, CSR_TLBRERA, ISTLBR);
    LoongArchTLB new = { };

    if (refill) {
        new.tlb_misc = FIELD_DP64(0, TLB_MISC, PS,
                                  FIELD_EX64(sys->CSR_TLBREHI, CSR_TLBREHI, PS));
        new.tlb_entry0 = sys->CSR_TLBRELO0;
        new.tlb_entry1 = sys->CSR_TLBRELO1;
    } else {
        new.tlb_misc = FIELD_DP64(0, TLB_MISC, PS,
                                  FIELD_EX64(sys->CSR_TLBIDX, CSR_TLBIDX, PS));
        new.tlb_entry0 = sys->CSR_TLBELO0;
        new.tlb_entry1 = sys->CSR_TLBELO1;
    }
    new.tlb_misc = FIELD_DP64(new.tlb_misc, TLB_MISC, VPPN,
                              extract64(refill ? sys->CSR_TLBREHI
                                               : sys->CSR_TLBEHI, 13, 35));
    new.tlb_misc = FIELD_DP64(new.tlb_misc, TLB_MISC, E, 1);
    new.tlb_misc = FIELD_DP64(new.tlb_misc, TLB_MISC, ASID,
                              FIELD_EX64(sys->CSR_ASID, CSR_ASID, ASID));
    new.tlb_misc = FIELD_DP64(new.tlb_misc, TLB_MISC, GID, insn_gid(env));
    return new;
}

static int csr_index(CPULoongArchState *env)
{
    return FIELD_EX64(env_sys(env)->CSR_TLBIDX, CSR_TLBIDX, INDEX);
}

void helper_lvz_tlbsrch(CPULoongArchState *env)
{
    CPUSysState *sys = env_sys(env);
    bool refill = FIELD_EX64(sys->CSR_TLBRERA, CSR_TLBRERA, ISTLBR);
    LoongArchTLB *tlb = lvz_tlb_search(env, refill ? sys->CSR_TLBREHI
                                                   : sys->CSR_TLBEHI,
                                       insn_gid(env));

    if (tlb) {
        sys->CSR_TLBIDX = FIELD_DP64(sys->CSR_TLBIDX, CSR_TLBIDX, INDEX,
                                     tlb - lvz_tlb(env));
    }
    sys->CSR_TLBIDX = FIELD_DP64(sys->CSR_TLBIDX, CSR_TLBIDX, NE, !tlb);
}

void helper_lvz_tlbrd(CPULoongArchState *env)
{
    CPUSysState *sys = env_sys(env);
    LoongArchTLB *tlb =
        &lvz_tlb(env)[MIN(csr_index(env), LOONGARCH_TLB_MAX - 1)];
    bool found = entry_valid(tlb);

    if (lvz_guest(env)) {
        /* A guest sees entries of its own. */
        found = found && entry_gid(tlb) == lvz_gid(env);
    } else {
        env->lvz.trgp = FIELD_DP64(0, CSR_TRGP, RID, entry_gid(tlb));
    }

    sys->CSR_TLBIDX = FIELD_DP64(sys->CSR_TLBIDX, CSR_TLBIDX, NE, !found);
    sys->CSR_TLBIDX = FIELD_DP64(sys->CSR_TLBIDX, CSR_TLBIDX, PS, found ?
                                 FIELD_EX64(tlb->tlb_misc, TLB_MISC, PS) : 0);
    sys->CSR_TLBEHI = found ? FIELD_EX64(tlb->tlb_misc, TLB_MISC, VPPN) << 13
                            : 0;
    sys->CSR_TLBELO0 = found ? tlb->tlb_entry0 : 0;
    sys->CSR_TLBELO1 = found ? tlb->tlb_entry1 : 0;
    if (!found) {
        sys->CSR_ASID = FIELD_DP64(sys->CSR_ASID, CSR_ASID, ASID, 0);
    }
}

void helper_lvz_tlbwr(CPULoongArchState *env)
{
    LoongArchTLB *tlb =
        &lvz_tlb(env)[MIN(csr_index(env), LOONGARCH_TLB_MAX - 1)];
    LoongArchTLB new = csr_entry(env);
    bool same;

    if (FIELD_EX64(env_sys(env)->CSR_TLBIDX, CSR_TLBIDX, NE)) {
        lvz_tlb_drop(env, tlb);
        return;
    }
    /* Pages that only become valid are not cached yet. */
    same = tlb->tlb_misc == new.tlb_misc &&
           (!pte_present(env, tlb->tlb_entry0) ||
            tlb->tlb_entry0 == new.tlb_entry0) &&
           (!pte_present(env, tlb->tlb_entry1) ||
            tlb->tlb_entry1 == new.tlb_entry1);
    if (!same) {
        lvz_tlb_drop(env, tlb);
    }
    *tlb = new;
}

static bool drop_if_overlap(CPULoongArchState *env, LoongArchTLB *tlb,
                            uint64_t misc, bool global)
{
    if (!entry_valid(tlb) ||
        entry_gid(tlb) != FIELD_EX64(misc, TLB_MISC, GID) ||
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
 * stale one. Root's are not looked for, as in the
 * base architecture.
 */
static void drop_overlap(CPULoongArchState *env, uint64_t misc, bool global)
{
    bool one_line = FIELD_EX64(misc, TLB_MISC, PS) <= stlb_ps(env);
    uint64_t addr = FIELD_EX64(misc, TLB_MISC, VPPN) << 13;
    LoongArchTLB *array = lvz_tlb(env);
    bool flush = false;
    int i;

    /* A page no larger than the STLB's can overlap one line of it only. */
    for (i = one_line ? stlb_line(addr, stlb_ps(env)) : 0; i < LOONGARCH_STLB;
         i += one_line ? STLB_LINES : 1) {
        flush |= drop_if_overlap(env, &array[i], misc, global);
    }
    for (i = LOONGARCH_STLB; i < LOONGARCH_TLB_MAX; i++) {
        flush |= drop_if_overlap(env, &array[i], misc, global);
    }
    if (flush) {
        lvz_flush_guest(env);
    }
}

/* One entry that is free, or else any, of @count that are @step apart. */
static LoongArchTLB *victim(LoongArchTLB *tlb, int count, int step)
{
    uint32_t random;

    for (int i = 0; i < count; i++) {
        if (!entry_valid(&tlb[i * step])) {
            return &tlb[i * step];
        }
    }
    qemu_guest_getrandom_nofail(&random, sizeof(random));
    return &tlb[random % count * step];
}

void helper_lvz_tlbfill(CPULoongArchState *env)
{
    LoongArchTLB new = csr_entry(env);
    LoongArchTLB *tlb = lvz_tlb(env);

    if (entry_gid(&new)) {
        drop_overlap(env, new.tlb_misc, entry_global(&new));
    }
    if (FIELD_EX64(new.tlb_misc, TLB_MISC, PS) == stlb_ps(env)) {
        tlb += stlb_line(FIELD_EX64(new.tlb_misc, TLB_MISC, VPPN) << 13,
                         stlb_ps(env));
        tlb = victim(tlb, STLB_WAYS, STLB_LINES);
    } else {
        tlb = victim(tlb + LOONGARCH_STLB, LOONGARCH_MTLB, 1);
    }
    /*
     * A guest's entry may live on in the softmmu: the invalidations that
     * would have killed it flush that.
     */
    if (!entry_gid(tlb)) {
        lvz_tlb_drop(env, tlb);
    }
    *tlb = new;
}

/* tlbclr and tlbflush: the STLB line or the whole MTLB that INDEX is in. */
static void clear_line(CPULoongArchState *env, bool asid_only)
{
    uint16_t asid = FIELD_EX64(env_sys(env)->CSR_ASID, CSR_ASID, ASID);
    int index = csr_index(env);
    int i = index, end = 0, step = 1;

    if (index < LOONGARCH_STLB) {
        i = index % STLB_LINES;
        end = LOONGARCH_STLB;
        step = STLB_LINES;
    } else if (index < LOONGARCH_TLB_MAX) {
        i = LOONGARCH_STLB;
        end = LOONGARCH_TLB_MAX;
    }
    for (; i < end; i += step) {
        LoongArchTLB *tlb = &lvz_tlb(env)[i];

        if (entry_gid(tlb) == insn_gid(env) &&
            (!asid_only || (!entry_global(tlb) && entry_asid(tlb) == asid))) {
            entry_kill(tlb);
        }
    }
    lvz_flush_world(env);
}

void helper_lvz_tlbclr(CPULoongArchState *env)
{
    clear_line(env, true);
}

void helper_lvz_tlbflush(CPULoongArchState *env)
{
    clear_line(env, false);
}
