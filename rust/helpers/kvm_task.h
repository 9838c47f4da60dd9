/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C and the Rust half share of exits that are handled as a part of KVM.
 */
#ifndef KVM_TASK_RS_H
#define KVM_TASK_RS_H

#include <linux/types.h>

struct kvm;
struct kvm_io_device;
struct kvm_vcpu;

int kvm_rs_bus_read(struct kvm_vcpu *vcpu, unsigned int bus, u64 address, u32 len, u64 *value);
int kvm_rs_bus_write(struct kvm_vcpu *vcpu, unsigned int bus, u64 address, u32 len,
		     const u64 *value);
u64 kvm_rs_run_delay(void);
void kvm_rs_complain(struct kvm_vcpu *vcpu, const char *what, u64 value);

void kvm_rs_ipi_lock(struct kvm_vcpu *vcpu);
void kvm_rs_ipi_unlock(struct kvm_vcpu *vcpu);
int kvm_rs_iocsr_register(struct kvm *kvm, u32 base, u32 size, struct kvm_io_device *dev);
void kvm_rs_iocsr_unregister(struct kvm *kvm, struct kvm_io_device *dev);
struct kvm_vcpu *kvm_rs_vcpu_by_id(struct kvm *kvm, int id);

void kvm_rs_trace_gspr(struct kvm_vcpu *vcpu, u32 word);
void kvm_rs_trace_cpucfg(struct kvm_vcpu *vcpu);
void kvm_rs_trace_csr(struct kvm_vcpu *vcpu);
void kvm_rs_trace_cache(struct kvm_vcpu *vcpu);
void kvm_rs_trace_idle(struct kvm_vcpu *vcpu);
void kvm_rs_trace_mmio(bool write, u32 len, u64 address, const u64 *value);
void kvm_rs_trace_iocsr(bool write, u32 len, u64 address, const u64 *value);

/* Of KVM, which we are part of. */
extern struct tracepoint __tracepoint_kvm_exit_idle;
extern struct tracepoint __tracepoint_kvm_mmio;

#endif
