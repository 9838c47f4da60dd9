// SPDX-License-Identifier: GPL-2.0
/*
 * A storm: as many threads as there are CPUs send whatever kind of IPI comes to
 * their mind, to whichever CPU. Each that is sent must arrive, and function calls
 * and reschedule IPIs before long.
 *
 * CPUs may come and go meanwhile: a target is chosen with preemption off, and a
 * CPU that is online then stays until it is on again.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "ipi_load.h"

/* How long threads may take to end. */
#define END_TIMEOUT	(20 * HZ)

struct sender {
	struct task_struct *task;
	struct task_struct *sleeper;
	struct completion wake;		/* what the sleeper waits for */
	struct completion ended;
	struct irq_work work;
	call_single_data_t *calls;	/* one for each CPU */
	struct cpumask others;
	struct {
		void *stamp;		/* of a reschedule IPI that we watch */
		unsigned int cpu;
		unsigned int before;	/* what its target had counted */
	} resched;
	u64 rounds;
	u64 sent;
	u64 woken;			/* by the sleeper */
};

static struct sender *senders;
static unsigned int nr_senders;
static bool ending;
static bool sleepers_ending;
static bool with_selves;
static bool late;

static void count_work(struct irq_work *unused)
{
	load_count(NULL);
}

/*
 * A target counts its reschedule IPIs, ours or not, and some are sent all the
 * time. If one that is online has counted none since ours, that one is late.
 */
static void send_resched(struct sender *me, unsigned int cpu)
{
	if (!me->resched.stamp) {
		me->resched.cpu = cpu;
		me->resched.before = load_rescheduled(cpu);
		me->resched.stamp = load_stamp();
	}
	arch_smp_send_reschedule(cpu);
}

static void watch_resched(struct sender *me)
{
	unsigned int cpu = me->resched.cpu;

	if (!me->resched.stamp)
		return;
	if (!cpu_online(cpu) || load_rescheduled(cpu) != me->resched.before)
		me->resched.stamp = NULL;
	else if (load_age(me->resched.stamp) > load_bound())
		WRITE_ONCE(late, true);
}

/* It may be on its way still from last time. */
static unsigned int send_call(call_single_data_t *call, unsigned int cpu)
{
	if (READ_ONCE(call->node.u_flags) & CSD_FLAG_LOCK)
		return 0;
	call->info = load_stamp();
	/* Before it is locked; see is_late(). */
	smp_wmb();
	return smp_call_function_single_async(cpu, call) ? 0 : 1;
}

/* One IPI or a few. Returns how many. Preemption is off. */
static unsigned int send_some(struct sender *me, bool *wait)
{
	unsigned int cpu, others, kind;

	cpumask_andnot(&me->others, cpu_online_mask, cpumask_of(smp_processor_id()));
	others = cpumask_weight(&me->others);
	kind = with_selves ? get_random_u32_below(16) : 1 + get_random_u32_below(15);
	if (!others || kind == 0)
		return irq_work_queue(&me->work);

	cpu = cpumask_nth(get_random_u32_below(others), &me->others);
	switch (kind) {
	case 1:
		smp_call_function_many(&me->others, load_count, load_stamp(), false);
		return others;
	case 2:
		smp_call_function_many(&me->others, load_count, load_stamp(), true);
		return others;
	case 3 ... 6:
		complete(&senders[get_random_u32_below(nr_senders)].wake);
		return 1;
	case 7:
		send_resched(me, cpu);
		return 0;
	case 8 ... 10:
		*wait = true;
		return 0;
	default:
		return send_call(&me->calls[cpu], cpu);
	}
}

static int sender(void *data)
{
	struct sender *me = data;

	/* Others are to come to what they want to do meanwhile. */
	set_user_nice(current, MAX_NICE);
	while (!READ_ONCE(ending) && !READ_ONCE(load_stop)) {
		bool wait = false;

		preempt_disable();
		watch_resched(me);
		me->sent += send_some(me, &wait);
		preempt_enable();
		me->rounds++;
		/* So that CPUs become idle and are woken up. */
		if (wait)
			usleep_range(100, 1000);
		/* Unloading waits for tasks that never sleep, as this one on the only CPU. */
		cond_resched_tasks_rcu_qs();
	}
	complete(&me->ended);
	return 0;
}

static int sleeper(void *data)
{
	struct sender *me = data;

	for (;;) {
		wait_for_completion_interruptible(&me->wake);
		if (READ_ONCE(sleepers_ending))
			return 0;
		WRITE_ONCE(me->woken, me->woken + 1);
	}
}

static struct task_struct *start(int (*function)(void *), struct sender *me, const char *what)
{
	struct task_struct *task;

	task = kthread_create(function, me, "ipi_load/%s", what);
	if (IS_ERR(task))
		return NULL;
	/* It may end before it is waited for. */
	get_task_struct(task);
	wake_up_process(task);
	return task;
}

static int sender_init(struct sender *me)
{
	unsigned int cpu;

	init_completion(&me->wake);
	init_completion(&me->ended);
	init_irq_work(&me->work, count_work);
	me->calls = kcalloc(nr_cpu_ids, sizeof(*me->calls), GFP_KERNEL);
	if (!me->calls)
		return -ENOMEM;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		INIT_CSD(&me->calls[cpu], load_count, NULL);
	me->sleeper = start(sleeper, me, "sleep");
	return me->sleeper ? 0 : -ENOMEM;
}

static void add_up(struct load_result *result)
{
	struct sender *me;

	result->rounds = 0;
	result->sent = 0;
	result->received = load_sum();
	for (me = senders; me < senders + nr_senders; me++) {
		result->rounds += READ_ONCE(me->rounds);
		result->sent += READ_ONCE(me->sent);
		result->received += READ_ONCE(me->woken);
	}
}

/* True if an IPI has arrived late, or has not arrived and is late by now. */
static bool is_late(void)
{
	struct sender *me;
	unsigned int cpu;

	for (me = senders; me < senders + nr_senders; me++) {
		for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
			call_single_data_t *call = &me->calls[cpu];

			if (!(READ_ONCE(call->node.u_flags) & CSD_FLAG_LOCK))
				continue;
			smp_rmb();
			if (load_age(READ_ONCE(call->info)) > load_bound())
				return true;
		}
	}
	return READ_ONCE(late) || load_slowest() > load_bound();
}

/* True if all senders have ended, and all that they sent has arrived. */
static bool drained(struct load_result *result)
{
	unsigned long end = jiffies + END_TIMEOUT;
	struct sender *me;

	for (me = senders; me < senders + nr_senders; me++)
		if (me->task && !wait_for_completion_timeout(&me->ended, END_TIMEOUT))
			result->stuck = true;
	do {
		add_up(result);
		if (result->sent == result->received)
			break;
		msleep(20);
	} while (time_before(jiffies, end));
	return !result->stuck && result->sent == result->received;
}

static void release(void)
{
	struct sender *me;

	WRITE_ONCE(sleepers_ending, true);
	for (me = senders; me < senders + nr_senders; me++) {
		if (me->sleeper) {
			complete(&me->wake);
			kthread_stop_put(me->sleeper);
		}
		if (me->task)
			kthread_stop_put(me->task);
		irq_work_sync(&me->work);
		kfree(me->calls);
	}
	kvfree(senders);
	senders = NULL;
}

static int storm(struct load_result *result, u64 seconds)
{
	unsigned long end = jiffies + seconds * HZ;
	struct sender *me;
	int ret = 0;

	nr_senders = num_possible_cpus();
	senders = kvcalloc(nr_senders, sizeof(*senders), GFP_KERNEL);
	if (!senders)
		return -ENOMEM;
	WRITE_ONCE(ending, false);
	WRITE_ONCE(sleepers_ending, false);
	WRITE_ONCE(late, false);
	for (me = senders; !ret && me < senders + nr_senders; me++)
		ret = sender_init(me);
	for (me = senders; !ret && me < senders + nr_senders; me++) {
		me->task = start(sender, me, "send");
		ret = me->task ? 0 : -ENOMEM;
	}
	while (!ret && !READ_ONCE(load_stop) && !fatal_signal_pending(current) &&
	       time_before(jiffies, end)) {
		/* Who waits here does not keep the system from suspending. */
		set_current_state(TASK_UNINTERRUPTIBLE | TASK_FREEZABLE);
		schedule_timeout(HZ / 50);
		if (is_late())
			ret = -ETIME;
	}
	WRITE_ONCE(ending, true);
	if (!drained(result)) {
		/* What is late may arrive yet, so nothing of ours may go. */
		__module_get(THIS_MODULE);
		return -ETIMEDOUT;
	}
	release();
	return ret;
}

int load_storm(struct load_result *result, u64 seconds)
{
	with_selves = false;
	return storm(result, seconds);
}

int load_mixed(struct load_result *result, u64 seconds)
{
	with_selves = true;
	return storm(result, seconds);
}
