// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading the module under running guests.
 *
 * A guest must not notice either, except by what it may see: the answer to
 * HVCL 0. The host must be left as it was: log, memory, tracing, debugfs.
 */
#include <getopt.h>
#include <libgen.h>
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

bool log_says(const char *text)
{
	return pv_klog_find(klog, text);
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

bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

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
	static char dir[256], misfit[300];
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
	snprintf(dir, sizeof(dir), "%s", argv[0]);
	snprintf(misfit, sizeof(misfit), "%s/misfit.ko", dirname(dir));
	attach_opt.misfit = misfit;
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

	pv_plan(8 + 2 + 2 + 1 + 2 + 2 + 2 + 2 + 4 + 2 + 2 + 2 + 2 + 2 + 1);
	test_load();
	test_ftrace_off();
	test_misfit();
	test_nobody_stopped();
	test_adopt_running();
	test_parameters();
	test_adopt_halted(false);
	test_adopt_halted(true);
	test_adopt_idle();
	test_adopt_in_flight();
	test_cycles();
	test_traces();
	test_open_file();
	test_many();
	test_killed();
	test_two_vms();
	pv_result(log_is_clean() && !pv_module_loaded(), "the host is as it was\n");
	pv_finished();
}
