// SPDX-License-Identifier: GPL-2.0
/*
 * Guests in odd states, for tests of the guest module. In debugfs, "ipi_cases/run" takes
 *
 *	stuck	the last CPU loops with preemption off, for good
 *	take	take the kernel's IPI operations over, as another module might
 *	give	give them back
 *	swi0	map SWI0 for a handler of the kind that each CPU requests on its own
 *	noswi0	unmap it
 *	sleep	from now on, ask for an irq_work when the system has stopped its CPUs to
 *		sleep, and lose SWI0 then, as a CPU does whose power goes
 *
 * and "ipi_cases/state" tells what is so.
 */
#include <linux/debugfs.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/syscore_ops.h>
#include <linux/uaccess.h>
#include <asm/loongarch.h>

static struct dentry *directory;

static int stuck(void *unused)
{
	preempt_disable();
	for (;;)
		cpu_relax();
	return 0;
}

static int start_stuck(void)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);
	struct task_struct *task;

	task = kthread_create_on_cpu(stuck, NULL, cpu, "stuck/%u");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wake_up_process(task);
	return 0;
}

/*
 * Where arch_smp_send_reschedule() loads its pointer from: pcalau12i, perhaps addi.d,
 * and ld.d, with other instructions between.
 */
static struct smp_ops *find_ops(void)
{
	unsigned long function = (unsigned long)arch_smp_send_reschedule, known[32] = { };
	unsigned int i;

	for (i = 0; i < 16; i++) {
		u32 insn = ((u32 *)function)[i], rd = insn & 31, rj = (insn >> 5) & 31;
		s64 offset = sign_extend64(insn >> 10, 11);

		switch (insn >> 22) {
		case 0x068 ... 0x06f:
			known[rd] = ((function + i * 4) & ~0xfffUL) +
				    (sign_extend64(insn >> 5, 19) << 12);
			continue;
		case 0x00b:
			known[rd] = known[rj] ? known[rj] + offset : 0;
			continue;
		case 0x0a3:
			if (known[rj])
				return (void *)(known[rj] + offset -
						offsetof(struct smp_ops, send_ipi_single));
		}
	}
	return NULL;
}

static struct smp_ops *ops, before;
static unsigned long calls;

static void count_single(int cpu, unsigned int action)
{
	WRITE_ONCE(calls, READ_ONCE(calls) + 1);
	before.send_ipi_single(cpu, action);
}

static void count_mask(const struct cpumask *mask, unsigned int action)
{
	WRITE_ONCE(calls, READ_ONCE(calls) + 1);
	before.send_ipi_mask(mask, action);
}

static int take(void)
{
	ops = find_ops();
	if (!ops)
		return -ENOENT;
	before = *ops;
	WRITE_ONCE(ops->send_ipi_single, count_single);
	WRITE_ONCE(ops->send_ipi_mask, count_mask);
	return 0;
}

static int give(void)
{
	int ret = 0;

	if (cmpxchg(&ops->send_ipi_single, count_single, before.send_ipi_single) != count_single)
		ret = -EBUSY;
	if (cmpxchg(&ops->send_ipi_mask, count_mask, before.send_ipi_mask) != count_mask)
		ret = -EBUSY;
	synchronize_rcu();
	return ret;
}

static struct irq_domain *cpu_domain(void)
{
	struct irq_data *data;
	unsigned int irq;

	for (irq = 1; irq < 4096; irq++) {
		data = irq_get_irq_data(irq);
		if (data && data->chip && data->chip->name && !strcmp(data->chip->name, "CPUINTC"))
			return data->domain;
	}
	return NULL;
}

static unsigned int swi0_irq(void)
{
	struct irq_domain *domain = cpu_domain();

	return domain ? irq_find_mapping(domain, INT_SWI0) : 0;
}

static int map_swi0(void)
{
	struct irq_domain *domain = cpu_domain();
	unsigned int irq = domain ? irq_create_mapping(domain, INT_SWI0) : 0;

	if (!irq)
		return -ENODEV;
	irq_set_status_flags(irq, IRQ_NOAUTOEN | IRQ_PER_CPU | IRQ_NOTHREAD | IRQ_NOPROBE |
			     IRQ_PER_CPU_DEVID);
	return 0;
}

static void count_work(struct irq_work *work);
static struct irq_work late_work = IRQ_WORK_INIT_HARD(count_work);
static unsigned long slept, worked;

static void count_work(struct irq_work *work)
{
	worked++;
}

static int late_suspend(void *unused)
{
	if (irq_work_queue(&late_work))
		slept++;
	csr_xchg32(0, 1 << INT_SWI0, LOONGARCH_CSR_ESTAT);
	return 0;
}

static const struct syscore_ops late_ops = { .suspend = late_suspend };
static struct syscore late = { .ops = &late_ops };

static void mask_of(void *mask)
{
	if (csr_read32(LOONGARCH_CSR_ECFG) & ECFGF_SIP0)
		atomic_inc(mask);
}

static int state_show(struct seq_file *seq, void *unused)
{
	atomic_t let_through = ATOMIC_INIT(0);

	on_each_cpu(mask_of, &let_through, 1);
	seq_printf(seq, "calls=%lu\nswi0_irq=%u\nslept=%lu\nworked=%lu\nlet_through=%d\n",
		   READ_ONCE(calls), swi0_irq(), slept, worked, atomic_read(&let_through));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static ssize_t run_write(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	char text[16];
	int ret = 0;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, size))
		return -EFAULT;
	text[size] = '\0';
	strim(text);
	if (!strcmp(text, "stuck"))
		ret = start_stuck();
	else if (!strcmp(text, "take"))
		ret = take();
	else if (!strcmp(text, "give"))
		ret = give();
	else if (!strcmp(text, "swi0"))
		ret = map_swi0();
	else if (!strcmp(text, "noswi0"))
		irq_dispose_mapping(swi0_irq());
	else if (!strcmp(text, "sleep"))
		register_syscore(&late);
	else
		ret = -EINVAL;
	return ret ? ret : size;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = run_write,
};

static int __init ipi_cases_init(void)
{
	directory = debugfs_create_dir("ipi_cases", NULL);
	debugfs_create_file("run", 0200, directory, NULL, &run_fops);
	debugfs_create_file("state", 0400, directory, NULL, &state_fops);
	return 0;
}
module_init(ipi_cases_init);

/* There is no exit: too much may rest on what is here. */

MODULE_DESCRIPTION("Puts a guest into odd states");
MODULE_LICENSE("GPL");
