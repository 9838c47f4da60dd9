/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C and the Rust half of the host module share.
 */
#ifndef KVM_LOONGARCH_RS_H
#define KVM_LOONGARCH_RS_H

#include <linux/percpu-defs.h>
#include <linux/types.h>

/*
 * Event counters. Each CPU has its own set and adds to it with interrupts off,
 * so an addition is a plain load and store and no line is shared.
 */
struct kvm_rs_counters {
	u64 calls;
	u64 ipi_calls;
	u64 delivered;
	u64 absent;
	u64 kicked;
	u64 denied;
	u64 fast;
	u64 slow;
};

DECLARE_PER_CPU_ALIGNED(struct kvm_rs_counters, kvm_rs_counters);

/* The module parameters; together, because each PV exit looks at them. */
struct kvm_rs_params {
	bool fast_path;
	bool user_cpucfg;
	bool user_hypercall;
};

extern struct kvm_rs_params kvm_rs_params;

bool kvm_rs_kvm_present(void);
void kvm_rs_counters_sum(struct kvm_rs_counters *sum);
int kvm_rs_buckets_alloc(void);
void kvm_rs_buckets_free(void);
unsigned int kvm_rs_buckets(void);
void **kvm_rs_bucket_lock(unsigned int bucket);
void kvm_rs_bucket_unlock(unsigned int bucket);
void *kvm_rs_entry_alloc(size_t size);
void kvm_rs_entry_free(void *data);

struct kvm;
struct kvm_vcpu;

struct tracepoint;

void kvm_rs_visit_tracepoints(void (*visit)(struct tracepoint *tp, void *data), void *data,
			      unsigned long in_kvm);
struct kvm_vcpu *kvm_rs_vcpu(struct kvm *kvm, unsigned int index);

struct dentry;
struct rs_number;

struct dentry *kvm_rs_show(const char *name, const struct rs_number *files, unsigned int nr);
void kvm_rs_hide(struct dentry *dir);

#endif
