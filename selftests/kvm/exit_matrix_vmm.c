// SPDX-License-Identifier: GPL-2.0
/* Exits that go to the VMM: what kvm_run says, and what its answer becomes. */
#include "exit_matrix.h"

#define ANSWER	0xfedcba98f6d4b290UL	/* of the VMM: each width has its sign set */
#define IOCSR	0x2000			/* one that nobody has */

/* Enter with the answer, and be sent back at once. */
static const char *enter_and_leave(void)
{
	int ret;

	vcpu->run->immediate_exit = 1;
	ret = __vcpu_run(vcpu);
	vcpu->run->immediate_exit = 0;
	return ret == -1 && errno == EINTR ? NULL : "an entry with immediate_exit did not end";
}

/* --- loads and stores ---------------------------------------------------------------- */

static const char *try_access(const struct access *a, unsigned int rd, u64 plv, bool hostile)
{
	struct pv_probe p = { .stub = (u64)pv_any_insn, .plv = plv };
	struct kvm_run *run = vcpu->run;
	const char *bad;
	u64 data, want;

	pv_probe_fill(pv, &p);
	access_insn(a, rd, pv->stop_gva, AT, &p);
	pv_probe_run(vcpu, &p);
	WANT("exit", p.exit, KVM_EXIT_MMIO);
	WANT("address", run->mmio.phys_addr, pv->stop_gpa + AT);
	WANT("length", run->mmio.len, a->width);
	WANT("is_write", run->mmio.is_write, a->store);
	memcpy(&data, run->mmio.data, 8);
	if (a->store)
		WANT("data", data & mask(a->width), p.in[rd] & mask(a->width));
	WANT("pc meanwhile", p.pc - p.stub, a->store ? 4 : 0);

	data = ANSWER;
	memcpy(run->mmio.data, &data, 8);
	if (hostile) {
		run->mmio.len = a->width == 8 ? 1 : 8;
		run->mmio.is_write = !a->store;
		bad = enter_and_leave();
		if (bad)
			return bad;
		memset(run->mmio.data, 0x11, 8);
		run->exit_reason = KVM_EXIT_HYPERCALL;
		bad = enter_and_leave();
		if (bad)
			return bad;
	}
	pv_probe_resume(vcpu, &p);
	bad = pv_probe_judge(pv, vcpu, &p, a->store ? 0 : rd);
	if (bad || a->store)
		return bad;
	want = extend(ANSWER, a->width, a->sign);
	if (!rd)
		want = pv_expect(PV_IN_KVM, want, 0);
	WANT("register", p.out[rd], want);
	return NULL;
}

/* A register that C lets a load to r0 spoil would spoil the next row too. */
static const unsigned int targets[] = { RD, RJ, 1, 31 };

static void test_mmio(void)
{
	const char *bad;
	int i, j;

	for (i = 0; i < nr_accesses; i++) {
		bad = NULL;
		for (j = 0; j < 2 * ARRAY_SIZE(targets) && !bad; j++)
			bad = try_access(&accesses[i], targets[j / 2], j % 2 ? 3 : 0, false);
		pv_result(!bad, "MMIO, %s%s%s\n", accesses[i].name, bad ? ": " : "", bad ?: "");
	}
	bad = pv_rule_holds(PV_IN_KVM) ? NULL : "only a part of KVM does that";
	if (bad) {
		pv_skip("MMIO into r0, and a hostile VMM: %s\n", bad);
		return;
	}
	for (i = 0; i < nr_accesses && !bad; i++) {
		bad = try_access(&accesses[i], 0, 0, false);
		if (!bad)
			bad = try_access(&accesses[i], RD, 0, true);
	}
	pv_result(!bad, "MMIO into r0, and a hostile VMM%s%s\n", bad ? ": " : "", bad ?: "");
}

/* --- IOCSRs -------------------------------------------------------------------------- */

static const char *try_iocsr(int log, bool store, unsigned int rd, bool hostile)
{
	struct pv_probe p = { .stub = (u64)pv_any_insn };
	struct kvm_run *run = vcpu->run;
	const char *bad;
	u64 data, want;

	pv_probe_fill(pv, &p);
	p.in[RJ] = 0x700000000UL | IOCSR;
	*insn = 0x06480000 | store << 12 | log << 10 | RJ << 5 | rd;
	pv_probe_run(vcpu, &p);
	WANT("exit", p.exit, KVM_EXIT_LOONGARCH_IOCSR);
	WANT("address", run->iocsr_io.phys_addr, IOCSR);
	WANT("length", run->iocsr_io.len, 1 << log);
	WANT("is_write", run->iocsr_io.is_write, store);
	memcpy(&data, run->iocsr_io.data, 8);
	if (store)
		WANT("data", data & mask(1 << log), p.in[rd] & mask(1 << log));
	WANT("pc meanwhile", p.pc - p.stub, 4);

	data = ANSWER;
	memcpy(run->iocsr_io.data, &data, 8);
	if (hostile) {
		run->iocsr_io.len = log == 3 ? 1 : 8;
		bad = enter_and_leave();
		if (bad)
			return bad;
		/* There is no second answer, nor one to something else. */
		memset(run->iocsr_io.data, 0x11, 8);
		bad = enter_and_leave();
		if (bad)
			return bad;
		run->exit_reason = KVM_EXIT_HYPERCALL;
		run->hypercall.ret = 0x1234;
	}
	pv_probe_resume(vcpu, &p);
	bad = pv_probe_judge(pv, vcpu, &p, store ? 0 : rd);
	if (bad || store)
		return bad;
	want = extend(ANSWER, 1 << log, true);
	if (!rd)
		want = pv_expect(PV_IN_KVM, want, 0);
	WANT("register", p.out[rd], want);
	return NULL;
}

static void test_iocsr(void)
{
	const char *bad = NULL;
	int log;

	for (log = 0; log < 4 && !bad; log++) {
		bad = try_iocsr(log, false, RD, false);
		if (!bad)
			bad = try_iocsr(log, false, RJ, false);
		if (!bad)
			bad = try_iocsr(log, true, RD, false);
		if (!bad)
			bad = try_iocsr(log, true, 0, false);
	}
	pv_result(!bad, "IOCSR, four widths%s%s\n", bad ? ": " : "", bad ?: "");
	if (!pv_rule_holds(PV_IN_KVM)) {
		pv_skip("IOCSR into r0, and a hostile VMM: only a part of KVM does that\n");
		return;
	}
	for (log = 0, bad = NULL; log < 4 && !bad; log++) {
		bad = try_iocsr(log, false, 0, false);
		if (!bad)
			bad = try_iocsr(log, false, RD, true);
		if (!bad)
			bad = try_iocsr(log, true, RD, true);
	}
	pv_result(!bad, "IOCSR into r0, and a hostile VMM%s%s\n", bad ? ": " : "", bad ?: "");
}

/* --- a call to the VMM --------------------------------------------------------------- */

static const char *try_call(bool twice)
{
	struct pv_probe p = { .stub = (u64)pv_any_insn };
	struct kvm_run *run = vcpu->run;
	const char *bad;
	int i;

	pv_probe_fill(pv, &p);
	*insn = 0x002b8000 | PV_HVCL_USER_SERVICE;
	pv_probe_run(vcpu, &p);
	WANT("exit", p.exit, KVM_EXIT_HYPERCALL);
	WANT("number", run->hypercall.nr, PV_HVCL_USER_SERVICE);
	for (i = 0; i < 6; i++)
		WANT("argument", run->hypercall.args[i], p.in[4 + i]);
	WANT("result if unknown", run->hypercall.ret, PV_INVALID_CODE);
	WANT("pc meanwhile", p.pc - p.stub, 0);
	run->hypercall.ret = ANSWER;
	if (twice) {
		bad = enter_and_leave();
		if (bad)
			return bad;
		run->hypercall.ret = 0x1234;
	}
	pv_probe_resume(vcpu, &p);
	bad = pv_probe_judge(pv, vcpu, &p, RD);
	if (bad)
		return bad;
	WANT("a0", p.out[RD], ANSWER);
	return NULL;
}

static void test_call(void)
{
	const char *bad;

	TEST_ASSERT(!pv_feature_set(vcpu, PV_FEAT_USER_HCALL), "the VM offers no user calls");
	bad = try_call(false);
	pv_result(!bad, "a call to the VMM%s%s\n", bad ? ": " : "", bad ?: "");
	if (!pv_rule_holds(PV_IN_KVM)) {
		pv_skip("one answer, two entries: only a part of KVM does that\n");
		return;
	}
	bad = try_call(true);
	pv_result(!bad, "one answer, two entries%s%s\n", bad ? ": " : "", bad ?: "");
}

unsigned int vmm_results(void)
{
	return nr_accesses + 1 + 2 + 2;
}

void test_vmm(void)
{
	test_mmio();
	test_iocsr();
	test_call();
}
