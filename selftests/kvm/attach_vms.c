// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading around a VMM that is killed, and around two at once. */
#include "attach.h"

#define REG_A0	4

pid_t start_vmm(void (*vmm)(int ready))
{
	int ready[2];
	char c = 0;
	pid_t pid;

	TEST_ASSERT(!pipe(ready), "pipe");
	pid = fork();
	TEST_ASSERT(pid >= 0, "fork");
	if (!pid) {
		close(ready[0]);
		vmm(ready[1]);
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		c = 0;
	close(ready[0]);
	TEST_ASSERT(c == 1, "a VMM in a process of its own did not come up");
	return pid;
}

/* In full storm when it says so, and until it is killed. */
static void stormy(int ready)
{
	struct pv_vm *pv = storm_vm();
	char c = pv_until_beating(pv, 0);

	if (write(ready, &c, 1) != 1)
		return;
	for (;;)
		pause();
}

void test_killed(void)
{
	bool ok = true;
	pid_t pid;
	int i;

	/* loaded before the VM began, and after it */
	for (i = 0; i < 6; i++) {
		if (i & 1)
			ok = !insert("") && ok;
		pid = start_vmm(stormy);
		if (!(i & 1))
			ok = !insert("") && ok;
		reap(pid);
		ok = remove_module() && ok;
	}
	pv_result(ok && log_is_clean(), "VMMs killed in mid storm, then rmmod\n");

	/* unloaded while the VM is on, killed afterwards */
	ok = !insert("");
	pid = start_vmm(stormy);
	ok = remove_module() && ok;
	reap(pid);
	pv_result(ok && log_is_clean(), "a VMM killed after rmmod\n");
}

/* Everyone in one VM, by its bitmap, is no one in the other. */
static bool stays_inside(struct pv_vm *from, struct pv_vm *other)
{
	struct pv_probe p = {};
	const struct pv_stub *s;

	for (s = pv_hvcl_stubs; s->addr && s->imm != PV_HVCL_SERVICE; s++)
		;
	p.stub = s->addr;
	pv_probe_fill(from, &p);
	p.in[4] = PV_FN_IPI;
	p.in[5] = -1UL;
	p.in[6] = -1UL;
	p.in[7] = 0;
	if (pv_probe(from, from->vcpu[0], &p, REG_A0) || p.out[REG_A0] != PV_OK)
		return false;
	return pv_swi0_pending(from->vcpu[1]) &&
	       !pv_swi0_pending(other->vcpu[0]) && !pv_swi0_pending(other->vcpu[1]);
}

void test_two_vms(void)
{
	struct pv_vm *a = pv_vm_create(2), *b = pv_vm_create(2);
	const char *why_a = "", *why_b = "";
	bool ok, up;
	int i;

	for (i = 0; i < 2; i++) {
		pv_vcpu_add(a, i, i, pv_guest_halted);
		pv_vcpu_add(b, i, i, pv_guest_halted);
	}
	ok = !insert("");
	pv_result(ok && stays_inside(a, b), "two VMs: an IPI stays in its own\n");
	ok = remove_module() && ok;
	pv_vm_free(a);
	pv_vm_free(b);

	a = storm_vm();
	ok = !insert("") && ok;
	b = storm_vm();
	up = pv_until_beating(a, 0) && pv_until_beating(b, 0);
	ok = remove_module() && ok;
	up = up && pv_until_beating(a, 0) && pv_until_beating(b, 0);
	ok = !insert("") && ok;
	up = up && pv_until_beating(a, 0) && pv_until_beating(b, 0);
	ok = storm_ends_well(a, &why_a) && ok;
	up = up && pv_until_beating(b, 0);
	pv_vm_free(a);
	ok = storm_ends_well(b, &why_b) && ok;
	ok = remove_module() && ok;
	pv_result(ok && up, "two VMs: storms across rmmod and insmod %s%s\n", why_a, why_b);
	pv_vm_free(b);
}
