// SPDX-License-Identifier: GPL-2.0
/*
 * For a host: takes KVM_FEATURE_IPI away from guests that run, and gives it
 * back. A guest sees what it would see after a migration to a host without the
 * feature: its IPI hypercalls are refused.
 *
 * A VM is only touched when one of its vCPUs is about to run, which is when we
 * know that it lives.
 */
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/spinlock.h>

#define FEATURE		BIT(KVM_FEATURE_IPI)

static bool withdrawn;
module_param(withdrawn, bool, 0600);
MODULE_PARM_DESC(withdrawn, "refuse the IPI hypercalls of guests");

/* VMs that had the feature before we took it. */
static struct kvm *taken[16];
static DEFINE_RAW_SPINLOCK(lock);

static struct kvm **find(struct kvm *kvm)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(taken); i++)
		if (taken[i] == kvm)
			return &taken[i];
	return NULL;
}

static void adjust(struct kvm *kvm, bool take)
{
	struct kvm **entry;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	entry = find(take ? NULL : kvm);
	if (entry && take && (kvm->arch.pv_features & FEATURE)) {
		*entry = kvm;
		kvm->arch.pv_features &= ~FEATURE;
	} else if (entry && !take) {
		*entry = NULL;
		kvm->arch.pv_features |= FEATURE;
	}
	raw_spin_unlock_irqrestore(&lock, flags);
}

static int on_load(struct kprobe *probe, struct pt_regs *regs)
{
	struct kvm_vcpu *vcpu = (void *)regs_get_kernel_argument(regs, 0);

	adjust(vcpu->kvm, READ_ONCE(withdrawn));
	return 0;
}

static int on_destroy(struct kprobe *probe, struct pt_regs *regs)
{
	adjust((void *)regs_get_kernel_argument(regs, 0), false);
	return 0;
}

static struct kprobe load_probe = {
	.symbol_name = "kvm_arch_vcpu_load",
	.pre_handler = on_load,
};

static struct kprobe destroy_probe = {
	.symbol_name = "kvm_arch_destroy_vm",
	.pre_handler = on_destroy,
};

static struct kprobe *probes[] = { &load_probe, &destroy_probe };

static int __init withdraw_init(void)
{
	return register_kprobes(probes, ARRAY_SIZE(probes));
}
module_init(withdraw_init);

/* What is taken then stays taken: "withdrawn" is cleared first by whoever cares. */
static void __exit withdraw_exit(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}
module_exit(withdraw_exit);

MODULE_DESCRIPTION("Takes the IPI hypercall away from guests that run");
MODULE_LICENSE("GPL");
