// SPDX-License-Identifier: GPL-2.0
/*
 * The C half of the host's code in every deployment: parameters of type bool,
 * per-CPU data and files in debugfs, which have no Rust counterpart in 7.2.
 * Nothing here is on the path of an exit, and nothing here decides anything.
 */
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "debugfs.h"
#include "kvm_loongarch_rs.h"

struct kvm_rs_params kvm_rs_params = {
	.fast_path = true,
	.handlers = BIT(KVM_RS_KINDS) - 1,
};

module_param_named(fast_path, kvm_rs_params.fast_path, bool, 0644);
MODULE_PARM_DESC(fast_path, "Finish exits with interrupts still off, without the kernel's exit path (default: Y)");

static const char * const kvm_rs_kinds[] = {
	[KVM_RS_HVCL] = "hvcl",
	[KVM_RS_CPUCFG] = "cpucfg",
	[KVM_RS_CSR] = "csr",
	[KVM_RS_CACOP] = "cacop",
	[KVM_RS_IPI] = "ipi",
	[KVM_RS_INE] = "ine",
};

static int kvm_rs_set_handlers(const char *val, const struct kernel_param *kp)
{
	char names[64], *rest = names, *name;
	u8 handlers = 0;
	int kind;

	if (strscpy(names, val) < 0)
		return -EINVAL;
	while ((name = strsep(&rest, ",\n"))) {
		if (!*name || !strcmp(name, "none"))
			continue;
		kind = match_string(kvm_rs_kinds, KVM_RS_KINDS, name);
		if (kind < 0) {
			pr_err("kvm_loongarch_rs: handlers: no kind of exits is named %s\n", name);
			return -EINVAL;
		}
		handlers |= BIT(kind);
	}
	kvm_rs_params.handlers = handlers;
	return 0;
}

static int kvm_rs_get_handlers(char *buffer, const struct kernel_param *kp)
{
	int kind, len = 0;

	for (kind = 0; kind < KVM_RS_KINDS; kind++)
		if (kvm_rs_params.handlers & BIT(kind))
			len += sysfs_emit_at(buffer, len, "%s%s", len ? "," : "",
					     kvm_rs_kinds[kind]);
	return len + sysfs_emit_at(buffer, len, "%s\n", len ? "" : "none");
}

static const struct kernel_param_ops kvm_rs_handlers_ops = {
	.set = kvm_rs_set_handlers,
	.get = kvm_rs_get_handlers,
};

/*
 * What a guest is answered does not change while the module is loaded: these
 * cannot be written.
 */
module_param_cb(handlers, &kvm_rs_handlers_ops, NULL, 0444);
MODULE_PARM_DESC(handlers, "Kinds of exits that are handled here, of hvcl,cpucfg,csr,cacop,ipi,ine, or none; others are the kernel's (default: all)");

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
	int cpu, kind;

	*sum = (struct kvm_rs_counters) {};
	for_each_possible_cpu(cpu) {
		const struct kvm_rs_counters *c = per_cpu_ptr(&kvm_rs_counters, cpu);

		for (kind = 0; kind < KVM_RS_KINDS; kind++) {
			sum->fast[kind] += READ_ONCE(c->fast[kind]);
			sum->slow[kind] += READ_ONCE(c->slow[kind]);
		}
		sum->ipi_calls += READ_ONCE(c->ipi_calls);
		sum->delivered += READ_ONCE(c->delivered);
		sum->absent += READ_ONCE(c->absent);
		sum->kicked += READ_ONCE(c->kicked);
		sum->denied += READ_ONCE(c->denied);
	}
}

struct dentry *kvm_rs_show(const char *name, const struct rs_number *files, unsigned int nr)
{
	return rs_show(name, files, nr);
}

void kvm_rs_hide(struct dentry *dir)
{
	debugfs_remove(dir);
}
