/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: root's access to the CSRs of the
 * extension, and what its other CSRs mean to guests.
 */

#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "cpu.h"
#include "lvz.h"
#include "internals.h"
#include "exec/cputlb.h"
#include "exec/helper-proto.h"

/* Where a CSR of the extension is, and what of it can be written. */
static uint64_t *lvz_own_csr(CPULoongArchState *env, unsigned int csr,
                             uint64_t *writable)
{
    switch (csr) {
    case LOONGARCH_CSR_GTLBC:
        *writable = R_CSR_GTLBC_GMTLBSZ_MASK | R_CSR_GTLBC_USETGID_MASK |
                    R_CSR_GTLBC_TOTI_MASK | R_CSR_GTLBC_TGID_MASK;
        return &env->lvz.gtlbc;
    case LOONGARCH_CSR_TRGP:
        *writable = R_CSR_TRGP_GTLB_MASK | R_CSR_TRGP_RID_MASK;
        return &env->lvz.trgp;
    case LOONGARCH_CSR_GSTAT:
        *writable = R_CSR_GSTAT_PVM_MASK | R_CSR_GSTAT_GID_MASK;
        return &env->lvz.gstat;
    case LOONGARCH_CSR_GCFG:
        *writable = R_CSR_GCFG_MATC_MASK | R_CSR_GCFG_GCI_MASK;
        return &env->lvz.gcfg;
    case LOONGARCH_CSR_GINTC:
        *writable = R_CSR_GINTC_VIP_MASK | R_CSR_GINTC_PIP_MASK;
        return &env->lvz.gintc;
    case LOONGARCH_CSR_GCNTC:
        *writable = -1;
        return &env->lvz.gcntc;
    default:
        return NULL;
    }
}

/*
 * Root's access to the CSRs of the extension, and its writes to those of the
 * base architecture that concern guests. Returns the old value.
 */
uint64_t helper_lvz_root_csr(CPULoongArchState *env, uint32_t csr,
                             uint64_t val, uint64_t mask)
{
    CPUSysState *sys = env_sys(env);
    uint64_t old, writable;
    uint64_t *reg = lvz_own_csr(env, csr, &writable);

    if (reg) {
        old = *reg;
        val = (old & ~mask) | (val & mask);
        if (csr == LOONGARCH_CSR_GINTC) {
            val &= ~FIELD_EX64(val, CSR_GINTC, HC);
        }
        *reg = (old & ~writable) | (val & writable);
        if (csr == LOONGARCH_CSR_GSTAT &&
            lvz_gid(env) != FIELD_EX64(old, CSR_GSTAT, GID)) {
            lvz_flush_guest(env);
        }
        return old;
    }

    switch (csr) {
    case LOONGARCH_CSR_ESTAT: {
        /* With two banks a software interrupt set here must be seen at once. */
        BQL_LOCK_GUARD();
        old = sys->CSR_ESTAT;
        mask &= MAKE_64BIT_MASK(0, 2);
        sys->CSR_ESTAT = (old & ~mask) | (val & mask);
        lvz_update_irq(env);
        return old;
    }
    case LOONGARCH_CSR_ASID:
        old = sys->CSR_ASID;
        mask &= R_CSR_ASID_ASID_MASK;
        sys->CSR_ASID = (old & ~mask) | (val & mask);
        if (sys->CSR_ASID != old) {
            /* What a guest has cached is not of this address space. */
            tlb_flush_by_mmuidx(env_cpu(env), LVZ_ROOT_IDXMAP);
        }
        return old;
    case LOONGARCH_CSR_STLBPS:
        old = sys->CSR_STLBPS;
        val = FIELD_EX64((old & ~mask) | (val & mask), CSR_STLBPS, PS);
        if (check_ps(env, val) && val != old) {
            lvz_drop_stlb(env, false);
            sys->CSR_STLBPS = val;
        }
        return old;
    default:
        g_assert_not_reached();
    }
}
