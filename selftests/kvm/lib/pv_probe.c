// SPDX-License-Identifier: GPL-2.0
/*
 * Run one instruction on a register file of the host's choice.
 *
 * The host fills every register with its own pattern, lets the vCPU execute
 * the instruction at any privilege level, and reads all of them back at the
 * MMIO store that follows. tp holds the address of that store; the next word
 * is stored to by a guest whose program counter moved twice.
 */
#include "pv_host.h"

#define REG_TP	2

void pv_probe_fill(struct pv_vm *pv, struct pv_probe *p)
{
	int i;

	for (i = 0; i < 32; i++)
		p->in[i] = 0x0101010101010101UL * i ^ 0xa5c3000000005a3cUL;
	p->in[0] = 0;
	p->in[REG_TP] = pv->stop_gva;
}

static void run(struct kvm_vcpu *vcpu, struct pv_probe *p)
{
	struct kvm_regs regs;
	int ret;

	do {
		ret = __vcpu_run(vcpu);
	} while (ret && errno == EINTR);
	TEST_ASSERT(!ret, "KVM_RUN: %s", strerror(errno));

	vcpu_regs_get(vcpu, &regs);
	memcpy(p->out, regs.gpr, sizeof(p->out));
	p->pc = regs.pc;
	p->exit = vcpu->run->exit_reason;
}

void pv_probe_run(struct kvm_vcpu *vcpu, struct pv_probe *p)
{
	struct kvm_regs regs;

	memcpy(regs.gpr, p->in, sizeof(regs.gpr));
	regs.pc = p->stub;
	vcpu_regs_set(vcpu, &regs);
	pv_csr_set(vcpu, LOONGARCH_CSR_CRMD, CSR_CRMD_PG | p->plv);
	run(vcpu, p);
}

/* Go on after an exit to user space that was part of the instruction. */
void pv_probe_resume(struct kvm_vcpu *vcpu, struct pv_probe *p)
{
	run(vcpu, p);
}

const char *pv_probe_judge(struct pv_vm *pv, struct kvm_vcpu *vcpu,
			   struct pv_probe *p, unsigned int target)
{
	struct kvm_run *run = vcpu->run;
	static char why[128];
	int i;

	if (p->exit != KVM_EXIT_MMIO) {
		snprintf(why, sizeof(why), "KVM exit %u (%s) at stub%+ld",
			 p->exit, exit_reason_str(p->exit), (long)(p->pc - p->stub));
		return why;
	}
	if (run->mmio.phys_addr != pv->stop_gpa || p->pc != p->stub + 8) {
		snprintf(why, sizeof(why), "pc went to stub%+ld, store %+ld",
			 (long)(p->pc - p->stub - 4),
			 (long)(run->mmio.phys_addr - pv->stop_gpa));
		return why;
	}
	for (i = 0; i < 32; i++) {
		if (i == target || p->out[i] == p->in[i])
			continue;
		snprintf(why, sizeof(why), "r%d was 0x%lx, became 0x%lx", i,
			 (unsigned long)p->in[i], (unsigned long)p->out[i]);
		return why;
	}
	return NULL;
}

const char *pv_probe(struct pv_vm *pv, struct kvm_vcpu *vcpu,
		     struct pv_probe *p, unsigned int target)
{
	pv_probe_run(vcpu, p);
	return pv_probe_judge(pv, vcpu, p, target);
}

const char *pv_iocsr(struct pv_vm *pv, struct kvm_vcpu *vcpu, unsigned int op, unsigned int rd,
		     u64 address, u64 value, u64 *read)
{
	const unsigned int rj = 5;
	struct pv_probe p = { .stub = (u64)pv_any_insn };
	u32 *insn = addr_gva2hva(pv->vm, (gva_t)pv_any_insn);
	const char *bad;

	pv_probe_fill(pv, &p);
	*insn = PV_IOCSR(op, rj, rd);
	p.in[rj] = address;
	if (rd)
		p.in[rd] = value;
	bad = pv_probe(pv, vcpu, &p, rd);
	*read = p.out[rd];
	return bad;
}
