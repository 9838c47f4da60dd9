// SPDX-License-Identifier: GPL-2.0
/*
 * HVCL, every immediate and every privilege level: what comes back in a0,
 * that nothing else changes, and that what was refused was not done either.
 *
 * The same table serves the kernel's C handlers and the Rust ones; a row that
 * differs names the rule it hangs on (pv_host.h).
 */
#include "pv_host.h"

#define REG_A0		4
#define STEAL_ID	PV_FEAT_STEAL_TIME
#define STEAL_VALID	1UL
#define PRESSURE_CALLS	20000

#define DEFAULT_FEAT	(PV_FEAT_IPI | PV_FEAT_STEAL_TIME)

/* A VM with one vCPU to probe, one target, and the features of a row. */
static struct pv_vm *probe_vm(u64 features)
{
	static struct { u64 features; struct pv_vm *pv; } cache[8];
	int i;

	for (i = 0; cache[i].pv; i++)
		if (cache[i].features == features)
			return cache[i].pv;
	TEST_ASSERT(i < ARRAY_SIZE(cache) - 1, "too many feature sets");
	cache[i].features = features;
	cache[i].pv = pv_vm_create(2);
	pv_vcpu_add(cache[i].pv, 0, 0, pv_guest_halted);
	pv_vcpu_add(cache[i].pv, 1, 1, NULL);
	TEST_ASSERT(!pv_feature_set(cache[i].pv->vcpu[0], features),
		    "features 0x%lx refused", (unsigned long)features);
	return cache[i].pv;
}

static u64 stub_of(u32 imm)
{
	const struct pv_stub *s;

	for (s = pv_hvcl_stubs; s->addr; s++)
		if (s->imm == imm)
			return s->addr;
	TEST_FAIL("no stub for hvcl 0x%x", imm);
}

static u64 steal_area(struct kvm_vcpu *vcpu)
{
	u64 gpa = 0;

	__vcpu_device_attr_get(vcpu, KVM_LOONGARCH_VCPU_PVTIME_CTRL,
			       KVM_LOONGARCH_VCPU_PVTIME_GPA, &gpa);
	return gpa;
}

/* --- one call, its answer and its effect ------------------------------- */

struct row {
	const char *name;
	u64 features;
	u64 a0, a1, a2, a3;
	u8 plv_from, plv_to;
	enum pv_rule rule;
	u64 c, rust;		/* a0 afterwards */
	bool ipi;		/* reaches id 1 when a0 says done */
	bool steal;		/* registers a2 when a0 says done */
};

#define ANY		.plv_from = 0, .plv_to = 3
#define KERNEL		.plv_from = 0, .plv_to = 0
#define USER		.plv_from = 1, .plv_to = 3
#define SAME(v)		.rule = PV_SAME, .c = (v), .rust = (v)
#define REFUSED(v)	.rule = PV_HCALL_PLV, .c = (v), .rust = PV_INVALID_CODE
#define IPI(f)		.features = (f), .a0 = PV_FN_IPI
#define NOTIFY(f)	.features = (f), .a0 = PV_FN_NOTIFY
#define UNKNOWN(n)	{ "function " #n, DEFAULT_FEAT, .a0 = (n), ANY, SAME(PV_INVALID_CODE) }

static const struct row rows[] = {
	UNKNOWN(0),
	UNKNOWN(3),
	UNKNOWN(4),
	UNKNOWN(0xff),
	UNKNOWN(0x101),
	UNKNOWN(0x7fffffff),
	UNKNOWN(0x80000001),
	UNKNOWN(0x100000001),
	UNKNOWN(0x100000002),
	UNKNOWN(0x8000000000000001),
	UNKNOWN(-1UL),
	UNKNOWN(-2UL),

	{ "IPI to nobody", IPI(DEFAULT_FEAT), KERNEL, SAME(PV_OK) },
	{ "IPI to nobody, from user", IPI(DEFAULT_FEAT), USER, REFUSED(PV_OK) },
	{ "IPI", IPI(DEFAULT_FEAT), .a1 = 2, KERNEL, SAME(PV_OK), .ipi = true },
	{ "IPI from user", IPI(DEFAULT_FEAT), .a1 = 2, USER, REFUSED(PV_OK), .ipi = true },
	{ "IPI by base", IPI(DEFAULT_FEAT), .a1 = 1, .a3 = 1, KERNEL, SAME(PV_OK), .ipi = true },
	{ "IPI to absent id", IPI(DEFAULT_FEAT), .a2 = 1UL << 63, KERNEL, SAME(PV_OK) },
	{ "IPI past the ids", IPI(DEFAULT_FEAT), .a1 = -1UL, .a2 = -1UL, .a3 = 256, KERNEL,
	  .rule = PV_IPI_BASE, .c = PV_OK, .rust = PV_INVALID_PARAM },
	{ "IPI with the feature off", IPI(PV_FEAT_STEAL_TIME), .a1 = 2, ANY, SAME(PV_INVALID_CODE) },
	{ "IPI with no feature", IPI(0), .a1 = 2, ANY, SAME(PV_INVALID_CODE) },

	{ "steal time", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID, .a2 = 0x8000 | STEAL_VALID,
	  KERNEL, SAME(PV_OK), .steal = true },
	{ "steal time from user", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID, .a2 = 0x10000 | STEAL_VALID,
	  USER, REFUSED(PV_OK), .steal = true },
	{ "steal time off", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID, .a2 = 0x14000,
	  KERNEL, SAME(PV_OK), .steal = true },
	{ "steal time, reserved bit", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID,
	  .a2 = 0x8000 | 2 | STEAL_VALID, KERNEL, SAME(PV_INVALID_PARAM) },
	{ "steal time, misaligned", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID,
	  .a2 = 0x8020 | STEAL_VALID, KERNEL, SAME(PV_INVALID_PARAM) },
	{ "notify 0", NOTIFY(DEFAULT_FEAT), .a2 = 0x8001, ANY, SAME(PV_INVALID_CODE) },
	{ "notify bit 1", NOTIFY(DEFAULT_FEAT), .a1 = 2, .a2 = 0x8001, ANY, SAME(PV_INVALID_CODE) },
	{ "notify two bits", NOTIFY(DEFAULT_FEAT), .a1 = STEAL_ID | 8, .a2 = 0x8001, ANY,
	  SAME(PV_INVALID_CODE) },
	{ "notify with the feature off", NOTIFY(PV_FEAT_IPI), .a1 = STEAL_ID, .a2 = 0x8001, ANY,
	  SAME(PV_INVALID_CODE) },
};

static const char *check_row(const struct row *r, u64 plv)
{
	struct pv_vm *pv = probe_vm(r->features);
	struct kvm_vcpu *vcpu = pv->vcpu[0], *target = pv->vcpu[1];
	u64 want = pv_expect(r->rule, r->c, r->rust), steal, steal_want;
	struct pv_probe p = { .stub = stub_of(PV_HVCL_SERVICE), .plv = plv };
	static char why[200];
	const char *bad;
	bool hit;

	pv_swi0_clear(target);
	steal_want = steal_area(vcpu);
	pv_probe_fill(pv, &p);
	p.in[4] = r->a0;
	p.in[5] = r->a1;
	p.in[6] = r->a2;
	p.in[7] = r->a3;
	bad = pv_probe(pv, vcpu, &p, REG_A0);
	if (bad) {
		snprintf(why, sizeof(why), "PLV %lu: %s", (long)plv, bad);
		return why;
	}
	if (p.out[REG_A0] != want) {
		snprintf(why, sizeof(why), "PLV %lu: a0 is %ld, not %ld", (long)plv,
			 (long)p.out[REG_A0], (long)want);
		return why;
	}
	hit = pv_swi0_pending(target);
	if (hit != (r->ipi && want == PV_OK)) {
		snprintf(why, sizeof(why), "PLV %lu: id 1 %s", (long)plv,
			 hit ? "got an IPI" : "got no IPI");
		return why;
	}
	if (r->steal && want == PV_OK)
		steal_want = r->a2;
	steal = steal_area(vcpu);
	if (steal != steal_want) {
		snprintf(why, sizeof(why), "PLV %lu: steal area 0x%lx, not 0x%lx",
			 (long)plv, (long)steal, (long)steal_want);
		return why;
	}
	return NULL;
}

static void test_rows(void)
{
	const char *bad;
	int i, plv;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (plv = rows[i].plv_from, bad = NULL; plv <= rows[i].plv_to && !bad; plv++)
			bad = check_row(&rows[i], plv);
		ksft_test_result(!bad, "service: %s%s%s\n", rows[i].name,
				 bad ? ": " : "", bad ?: "");
	}
}

/* --- classes: one probe per listed immediate and level ------------------ */

static void test_classes(void)
{
	struct pv_vm *pv = probe_vm(DEFAULT_FEAT);
	const struct pv_stub *s;
	const char *bad = NULL;
	u64 want;
	int plv;

	for (s = pv_hvcl_stubs; s->addr && !bad; s++) {
		for (plv = 0; plv <= 3 && !bad; plv++) {
			struct pv_probe p = { .stub = s->addr, .plv = plv };

			want = PV_INVALID_CODE;
			if (s->imm == PV_HVCL_PROBE)
				want = pv_expect(PV_IDENTITY_CALL, want, PV_IDENTITY);
			pv_probe_fill(pv, &p);
			bad = pv_probe(pv, pv->vcpu[0], &p, REG_A0);
			if (!bad && p.out[REG_A0] != want)
				bad = "wrong value in a0";
			if (bad)
				ksft_print_msg("hvcl 0x%x at PLV %d: %s (a0 0x%lx)\n",
					       s->imm, plv, bad, (long)p.out[REG_A0]);
		}
	}
	ksft_test_result(!bad, "classes: answer in a0, all else kept, one step on\n");
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
	struct pv_vm *pv = pv_vm_create(1);
	const char *why = "";
	u64 counted;
	bool ok;

	pv_vcpu_add(pv, 0, 0, sweep_body);
	sweep.plv = plv;
	sweep.identity = pv_expect(PV_IDENTITY_CALL, PV_INVALID_CODE, PV_IDENTITY);
	sync_global_to_guest(pv->vm, sweep);
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why);
	sync_global_from_guest(pv->vm, sweep);
	counted = pv_stat(pv->vcpu[0], "hypercall_exits");
	if (sweep.wrong)
		ksft_print_msg("%lu wrong, first hvcl 0x%lx: 0x%lx\n", (long)sweep.wrong,
			       (long)sweep.imm, (long)sweep.val);
	ksft_test_result(ok && !sweep.wrong, "sweep: all 32768 immediates at PLV %d %s\n",
			 plv, why);
	ksft_test_result(ok && counted == 1,
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

	for (plv = 0; plv <= 3 && !bad; plv++)
		bad = user_service(plv, enabled);
	ksft_test_result(!bad, "user service %s%s%s\n", enabled ? "on" : "off",
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

	for (plv = 0; plv <= 3 && !bad; plv++)
		bad = breakpoint(plv);
	ksft_test_result(!bad, "breakpoint: reaches the debugger from every level%s%s\n",
			 bad ? ": " : "", bad ?: "");
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

static void test_pressure(void)
{
	u64 refused = pv_rule_holds(PV_HCALL_PLV) ? PRESSURE_CALLS : 0;
	u64 identity = pv_rule_holds(PV_IDENTITY_CALL) ? PRESSURE_CALLS : 0;
	struct pv_vm *pv = pv_vm_create(2);
	struct pv_hammer *hammer;
	const char *why = "";
	bool ok;

	pv_vcpu_add(pv, 0, 0, pressure_body);
	pv_vcpu_add(pv, 1, 1, NULL);
	pv_start(pv, 0);
	hammer = pv_hammer_start(pv->vcpu[0]);
	ok = pv_wait(pv, 0, &why);
	pv_hammer_stop(hammer);
	sync_global_from_guest(pv->vm, pressure);

	ksft_test_result(ok && pressure.refused == refused,
			 "pressure: %lu of %d calls from user refused %s\n",
			 (long)pressure.refused, PRESSURE_CALLS, why);
	ksft_test_result(ok && pressure.identity == identity,
			 "pressure: %lu of %d identity calls answered\n",
			 (long)pressure.identity, PRESSURE_CALLS);
	ksft_test_result(pv_swi0_pending(pv->vcpu[1]) == !refused,
			 "pressure: the target %s\n", refused ? "got nothing" : "got its IPI");
	pv_vm_free(pv);
}

static void test_quiet(int klog)
{
	char bad[200];
	int lines = pv_klog_check(klog, bad, sizeof(bad));

	if (bad[0])
		ksft_print_msg("%s\n", bad);
	ksft_test_result(!bad[0] && lines < 200, "kernel log: %d lines, no alarm\n", lines);
}

int main(int argc, char *argv[])
{
	int klog;

	ksft_print_header();
	pv_require_kvm();
	klog = pv_klog_open();
	ksft_print_msg("answered by: %s\n", pv_who());
	ksft_set_plan(ARRAY_SIZE(rows) + 1 + 4 + 2 + 1 + 3 + 1);

	test_rows();
	test_classes();
	test_sweep(0);
	test_sweep(3);
	test_user_service(false);
	test_user_service(true);
	test_breakpoint();
	test_pressure();
	test_quiet(klog);
	ksft_finished();
}
