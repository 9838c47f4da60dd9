// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading the module under running guests.
 *
 * A guest must not notice either, except by what it may see: the answer to
 * HVCL 0. The host must be left as it was: log, memory, tracing, debugfs.
 */
#include <dirent.h>
#include <getopt.h>
#include <sys/stat.h>

#include "attach.h"

struct attach_opt attach_opt = {
	.cycles = 200,
};

static int klog = -1;

int insert(const char *params)
{
	return pv_module_insert(attach_opt.module, params);
}

/* EBUSY is a legal answer for a moment, not for ever. */
static bool removed(void *unused)
{
	int ret = pv_module_remove();

	TEST_ASSERT(!ret || ret == -EBUSY || ret == -EAGAIN || ret == -EWOULDBLOCK,
		    "delete_module: %s", strerror(-ret));
	return !ret;
}

bool remove_module(void)
{
	return pv_module_loaded() && pv_until(removed, NULL);
}

bool log_is_clean(void)
{
	char bad[200];

	pv_klog_check(klog, bad, sizeof(bad));
	if (bad[0])
		pv_note("kernel log: %s\n", bad);
	return !bad[0];
}

bool is_served(void *unused)
{
	u64 calls;

	return pv_module_counter("calls", &calls) && calls;
}

bool exists(const char *path)
{
	struct stat st;

	return !stat(path, &st);
}

/* --- loading as such ----------------------------------------------------------- */

/* No KVM to attach to: the module must say so and stay out. */
static void test_without_kvm(void)
{
	int ret = insert("");

	pv_plan(2);
	pv_result(ret < 0 && !pv_module_loaded(), "insmod without KVM: %s\n",
		  ret ? strerror(-ret) : "accepted");
	pv_result(pv_klog_find(klog, PV_MODULE), "the kernel log says why\n");
}

static void test_load(void)
{
	int ret = insert("");
	bool said = pv_klog_find(klog, PV_MODULE ":");
	int again = insert("");

	pv_result(!ret && pv_module_loaded(), "insmod: %s\n", strerror(-ret));
	pv_result(said, "insmod says what it attached to\n");
	pv_result(again == -EEXIST && pv_module_loaded(), "a second insmod: %s\n",
		  strerror(-again));
	pv_result(remove_module() && !pv_module_loaded(), "rmmod\n");

	ret = insert("user_cpucfg=maybe");
	pv_result(ret == -EINVAL && !pv_module_loaded(), "a bad parameter: %s\n",
		  strerror(-ret));
	ret = insert("user_cpucfg=1 user_hypercall=1 fast_path=1");
	pv_result(!ret && !strcmp(pv_who(), "Rust user_cpucfg user_hypercall"),
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
		pv_skip("cannot turn function tracing off: %s\n", strerror(errno));
		return;
	}
	ret = insert("");
	pv_result(ret < 0 && !pv_module_loaded(), "insmod with function tracing off: %s\n",
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

bool until_answer(struct pv_vm *pv, u64 wanted)
{
	struct answer a = { pv, wanted };

	return pv_until(answered, &a);
}

static bool is_fast(void *unused)
{
	u64 fast;

	return pv_module_counter("fast", &fast) && fast;
}

static void test_adopt_running(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	const char *why = "";
	bool before, during, after, fast, ok;

	pv_vcpu_add(pv, 0, 0, pv_guest_asker);
	pv_start(pv, 0);
	before = until_answer(pv, PV_INVALID_CODE);
	ok = !insert("");
	during = until_answer(pv, PV_IDENTITY);
	fast = pv_until(is_fast, NULL);
	ok = remove_module() && ok;
	after = until_answer(pv, PV_INVALID_CODE) && pv_until_beating(pv, 0);
	pv->sh->stop = 1;
	ok = pv_wait(pv, 0, &why) && ok;
	pv_result(ok && before && during && after,
		  "a running guest: served by C %d, Rust %d, C again %d %s\n",
		  before, during, after, why);
	pv_result(fast, "a running guest: exits come back from Rust on the fast way\n");
	pv_vm_free(pv);
}

/* What a call from user mode returns, over and over. */
static u64 ask_from_user(u64 unused)
{
	while (!READ_ONCE(pv_shared.stop))
		WRITE_ONCE(pv_shared.identity, guest_hcall(PV_FN_IPI, 0, 0, 0));
	return 0;
}

static void user_asker(void)
{
	guest_call_plv(3, ask_from_user, 0);
	GUEST_DONE();
}

/* Written where it must not be; 0 or -errno. */
static int write_parameter(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/" PV_MODULE "/parameters/%s", name);
	return write_file(path, text) ? 0 : -errno;
}

/* A running guest gets the answers that the module was loaded for, and no others. */
static void test_parameters(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	const char *why = "";
	bool ok, refused, allowed, fixed;

	pv_vcpu_add(pv, 0, 0, user_asker);
	pv->sh->identity = PV_IDENTITY;		/* no answer yet */
	pv_start(pv, 0);
	ok = until_answer(pv, PV_OK) && !insert("");
	refused = until_answer(pv, PV_INVALID_CODE);
	fixed = write_parameter("user_hypercall", "1") == -EACCES &&
		write_parameter("user_cpucfg", "1") == -EACCES &&
		!write_parameter("fast_path", "0") && !write_parameter("fast_path", "1");
	ok = remove_module() && until_answer(pv, PV_OK) && ok;
	ok = !insert("user_hypercall=1") && ok;
	ok = pv_until(is_served, NULL) && ok;
	WRITE_ONCE(pv->sh->identity, PV_IDENTITY);
	allowed = until_answer(pv, PV_OK);
	ok = remove_module() && ok;
	WRITE_ONCE(pv->sh->stop, 1);
	ok = pv_wait(pv, 0, &why) && ok;
	pv_result(ok && refused && allowed,
		  "user_hypercall by insmod, under a running guest: refused %d, allowed %d %s\n",
		  refused, allowed, why);
	pv_result(fixed, "only fast_path can be written while the module is loaded\n");
	pv_vm_free(pv);
}

/* How often a kernel thread has been switched to and away from. */
static u64 switches(const char *pid)
{
	char path[64], line[128];
	u64 sum = 0, n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.16s/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*[a-z]voluntary_ctxt_switches: %lu", (unsigned long *)&n) == 1 ||
		    sscanf(line, "voluntary_ctxt_switches: %lu", (unsigned long *)&n) == 1)
			sum += n;
	if (f)
		fclose(f);
	return sum;
}

/* That of each CPU's stopper, which runs there when the machine is stopped; their number. */
static int stoppers(u64 *ran, int max)
{
	DIR *proc = opendir("/proc");
	char path[300], name[32];
	struct dirent *entry;
	int cpu, nr = 0;
	FILE *f;

	while (proc && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (fgets(name, sizeof(name), f) &&
		    sscanf(name, "migration/%d", &cpu) == 1 && cpu < max) {
			ran[cpu] = switches(entry->d_name);
			nr++;
		}
		fclose(f);
	}
	if (proc)
		closedir(proc);
	return nr;
}

/* Guests run on while the module goes: no CPU waits for all the others. */
static void test_nobody_stopped(void)
{
	u64 before[64] = {}, after[64] = {};
	int nr, cpu, idle = 0;
	bool ok;

	ok = !insert("");
	nr = stoppers(before, ARRAY_SIZE(before));
	ok = remove_module() && ok;
	stoppers(after, ARRAY_SIZE(after));
	for (cpu = 0; cpu < nr; cpu++)
		idle += before[cpu] == after[cpu];
	if (nr < 2) {
		pv_skip("one CPU only: stopping the machine would not show\n");
		return;
	}
	pv_result(ok && idle, "rmmod does not stop the machine: %d of %d stoppers ran\n",
		  nr - idle, nr);
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
	pv_result(ok && pv->sh->cpu[1].irqs == 50,
		  "a vCPU halted across %s: %lu of 50 interrupts %s\n",
		  loaded_first ? "rmmod" : "insmod", (long)pv->sh->cpu[1].irqs, why);
	pv_vm_free(pv);
}

static void __noreturn usage(const char *name, int status)
{
	printf("usage: %s [-n CYCLES] [-w SECONDS] MODULE\n"
	       "  MODULE  path of " PV_MODULE ".ko (or in the environment: PV_MODULE)\n"
	       "  -n      insmod and rmmod cycles (default %u)\n"
	       "  -w      seconds without progress that mean a hang (default %u)\n",
	       name, attach_opt.cycles, pv_stall_seconds);
	exit(status);
}

int main(int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "n:w:h")) != -1) {
		switch (c) {
		case 'n':
			attach_opt.cycles = strtoul(optarg, NULL, 0);
			break;
		case 'w':
			pv_stall_seconds = strtoul(optarg, NULL, 0);
			break;
		case 'h':
			usage(argv[0], 0);
		default:
			usage(argv[0], 1);
		}
	}
	attach_opt.module = argv[optind] ?: getenv("PV_MODULE");

	ksft_print_header();
	if (!attach_opt.module)
		ksft_exit_skip("no module to load; give its path\n");
	if (access(attach_opt.module, R_OK))
		ksft_exit_fail_msg("%s: %s\n", attach_opt.module, strerror(errno));
	if (geteuid())
		ksft_exit_skip("loading modules needs root\n");
	if (pv_module_loaded())
		ksft_exit_fail_msg("unload " PV_MODULE " first\n");
	klog = pv_klog_open();
	if (klog < 0)
		ksft_exit_skip("no kernel log to read: %s\n", strerror(errno));
	if (!exists(KVM_DEV_PATH)) {
		test_without_kvm();
		pv_finished();
	}
	pv_require_kvm();

	pv_plan(6 + 1 + 1 + 2 + 2 + 2 + 4 + 2 + 2 + 2 + 2 + 2 + 1);
	test_load();
	test_ftrace_off();
	test_nobody_stopped();
	test_adopt_running();
	test_parameters();
	test_adopt_halted(false);
	test_adopt_halted(true);
	test_cycles();
	test_traces();
	test_open_file();
	test_many();
	test_killed();
	test_two_vms();
	pv_result(log_is_clean() && !pv_module_loaded(), "the host is as it was\n");
	pv_finished();
}
