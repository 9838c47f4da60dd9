// SPDX-License-Identifier: GPL-2.0
/*
 * More vCPUs than anybody needs. Whoever may open /dev/kvm may make them, so they
 * must not cost others the module's service.
 */
#include <sys/ioctl.h>
#include <sys/resource.h>

#include "attach.h"

#define VMS		66	/* 16896 vCPUs */
#define VCPUS		256	/* of each */
#define NEEDED_KB	(1400 * 1024)

static long available_kb(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	long kb = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

/* Number of vCPUs that were made. */
static int fill(int vms)
{
	int kvm = open(KVM_DEV_PATH, O_RDWR), made = 0, vm, i, j;

	for (i = 0; i < vms; i++) {
		vm = ioctl(kvm, KVM_CREATE_VM, 0);
		for (j = 0; j < VCPUS; j++) {
			if (ioctl(vm, KVM_CREATE_VCPU, j) < 0)
				return made;
			made++;
		}
	}
	return made;
}

static pid_t start_filler(int *made)
{
	struct rlimit limit = { VMS * (VCPUS + 1) + 64, VMS * (VCPUS + 1) + 64 };
	int ready[2];
	pid_t pid;

	TEST_ASSERT(!pipe(ready), "pipe");
	pid = fork();
	TEST_ASSERT(pid >= 0, "fork");
	if (!pid) {
		*made = setrlimit(RLIMIT_NOFILE, &limit) ? -errno : fill(VMS);
		if (write(ready[1], made, sizeof(*made)) != sizeof(*made))
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], made, sizeof(*made)) != sizeof(*made))
		*made = -EPIPE;
	close(ready[0]);
	return pid;
}

static bool none_left(void *unused)
{
	u64 vcpus;

	return pv_module_counter("vcpus", &vcpus) && !vcpus;
}

void test_many(void)
{
	u64 vcpus = 0, left_out = -1;
	double start = pv_seconds();
	struct pv_vm *pv;
	int made = 0;
	bool ok, served;
	pid_t pid;

	if (available_kb() < NEEDED_KB) {
		pv_skip("many vCPUs: needs %d MiB of memory\n", NEEDED_KB / 1024);
		pv_skip("many vCPUs: needs %d MiB of memory\n", NEEDED_KB / 1024);
		return;
	}
	ok = !insert("");
	pid = start_filler(&made);
	pv_module_counter("vcpus", &vcpus);
	pv_module_counter("left_out", &left_out);
	pv_result(ok && made == VMS * VCPUS && vcpus == made && !left_out,
		  "%d vCPUs: %lu taken over, %ld times one was not\n", made, (long)vcpus,
		  (long)left_out);

	/* Somebody else's. */
	pv = pv_vm_create(1);
	pv_vcpu_add(pv, 0, 0, pv_guest_asker);
	pv_start(pv, 0);
	served = until_answer(pv, PV_IDENTITY);
	/* Given back while they are there, taken again, and then gone. */
	ok = remove_module() && until_answer(pv, PV_INVALID_CODE) && ok;
	ok = !insert("") && until_answer(pv, PV_IDENTITY) && ok;
	reap(pid);
	pv->sh->stop = 1;
	pv_stop_all(pv);
	pv_vm_free(pv);
	ok = pv_until(none_left, NULL) && ok;
	ok = remove_module() && ok;
	pv_result(ok && served && log_is_clean(),
		  "beside them a guest is served: %d; none is left at the end\n", served);
	pv_note("many: %.1f s\n", pv_seconds() - start);
}
