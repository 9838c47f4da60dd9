// SPDX-License-Identifier: GPL-2.0
/*
 * VMs and vCPUs for the paravirtual ABI tests.
 *
 * The library gives every vCPU its own number as physical id. Here the two
 * differ at will, and a vCPU may have no physical id at all.
 */
#include "pv_host.h"

#define ECFG_SWI0		1UL

static u64 csr_reg(u64 csr)
{
	return KVM_IOC_CSRID(csr);
}

u64 pv_csr_get(struct kvm_vcpu *vcpu, u64 csr)
{
	return vcpu_get_reg(vcpu, csr_reg(csr));
}

void pv_csr_set(struct kvm_vcpu *vcpu, u64 csr, u64 val)
{
	vcpu_set_reg(vcpu, csr_reg(csr), val);
}

int pv_vcpu_set_cpuid(struct kvm_vcpu *vcpu, u64 cpuid)
{
	return __vcpu_set_reg(vcpu, csr_reg(LOONGARCH_CSR_CPUID), cpuid);
}

int pv_feature_set(struct kvm_vcpu *vcpu, u64 features)
{
	return __vcpu_device_attr_set(vcpu, KVM_LOONGARCH_VCPU_CPUCFG,
				      PV_CPUCFG_FEATURE, &features);
}

u64 pv_feature_get(struct kvm_vcpu *vcpu)
{
	u64 features;

	vcpu_device_attr_get(vcpu, KVM_LOONGARCH_VCPU_CPUCFG,
			     PV_CPUCFG_FEATURE, &features);
	return features;
}

/* Reading ESTAT makes KVM move what it has queued into it. */
bool pv_swi0_pending(struct kvm_vcpu *vcpu)
{
	return pv_csr_get(vcpu, LOONGARCH_CSR_ESTAT) & ESTAT_SWI0;
}

void pv_swi0_clear(struct kvm_vcpu *vcpu)
{
	vcpu_set_reg(vcpu, KVM_REG_LOONGARCH_VCPU_RESET, 0);
}

u64 pv_stat(struct kvm_vcpu *vcpu, const char *name)
{
	u64 val;

	kvm_get_stat(&vcpu->stats, name, &val, 1);
	return val;
}

struct pv_vm *pv_vm_create(int max_vcpus)
{
	struct pv_vm *pv = calloc(1, sizeof(*pv));
	gva_t ucall;

	TEST_ASSERT(pv, "no memory for a VM");
	pthread_mutex_init(&pv->lock, NULL);
	pthread_cond_init(&pv->ended, NULL);

	pv->vm = vm_create(max_vcpus);
	vm_init_descriptor_tables(pv->vm);
	vm_install_exception_handler(pv->vm, EXCCODE_INT, pv_guest_irq);
	vm_install_exception_handler(pv->vm, EXCCODE_SYS, pv_guest_syscall);
	pv->sh = addr_gva2hva(pv->vm, (gva_t)&pv_shared);

	/* The page above the library's own MMIO page is no memory either. */
	ucall = *(gva_t *)addr_gva2hva(pv->vm, (gva_t)&ucall_exit_mmio_addr);
	pv->stop_gpa = pv->vm->ucall_mmio_addr + pv->vm->page_size;
	pv->stop_gva = vm_unused_gva_gap(pv->vm, pv->vm->page_size,
					 ucall + pv->vm->page_size);
	virt_map(pv->vm, pv->stop_gva, pv->stop_gpa, 1);
	return pv;
}

/* The shape of the page tables, as the two walk control registers want it. */
static void set_page_walk(struct kvm_vcpu *vcpu)
{
	struct kvm_vm *vm = vcpu->vm;
	u64 width = vm->page_shift - 3;
	u64 shift = vm->page_shift;
	u64 low = shift | width << 5;
	int level;

	for (level = 1; level < vm->mmu.pgtable_levels - 1; level++)
		low |= (shift + level * width) << (level * 10) |
		       width << (level * 10 + 5);
	pv_csr_set(vcpu, LOONGARCH_CSR_PWCTL0, low);
	pv_csr_set(vcpu, LOONGARCH_CSR_PWCTL1,
		   (shift + level * width) | width << 6);
	pv_csr_set(vcpu, LOONGARCH_CSR_PGDL, vm->mmu.pgd);
	pv_csr_set(vcpu, LOONGARCH_CSR_STLBPGSIZE, shift);
	pv_csr_set(vcpu, LOONGARCH_CSR_TLBIDX, shift << CSR_TLBIDX_PS_SHIFT);
	pv_csr_set(vcpu, LOONGARCH_CSR_TLBREHI, shift << CSR_TLBREHI_PS_SHIFT);
	pv_csr_set(vcpu, LOONGARCH_CSR_ASID, 1);
}

static u64 stack_top(struct kvm_vm *vm)
{
	return vm_alloc_page(vm) + vm->page_size;
}

struct kvm_vcpu *pv_vcpu_add(struct pv_vm *pv, int id, int cpuid, void *body)
{
	struct kvm_vcpu *vcpu = __vm_vcpu_add(pv->vm, id);
	struct kvm_regs regs = {};

	TEST_ASSERT(pv->nr < PV_MAX_PHYID, "too many vCPUs for one test VM");
	pv->vcpu[pv->nr++] = vcpu;

	if (cpuid != PV_NO_CPUID)
		TEST_ASSERT(!pv_vcpu_set_cpuid(vcpu, cpuid),
			    "physical id %d of vCPU %d refused", cpuid, id);
	if (!body)
		return vcpu;

	set_page_walk(vcpu);
	pv_csr_set(vcpu, LOONGARCH_CSR_CRMD, CSR_CRMD_PG);
	pv_csr_set(vcpu, LOONGARCH_CSR_PRMD, 0);
	pv_csr_set(vcpu, LOONGARCH_CSR_ECFG, ECFG_SWI0);
	pv_csr_set(vcpu, LOONGARCH_CSR_TCFG, 0);
	pv_csr_set(vcpu, LOONGARCH_CSR_TLBRENTRY,
		   addr_gva2gpa(pv->vm, (gva_t)handle_tlb_refill));
	pv_csr_set(vcpu, LOONGARCH_CSR_EENTRY, (u64)handle_exception);
	pv_csr_set(vcpu, LOONGARCH_CSR_KS1, stack_top(pv->vm));
	pv_csr_set(vcpu, LOONGARCH_CSR_TMID, id);

	regs.gpr[3] = stack_top(pv->vm);
	regs.pc = (u64)body;
	vcpu_regs_set(vcpu, &regs);
	return vcpu;
}
