// SPDX-License-Identifier: GPL-2.0
/*
 * HVCL, every immediate and every privilege level: what comes back in a0,
 * that nothing else changes, and that what was refused was not done either.
 */
#include "hypercall.h"

/* --- classes: one probe per listed immediate and level ------------------ */

static void test_classes(void)
{
	struct pv_vm *pv = probe_vm(DEFAULT_FEAT);
	const struct pv_stub *s;
	const char *bad = NULL;
	u64 want;
	int plv;

	for (s = pv_hvcl_stubs; s->addr && !bad; s++) {
		for (plv = 0; plv <= pv_hvcl_levels() && !bad; plv++) {
			struct pv_probe p = { .stub = s->addr, .plv = plv };

			want = PV_INVALID_CODE;
			if (s->imm == PV_HVCL_PROBE)
				want = pv_expect(PV_IDENTITY_CALL, want, PV_IDENTITY);
			pv_probe_fill(pv, &p);
			bad = pv_probe(pv, pv->vcpu[0], &p, REG_A0);
			if (!bad && p.out[REG_A0] != want)
				bad = "wrong value in a0";
			if (bad)
				pv_note("hvcl 0x%x at PLV %d: %s (a0 0x%lx)\n",
					s->imm, plv, bad, (long)p.out[REG_A0]);
		}
	}
	pv_result(!bad, "classes: answer in a0, all else kept, one step on\n");
}

/* --- all 32768 immediates, from inside the guest ------------------------ */

static struct {
	u64 identity;		/* what HVCL 0 answers */
	u64 plv;
	u64 wrong, imm, val;
} sweep;

static u64 sweep_all(u64 fn)
{
	u64 imm, val, want;

	for (imm = 0; imm < PV_HVCL_NR; imm++) {
		val = guest_hvcl(imm, fn);
		want = imm == PV_HVCL_PROBE ? sweep.identity : PV_INVALID_CODE;
		if (val == want)
			continue;
		if (!sweep.wrong++) {
			sweep.imm = imm;
			sweep.val = val;
		}
	}
	return sweep.wrong;
}

static void sweep_body(void)
{
	guest_call_plv(sweep.plv, sweep_all, 0x55);
	GUEST_DONE();
}

static void test_sweep(int plv)
{
	const char *why = "";
	struct pv_vm *pv;
	u64 counted;
	bool ok;

	if (plv > pv_hvcl_levels()) {
		pv_skip("sweep: all immediates at PLV %d: " PV_NO_USER_HVCL "\n", plv);
		pv_skip("sweep: service calls at PLV %d: " PV_NO_USER_HVCL "\n", plv);
		return;
	}
	pv = pv_vm_create(1);
	pv_vcpu_add(pv, 0, 0, sweep_body);
	sweep.plv = plv;
	sweep.identity = pv_expect(PV_IDENTITY_CALL, PV_INVALID_CODE, PV_IDENTITY);
	sync_global_to_guest(pv->vm, sweep);
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	sync_global_from_guest(pv->vm, sweep);
	counted = pv_stat(pv->vcpu[0], "hypercall_exits");
	if (sweep.wrong)
		pv_note("%lu wrong, first hvcl 0x%lx: 0x%lx\n", (long)sweep.wrong,
			(long)sweep.imm, (long)sweep.val);
	pv_result(ok && !sweep.wrong, "sweep: all 32768 immediates at PLV %d %s\n",
		  plv, why);
	pv_result(ok && counted == 1,
		  "sweep: one of them is a service call (hypercall_exits %lu) at PLV %d\n",
		  (long)counted, plv);
	pv_vm_free(pv);
	memset(&sweep, 0, sizeof(sweep));
}

/* --- 0x102, to the VMM --------------------------------------------------- */

static const char *user_service(u64 plv, bool enabled)
{
	struct pv_vm *pv = probe_vm(enabled ? PV_FEAT_ALL : DEFAULT_FEAT);
	struct kvm_vcpu *vcpu = pv->vcpu[0];
	struct pv_probe p = { .stub = stub_of(PV_HVCL_USER_SERVICE), .plv = plv };
	bool reaches = enabled && !(plv && pv_rule_holds(PV_HCALL_PLV));
	u64 want = PV_INVALID_CODE, answer = 0x123456789abcdefUL + plv;
	int i;

	pv_probe_fill(pv, &p);
	pv_probe_run(vcpu, &p);
	if (reaches) {
		if (p.exit != KVM_EXIT_HYPERCALL)
			return "no exit to the VMM";
		if (vcpu->run->hypercall.nr != PV_HVCL_USER_SERVICE)
			return "wrong number in the exit";
		for (i = 0; i < 6; i++)
			if (vcpu->run->hypercall.args[i] != p.in[REG_A0 + i])
				return "arguments are not a0 to a5";
		if (vcpu->run->hypercall.ret != PV_INVALID_CODE)
			return "default answer is not -1";
		want = answer;
		vcpu->run->hypercall.ret = answer;
		pv_probe_resume(vcpu, &p);
	}
	if (pv_probe_judge(pv, vcpu, &p, REG_A0))
		return pv_probe_judge(pv, vcpu, &p, REG_A0);
	return p.out[REG_A0] == want ? NULL : "wrong value in a0";
}

static void test_user_service(bool enabled)
{
	const char *bad = NULL;
	int plv;

	for (plv = 0; plv <= pv_hvcl_levels() && !bad; plv++)
		bad = user_service(plv, enabled);
	pv_result(!bad, "user service %s%s%s\n", enabled ? "on" : "off",
		  bad ? ": " : "", bad ?: "");
}

/* --- 0x101, the software breakpoint -------------------------------------- */

static const char *breakpoint(u64 plv)
{
	struct pv_vm *pv = probe_vm(DEFAULT_FEAT);
	struct kvm_vcpu *vcpu = pv->vcpu[0];
	struct kvm_guest_debug on = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP,
	}, off = {};
	struct pv_probe p = { .stub = stub_of(PV_HVCL_SWDBG), .plv = plv };

	pv_probe_fill(pv, &p);
	vcpu_guest_debug_set(vcpu, &on);
	pv_probe_run(vcpu, &p);
	vcpu_guest_debug_set(vcpu, &off);
	if (p.exit != KVM_EXIT_DEBUG)
		return "no exit to the debugger";
	if (p.pc != p.stub)
		return "pc is not at the breakpoint";
	if (memcmp(p.in, p.out, sizeof(p.in)))
		return "a register changed";
	return NULL;
}

static void test_breakpoint(void)
{
	const char *bad = NULL;
	int plv;

	for (plv = 0; plv <= pv_hvcl_levels() && !bad; plv++)
		bad = breakpoint(plv);
	pv_result(!bad, "breakpoint: reaches the debugger from every level%s%s\n",
		  bad ? ": " : "", bad ?: "");
}

static void test_quiet(int klog)
{
	char bad[200];
	int lines = pv_klog_check(klog, bad, sizeof(bad));

	if (bad[0])
		pv_note("%s\n", bad);
	pv_result(!bad[0] && lines < 200, "kernel log: %d lines, no alarm\n", lines);
}

int main(int argc, char *argv[])
{
	int klog;

	ksft_print_header();
	pv_require_kvm();
	klog = pv_klog_open();
	pv_note("answered by: %s\n", pv_who());
	pv_plan(nr_rows() + 1 + 4 + 1 + 2 + 1 + 3 + 1);

	test_rows();
	test_classes();
	test_sweep(0);
	test_sweep(3);
	test_counts();
	test_user_service(false);
	test_user_service(true);
	test_breakpoint();
	test_pressure();
	test_quiet(klog);
	pv_finished();
}
