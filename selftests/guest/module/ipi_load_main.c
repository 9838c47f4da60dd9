// SPDX-License-Identifier: GPL-2.0
/*
 * Sends IPIs whose number is known, in a guest or anywhere, and counts those
 * that arrive.
 *
 * debugfs directory ipi_load: writing "unicast N", "broadcast N", "self N",
 * "resched N", "merge N", "storm SECONDS" or "mixed SECONDS" to "run" returns
 * when it is done, with an error if something was lost or took longer than
 * bound_ms; "stop" ends a run of somebody else, and is an error if there is
 * none. What it counted is in "result". After a loss the kernel itself may
 * hang: it too waits for the IPI.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "ipi_load.h"

DEFINE_PER_CPU(u64, load_arrivals);
bool load_stop;

static unsigned int bound_ms = 1000;
module_param(bound_ms, uint, 0644);
MODULE_PARM_DESC(bound_ms, "fail if an IPI takes longer to arrive");

static DEFINE_PER_CPU(u64, slowest);

/* Held by the run, and what it is doing. */
static DEFINE_MUTEX(running);
static bool is_running;
static struct load_result last = { .name = "none" };
static struct dentry *directory;

u64 load_bound(void)
{
	return (u64)READ_ONCE(bound_ms) * NSEC_PER_MSEC;
}

/* The end of every IPI of ours: interrupts are off. */
void load_count(void *stamp)
{
	u64 *mine = this_cpu_ptr(&slowest);

	if (stamp)
		WRITE_ONCE(*mine, max(*mine, load_age(stamp)));
	WRITE_ONCE(*this_cpu_ptr(&load_arrivals), *this_cpu_ptr(&load_arrivals) + 1);
}

u64 load_sum(void)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(load_arrivals, cpu));
	return sum;
}

u64 load_slowest(void)
{
	unsigned int cpu;
	u64 all = 0;

	for_each_possible_cpu(cpu)
		all = max(all, READ_ONCE(per_cpu(slowest, cpu)));
	return all;
}

static const struct load {
	const char *name;
	load_fn run;
	unsigned int exact;	/* sent by the boot CPU, and how many CPUs that takes */
} loads[] = {
	{ "unicast", load_unicast, 2 },
	{ "broadcast", load_broadcast, 2 },
	{ "self", load_self, 1 },
	{ "resched", load_resched, 2 },
	{ "merge", load_merge, 2 },
	{ "storm", load_storm },
	{ "mixed", load_mixed },
};

/* What a thread on the boot CPU is to run. */
struct job {
	const struct load *load;
	u64 count;
	int ret;
	struct completion done;
};

static int exact(void *data)
{
	struct job *job = data;

	cpus_read_lock();
	job->ret = num_online_cpus() < job->load->exact ? -ENODEV :
		   job->load->run(&last, job->count);
	cpus_read_unlock();
	/* load_resched() counts in the kernel's own counters. */
	last.received += load_sum();
	complete(&job->done);
	return 0;
}

static int run_on_boot_cpu(struct job *job)
{
	struct task_struct *task;

	init_completion(&job->done);
	task = kthread_create_on_cpu(exact, job, 0, "ipi_load/%u");
	if (IS_ERR(task))
		return PTR_ERR(task);
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&job->done);
	kthread_stop_put(task);
	return job->ret;
}

static int run(const struct load *load, u64 count)
{
	struct job job = { .load = load, .count = count };
	unsigned int cpu;
	int ret;

	ret = mutex_lock_interruptible(&running);
	if (ret)
		return ret;
	if (last.stuck) {
		ret = -EBUSY;
		goto out;
	}
	last = (struct load_result) { .name = load->name };
	for_each_possible_cpu(cpu) {
		per_cpu(load_arrivals, cpu) = 0;
		per_cpu(slowest, cpu) = 0;
	}
	WRITE_ONCE(load_stop, false);
	/* From here on it can be told to stop. */
	smp_store_release(&is_running, true);
	ret = load->exact ? run_on_boot_cpu(&job) : load->run(&last, count);
	WRITE_ONCE(is_running, false);
	last.slowest = load_slowest();
	if (!ret && last.sent != last.received)
		ret = -EIO;
	if (!ret && last.slowest > load_bound())
		ret = -ETIME;
out:
	mutex_unlock(&running);
	return ret;
}

static ssize_t run_write(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	const struct load *load;
	char text[40], name[16];
	u64 count;
	int ret;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, size))
		return -EFAULT;
	text[size] = '\0';
	if (!strcmp(strim(text), "stop")) {
		if (!smp_load_acquire(&is_running))
			return -ESRCH;
		WRITE_ONCE(load_stop, true);
		return size;
	}
	if (sscanf(text, "%15s %llu", name, &count) != 2)
		return -EINVAL;
	for (load = loads; load < loads + ARRAY_SIZE(loads); load++) {
		if (strcmp(load->name, name))
			continue;
		ret = run(load, count);
		return ret ? ret : size;
	}
	return -EINVAL;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = run_write,
};

static int result_show(struct seq_file *seq, void *unused)
{
	seq_printf(seq, "load=%s\nrunning=%d\n", last.name, READ_ONCE(is_running));
	seq_printf(seq, "rounds=%llu\nsent=%llu\nreceived=%llu\nlost=%lld\nstuck=%d\n",
		   last.rounds, last.sent, last.received,
		   (s64)(last.sent - last.received), last.stuck);
	seq_printf(seq, "slowest_ms=%llu\n", last.slowest / NSEC_PER_MSEC);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

static int __init ipi_load_init(void)
{
	directory = debugfs_create_dir("ipi_load", NULL);
	debugfs_create_file("run", 0200, directory, NULL, &run_fops);
	debugfs_create_file("result", 0400, directory, NULL, &result_fops);
	return 0;
}
module_init(ipi_load_init);

static void __exit ipi_load_exit(void)
{
	debugfs_remove(directory);
}
module_exit(ipi_load_exit);

MODULE_DESCRIPTION("Sends IPIs of known number and counts those that arrive");
MODULE_LICENSE("GPL");
