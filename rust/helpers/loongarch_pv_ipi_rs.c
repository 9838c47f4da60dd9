// SPDX-License-Identifier: GPL-2.0
/*
 * The C half of the guest module: what the kernel offers to C only.
 *
 * Per-CPU data, notifiers and what is statically defined have no Rust
 * counterpart in 7.2. Nothing here is on the path of an IPI.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/reboot.h>
#include <linux/string.h>
#include <linux/syscore_ops.h>
#include <linux/workqueue.h>

#include "debugfs.h"
#include "loongarch_pv_ipi_rs.h"

DEFINE_PER_CPU_ALIGNED(struct pv_ipi_rs_events, pv_ipi_rs_events);

/*
 * Add up one counter over all CPUs. It moves meanwhile.
 */
u64 pv_ipi_rs_sum(unsigned int event)
{
	u64 sum = 0;
	int cpu;

	if (event >= PV_IPI_RS_EVENTS)
		return 0;
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(&pv_ipi_rs_events, cpu)->count[event]);
	return sum;
}

/* Reboot for another kernel. Only kernel_kexec() gives this command. */
static void (*pv_ipi_rs_on_kexec)(void);

static int pv_ipi_rs_reboot(struct notifier_block *block, unsigned long action, void *command)
{
	if (action == SYS_RESTART && command && !strcmp(command, "kexec reboot"))
		pv_ipi_rs_on_kexec();
	return NOTIFY_DONE;
}

static struct notifier_block pv_ipi_rs_reboot_block = {
	.notifier_call = pv_ipi_rs_reboot,
};

void pv_ipi_rs_watch_kexec(void (*call)(void))
{
	pv_ipi_rs_on_kexec = call;
	register_reboot_notifier(&pv_ipi_rs_reboot_block);
}

void pv_ipi_rs_unwatch_kexec(void)
{
	unregister_reboot_notifier(&pv_ipi_rs_reboot_block);
}

/* Resume from suspend or hibernation: on one CPU, interrupts off. */
static void (*pv_ipi_rs_on_resume)(void);

static void pv_ipi_rs_resume(void *unused)
{
	pv_ipi_rs_on_resume();
}

static const struct syscore_ops pv_ipi_rs_syscore_ops = {
	.resume = pv_ipi_rs_resume,
};

static struct syscore pv_ipi_rs_syscore = {
	.ops = &pv_ipi_rs_syscore_ops,
};

void pv_ipi_rs_watch_resume(void (*call)(void))
{
	pv_ipi_rs_on_resume = call;
	register_syscore(&pv_ipi_rs_syscore);
}

void pv_ipi_rs_unwatch_resume(void)
{
	unregister_syscore(&pv_ipi_rs_syscore);
}

/* Refusals: one is said at once, from an irq_work, then asked about every second. */
static void (*pv_ipi_rs_say)(void);
static bool (*pv_ipi_rs_ask)(void);

static void pv_ipi_rs_ask_again(struct work_struct *unused);
static DECLARE_DELAYED_WORK(pv_ipi_rs_retry, pv_ipi_rs_ask_again);

static void pv_ipi_rs_ask_again(struct work_struct *unused)
{
	if (!pv_ipi_rs_ask())
		schedule_delayed_work(&pv_ipi_rs_retry, HZ);
}

static void pv_ipi_rs_refusal(struct irq_work *unused)
{
	pv_ipi_rs_say();
	schedule_delayed_work(&pv_ipi_rs_retry, HZ);
}

static DEFINE_IRQ_WORK(pv_ipi_rs_refusal_work, pv_ipi_rs_refusal);

void pv_ipi_rs_watch_refusals(void (*say)(void), bool (*ask)(void))
{
	pv_ipi_rs_say = say;
	pv_ipi_rs_ask = ask;
}

void pv_ipi_rs_unwatch_refusals(void)
{
	irq_work_sync(&pv_ipi_rs_refusal_work);
	cancel_delayed_work_sync(&pv_ipi_rs_retry);
}

void pv_ipi_rs_refused(void)
{
	irq_work_queue(&pv_ipi_rs_refusal_work);
}

/*
 * Wait for whoever has read a pointer of mp_ops: most have preemption off until
 * they have called through it, some may be preempted in between, and a CPU that
 * goes offline sends its last IPI when RCU does not watch it any more.
 */
void pv_ipi_rs_wait_for_callers(void)
{
	cpus_read_lock();
	cpus_read_unlock();
	synchronize_rcu();
	synchronize_rcu_tasks();
}

/* For a report: the three words of what may be mp_ops. */
void pv_ipi_rs_show_words(const unsigned long *words)
{
	pr_err("found instead: %pS, %pS, %pS\n", (void *)words[0], (void *)words[1],
	       (void *)words[2]);
}

struct dentry *pv_ipi_rs_show(const char *name, const struct rs_number *files, unsigned int nr)
{
	return rs_show(name, files, nr);
}

void pv_ipi_rs_hide(struct dentry *dir)
{
	debugfs_remove(dir);
}
