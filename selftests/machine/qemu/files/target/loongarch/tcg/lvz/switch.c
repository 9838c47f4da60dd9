/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: which world takes an interrupt, and the
 * way into the guest.
 */

#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "cpu.h"
#include "lvz.h"
#include "internals.h"
#include "exec/helper-proto.h"

/* GINTC decides HWI0..7 of the guest; the rest is stored in its bank. */
uint32_t lvz_guest_is(CPULoongArchState *env)
{
    uint64_t estat = *lvz_guest_csr(env, LOONGARCH_CSR_ESTAT);
    uint64_t lines = *lvz_root_csr(env, LOONGARCH_CSR_ESTAT);
    uint32_t hwi = FIELD_EX64(env->lvz.gintc, CSR_GINTC, VIP);

    hwi |= FIELD_EX64(lines, CSR_ESTAT, HWI) &
           FIELD_EX64(env->lvz.gintc, CSR_GINTC, PIP);
    return FIELD_EX64(FIELD_DP64(estat, CSR_ESTAT, HWI, hwi), CSR_ESTAT, IS);
}

static bool irq_wanted(CPULoongArchState *env)
{
    return lvz_root_is(env) || (lvz_guest(env) && lvz_guest_is(env));
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

/*
 * A line of the CPU changed. It is root's, whichever world runs. False if there
 * are no two worlds. Context: BQL held.
 */
bool lvz_set_irq(LoongArchCPU *cpu, int irq, int level)
{
    CPULoongArchState *env = &cpu->env;
    uint64_t *estat;

    if (!lvz_enabled(env)) {
        return false;
    }
    estat = lvz_root_csr(env, LOONGARCH_CSR_ESTAT);
    env->lvz.dropped &= ~BIT(irq);
    if (!level && (env->lvz.held & BIT(irq)) && current_cpu != CPU(cpu)) {
        env->lvz.dropped |= BIT(irq);
        return true;
    }

    *estat = deposit64(*estat, irq, 1, level != 0);
    if (irq_wanted(env)) {
        cpu_interrupt(CPU(cpu), CPU_INTERRUPT_HARD);
    } else {
        cpu_reset_interrupt(CPU(cpu), CPU_INTERRUPT_HARD);
    }
    return true;
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
    CPUSysState *sys = env_sys(env);

    if (FIELD_EX64(sys->CSR_DBG, CSR_DBG, DST)) {
        return false;
    }
    if (env->lvz.held && !lvz_guest(env) &&
        FIELD_EX64(sys->CSR_CRMD, CSR_CRMD, IE)) {
        release_lines(env);
        lvz_update_irq(env);
    }
    if (deliverable(*lvz_root_csr(env, LOONGARCH_CSR_CRMD),
                    *lvz_root_csr(env, LOONGARCH_CSR_ECFG), lvz_root_is(env))) {
        if (lvz_guest(env)) {
            env->lvz.pending = LVZ_EXIT_GENERAL;
        }
        return true;
    }
    if (lvz_guest(env) &&
        deliverable(sys->CSR_CRMD, sys->CSR_ECFG, lvz_guest_is(env))) {
        env->lvz.count[LVZ_COUNT_GUEST_INT]++;
        return true;
    }
    return false;
}

/* ertn: within the world, or from root into the guest. */
void helper_lvz_ertn(CPULoongArchState *env)
{
    CPUSysState *sys = env_sys(env);
    bool refill = FIELD_EX64(sys->CSR_TLBRERA, CSR_TLBRERA, ISTLBR);
    bool enter = refill ? FIELD_EX64(sys->CSR_TLBRPRMD, CSR_TLBRPRMD, PGM)
                        : FIELD_EX64(env->lvz.gstat, CSR_GSTAT, PVM);

    enter = enter && !lvz_guest(env);
    helper_ertn(env);
    if (!enter) {
        return;
    }

    BQL_LOCK_GUARD();
    if (refill) {
        sys->CSR_TLBRPRMD = FIELD_DP64(sys->CSR_TLBRPRMD, CSR_TLBRPRMD, PGM,
                                       0);
    }
    env->lvz.count[LVZ_COUNT_ENTRY]++;
    release_lines(env);
    lvz_swap_banks(env);
    set_pc(env, env->pc);
    lvz_update_irq(env);
}

/* The translation flags of guest mode, from those of the base architecture. */
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
    if (FIELD_EX64(env->lvz.gtlbc, CSR_GTLBC, TOTI)) {
        flags |= HW_FLAGS_LVZ_TOTI;
    }
    if (!FIELD_EX64(env->lvz.gcfg, CSR_GCFG, GCI)) {
        flags |= HW_FLAGS_LVZ_CACOP;
    }
    return flags | HW_FLAGS_LVZ_GUEST;
}
