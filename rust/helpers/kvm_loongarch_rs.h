/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C and the Rust half of the host module share.
 */
#ifndef KVM_LOONGARCH_RS_H
#define KVM_LOONGARCH_RS_H

#include <linux/percpu.h>
#include <linux/types.h>

/* Kinds of exits, as the parameter "handlers" names them: bits of a set. */
enum kvm_rs_kind {
	KVM_RS_HVCL,
	KVM_RS_CPUCFG,
	KVM_RS_CSR,
	KVM_RS_CACOP,
	KVM_RS_IPI,
	KVM_RS_INE,
	KVM_RS_KINDS
};

/*
 * Event counters. Each CPU has its own set and adds to it with interrupts off,
 * so an addition is a plain load and store and no line is shared.
 */
struct kvm_rs_counters {
	u64 fast[KVM_RS_KINDS];
	u64 slow[KVM_RS_KINDS];
	u64 ipi_calls;
	u64 delivered;
	u64 absent;
	u64 kicked;
	u64 denied;
};

DECLARE_PER_CPU_ALIGNED(struct kvm_rs_counters, kvm_rs_counters);

/* The module parameters; one word, because each exit reads them. */
struct kvm_rs_params {
	bool fast_path;
	bool user_cpucfg;
	bool user_hypercall;
	u8 handlers;
} __aligned(4);

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
void kvm_rs_visit_vcpus(unsigned long vcpu_ioctl, void (*visit)(struct kvm_vcpu *vcpu));

struct dentry;
struct rs_number;

/* Of KVM, where we are part of it. */
extern struct tracepoint __tracepoint_kvm_exit;
extern struct tracepoint __tracepoint_kvm_exit_gspr;
extern struct tracepoint __tracepoint_kvm_exit_cpucfg;
extern struct tracepoint __tracepoint_kvm_exit_csr;
extern struct tracepoint __tracepoint_kvm_exit_cache;
extern struct tracepoint __tracepoint_kvm_iocsr;
extern struct tracepoint __tracepoint_kvm_reenter;

struct dentry *kvm_rs_show(const char *name, const struct rs_number *files, unsigned int nr);
void kvm_rs_hide(struct dentry *dir);

#endif
