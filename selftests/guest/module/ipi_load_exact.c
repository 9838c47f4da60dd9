// SPDX-License-Identifier: GPL-2.0
/*
 * Loads of known number: the boot CPU sends an IPI, or one to each other CPU,
 * sees it arrive, and sends the next. No CPU comes or goes meanwhile.
 *
 * Waits end after a while, so that a lost IPI is a number and not a hang.
 */
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "ipi_load.h"

static void *self_stamp;

static void count_irq_work(struct irq_work *unused)
{
	load_count(self_stamp);
}

static DEFINE_PER_CPU(call_single_data_t, ping) = CSD_INIT(load_count, NULL);
static struct irq_work self_ping = IRQ_WORK_INIT_HARD(count_irq_work);

/* Wait until all that were sent have arrived. Preemption may be off or on. */
static int arrived(struct load_result *result)
{
	unsigned long end = jiffies + ARRIVAL_TIMEOUT;

	while (load_sum() < result->sent) {
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		cpu_relax();
	}
	return 0;
}

/* Nothing that was sent to the CPU this way before is on its way still. */
static int send_ping(unsigned int cpu)
{
	call_single_data_t *csd = per_cpu_ptr(&ping, cpu);

	csd->info = load_stamp();
	return smp_call_function_single_async(cpu, csd);
}

static unsigned int next_other(unsigned int cpu)
{
	cpu = cpumask_next(cpu, cpu_online_mask);
	if (cpu >= nr_cpu_ids)
		cpu = cpumask_next(0, cpu_online_mask);
	return cpu;
}

int load_unicast(struct load_result *result, u64 count)
{
	unsigned int cpu = 0;
	int ret = 0;

	while (!ret && result->rounds < count && !READ_ONCE(load_stop)) {
		cpu = next_other(cpu);
		ret = send_ping(cpu);
		if (ret)
			break;
		result->sent++;
		ret = arrived(result);
		result->rounds++;
		cond_resched();
	}
	return ret;
}

int load_broadcast(struct load_result *result, u64 count)
{
	int ret = 0;

	while (!ret && result->rounds < count && !READ_ONCE(load_stop)) {
		preempt_disable();
		smp_call_function_many(cpu_online_mask, load_count, load_stamp(), false);
		preempt_enable();
		result->sent += num_online_cpus() - 1;
		ret = arrived(result);
		result->rounds++;
		cond_resched();
	}
	return ret;
}

int load_self(struct load_result *result, u64 count)
{
	int ret = 0;

	while (!ret && result->rounds < count && !READ_ONCE(load_stop)) {
		self_stamp = load_stamp();
		if (!irq_work_queue(&self_ping))
			return -EBUSY;
		result->sent++;
		ret = arrived(result);
		result->rounds++;
		cond_resched();
	}
	return ret;
}

int load_resched(struct load_result *result, u64 count)
{
	unsigned int cpu = 0;

	while (result->rounds < count && !READ_ONCE(load_stop)) {
		unsigned long end = jiffies + ARRIVAL_TIMEOUT;
		unsigned int before;

		cpu = next_other(cpu);
		before = load_rescheduled(cpu);
		arch_smp_send_reschedule(cpu);
		result->sent++;
		while (load_rescheduled(cpu) == before) {
			if (time_after(jiffies, end))
				return -ETIMEDOUT;
			cpu_relax();
		}
		result->received++;
		result->rounds++;
		cond_resched();
	}
	return 0;
}

/* A CPU that takes no interrupt until it is let go. */
static struct held {
	bool here;
	bool go;
} held;

static void hold(void *unused)
{
	WRITE_ONCE(held.here, true);
	while (!READ_ONCE(held.go))
		cpu_relax();
	load_count(NULL);
}

static call_single_data_t hold_csd = CSD_INIT(hold, NULL);

/*
 * While the next CPU is held with interrupts off, send it a number of
 * reschedule IPIs and a function call: none can arrive before it is let go.
 * The function calls are counted.
 */
int load_merge(struct load_result *result, u64 count)
{
	unsigned int cpu = next_other(0);
	unsigned long end = jiffies + ARRIVAL_TIMEOUT;
	int ret;

	held.here = false;
	held.go = false;
	ret = smp_call_function_single_async(cpu, &hold_csd);
	if (ret)
		return ret;
	result->sent++;
	while (!READ_ONCE(held.here)) {
		if (time_after(jiffies, end)) {
			WRITE_ONCE(held.go, true);
			return -ETIMEDOUT;
		}
		cpu_relax();
	}
	for (; result->rounds < count; result->rounds++)
		arch_smp_send_reschedule(cpu);
	ret = send_ping(cpu);
	WRITE_ONCE(held.go, true);
	if (ret)
		return ret;
	result->sent++;
	return arrived(result);
}
