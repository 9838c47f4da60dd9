// SPDX-License-Identifier: GPL-2.0
/*
 * Exits that go to the VMM or to a device of KVM, and exceptions that KVM gives to the guest:
 * every width and sign, what kvm_run says, what the answer becomes, and a VMM that changes the
 * page meanwhile or enters twice with one answer.
 */
#include "exit_matrix.h"

struct pv_vm *pv;
struct kvm_vcpu *vcpu;
u32 *insn;
u64 entry;
char why[200];

const char *wrong(const char *what, u64 is, u64 want)
{
	snprintf(why, sizeof(why), "%s is 0x%lx, not 0x%lx", what, (long)is, (long)want);
	return why;
}

static void body(void)
{
	GUEST_DONE();
}

int main(int argc, char *argv[])
{
	char alarm[200];
	int klog;

	ksft_print_header();
	pv_require_kvm();
	klog = pv_klog_open();
	pv_note("answered by: %s\n", pv_who());
	pv_plan(vmm_results() + exception_results() + device_results() + 1);

	pv = pv_vm_create(1);
	vcpu = pv_vcpu_add(pv, 0, 0, body);
	insn = addr_gva2hva(pv->vm, (gva_t)pv_any_insn);
	entry = vm_alloc_page(pv->vm);
	memcpy(addr_gva2hva(pv->vm, entry), insn + 1, 12);
	test_vmm();
	test_exceptions(klog);
	test_device();
	pv_vm_free(pv);
	pv_klog_check(klog, alarm, sizeof(alarm));
	pv_result(!alarm[0], "kernel log: no alarm %s\n", alarm);
	pv_finished();
}
