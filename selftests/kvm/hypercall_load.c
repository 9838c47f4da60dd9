// SPDX-License-Identifier: GPL-2.0
/* Many calls in a row: how KVM counts them, and that the rules hold while it owes interrupts. */
#include "hypercall.h"

#define PRESSURE_CALLS	20000
#define COUNTED_CALLS	10000

/* --- what KVM counts ---------------------------------------------------- */

static void counts_body(void)
{
	int i;

	for (i = 0; i < COUNTED_CALLS; i++)
		guest_probe();
	GUEST_DONE();
}

/* An exit that is answered before the kernel's own work is no interrupt, if it looks like it. */
void test_counts(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	const char *why = "";
	u64 interrupts;
	bool ok;

	pv_vcpu_add(pv, 0, 0, counts_body);
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	interrupts = pv_stat(pv->vcpu[0], "int_exits");
	pv_result(ok && interrupts < COUNTED_CALLS / 2,
		  "counts: %lu interrupts (int_exits) in %d identity calls %s\n",
		  (long)interrupts, COUNTED_CALLS, why);
	pv_vm_free(pv);
}

/* --- the rules hold while the vCPU is owed interrupts --------------------- */

static struct {
	u64 done, refused, identity;
} pressure;

static u64 pressure_user(u64 calls)
{
	while (pressure.done < calls) {
		if (guest_hcall(PV_FN_IPI, 2, 0, 0) == PV_INVALID_CODE)
			pressure.refused++;
		if (guest_probe() == PV_IDENTITY)
			pressure.identity++;
		WRITE_ONCE(pressure.done, pressure.done + 1);
	}
	return 0;
}

static void pressure_body(void)
{
	guest_call_plv(3, pressure_user, PRESSURE_CALLS);
	GUEST_DONE();
}

void test_pressure(void)
{
	u64 refused = pv_rule_holds(PV_HCALL_PLV) ? PRESSURE_CALLS : 0;
	u64 identity = pv_rule_holds(PV_IDENTITY_CALL) ? PRESSURE_CALLS : 0;
	struct pv_hammer *hammer;
	const char *why = "";
	struct pv_vm *pv;
	bool ok;

	if (!pv_hvcl_levels()) {
		pv_skip("pressure: calls from user: " PV_NO_USER_HVCL "\n");
		pv_skip("pressure: identity calls: " PV_NO_USER_HVCL "\n");
		pv_skip("pressure: the target: " PV_NO_USER_HVCL "\n");
		return;
	}
	pv = pv_vm_create(2);
	pv_vcpu_add(pv, 0, 0, pressure_body);
	pv_vcpu_add(pv, 1, 1, NULL);
	pv_start(pv, 0);
	hammer = pv_hammer_start(pv->vcpu[0]);
	ok = pv_wait(pv, 0, &why);
	pv_hammer_stop(hammer);
	sync_global_from_guest(pv->vm, pressure);

	pv_result(ok && pressure.refused == refused,
		  "pressure: %lu of %d calls from user refused %s\n",
		  (long)pressure.refused, PRESSURE_CALLS, why);
	pv_result(ok && pressure.identity == identity,
		  "pressure: %lu of %d identity calls answered\n",
		  (long)pressure.identity, PRESSURE_CALLS);
	pv_result(pv_swi0_pending(pv->vcpu[1]) == !refused,
		  "pressure: the target %s\n", refused ? "got nothing" : "got its IPI");
	pv_vm_free(pv);
}
