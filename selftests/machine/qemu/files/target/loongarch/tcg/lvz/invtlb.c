/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: invtlb, of the running world and of
 * guests.
 */

#include "qemu/osdep.h"
#include "tlb.h"
#include "exec/helper-proto.h"

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
        lvz_flush_world(env);
        return;
    }
    while ((tlb = lvz_tlb_find(lvz_tlb(env), stlb_ps(env), addr, gid, asid,
                               op == 6))) {
        lvz_tlb_drop(env, tlb);
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
