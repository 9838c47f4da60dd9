// SPDX-License-Identifier: GPL-2.0
/*
 * Unloading the module after ftrace has shut itself down.
 *
 * ftrace then lets go of nobody and goes on calling whom it has called. Needs a
 * boot of its own: ftrace does not come back.
 */
#include <libgen.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "pv_host.h"

#define ROUNDS	20

static const char *module, *killer;

static int kill_ftrace(void)
{
	int fd = open(killer, O_RDONLY | O_CLOEXEC), ret;

	TEST_ASSERT(fd >= 0, "%s: %s", killer, strerror(errno));
	ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return ret;
}

/* A vCPU that halts is loaded for each IPI that it gets. */
static struct pv_vm *busy_vm(void)
{
	struct pv_vm *pv = pv_vm_create(2);

	pv_vcpu_add(pv, 0, 0, pv_guest_sender);
	pv_vcpu_add(pv, 1, 1, pv_guest_halted);
	pv->sh->order = (struct pv_order){ .nr = 2, .burst = 1, .endless = 1 };
	pv_start_all(pv);
	return pv;
}

static bool ends_well(struct pv_vm *pv)
{
	const char *why = "";
	bool ok;

	WRITE_ONCE(pv->sh->stop, 1);
	ok = pv_wait(pv, 0, &why);
	if (!ok)
		pv_note("%s\n", why);
	pv_vm_free(pv);
	return ok;
}

static bool comes_and_goes(void)
{
	struct pv_vm *pv = busy_vm();
	bool ok = pv_until_beating(pv, 0);

	return ends_well(pv) && ok;
}

static bool removed(void *unused)
{
	return !pv_module_remove();
}

int main(int argc, char *argv[])
{
	static char path[512];
	char bad[200];
	struct pv_vm *pv;
	bool ok = true;
	int klog, i;

	module = argv[1] ?: getenv("PV_MODULE");
	snprintf(path, sizeof(path), "%s", argv[0]);
	killer = strcat(dirname(path), "/ftrace_kill.ko");

	ksft_print_header();
	if (!module)
		ksft_exit_skip("no module to load; give its path\n");
	if (geteuid())
		ksft_exit_skip("loading modules needs root\n");
	if (access(killer, R_OK))
		ksft_exit_skip("no %s: build it with 'make kselftests'\n", killer);
	pv_require_kvm();
	klog = pv_klog_open();
	if (klog < 0)
		ksft_exit_skip("no kernel log to read: %s\n", strerror(errno));

	pv_plan(6);
	pv = busy_vm();
	ok = !pv_module_insert(module, "") && pv_until_beating(pv, 0);
	TEST_ASSERT(ok, "no guest, or no module");
	ok = kill_ftrace() == -ECANCELED;
	pv_result(ok && pv_until_beating(pv, 0) && comes_and_goes(),
		  "ftrace is shut down, and guests are still served\n");

	ok = pv_until(removed, NULL);
	pv_result(ok && pv_klog_find(klog, "ftrace has shut itself down"),
		  "rmmod, and the kernel log says what it left\n");
	/* Others get its place in memory. */
	for (i = 0; i < ROUNDS && ok; i++)
		ok = kill_ftrace() == -ECANCELED;
	pv_result(ok && pv_until_beating(pv, 0), "a guest runs on after that\n");
	for (i = 0; i < ROUNDS && ok; i++)
		ok = comes_and_goes();
	pv_result(ok && ends_well(pv), "guests come and go after that\n");

	i = pv_module_insert(module, "");
	pv_result(i == -ENODEV && pv_klog_find(klog, "it has shut itself down"),
		  "insmod is refused (%s), and the kernel log says why\n", strerror(-i));
	pv_klog_check(klog, bad, sizeof(bad));
	pv_result(!bad[0], "kernel log: no alarm %s\n", bad);
	pv_finished();
}
