/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: the CPU's properties, reset, counters.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/blocker.h"
#include "system/tcg.h"
#include "cpu.h"
#include "lvz.h"
#include "internals.h"
#include "exec/helper-proto.h"

static bool get_lvz(Object *obj, Error **errp)
{
    return lvz_enabled(&LOONGARCH_CPU(obj)->env);
}

static void set_lvz(Object *obj, bool value, Error **errp)
{
    LoongArchCPU *cpu = LOONGARCH_CPU(obj);
    CPULoongArchState *env = &cpu->env;

    if (value && !tcg_enabled()) {
        error_setg(errp, "LVZ is emulated with TCG only");
        return;
    }
    env->cpucfg[2] = FIELD_DP32(env->cpucfg[2], CPUCFG2, LVZ, value);
    env->cpucfg[2] = FIELD_DP32(env->cpucfg[2], CPUCFG2, LVZ_VER, value);
    if (value) {
        /* KVM offers a guest no more of CPUCFG3 than this CPU has. */
        env->cpucfg[3] |= LVZ_CPUCFG3;
        lvz_init_banks();
        lvz_timer_init(cpu);
    }
}

static bool get_lvz_count(Object *obj, Error **errp)
{
    return LOONGARCH_CPU(obj)->env.lvz.count_enabled;
}

static void set_lvz_count(Object *obj, bool value, Error **errp)
{
    LOONGARCH_CPU(obj)->env.lvz.count_enabled = value;
}

void lvz_add_properties(Object *obj)
{
    object_property_add_bool(obj, "lvz", get_lvz, set_lvz);
    object_property_add_bool(obj, "lvz-count", get_lvz_count, set_lvz_count);
}

/*
 * Root mode, and both worlds as after power-on. Runs before root's reset, and
 * first of all as a part of realizing the CPU.
 */
void lvz_reset(LoongArchCPU *cpu)
{
    static Error *blocker;
    CPULoongArchState *env = &cpu->env;
    CPUSysState *sys = env_sys(env);

    if (!lvz_enabled(env)) {
        return;
    }
    if (!blocker) {
        error_setg(&blocker, "LVZ state can not be migrated");
        migrate_add_blocker(&blocker, &error_fatal);
    }

    if (lvz_guest(env)) {
        lvz_swap_banks(env);
    }
    timer_del(&env->lvz.timer);
    memset((char *)&env->lvz + offsetof(CPULVZState, guest), 0,
           sizeof(env->lvz) - offsetof(CPULVZState, guest));

    *lvz_guest_csr(env, LOONGARCH_CSR_CRMD) = R_CSR_CRMD_DA_MASK;
    *lvz_guest_csr(env, LOONGARCH_CSR_ASID) =
        FIELD_DP64(0, CSR_ASID, ASIDBITS, 0xa);
    *lvz_guest_csr(env, LOONGARCH_CSR_STLBPS) = 0xe;
    *lvz_guest_csr(env, LOONGARCH_CSR_PRCFG1) = sys->CSR_PRCFG1;
    *lvz_guest_csr(env, LOONGARCH_CSR_PRCFG2) = sys->CSR_PRCFG2;
    *lvz_guest_csr(env, LOONGARCH_CSR_PRCFG3) = sys->CSR_PRCFG3;

    env->lvz.gstat = FIELD_DP64(0, CSR_GSTAT, GIDBIT, LVZ_GIDBITS);
    /* Root may choose the memory type; cacop may run in "secure" mode. */
    env->lvz.gcfg = FIELD_DP64(0, CSR_GCFG, MATP, 2);
    env->lvz.gcfg = FIELD_DP64(env->lvz.gcfg, CSR_GCFG, GCIP, 4);
}

/* Root's cpucfg: the counters are there if asked for. */
uint64_t helper_lvz_cpucfg(CPULoongArchState *env, uint64_t leaf)
{
    if (env->lvz.count_enabled && leaf - LVZ_COUNT_LEAF < LVZ_COUNT_MAX) {
        return env->lvz.count[leaf - LVZ_COUNT_LEAF];
    }
    return leaf < ARRAY_SIZE(env->cpucfg) ? env->cpucfg[leaf] : 0;
}
