/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: the guest's CSR bank, reached by the
 * guest with csr* and by root with gcsr*.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "cpu.h"
#include "csr.h"
#include "lvz.h"
#include "internals.h"
#include "exec/cputlb.h"
#include "exec/helper-proto.h"

/* The CSRs of a bank, and how each is accessed. */
static const struct {
    uint16_t csr;
    uint16_t count;
    LVZCSRClass class;
} lvz_csrs[] = {
    { LOONGARCH_CSR_CRMD, 1, LVZ_CSR_STOP },
    { LOONGARCH_CSR_PRMD, 1, LVZ_CSR_PLAIN },
    { LOONGARCH_CSR_EUEN, 1, LVZ_CSR_STOP },
    { LOONGARCH_CSR_MISC, 1, LVZ_CSR_WRITE },
    { LOONGARCH_CSR_ECFG, 1, LVZ_CSR_STOP },
    { LOONGARCH_CSR_ESTAT, 1, LVZ_CSR_SPECIAL },
    { LOONGARCH_CSR_ERA, 2, LVZ_CSR_PLAIN },              /* ERA, BADV */
    { LOONGARCH_CSR_BADI, 1, LVZ_CSR_WRITE },
    { LOONGARCH_CSR_EENTRY, 1, LVZ_CSR_PLAIN },
    { LOONGARCH_CSR_TLBIDX, 4, LVZ_CSR_PLAIN },           /* to TLBELO1 */
    { LOONGARCH_CSR_ASID, 1, LVZ_CSR_WRITE },
    { LOONGARCH_CSR_PGDL, 2, LVZ_CSR_PLAIN },             /* and PGDH */
    { LOONGARCH_CSR_PGD, 1, LVZ_CSR_SPECIAL },
    { LOONGARCH_CSR_PWCL, 4, LVZ_CSR_WRITE },             /* to RVACFG */
    { LOONGARCH_CSR_CPUID, 4, LVZ_CSR_WRITE },            /* to PRCFG3 */
    { LOONGARCH_CSR_SAVE(0), 8, LVZ_CSR_PLAIN },
    { LOONGARCH_CSR_TID, 1, LVZ_CSR_PLAIN },
    { LOONGARCH_CSR_TCFG, 2, LVZ_CSR_SPECIAL },           /* and TVAL */
    { LOONGARCH_CSR_CNTC, 1, LVZ_CSR_PLAIN },
    { LOONGARCH_CSR_TICLR, 1, LVZ_CSR_SPECIAL },
    { LOONGARCH_CSR_LLBCTL, 1, LVZ_CSR_SPECIAL },
    { LOONGARCH_CSR_TLBRENTRY, 8, LVZ_CSR_PLAIN },        /* to TLBRPRMD */
    { LOONGARCH_CSR_DMW(0), 4, LVZ_CSR_WRITE },
};

#define LVZ_CSR_END (LOONGARCH_CSR_DMW(3) + 1)

/* By CSR number: its class, and its place in CPULVZState::other. */
static uint8_t csr_class[LVZ_CSR_END];
static uint8_t csr_slot[LVZ_CSR_END];
static int slot_offset[LVZ_BANK_MAX];
static int slot_count;

void lvz_init_banks(void)
{
    if (slot_count) {
        return;
    }
    for (int i = 0; i < ARRAY_SIZE(lvz_csrs); i++) {
        for (int n = 0; n < lvz_csrs[i].count; n++) {
            unsigned int csr = lvz_csrs[i].csr + n;

            assert(slot_count < LVZ_BANK_MAX);
            csr_class[csr] = lvz_csrs[i].class;
            csr_slot[csr] = slot_count;
            slot_offset[slot_count++] = get_csr_offset(get_csr(csr), 0);
        }
    }
    /* With two banks, unmasking an interrupt must reach the main loop. */
    set_csr_flag(LOONGARCH_CSR_ECFG, CSRFL_EXITTB);
}

LVZCSRClass lvz_csr_class(unsigned int csr)
{
    return csr < LVZ_CSR_END ? csr_class[csr] : LVZ_CSR_NONE;
}

bool lvz_csr_is_tlb(unsigned int csr)
{
    return (csr >= LOONGARCH_CSR_TLBIDX && csr <= LOONGARCH_CSR_TLBELO1) ||
           (csr >= LOONGARCH_CSR_ASID && csr <= LOONGARCH_CSR_RVACFG) ||
           (csr >= LOONGARCH_CSR_TLBRENTRY && csr <= LOONGARCH_CSR_TLBRPRMD);
}

static uint64_t *active_slot(CPULoongArchState *env, int slot)
{
    return (void *)env + slot_offset[slot];
}

/* Where the CSR of one world is at the moment. @csr must be in the bank. */
uint64_t *lvz_bank(CPULoongArchState *env, bool guest, unsigned int csr)
{
    int slot = csr_slot[csr];

    return env->lvz.guest == guest ? active_slot(env, slot)
                                   : &env->lvz.other[slot];
}

void lvz_swap_banks(CPULoongArchState *env)
{
    for (int i = 0; i < slot_count; i++) {
        uint64_t *active = active_slot(env, i);
        uint64_t tmp = *active;

        *active = env->lvz.other[i];
        env->lvz.other[i] = tmp;
    }
    env->lvz.guest = !env->lvz.guest;
}

static uint64_t guest_pgd(CPULoongArchState *env)
{
    bool refill = *lvz_guest_csr(env, LOONGARCH_CSR_TLBRERA) & 1;
    uint64_t badv = *lvz_guest_csr(env, refill ? LOONGARCH_CSR_TLBRBADV
                                               : LOONGARCH_CSR_BADV);

    return *lvz_guest_csr(env, badv >> 63 ? LOONGARCH_CSR_PGDH
                                          : LOONGARCH_CSR_PGDL);
}

static uint64_t guest_csr_read(CPULoongArchState *env, unsigned int csr)
{
    uint64_t val = *lvz_guest_csr(env, csr);

    switch (csr) {
    case LOONGARCH_CSR_ESTAT:
        lvz_timer_sync(env);
        return FIELD_DP64(*lvz_guest_csr(env, csr), CSR_ESTAT, IS,
                          lvz_guest_is(env));
    case LOONGARCH_CSR_PGD:
        return guest_pgd(env);
    case LOONGARCH_CSR_TVAL:
        return lvz_timer_tval(env);
    case LOONGARCH_CSR_TICLR:
        return 0;
    case LOONGARCH_CSR_LLBCTL:
        return FIELD_DP64(val, CSR_LLBCTL, ROLLB, env->lladdr != 1);
    default:
        return val;
    }
}

/*
 * HWI0..7 are a view of GINTC and never stored. The pending bits that root may
 * inject are beyond the guest, which owns the two software interrupts only.
 */
static uint64_t estat_write_mask(bool by_guest)
{
    uint64_t mask = MAKE_64BIT_MASK(0, 2);

    if (!by_guest) {
        mask |= MAKE_64BIT_MASK(10, 3) | BIT_ULL(INT_DMSI) |
                R_CSR_ESTAT_ECODE_MASK | R_CSR_ESTAT_ESUBCODE_MASK;
    }
    return mask;
}

static void guest_csr_write(CPULoongArchState *env, unsigned int csr,
                            uint64_t val, bool by_guest)
{
    uint64_t *reg = lvz_guest_csr(env, csr);
    uint64_t mask, old = *reg;

    switch (csr) {
    case LOONGARCH_CSR_ESTAT:
        mask = estat_write_mask(by_guest);
        *reg = (old & ~mask) | (val & mask);
        lvz_update_irq(env);
        return;
    case LOONGARCH_CSR_ASID:
        val = deposit64(old, 0, 10, val);
        break;
    case LOONGARCH_CSR_STLBPS:
        if (!check_ps(env, FIELD_EX64(val, CSR_STLBPS, PS))) {
            return;
        }
        val = FIELD_EX64(val, CSR_STLBPS, PS);
        if (val != old) {
            lvz_drop_stlb(env, true);
        }
        break;
    case LOONGARCH_CSR_PWCL:
        val = FIELD_DP64(val, CSR_PWCL, PTEWIDTH, 0);
        break;
    case LOONGARCH_CSR_PWCH:
        /* No hardware page walk for guests. */
        val = FIELD_DP64(val, CSR_PWCH, RESERVE, 0);
        val = FIELD_DP64(val, CSR_PWCH, HPTW_EN, 0);
        break;
    case LOONGARCH_CSR_TCFG:
        lvz_timer_config(env, val);
        return;
    case LOONGARCH_CSR_TVAL:
        if (!by_guest) {
            lvz_timer_set_tval(env, val);
        }
        return;
    case LOONGARCH_CSR_TICLR:
        if (val & 1) {
            lvz_timer_sync(env);
            reg = lvz_guest_csr(env, LOONGARCH_CSR_ESTAT);
            *reg &= ~BIT_ULL(IRQ_TIMER);
            lvz_update_irq(env);
        }
        return;
    case LOONGARCH_CSR_LLBCTL:
        if (FIELD_EX64(val, CSR_LLBCTL, WCLLB)) {
            env->lladdr = 1;
        }
        *reg = val & R_CSR_LLBCTL_KLO_MASK;
        return;
    case LOONGARCH_CSR_PRCFG1:
    case LOONGARCH_CSR_PRCFG2:
    case LOONGARCH_CSR_PRCFG3:
    case LOONGARCH_CSR_PGD:
        return;
    case LOONGARCH_CSR_BADI:
    case LOONGARCH_CSR_CPUID:
        if (!by_guest) {
            *reg = val;
        }
        return;
    case LOONGARCH_CSR_MISC:
    case LOONGARCH_CSR_RVACFG:
    case LOONGARCH_CSR_DMW(0):
    case LOONGARCH_CSR_DMW(1):
    case LOONGARCH_CSR_DMW(2):
    case LOONGARCH_CSR_DMW(3):
        break;
    default:
        *reg = val;
        return;
    }

    *reg = val;
    /* KVM rewrites the whole bank at each vcpu_load: mostly no change. */
    if (val != old && csr != LOONGARCH_CSR_PWCL && csr != LOONGARCH_CSR_PWCH) {
        lvz_flush_guest(env);
    }
}

/* Timer and interrupt lines change on other threads, under the BQL. */
static uint64_t guest_csr_xchg(CPULoongArchState *env, unsigned int csr,
                               uint64_t val, uint64_t mask, bool by_guest)
{
    uint64_t old;

    BQL_LOCK_GUARD();
    old = guest_csr_read(env, csr);
    if (mask) {
        guest_csr_write(env, csr, (old & ~mask) | (val & mask), by_guest);
    }
    return old;
}

uint64_t helper_lvz_guest_csr(CPULoongArchState *env, uint32_t csr,
                              uint64_t val, uint64_t mask)
{
    return guest_csr_xchg(env, csr, val, mask, true);
}

uint64_t helper_lvz_gcsr(CPULoongArchState *env, uint32_t csr, uint64_t val,
                         uint64_t mask)
{
    if (lvz_csr_class(csr) == LVZ_CSR_NONE) {
        qemu_log_mask(LOG_GUEST_ERROR, "gcsr of CSR 0x%x, not in the bank\n",
                      csr);
        return 0;
    }
    return guest_csr_xchg(env, csr, val, mask, false);
}
