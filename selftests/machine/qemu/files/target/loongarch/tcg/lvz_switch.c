/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: into the guest, out of it, and which
 * world takes an interrupt.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/plugin.h"
#include "cpu.h"
#include "lvz.h"
#include "internals.h"
#include "exec/helper-proto.h"

static uint32_t root_is(CPULoongArchState *env)
{
    return FIELD_EX64(*lvz_root_csr(env, LOONGARCH_CSR_ESTAT), CSR_ESTAT, IS);
}

/* GINTC decides HWI0..7 of the guest; the rest is stored in its bank. */
uint32_t lvz_guest_is(CPULoongArchState *env)
{
    uint64_t estat = *lvz_guest_csr(env, LOONGARCH_CSR_ESTAT);
    uint64_t lines = *lvz_root_csr(env, LOONGARCH_CSR_ESTAT);
    uint32_t hwi = FIELD_EX64(env->CSR_GINTC, CSR_GINTC, VIP);

    hwi |= FIELD_EX64(lines, CSR_ESTAT, HWI) &
           FIELD_EX64(env->CSR_GINTC, CSR_GINTC, PIP);
    return FIELD_EX64(FIELD_DP64(estat, CSR_ESTAT, HWI, hwi), CSR_ESTAT, IS);
}

static bool irq_wanted(CPULoongArchState *env)
{
    return root_is(env) || (lvz_guest(env) && lvz_guest_is(env));
}

/*
 * Make CPU_INTERRUPT_HARD say whether anything is pending, masked or not.
 * For the CPU's own thread, in a helper after which the TB ends.
 * Context: BQL held.
 */
void lvz_update_irq(CPULoongArchState *env)
{
    if (irq_wanted(env)) {
        cpu_set_interrupt(env_cpu(env), CPU_INTERRUPT_HARD);
    } else {
        cpu_reset_interrupt(env_cpu(env), CPU_INTERRUPT_HARD);
    }
}

/*
 * The interrupt controller of the hardware keeps an interrupt until software
 * acknowledges it. The model's line follows the device's, so what another CPU
 * does to the device can take it away after the exit that it caused, and root
 * would find an interrupt exit with nothing pending. So such a line stays up
 * until root lets interrupts in or enters a guest.
 * For the CPU's own thread. Context: BQL held.
 */
static void release_lines(CPULoongArchState *env)
{
    *lvz_root_csr(env, LOONGARCH_CSR_ESTAT) &= ~(uint64_t)env->lvz.dropped;
    env->lvz.held = 0;
    env->lvz.dropped = 0;
}

/* A line of the CPU changed. It is root's, whichever world runs. BQL held. */
void lvz_set_irq(LoongArchCPU *cpu, int irq, int level)
{
    CPULoongArchState *env = &cpu->env;
    uint64_t *estat = lvz_root_csr(env, LOONGARCH_CSR_ESTAT);

    env->lvz.dropped &= ~BIT(irq);
    if (!level && (env->lvz.held & BIT(irq)) && current_cpu != CPU(cpu)) {
        env->lvz.dropped |= BIT(irq);
        return;
    }

    *estat = deposit64(*estat, irq, 1, level != 0);
    if (irq_wanted(env)) {
        cpu_interrupt(CPU(cpu), CPU_INTERRUPT_HARD);
    } else {
        cpu_reset_interrupt(CPU(cpu), CPU_INTERRUPT_HARD);
    }
}

static bool deliverable(uint64_t crmd, uint64_t ecfg, uint32_t is)
{
    return FIELD_EX64(crmd, CSR_CRMD, IE) &&
           (is & FIELD_EX64(ecfg, CSR_ECFG, LIE));
}

/*
 * Whether an interrupt is taken now. Root comes first, whatever the guest
 * masks; a masked line of one world never hides an interrupt of the other.
 */
bool lvz_exec_interrupt(CPULoongArchState *env)
{
    if (FIELD_EX64(env->CSR_DBG, CSR_DBG, DST)) {
        return false;
    }
    if (env->lvz.held && !lvz_guest(env) &&
        FIELD_EX64(env->CSR_CRMD, CSR_CRMD, IE)) {
        release_lines(env);
        lvz_update_irq(env);
    }
    if (deliverable(*lvz_root_csr(env, LOONGARCH_CSR_CRMD),
                    *lvz_root_csr(env, LOONGARCH_CSR_ECFG), root_is(env))) {
        if (lvz_guest(env)) {
            env->lvz.pending = LVZ_EXIT_GENERAL;
        }
        return true;
    }
    if (lvz_guest(env) &&
        deliverable(env->CSR_CRMD, env->CSR_ECFG, lvz_guest_is(env))) {
        env->lvz.count[LVZ_COUNT_GUEST_INT]++;
        return true;
    }
    return false;
}

/* A unit that the guest has enabled and root has not is root's to hand out. */
static bool unit_disabled_by_root(CPULoongArchState *env, int exccode)
{
    switch (exccode) {
    case EXCCODE_FPD:
        return FIELD_EX64(env->CSR_EUEN, CSR_EUEN, FPE);
    case EXCCODE_SXD:
        return FIELD_EX64(env->CSR_EUEN, CSR_EUEN, SXE);
    case EXCCODE_ASXD:
        return FIELD_EX64(env->CSR_EUEN, CSR_EUEN, ASXE);
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

static void enter_refill(CPULoongArchState *env, uint64_t pc)
{
    uint64_t crmd = env->CSR_CRMD;
    uint64_t prmd = env->CSR_TLBRPRMD;

    prmd = FIELD_DP64(prmd, CSR_TLBRPRMD, PPLV,
                      FIELD_EX64(crmd, CSR_CRMD, PLV));
    prmd = FIELD_DP64(prmd, CSR_TLBRPRMD, PIE, FIELD_EX64(crmd, CSR_CRMD, IE));
    env->CSR_TLBRPRMD = FIELD_DP64(prmd, CSR_TLBRPRMD, PGM, 1);
    env->CSR_TLBRBADV = env->lvz.gpa;
    env->CSR_TLBREHI = FIELD_DP64(env->CSR_TLBREHI, CSR_TLBREHI_64, VPPN,
                                  extract64(env->lvz.gpa, 13, 35));
    env->CSR_TLBRERA = FIELD_DP64(1, CSR_TLBRERA, PC, pc >> 2);

    crmd = FIELD_DP64(crmd, CSR_CRMD, PLV, 0);
    crmd = FIELD_DP64(crmd, CSR_CRMD, IE, 0);
    crmd = FIELD_DP64(crmd, CSR_CRMD, DA, 1);
    env->CSR_CRMD = FIELD_DP64(crmd, CSR_CRMD, PG, 0);
    set_pc(env, env->CSR_TLBRENTRY);
}

/* The exception number that picks the vector: interrupts have one each. */
static int exit_vector(CPULoongArchState *env, int exccode)
{
    uint32_t pending;

    if (exccode != EXCCODE_INT) {
        return EXCODE_MCODE(exccode);
    }
    pending = root_is(env) & FIELD_EX64(env->CSR_ECFG, CSR_ECFG, LIE);
    return EXCCODE_EXTERNAL_INT + 31 - clz32(pending);
}

static void enter_general(CPULoongArchState *env, int exccode, uint64_t pc)
{
    uint64_t crmd = env->CSR_CRMD;
    uint64_t prmd = env->CSR_PRMD;
    uint32_t vs = FIELD_EX64(env->CSR_ECFG, CSR_ECFG, VS);

    prmd = FIELD_DP64(prmd, CSR_PRMD, PPLV, FIELD_EX64(crmd, CSR_CRMD, PLV));
    env->CSR_PRMD = FIELD_DP64(prmd, CSR_PRMD, PIE,
                               FIELD_EX64(crmd, CSR_CRMD, IE));
    env->CSR_ERA = pc;
    env->CSR_ESTAT = FIELD_DP64(env->CSR_ESTAT, CSR_ESTAT, ECODE,
                                EXCODE_MCODE(exccode));
    env->CSR_ESTAT = FIELD_DP64(env->CSR_ESTAT, CSR_ESTAT, ESUBCODE,
                                EXCODE_SUBCODE(exccode));

    switch (exccode) {
    case EXCCODE_INT:
        env->lvz.held = root_is(env) & R_CSR_ESTAT_HWI_MASK &
                        FIELD_EX64(env->CSR_ECFG, CSR_ECFG, LIE);
        break;
    case EXCCODE_PIL:
    case EXCCODE_PIS:
    case EXCCODE_PME:
    case EXCCODE_PNR:
        env->CSR_BADI = env->lvz.insn;
        QEMU_FALLTHROUGH;
    case EXCCODE_PIF:
    case EXCCODE_PNX:
        env->CSR_BADV = env->lvz.gpa;
        env->CSR_TLBEHI = env->lvz.gpa & MAKE_64BIT_MASK(13, 51);
        break;
    default:
        env->CSR_BADI = env->lvz.insn;
        break;
    }

    crmd = FIELD_DP64(crmd, CSR_CRMD, PLV, 0);
    env->CSR_CRMD = FIELD_DP64(crmd, CSR_CRMD, IE, 0);
    set_pc(env, env->CSR_EENTRY +
                exit_vector(env, exccode) * (vs ? (1 << vs) * 4 : 0));
}

/*
 * First step of loongarch_cpu_do_interrupt(). True if the exception left the
 * guest and is done with; false if it stays in the world it was raised in,
 * where the base architecture's delivery applies to the active bank.
 * Context: BQL held.
 */
bool lvz_do_exit(CPUState *cs)
{
    CPULoongArchState *env = cpu_env(cs);
    int exccode = cs->exception_index;
    uint64_t pc = env->pc;
    LVZExit kind;

    if (!lvz_guest(env)) {
        /* A refill from root returns to root. */
        env->CSR_TLBRPRMD = FIELD_DP64(env->CSR_TLBRPRMD, CSR_TLBRPRMD, PGM,
                                       0);
        return false;
    }

    kind = exit_kind(env, exccode);
    env->lvz.pending = LVZ_EXIT_NONE;
    if (kind == LVZ_EXIT_NONE) {
        env->lvz.count[LVZ_COUNT_GUEST_EXC] += exccode != EXCCODE_INT;
        return false;
    }

    env->lladdr = 1;
    lvz_swap_banks(env);
    env->CSR_GSTAT = FIELD_DP64(env->CSR_GSTAT, CSR_GSTAT, PVM, 1);
    if (kind == LVZ_EXIT_REFILL) {
        env->lvz.count[LVZ_COUNT_REFILL]++;
        enter_refill(env, pc);
    } else {
        env->lvz.count[EXCODE_MCODE(exccode)]++;
        enter_general(env, exccode, pc);
    }
    lvz_update_irq(env);

    qemu_log_mask(CPU_LOG_INT, "lvz: cpu %d exit%s: exception %d pc %016"
                  PRIx64 " gpa %016" PRIx64 " insn %08x\n", cs->cpu_index,
                  kind == LVZ_EXIT_REFILL ? " (refill)" : "", exccode, pc,
                  env->lvz.gpa, env->lvz.insn);
    if (exccode == EXCCODE_INT) {
        qemu_plugin_vcpu_interrupt_cb(cs, pc);
    } else {
        qemu_plugin_vcpu_exception_cb(cs, pc);
    }
    cs->exception_index = -1;
    return true;
}

/* ertn: within the world, or from root into the guest. */
void helper_lvz_ertn(CPULoongArchState *env)
{
    bool refill = FIELD_EX64(env->CSR_TLBRERA, CSR_TLBRERA, ISTLBR);
    bool enter = refill ? FIELD_EX64(env->CSR_TLBRPRMD, CSR_TLBRPRMD, PGM)
                        : FIELD_EX64(env->CSR_GSTAT, CSR_GSTAT, PVM);

    enter = enter && !lvz_guest(env);
    helper_ertn(env);
    if (!enter) {
        return;
    }

    BQL_LOCK_GUARD();
    if (refill) {
        env->CSR_TLBRPRMD = FIELD_DP64(env->CSR_TLBRPRMD, CSR_TLBRPRMD, PGM,
                                       0);
    }
    env->lvz.count[LVZ_COUNT_ENTRY]++;
    release_lines(env);
    lvz_swap_banks(env);
    set_pc(env, env->pc);
    lvz_update_irq(env);
}

uint64_t lvz_rdtime_offset(CPULoongArchState *env)
{
    return lvz_guest(env) ? env->CSR_GCNTC + env->CSR_CNTC : 0;
}

uint32_t lvz_tb_flags(CPULoongArchState *env, uint32_t flags)
{
    uint64_t euen = *lvz_root_csr(env, LOONGARCH_CSR_EUEN);

    if (!FIELD_EX64(euen, CSR_EUEN, FPE)) {
        flags &= ~HW_FLAGS_EUEN_FPE;
    }
    if (!FIELD_EX64(euen, CSR_EUEN, SXE)) {
        flags &= ~HW_FLAGS_EUEN_SXE;
    }
    if (!FIELD_EX64(euen, CSR_EUEN, ASXE)) {
        flags &= ~HW_FLAGS_EUEN_ASXE;
    }
    if (FIELD_EX64(env->CSR_GTLBC, CSR_GTLBC, TOTI)) {
        flags |= HW_FLAGS_LVZ_TOTI;
    }
    if (!FIELD_EX64(env->CSR_GCFG, CSR_GCFG, GCI)) {
        flags |= HW_FLAGS_LVZ_CACOP;
    }
    return flags | HW_FLAGS_LVZ_GUEST;
}

/* Root mode, and both worlds as after power-on. Runs before root's reset. */
void lvz_reset(LoongArchCPU *cpu)
{
    CPULoongArchState *env = &cpu->env;

    if (lvz_guest(env)) {
        lvz_swap_banks(env);
    }
    memset(&env->lvz, 0, sizeof(env->lvz));
    timer_del(&cpu->lvz_timer);

    *lvz_guest_csr(env, LOONGARCH_CSR_CRMD) = R_CSR_CRMD_DA_MASK;
    *lvz_guest_csr(env, LOONGARCH_CSR_ASID) =
        FIELD_DP64(0, CSR_ASID, ASIDBITS, 0xa);
    *lvz_guest_csr(env, LOONGARCH_CSR_STLBPS) = 0xe;
    *lvz_guest_csr(env, LOONGARCH_CSR_PRCFG1) = env->CSR_PRCFG1;
    *lvz_guest_csr(env, LOONGARCH_CSR_PRCFG2) = env->CSR_PRCFG2;
    *lvz_guest_csr(env, LOONGARCH_CSR_PRCFG3) = env->CSR_PRCFG3;

    env->CSR_GTLBC = 0;
    env->CSR_TRGP = 0;
    env->CSR_GSTAT = FIELD_DP64(0, CSR_GSTAT, GIDBIT, LVZ_GIDBITS);
    /* Root may choose the memory type; cacop may run in "secure" mode. */
    env->CSR_GCFG = FIELD_DP64(0, CSR_GCFG, MATP, 2);
    env->CSR_GCFG = FIELD_DP64(env->CSR_GCFG, CSR_GCFG, GCIP, 4);
    env->CSR_GINTC = 0;
    env->CSR_GCNTC = 0;
}
