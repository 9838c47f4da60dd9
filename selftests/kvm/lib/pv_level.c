// SPDX-License-Identifier: GPL-2.0
/*
 * Whether hvcl leaves the guest from every privilege level.
 *
 * By KVM's code it does, and the manual does not say. Where the CPU raises the
 * guest's own exception for privileged instructions (IPE) instead, KVM never
 * sees such a call, and there is nothing to be said about its answer.
 */
#include "pv_host.h"

#define EXCCODE_IPE	14
#define USER		3

static u64 refused;

static void on_refused(struct ex_regs *regs)
{
	refused++;
	regs->pc += 4;
}

static u64 call(u64 unused)
{
	return guest_probe();
}

static void body(void)
{
	guest_call_plv(USER, call, 0);
	GUEST_DONE();
}

int pv_hvcl_levels(void)
{
	static int levels = -1;
	const char *why = "";
	struct pv_vm *pv;

	if (levels >= 0)
		return levels;
	pv = pv_vm_create(1);
	vm_install_exception_handler(pv->vm, EXCCODE_IPE, on_refused);
	pv_vcpu_add(pv, 0, 0, body);
	pv_start(pv, 0);
	TEST_ASSERT(pv_wait(pv, 0, &why), "hvcl at PLV %d: %s", USER, why);
	sync_global_from_guest(pv->vm, refused);
	levels = refused ? 0 : USER;
	pv_vm_free(pv);
	return levels;
}
