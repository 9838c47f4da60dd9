// SPDX-License-Identifier: GPL-2.0
/*
 * The C half of exits that are handled as a part of KVM: what has no name that
 * Rust could call, because it is inline or a macro. Nothing here decides anything.
 */
#include <linux/kvm_host.h>
#include <linux/sched.h>
#include <trace/events/kvm.h>
#include <asm/kvm_vcpu.h>

#include "../../../kvm/trace.h"
#include "kvm_task.h"

int kvm_rs_bus_read(struct kvm_vcpu *vcpu, unsigned int bus, u64 address, u32 len, u64 *value)
{
	int idx, ret;

	idx = srcu_read_lock(&vcpu->kvm->srcu);
	ret = kvm_io_bus_read(vcpu, bus, address, len, value);
	srcu_read_unlock(&vcpu->kvm->srcu, idx);
	return ret;
}

int kvm_rs_bus_write(struct kvm_vcpu *vcpu, unsigned int bus, u64 address, u32 len,
		     const u64 *value)
{
	int idx, ret;

	idx = srcu_read_lock(&vcpu->kvm->srcu);
	ret = kvm_io_bus_write(vcpu, bus, address, len, value);
	srcu_read_unlock(&vcpu->kvm->srcu, idx);
	return ret;
}

void kvm_rs_ipi_lock(struct kvm_vcpu *vcpu) __acquires(&vcpu->arch.ipi_state.lock)
{
	spin_lock(&vcpu->arch.ipi_state.lock);
}

void kvm_rs_ipi_unlock(struct kvm_vcpu *vcpu) __releases(&vcpu->arch.ipi_state.lock)
{
	spin_unlock(&vcpu->arch.ipi_state.lock);
}

int kvm_rs_iocsr_register(struct kvm *kvm, u32 base, u32 size, struct kvm_io_device *dev)
{
	int ret;

	mutex_lock(&kvm->slots_lock);
	ret = kvm_io_bus_register_dev(kvm, KVM_IOCSR_BUS, base, size, dev);
	mutex_unlock(&kvm->slots_lock);
	return ret;
}

void kvm_rs_iocsr_unregister(struct kvm *kvm, struct kvm_io_device *dev)
{
	mutex_lock(&kvm->slots_lock);
	kvm_io_bus_unregister_dev(kvm, KVM_IOCSR_BUS, dev);
	mutex_unlock(&kvm->slots_lock);
}

struct kvm_vcpu *kvm_rs_vcpu_by_id(struct kvm *kvm, int id)
{
	return kvm_get_vcpu_by_id(kvm, id);
}

/* What steal time begins to count from. */
u64 kvm_rs_run_delay(void)
{
#ifdef CONFIG_SCHED_INFO
	return current->sched_info.run_delay;
#else
	return 0;
#endif
}

void kvm_rs_complain(struct kvm_vcpu *vcpu, const char *what, u64 value)
{
	kvm_pr_unimpl("vcpu%i, guest PC: 0x%lx %s 0x%llx\n", vcpu->vcpu_id, vcpu->arch.pc,
		      what, value);
}

void kvm_rs_trace_gspr(struct kvm_vcpu *vcpu, u32 word)
{
	trace_kvm_exit_gspr(vcpu, word);
}

void kvm_rs_trace_cpucfg(struct kvm_vcpu *vcpu)
{
	trace_kvm_exit_cpucfg(vcpu, KVM_TRACE_EXIT_CPUCFG);
}

void kvm_rs_trace_csr(struct kvm_vcpu *vcpu)
{
	trace_kvm_exit_csr(vcpu, KVM_TRACE_EXIT_CSR);
}

void kvm_rs_trace_cache(struct kvm_vcpu *vcpu)
{
	trace_kvm_exit_cache(vcpu, KVM_TRACE_EXIT_CACHE);
}

void kvm_rs_trace_idle(struct kvm_vcpu *vcpu)
{
	trace_kvm_exit_idle(vcpu, KVM_TRACE_EXIT_IDLE);
}

void kvm_rs_trace_mmio(bool write, u32 len, u64 address, const u64 *value)
{
	trace_kvm_mmio(write ? KVM_TRACE_MMIO_WRITE : KVM_TRACE_MMIO_READ, len, address,
		       (void *)value);
}

void kvm_rs_trace_iocsr(bool write, u32 len, u64 address, const u64 *value)
{
	trace_kvm_iocsr(write ? KVM_TRACE_IOCSR_WRITE : KVM_TRACE_IOCSR_READ, len, address,
			(void *)value);
}
