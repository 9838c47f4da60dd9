// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading the module under running guests.
 *
 * A guest must not notice either, except by what it may see: the answer to
 * HVCL 0. The host must be left as it was: log, memory, tracing, debugfs.
 */
#include <getopt.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "pv_host.h"

#define REG_A0		4
#define LEAK_KB		4096	/* over all cycles; the module's text alone is more */
#define WARM_CYCLES	20

static struct {
	const char *module;
	unsigned int cycles;
} opt = {
	.cycles = 200,
};

static int klog = -1;

static int insert(const char *params)
{
	return pv_module_insert(opt.module, params);
}

/* EBUSY is a legal answer for a moment, not for ever. */
static bool removed(void *unused)
{
	int ret = pv_module_remove();

	TEST_ASSERT(!ret || ret == -EBUSY || ret == -EAGAIN || ret == -EWOULDBLOCK,
		    "delete_module: %s", strerror(-ret));
	return !ret;
}

static bool remove_module(void)
{
	return pv_until(removed, NULL);
}

static bool log_is_clean(void)
{
	char bad[200];

	pv_klog_check(klog, bad, sizeof(bad));
	if (bad[0])
		ksft_print_msg("kernel log: %s\n", bad);
	return !bad[0];
}

static bool exists(const char *path)
{
	struct stat st;

	return !stat(path, &st);
}

/* --- loading as such ----------------------------------------------------------- */

/* No KVM to attach to: the module must say so and stay out. */
static void test_without_kvm(void)
{
	int ret = insert("");

	ksft_set_plan(2);
	ksft_test_result(ret < 0 && !pv_module_loaded(), "insmod without KVM: %s\n",
			 ret ? strerror(-ret) : "accepted");
	ksft_test_result(pv_klog_find(klog, PV_MODULE), "the kernel log says why\n");
}

static void test_load(void)
{
	int ret = insert("");
	bool said = pv_klog_find(klog, PV_MODULE ":");
	int again = insert("");

	ksft_test_result(!ret && pv_module_loaded(), "insmod: %s\n", strerror(-ret));
	ksft_test_result(said, "insmod says what it attached to\n");
	ksft_test_result(again == -EEXIST && pv_module_loaded(), "a second insmod: %s\n",
			 strerror(-again));
	ksft_test_result(remove_module() && !pv_module_loaded(), "rmmod\n");

	ret = insert("user_cpucfg=maybe");
	ksft_test_result(ret == -EINVAL && !pv_module_loaded(), "a bad parameter: %s\n",
			 strerror(-ret));
	ret = insert("user_cpucfg=1 user_hypercall=1 fast_path=1");
	ksft_test_result(!ret && !strcmp(pv_who(), "Rust user_cpucfg user_hypercall"),
			 "parameters: %s\n", ret ? strerror(-ret) : pv_who());
	remove_module();
}

#define FTRACE_SYSCTL	"/proc/sys/kernel/ftrace_enabled"

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

/* Nothing would call the module back: it must not pretend to be attached. */
static void test_ftrace_off(void)
{
	int ret;

	if (!write_file(FTRACE_SYSCTL, "0")) {
		ksft_test_result_skip("cannot turn function tracing off: %s\n", strerror(errno));
		return;
	}
	ret = insert("");
	ksft_test_result(ret < 0 && !pv_module_loaded(), "insmod with function tracing off: %s\n",
			 ret ? strerror(-ret) : "accepted");
	if (!ret)
		remove_module();
	write_file(FTRACE_SYSCTL, "1");
}

/* --- guests that were there before ----------------------------------------------- */

struct answer {
	struct pv_vm *pv;
	u64 wanted;
};

static bool answered(void *arg)
{
	struct answer *a = arg;

	return READ_ONCE(a->pv->sh->identity) == a->wanted;
}

static bool until_answer(struct pv_vm *pv, u64 wanted)
{
	struct answer a = { pv, wanted };

	return pv_until(answered, &a);
}

static void test_adopt_running(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	const char *why = "";
	bool before, during, after, ok;

	pv_vcpu_add(pv, 0, 0, pv_guest_asker);
	pv_start(pv, 0);
	before = until_answer(pv, PV_INVALID_CODE);
	ok = !insert("");
	during = until_answer(pv, PV_IDENTITY);
	ok = remove_module() && ok;
	after = until_answer(pv, PV_INVALID_CODE) && pv_until_beating(pv, 0);
	pv->sh->stop = 1;
	ok = pv_wait(pv, 0, &why) && ok;
	ksft_test_result(ok && before && during && after,
			 "a running guest: served by C %d, Rust %d, C again %d %s\n",
			 before, during, after, why);
	pv_vm_free(pv);
}

/* Halted in the kernel's code, across insmod or across rmmod, then woken. */
static void test_adopt_halted(bool loaded_first)
{
	struct pv_order order = { .nr = 2, .rounds = 50, .burst = 1 };
	struct pv_vm *pv = pv_vm_create(2);
	const char *why = "never halted";
	bool ok;

	pv_vcpu_add(pv, 0, 0, pv_guest_sender);
	pv_vcpu_add(pv, 1, 1, pv_guest_halted);
	pv->sh->order = order;
	ok = !loaded_first || !insert("");
	pv_start(pv, 1);
	ok = pv_until_blocking(pv->vcpu[1]) && ok;
	if (loaded_first)
		ok = remove_module() && ok;
	else
		ok = !insert("") && ok;
	pv_start(pv, 0);
	ok = pv_wait(pv, 0, &why) && ok;
	if (!loaded_first)
		ok = remove_module() && ok;
	ksft_test_result(ok && pv->sh->cpu[1].irqs == 50,
			 "a vCPU halted across %s: %lu of 50 interrupts %s\n",
			 loaded_first ? "rmmod" : "insmod", (long)pv->sh->cpu[1].irqs, why);
	pv_vm_free(pv);
}

/* --- many cycles under a storm ------------------------------------------------------ */

static long meminfo_kb(void)
{
	static const char * const keys[] = {
		"Slab:", "VmallocUsed:", "Percpu:", "KernelStack:", "PageTables:",
	};
	FILE *f = fopen("/proc/meminfo", "r");
	char key[64];
	long kb, sum = 0;
	int i;

	TEST_ASSERT(f, "no /proc/meminfo");
	while (fscanf(f, "%63s %ld%*[^\n]", key, &kb) == 2)
		for (i = 0; i < ARRAY_SIZE(keys); i++)
			if (!strcmp(key, keys[i]))
				sum += kb;
	fclose(f);
	return sum;
}

/* One sender, who waits for every IPI; a target halted and one running. */
static struct pv_vm *storm_vm(void)
{
	struct pv_order order = { .nr = 3, .burst = 1, .endless = 1 };
	struct pv_vm *pv = pv_vm_create(3);

	pv_vcpu_add(pv, 0, 0, pv_guest_sender);
	pv_vcpu_add(pv, 1, 1, pv_guest_halted);
	pv_vcpu_add(pv, 2, 2, pv_guest_running);
	pv->sh->order = order;
	pv_start_all(pv);
	return pv;
}

static bool storm_ends_well(struct pv_vm *pv, const char **why)
{
	int i;

	WRITE_ONCE(pv->sh->stop, 1);
	if (!pv_wait(pv, 0, why))
		return false;
	for (i = 1; i < 3; i++) {
		struct pv_cpu *cpu = &pv->sh->cpu[i];

		*why = "an IPI was lost or doubled";
		if (cpu->irqs != cpu->req || cpu->ack != cpu->req || cpu->stray)
			return false;
	}
	*why = "a call failed";
	if (pv->sh->cpu[0].errors || pv->sh->cpu[0].irqs)
		return false;
	*why = "";
	return true;
}

/* It may take a turn at the scheduler until a vCPU has come over. */
static bool is_served(void *unused)
{
	u64 fast;

	return pv_module_counter("fast", &fast) && fast;
}

static void test_cycles(void)
{
	struct pv_vm *pv = storm_vm();
	double start = pv_seconds();
	const char *why = "the storm never began";
	unsigned int i, served = 0;
	long before = 0, after;
	bool ok;

	ok = pv_until_beating(pv, 0);
	for (i = 0; i < opt.cycles && ok; i++) {
		if (i == WARM_CYCLES)
			before = meminfo_kb();
		ok = !insert("") && pv_until_beating(pv, 0);
		if (pv_until(is_served, NULL))
			served++;
		ok = remove_module() && ok && pv_until_beating(pv, 0);
	}
	after = meminfo_kb();
	if (ok)
		ok = storm_ends_well(pv, &why);
	ksft_test_result(ok && i == opt.cycles,
			 "%u cycles under a storm of %lu IPIs, none lost %s\n", i,
			 (long)pv->sh->cpu[0].sent, why);
	ksft_test_result(served == opt.cycles, "Rust served the guest in %u of %u cycles\n",
			 served, opt.cycles);
	ksft_test_result(log_is_clean(), "no alarm in the kernel log\n");
	if (opt.cycles > WARM_CYCLES)
		ksft_test_result(after - before < LEAK_KB, "memory: %+ld KiB over %u cycles\n",
				 after - before, opt.cycles - WARM_CYCLES);
	else
		ksft_test_result_skip("too few cycles to see a leak\n");
	ksft_print_msg("cycles: %.1f s\n", pv_seconds() - start);
	pv_vm_free(pv);
}

/* What a module may leave behind in places that others see. */
static void test_traces(void)
{
	FILE *f = fopen("/sys/kernel/tracing/enabled_functions", "r");
	char line[256], hooked[256] = "";

	ksft_test_result(!exists("/sys/kernel/debug/" PV_MODULE) &&
			 !exists("/sys/module/" PV_MODULE),
			 "nothing is left in debugfs and sysfs\n");
	if (!f) {
		ksft_test_result_skip("no tracefs mounted\n");
		return;
	}
	while (fgets(line, sizeof(line), f))
		if (strstr(line, "kvm_"))
			strcpy(hooked, line);
	fclose(f);
	ksft_test_result(!hooked[0], "no KVM function is hooked any more %s\n", hooked);
}

/* --- a VMM that is killed, and two at once --------------------------------------------- */

/* The child's VM is in full storm when it says so, and until it is killed. */
static pid_t doomed_vmm(void)
{
	int ready[2];
	struct pv_vm *pv;
	char c = 0;
	pid_t pid;

	TEST_ASSERT(!pipe(ready), "pipe");
	pid = fork();
	TEST_ASSERT(pid >= 0, "fork");
	if (!pid) {
		close(ready[0]);
		pv = storm_vm();
		if (pv_until_beating(pv, 0))
			c = 1;
		if (write(ready[1], &c, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		c = 0;
	close(ready[0]);
	TEST_ASSERT(c == 1, "the VMM to be killed did not come up");
	return pid;
}

static void reap(pid_t pid)
{
	kill(pid, SIGKILL);
	TEST_ASSERT(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static void test_killed(void)
{
	bool ok = true;
	pid_t pid;
	int i;

	/* loaded before the VM began, and after it */
	for (i = 0; i < 6; i++) {
		if (i & 1)
			ok = !insert("") && ok;
		pid = doomed_vmm();
		if (!(i & 1))
			ok = !insert("") && ok;
		reap(pid);
		ok = remove_module() && ok;
	}
	ksft_test_result(ok && log_is_clean(), "VMMs killed in mid storm, then rmmod\n");

	/* unloaded while the VM is on, killed afterwards */
	ok = !insert("");
	pid = doomed_vmm();
	ok = remove_module() && ok;
	reap(pid);
	ksft_test_result(ok && log_is_clean(), "a VMM killed after rmmod\n");
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

static void test_two_vms(void)
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
	ksft_test_result(ok && stays_inside(a, b), "two VMs: an IPI stays in its own\n");
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
	ksft_test_result(ok && up, "two VMs: storms across rmmod and insmod %s%s\n", why_a, why_b);
	pv_vm_free(b);
}

static void __attribute__((noreturn)) usage(const char *name, int status)
{
	printf("usage: %s [-n CYCLES] [-w SECONDS] MODULE\n"
	       "  MODULE  path of " PV_MODULE ".ko (or in the environment: PV_MODULE)\n"
	       "  -n      insmod and rmmod cycles (default %u)\n"
	       "  -w      seconds without progress that mean a hang (default %u)\n",
	       name, opt.cycles, pv_stall_seconds);
	exit(status);
}

int main(int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "n:w:h")) != -1) {
		switch (c) {
		case 'n': opt.cycles = strtoul(optarg, NULL, 0); break;
		case 'w': pv_stall_seconds = strtoul(optarg, NULL, 0); break;
		case 'h': usage(argv[0], 0);
		default: usage(argv[0], 1);
		}
	}
	opt.module = argv[optind] ?: getenv("PV_MODULE");

	ksft_print_header();
	if (!opt.module)
		ksft_exit_skip("no module to load; give its path\n");
	if (access(opt.module, R_OK))
		ksft_exit_fail_msg("%s: %s\n", opt.module, strerror(errno));
	if (geteuid())
		ksft_exit_skip("loading modules needs root\n");
	if (pv_module_loaded())
		ksft_exit_fail_msg("unload " PV_MODULE " first\n");
	klog = pv_klog_open();
	if (klog < 0)
		ksft_exit_skip("no kernel log to read: %s\n", strerror(errno));
	if (!exists(KVM_DEV_PATH)) {
		test_without_kvm();
		ksft_finished();
	}
	pv_require_kvm();

	ksft_set_plan(6 + 1 + 1 + 2 + 4 + 2 + 2 + 2 + 1);
	test_load();
	test_ftrace_off();
	test_adopt_running();
	test_adopt_halted(false);
	test_adopt_halted(true);
	test_cycles();
	test_traces();
	test_killed();
	test_two_vms();
	ksft_test_result(log_is_clean() && !pv_module_loaded(), "the host is as it was\n");
	ksft_finished();
}
