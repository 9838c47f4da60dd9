/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: exceptions, within a world and out of the
 * guest.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/plugin.h"
#include "cpu.h"
#include "lvz.h"
#include "internals.h"

/* A unit that the guest has enabled and root has not is root's to hand out. */
static bool unit_disabled_by_root(CPULoongArchState *env, int exccode)
{
    CPUSysState *sys = env_sys(env);

    switch (exccode) {
    case EXCCODE_FPD:
        return FIELD_EX64(sys->CSR_EUEN, CSR_EUEN, FPE);
    case EXCCODE_SXD:
        return FIELD_EX64(sys->CSR_EUEN, CSR_EUEN, SXE);
    case EXCCODE_ASXD:
        return FIELD_EX64(sys->CSR_EUEN, CSR_EUEN, ASXE);
    default:
        return false;
    }
}

static LVZExit exit_kind(CPULoongArchState *env, int exccode)
{
    if (env->lvz.pending != LVZ_EXIT_NONE) {
        return env->lvz.pending;
    }
    if (exccode == EXCCODE_GSPR || exccode == EXCCODE_HVC ||
        unit_disabled_by_root(env, exccode)) {
        return LVZ_EXIT_GENERAL;
    }
    return LVZ_EXIT_NONE;
}

/* Entry to the refill handler of the running world. */
static void take_refill(CPULoongArchState *env, uint64_t pc)
{
    CPUSysState *sys = env_sys(env);
    uint64_t crmd = sys->CSR_CRMD;
    uint64_t prmd = sys->CSR_TLBRPRMD;

    prmd = FIELD_DP64(prmd, CSR_TLBRPRMD, PPLV,
                      FIELD_EX64(crmd, CSR_CRMD, PLV));
    sys->CSR_TLBRPRMD = FIELD_DP64(prmd, CSR_TLBRPRMD, PIE,
                                   FIELD_EX64(crmd, CSR_CRMD, IE));
    sys->CSR_TLBRERA = FIELD_DP64(sys->CSR_TLBRERA, CSR_TLBRERA, PC, pc >> 2);

    crmd = FIELD_DP64(crmd, CSR_CRMD, PLV, 0);
    crmd = FIELD_DP64(crmd, CSR_CRMD, IE, 0);
    crmd = FIELD_DP64(crmd, CSR_CRMD, DA, 1);
    sys->CSR_CRMD = FIELD_DP64(crmd, CSR_CRMD, PG, 0);
    set_pc(env, sys->CSR_TLBRENTRY);
}

/* The exception number that picks the vector: interrupts have one each. */
static int vector(CPULoongArchState *env, int exccode)
{
    uint32_t pending = lvz_guest(env) ? lvz_guest_is(env) : lvz_root_is(env);

    if (exccode != EXCCODE_INT) {
        return EXCODE_MCODE(exccode);
    }
    pending &= FIELD_EX64(env_sys(env)->CSR_ECFG, CSR_ECFG, LIE);
    return EXCCODE_EXTERNAL_INT + 31 - clz32(pending);
}

/* Entry to any other handler of the running world. */
static void take_general(CPULoongArchState *env, int exccode, uint64_t pc)
{
    CPUSysState *sys = env_sys(env);
    uint64_t crmd = sys->CSR_CRMD;
    uint64_t prmd = sys->CSR_PRMD;
    uint64_t estat = sys->CSR_ESTAT;
    uint32_t vs = FIELD_EX64(sys->CSR_ECFG, CSR_ECFG, VS);

    prmd = FIELD_DP64(prmd, CSR_PRMD, PPLV, FIELD_EX64(crmd, CSR_CRMD, PLV));
    sys->CSR_PRMD = FIELD_DP64(prmd, CSR_PRMD, PIE,
                               FIELD_EX64(crmd, CSR_CRMD, IE));
    sys->CSR_ERA = pc;
    estat = FIELD_DP64(estat, CSR_ESTAT, ECODE, EXCODE_MCODE(exccode));
    sys->CSR_ESTAT = FIELD_DP64(estat, CSR_ESTAT, ESUBCODE,
                                EXCODE_SUBCODE(exccode));

    crmd = FIELD_DP64(crmd, CSR_CRMD, PLV, 0);
    sys->CSR_CRMD = FIELD_DP64(crmd, CSR_CRMD, IE, 0);
    set_pc(env, sys->CSR_EENTRY +
                vector(env, exccode) * (vs ? (1 << vs) * 4 : 0));
}

/* An exception that stays in the world it was raised in. */
static void deliver(CPULoongArchState *env, int exccode, uint64_t pc)
{
    CPUSysState *sys = env_sys(env);

    switch (exccode) {
    case EXCCODE_INT:
    case EXCCODE_PIF:
    case EXCCODE_PNX:
    case EXCCODE_ADEF:
        break;
    case EXCCODE_BCE:
        sys->CSR_BADV = pc;
        QEMU_FALLTHROUGH;
    default:
        /* To fetch it again could fault, in a guest even leave it. */
        sys->CSR_BADI = env->lvz.insn;
        break;
    }
    if (FIELD_EX64(sys->CSR_TLBRERA, CSR_TLBRERA, ISTLBR)) {
        take_refill(env, pc);
    } else {
        take_general(env, exccode, pc);
    }
}

/* To root's refill handler, for a miss of the guest's in stage 2. */
static void exit_refill(CPULoongArchState *env, uint64_t pc)
{
    CPUSysState *sys = env_sys(env);

    sys->CSR_TLBRPRMD = FIELD_DP64(sys->CSR_TLBRPRMD, CSR_TLBRPRMD, PGM, 1);
    sys->CSR_TLBRBADV = env->lvz.gpa;
    sys->CSR_TLBREHI = FIELD_DP64(sys->CSR_TLBREHI, CSR_TLBREHI_64, VPPN,
                                  extract64(env->lvz.gpa, 13, 35));
    sys->CSR_TLBRERA = FIELD_DP64(0, CSR_TLBRERA, ISTLBR, 1);
    take_refill(env, pc);
}

/* To any other handler of root, for what the guest did or met. */
static void exit_general(CPULoongArchState *env, int exccode, uint64_t pc)
{
    CPUSysState *sys = env_sys(env);

    switch (exccode) {
    case EXCCODE_INT:
        env->lvz.held = lvz_root_is(env) & R_CSR_ESTAT_HWI_MASK &
                        FIELD_EX64(sys->CSR_ECFG, CSR_ECFG, LIE);
        break;
    case EXCCODE_PIL:
    case EXCCODE_PIS:
    case EXCCODE_PME:
    case EXCCODE_PNR:
        sys->CSR_BADI = env->lvz.insn;
        QEMU_FALLTHROUGH;
    case EXCCODE_PIF:
    case EXCCODE_PNX:
        sys->CSR_BADV = env->lvz.gpa;
        sys->CSR_TLBEHI = env->lvz.gpa & MAKE_64BIT_MASK(13, 51);
        break;
    default:
        sys->CSR_BADI = env->lvz.insn;
        break;
    }
    take_general(env, exccode, pc);
}

static void leave_guest(CPULoongArchState *env, LVZExit kind, int exccode,
                        uint64_t pc)
{
    env->lladdr = 1;
    lvz_swap_banks(env);
    env->lvz.gstat = FIELD_DP64(env->lvz.gstat, CSR_GSTAT, PVM, 1);
    if (kind == LVZ_EXIT_REFILL) {
        env->lvz.count[LVZ_COUNT_REFILL]++;
        exit_refill(env, pc);
    } else {
        env->lvz.count[EXCODE_MCODE(exccode)]++;
        exit_general(env, exccode, pc);
    }
    lvz_update_irq(env);
}

/* loongarch_cpu_do_interrupt() with two worlds. Context: BQL held. */
void lvz_do_interrupt(CPUState *cs)
{
    CPULoongArchState *env = cpu_env(cs);
    CPUSysState *sys = env_sys(env);
    int exccode = cs->exception_index;
    uint64_t pc = env->pc;
    LVZExit kind = LVZ_EXIT_NONE;

    if (lvz_guest(env)) {
        kind = exit_kind(env, exccode);
        env->lvz.pending = LVZ_EXIT_NONE;
    } else {
        /* A refill from root returns to root. */
        sys->CSR_TLBRPRMD = FIELD_DP64(sys->CSR_TLBRPRMD, CSR_TLBRPRMD, PGM,
                                       0);
    }
    qemu_log_mask(CPU_LOG_INT, "lvz: cpu %d %s%s: exception %d pc %016"
                  PRIx64 " gpa %016" PRIx64 " insn %08x\n", cs->cpu_index,
                  kind != LVZ_EXIT_NONE ? "exit" :
                  lvz_guest(env) ? "guest" : "root",
                  kind == LVZ_EXIT_REFILL ? " (refill)" : "", exccode, pc,
                  env->lvz.gpa, env->lvz.insn);
    if (kind != LVZ_EXIT_NONE) {
        leave_guest(env, kind, exccode, pc);
    } else {
        env->lvz.count[LVZ_COUNT_GUEST_EXC] += lvz_guest(env) &&
                                               exccode != EXCCODE_INT;
        deliver(env, exccode, pc);
    }

    if (exccode == EXCCODE_INT) {
        qemu_plugin_vcpu_interrupt_cb(cs, pc);
    } else {
        qemu_plugin_vcpu_exception_cb(cs, pc);
    }
    cs->exception_index = -1;
}
