// SPDX-License-Identifier: GPL-2.0
/*
 * The C half of the host module: what the kernel offers to C only.
 *
 * Module parameters of type bool, per-CPU data, a raw spinlock and the weak
 * reference to KVM have no Rust counterpart in 7.2. Nothing here is on the path
 * of an exit, and nothing here decides anything.
 */
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

#include "kvm_loongarch_rs.h"

struct kvm_rs_params kvm_rs_params = {
	.fast_path = true,
#include "debugfs.h"
};

module_param_named(fast_path, kvm_rs_params.fast_path, bool, 0644);
MODULE_PARM_DESC(fast_path, "Finish PV exits with interrupts still off, without the kernel's exit path (default: Y)");

/*
 * What a guest is answered does not change while the module is loaded: these
 * two cannot be written.
 */
module_param_named(user_cpucfg, kvm_rs_params.user_cpucfg, bool, 0444);
MODULE_PARM_DESC(user_cpucfg, "Let guest user mode read the hypervisor CPUCFG range, as mainline does (default: N)");

module_param_named(user_hypercall, kvm_rs_params.user_hypercall, bool, 0444);
MODULE_PARM_DESC(user_hypercall, "Let guest user mode make hypercalls, as mainline does (default: N)");

DEFINE_PER_CPU_ALIGNED(struct kvm_rs_counters, kvm_rs_counters);

/*
 * Add up the counters of all CPUs. They are read while they move: each one is
 * exact, but two of them need not be of the same instant.
 */
void kvm_rs_counters_sum(struct kvm_rs_counters *sum)
{
	int cpu;

	*sum = (struct kvm_rs_counters) {};
	for_each_possible_cpu(cpu) {
		const struct kvm_rs_counters *c = per_cpu_ptr(&kvm_rs_counters, cpu);

		sum->calls += READ_ONCE(c->calls);
		sum->ipi_calls += READ_ONCE(c->ipi_calls);
		sum->delivered += READ_ONCE(c->delivered);
		sum->absent += READ_ONCE(c->absent);
		sum->kicked += READ_ONCE(c->kicked);
		sum->denied += READ_ONCE(c->denied);
		sum->fast += READ_ONCE(c->fast);
		sum->slow += READ_ONCE(c->slow);
	}
}

/*
 * A raw lock, because it is taken in ftrace callbacks, which run with
 * preemption disabled on every kernel, PREEMPT_RT included.
 */
static DEFINE_RAW_SPINLOCK(kvm_rs_registry_raw_lock);

unsigned long kvm_rs_registry_lock(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&kvm_rs_registry_raw_lock, flags);
	return flags;
}

void kvm_rs_registry_unlock(unsigned long flags)
{
	raw_spin_unlock_irqrestore(&kvm_rs_registry_raw_lock, flags);
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

struct dentry *kvm_rs_show(const char *name, const struct rs_number *files, unsigned int nr)
{
	return rs_show(name, files, nr);
}

void kvm_rs_hide(struct dentry *dir)
{
	debugfs_remove(dir);
}
