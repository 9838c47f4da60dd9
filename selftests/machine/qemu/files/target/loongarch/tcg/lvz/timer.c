/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension: the guest's timer, and root's.
 *
 * The guest's counts from its own deadline in both worlds, so that TVAL never goes up
 * but at an expiry. KVM compares two readings to learn whether it fired.
 * Everything here runs with the BQL held.
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "cpu.h"
#include "lvz.h"
#include "internals.h"

#define TICK_NS   10                         /* 100 MHz, as cpucfg says */
#define TVAL_MAX  MAKE_64BIT_MASK(0, 48)
/* TCFG bits 47:2 count ticks; the two below them read as zero. */
#define TCFG_TICKS(tcfg) ((tcfg) & MAKE_64BIT_MASK(2, 46))

static void start(CPULoongArchState *env, int64_t deadline)
{
    env->lvz.timer_running = true;
    env->lvz.timer_deadline = deadline;
    timer_mod(&env->lvz.timer, deadline);
}

static void stop(CPULoongArchState *env, uint64_t tval)
{
    env->lvz.timer_running = false;
    env->lvz.timer_tval = tval;
    timer_del(&env->lvz.timer);
}

static void expire(CPULoongArchState *env, int64_t now)
{
    uint64_t tcfg = *lvz_guest_csr(env, LOONGARCH_CSR_TCFG);
    int64_t period = TCFG_TICKS(tcfg) * TICK_NS;

    *lvz_guest_csr(env, LOONGARCH_CSR_ESTAT) |= BIT_ULL(IRQ_TIMER);
    if (FIELD_EX64(tcfg, CSR_TCFG, PERIODIC) && period) {
        /* Periods that nobody looked at share one interrupt. */
        int64_t late = now - env->lvz.timer_deadline;

        start(env, env->lvz.timer_deadline + (late / period + 1) * period);
    } else {
        stop(env, TVAL_MAX);
    }
}

/* Let the timer expire if its time has come. True if it did. */
bool lvz_timer_sync(CPULoongArchState *env)
{
    int64_t now;

    if (!env->lvz.timer_running) {
        return false;
    }
    now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    if (now < env->lvz.timer_deadline) {
        return false;
    }
    expire(env, now);
    lvz_update_irq(env);
    return true;
}

static void guest_timer_cb(void *opaque)
{
    LoongArchCPU *cpu = opaque;

    if (lvz_timer_sync(&cpu->env) && lvz_guest(&cpu->env)) {
        cpu_interrupt(CPU(cpu), CPU_INTERRUPT_HARD);
    }
}

/* As loongarch_constant_timer_cb(), while whichever world runs. */
static void root_timer_cb(void *opaque)
{
    LoongArchCPU *cpu = opaque;
    uint64_t *tcfg = lvz_root_csr(&cpu->env, LOONGARCH_CSR_TCFG);

    if (FIELD_EX64(*tcfg, CSR_TCFG, PERIODIC)) {
        timer_mod(&cpu->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                               TCFG_TICKS(*tcfg) * TICK_NS);
    } else {
        *tcfg = FIELD_DP64(*tcfg, CSR_TCFG, EN, 0);
    }
    loongarch_cpu_set_irq(opaque, IRQ_TIMER, 1);
}

void lvz_timer_init(LoongArchCPU *cpu)
{
    timer_init_ns(&cpu->env.lvz.timer, QEMU_CLOCK_VIRTUAL, &guest_timer_cb,
                  cpu);
    timer_init_ns(&cpu->timer, QEMU_CLOCK_VIRTUAL, &root_timer_cb, cpu);
}

uint64_t lvz_timer_tval(CPULoongArchState *env)
{
    int64_t left;

    lvz_timer_sync(env);
    if (!env->lvz.timer_running) {
        return env->lvz.timer_tval;
    }
    left = env->lvz.timer_deadline - qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    /* The clock moves under real time; it can pass the deadline in between. */
    return DIV_ROUND_UP(MAX(left, 1), TICK_NS);
}

void lvz_timer_config(CPULoongArchState *env, uint64_t tcfg)
{
    uint64_t tval = lvz_timer_tval(env);

    *lvz_guest_csr(env, LOONGARCH_CSR_TCFG) =
        tcfg & (TCFG_TICKS(-1ULL) | R_CSR_TCFG_EN_MASK |
                R_CSR_TCFG_PERIODIC_MASK);
    if (FIELD_EX64(tcfg, CSR_TCFG, EN)) {
        start(env, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                   TCFG_TICKS(tcfg) * TICK_NS);
    } else {
        stop(env, tval);
    }
}

/* Root restores the ticks that remain; with none left the timer fires now. */
void lvz_timer_set_tval(CPULoongArchState *env, uint64_t ticks)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    ticks &= TVAL_MAX;
    if (!FIELD_EX64(*lvz_guest_csr(env, LOONGARCH_CSR_TCFG), CSR_TCFG, EN)) {
        env->lvz.timer_tval = ticks;
    } else if (ticks) {
        start(env, now + ticks * TICK_NS);
    } else {
        env->lvz.timer_deadline = now;
        expire(env, now);
        lvz_update_irq(env);
    }
}
