// SPDX-License-Identifier: GPL-2.0
/*
 * The C half of attaching: what the kernel offers to C only.
 *
 * Raw spinlocks, memory for them to guard, the walks of tracepoints and of open
 * files and the weak reference to KVM have no Rust counterpart in 7.2. Nothing
 * here is on the path of an exit, and nothing here decides anything.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kvm_host.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/tracepoint.h>

#include "kvm_loongarch_rs.h"

/*
 * The table of VMs. Its locks are raw, because they are taken in ftrace
 * callbacks, which run with preemption disabled on every kernel, PREEMPT_RT
 * included.
 */
struct kvm_rs_bucket {
	raw_spinlock_t lock;
	void *chain;
};

static struct kvm_rs_bucket *kvm_rs_table;
static unsigned int kvm_rs_table_len;

/* One bucket for each MiB of memory, a power of two: the host is full before chains are long. */
int kvm_rs_buckets_alloc(void)
{
	unsigned long len = clamp(totalram_pages() >> (20 - PAGE_SHIFT), 64UL, 1UL << 24);
	unsigned int i;

	len = roundup_pow_of_two(len);
	kvm_rs_table = kvcalloc(len, sizeof(*kvm_rs_table), GFP_KERNEL);
	if (!kvm_rs_table)
		return -ENOMEM;
	for (i = 0; i < len; i++)
		raw_spin_lock_init(&kvm_rs_table[i].lock);
	kvm_rs_table_len = len;
	return 0;
}

void kvm_rs_buckets_free(void)
{
	kvfree(kvm_rs_table);
	kvm_rs_table = NULL;
}

unsigned int kvm_rs_buckets(void)
{
	return kvm_rs_table_len;
}

void **kvm_rs_bucket_lock(unsigned int bucket)
{
	raw_spin_lock(&kvm_rs_table[bucket].lock);
	return &kvm_rs_table[bucket].chain;
}

void kvm_rs_bucket_unlock(unsigned int bucket)
{
	raw_spin_unlock(&kvm_rs_table[bucket].lock);
}

/*
 * Memory for an entry, to be had and given back with preemption disabled. On
 * PREEMPT_RT the ordinary allocator may sleep, and so may kfree(). The allocator
 * that does not is of no use on a CPU without SC.Q: on such a kernel no vCPU is
 * ever taken over there.
 */
struct kvm_rs_entry {
	struct rcu_head rcu;
	u64 data[];
};

void *kvm_rs_entry_alloc(size_t size)
{
	struct kvm_rs_entry *entry;

	size += sizeof(*entry);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		entry = kmalloc_nolock(size, __GFP_ACCOUNT, NUMA_NO_NODE);
	else
		entry = kmalloc(size, GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);
	return entry ? entry->data : NULL;
}

void kvm_rs_entry_free(void *data)
{
	struct kvm_rs_entry *entry = container_of(data, struct kvm_rs_entry, data);

	kfree_rcu(entry, rcu);
}

/* The vCPU at an index of its VM, which must not be going. */
struct kvm_vcpu *kvm_rs_vcpu(struct kvm *kvm, unsigned int index)
{
	return kvm_get_vcpu(kvm, index);
}

struct kvm_rs_search {
	unsigned long vcpu_ioctl;
	void (*visit)(struct kvm_vcpu *vcpu);
};

static int kvm_rs_visit_file(const void *data, struct file *file, unsigned int fd)
{
	const struct kvm_rs_search *s = data;
	struct kvm_vcpu *vcpu;

	if ((unsigned long)file->f_op->unlocked_ioctl != s->vcpu_ioctl)
		return 0;
	vcpu = file->private_data;
	/* One that is still being made comes to the hook, when its VM knows it. */
	if (vcpu->vcpu_idx < atomic_read(&vcpu->kvm->online_vcpus))
		s->visit(vcpu);
	return 0;
}

/*
 * Visit the vCPUs that somebody has open, with preemption disabled (but on
 * PREEMPT_RT), those of several processes several times. @vcpu_ioctl is the address
 * of kvm_vcpu_ioctl(), by which their files are told from others. KVM's own list of
 * VMs is no function, and so has no address for us.
 */
void kvm_rs_visit_vcpus(unsigned long vcpu_ioctl, void (*visit)(struct kvm_vcpu *vcpu))
{
	struct kvm_rs_search s = { .vcpu_ioctl = vcpu_ioctl, .visit = visit };
	const struct files_struct *seen;
	struct task_struct *process, *task;

	rcu_read_lock();
	for_each_process(process) {
		seen = NULL;
		for_each_thread(process, task) {
			task_lock(task);
			/* Threads have one table as a rule. A leader that is gone has none. */
			if (task->files != seen) {
				seen = task->files;
				iterate_fd(task->files, 0, kvm_rs_visit_file, &s);
			}
			task_unlock(task);
		}
	}
	rcu_read_unlock();
}

struct kvm_rs_visit {
	struct notifier_block nb;
	unsigned long in_kvm;
	void (*visit)(struct tracepoint *tp, void *data);
	void *data;
};

static int kvm_rs_visit_module(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct kvm_rs_visit *v = container_of(nb, struct kvm_rs_visit, nb);
	const struct module *mod = ((struct tp_module *)data)->mod;
	unsigned int i;

	if (action == MODULE_STATE_COMING && within_module(v->in_kvm, mod))
		for (i = 0; i < mod->num_tracepoints; i++)
			v->visit(tracepoint_ptr_deref(&mod->tracepoints_ptrs[i]), v->data);
	return NOTIFY_OK;
}

/*
 * Visit the tracepoints of the kernel image and of KVM, if that is a module: the
 * one that has the function at @in_kvm. A new notifier is told of all modules.
 */
void kvm_rs_visit_tracepoints(void (*visit)(struct tracepoint *tp, void *data), void *data,
			      unsigned long in_kvm)
{
	struct kvm_rs_visit v = {
		.nb.notifier_call = kvm_rs_visit_module,
		.in_kvm = in_kvm,
		.visit = visit,
		.data = data,
	};

	for_each_kernel_tracepoint(visit, data);
	if (!register_tracepoint_module_notifier(&v.nb))
		unregister_tracepoint_module_notifier(&v.nb);
}

/*
 * The reference is weak so that the module can say in its own words that there
 * is no KVM. Where KVM is a module it also makes ours depend on it, which keeps
 * kvm.ko loaded for as long as we hold addresses in it.
 */
extern typeof(kvm_get_kvm) kvm_get_kvm __weak;
MODULE_SOFTDEP("pre: kvm");

bool kvm_rs_kvm_present(void)
{
	return kvm_get_kvm;
}
