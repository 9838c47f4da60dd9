/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: the TLB arrays and the instructions on
 * them.
 *
 * Root's array has its own entries, with guest id 0, and those that map the
 * guests' memory; only the latter are looked up without ASID. The guest's array
 * has the entries of all guests. So every search and every instruction goes by
 * the guest id as well.
 */

#include "qemu/osdep.h"
#include "qemu/guest-random.h"
#include "cpu.h"
#include "lvz.h"
#include "internals.h"
#include "exec/cputlb.h"
#include "exec/helper-proto.h"

#define STLB_WAYS   8
#define STLB_LINES  (LOONGARCH_STLB / STLB_WAYS)
/* As far as VPPN reaches */
#define VA_BITS     48
#define VA_MASK     MAKE_64BIT_MASK(0, VA_BITS)

static uint8_t entry_gid(const LoongArchTLB *tlb)
{
    return FIELD_EX64(tlb->tlb_misc, TLB_MISC, GID);
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

    return ((base ^ (addr & VA_MASK)) & ~mask) == 0;
}

static void entry_kill(LoongArchTLB *tlb)
{
    tlb->tlb_misc = FIELD_DP64(tlb->tlb_misc, TLB_MISC, E, 0);
}

/*
 * Index of the STLB line that @addr falls in, for pages of 2^ps bytes; ways
 * are STLB_LINES entries apart.
 */
static int stlb_line(uint64_t addr, int ps)
{
    return ((addr & VA_MASK) >> (ps + 1)) % STLB_LINES;
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

static int stlb_ps(CPULoongArchState *env)
{
    return FIELD_EX64(env_sys(env)->CSR_STLBPS, CSR_STLBPS, PS);
}

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

/* Drop what the running world may have cached. */
static void flush_world(CPULoongArchState *env)
{
    if (lvz_guest(env)) {
        lvz_flush_guest(env);
    } else {
        tlb_flush(env_cpu(env));
    }
}

/*
 * Entry of @array for @addr, of guest @gid and, unless that is negative, of
 * the address space @asid, or global if that will do. Entries filled in under
 * another STLBPS are out of reach.
 */
static LoongArchTLB *search(LoongArchTLB *array, int stlb_ps, uint64_t addr,
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

    return search(lvz_tlb(env), stlb_ps(env), addr, gid, asid, true);
}

/* What maps the guest's memory at @gpa. */
LoongArchTLB *lvz_tlb_stage2(CPULoongArchState *env, hwaddr gpa)
{
    int ps = FIELD_EX64(*lvz_root_csr(env, LOONGARCH_CSR_STLBPS), CSR_STLBPS,
                        PS);

    return search(env->tlb, ps, gpa, lvz_gid(env), -1, true);
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

/* Drop an entry and what is cached of it. */
static void drop(CPULoongArchState *env, LoongArchTLB *tlb)
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
        drop(env, tlb);
        return;
    }
    /* Pages that only become valid are not cached yet. */
    same = tlb->tlb_misc == new.tlb_misc &&
           (!pte_present(env, tlb->tlb_entry0) ||
            tlb->tlb_entry0 == new.tlb_entry0) &&
           (!pte_present(env, tlb->tlb_entry1) ||
            tlb->tlb_entry1 == new.tlb_entry1);
    if (!same) {
        drop(env, tlb);
    }
    *tlb = new;
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
        drop(env, tlb);
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
    flush_world(env);
}

void helper_lvz_tlbclr(CPULoongArchState *env)
{
    clear_line(env, true);
}

void helper_lvz_tlbflush(CPULoongArchState *env)
{
    clear_line(env, false);
}

static void kill_where(LoongArchTLB *array, int op, bool any_gid, uint8_t gid,
                       uint16_t asid, uint64_t addr)
{
    for (int i = 0; i < LOONGARCH_TLB_MAX; i++) {
        LoongArchTLB *tlb = &array[i];
        bool g = entry_global(tlb);
        bool same_asid = entry_asid(tlb) == asid;
        bool kill = true;

        if (any_gid ? !entry_gid(tlb) : entry_gid(tlb) != gid) {
            continue;
        }
        switch (op) {
        case 0x2:
        case 0xa:
            kill = g;
            break;
        case 0x3:
        case 0xb:
            kill = !g;
            break;
        case 0x4:
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

/* invtlb 0x0..0x6: entries of the running world, in a guest its own. */
static void invtlb_world(CPULoongArchState *env, uint32_t op, uint16_t asid,
                         uint64_t addr)
{
    uint8_t gid = lvz_guest(env) ? lvz_gid(env) : 0;
    LoongArchTLB *tlb;

    if (op < 5) {
        kill_where(lvz_tlb(env), op, false, gid, asid, addr);
        flush_world(env);
        return;
    }
    while ((tlb = search(lvz_tlb(env), stlb_ps(env), addr, gid, asid,
                         op == 6))) {
        drop(env, tlb);
    }
    if (lvz_guest(env)) {
        /* The entry may be gone from the array and live in the softmmu. */
        lvz_flush_guest(env);
    }
}

/*
 * invtlb 0x9..0x16, of root: entries of guests, stage 1 (guest array) or
 * stage 2 (root array), of one guest id or of all.
 */
void helper_lvz_invtlb(CPULoongArchState *env, uint32_t op, uint64_t info,
                       uint64_t addr)
{
    uint8_t gid = extract64(info, R_CSR_GSTAT_GID_SHIFT, 8);
    uint16_t asid = FIELD_EX64(info, CSR_ASID, ASID);
    bool all = op >= 0x10 && op <= 0x12;

    if (op < 7) {
        invtlb_world(env, op, asid, addr);
        return;
    }
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
