// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading in the middle of IPI storms, and with open files. */
#include <sys/wait.h>

#include "attach.h"

#define LEAK_KB		1024	/* over all cycles */
#define WARM_CYCLES	20

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

struct pv_vm *storm_vm(void)
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

u64 times_at_most(void)
{
	FILE *f = fopen("/sys/devices/system/cpu/nohz_full", "r");
	u64 times = 1;
	int cpu;

	if (f && fscanf(f, "%d", &cpu) == 1)
		times = 2;
	if (f)
		fclose(f);
	return times;
}

bool storm_ends_well(struct pv_vm *pv, const char **why)
{
	u64 most = times_at_most();
	int i;

	WRITE_ONCE(pv->sh->stop, 1);
	if (!pv_wait(pv, 0, why))
		return false;
	for (i = 1; i < 3; i++) {
		struct pv_cpu *cpu = &pv->sh->cpu[i];

		*why = "an IPI was lost or doubled";
		if (cpu->irqs < cpu->req || cpu->irqs > cpu->req * most ||
		    cpu->ack != cpu->req || cpu->stray)
			return false;
	}
	*why = "a call failed";
	if (pv->sh->cpu[0].errors || pv->sh->cpu[0].irqs)
		return false;
	*why = "";
	return true;
}

void test_cycles(void)
{
	struct pv_vm *pv = storm_vm();
	double start = pv_seconds();
	const char *why = "the storm never began";
	unsigned int i, served = 0;
	long before = 0, after;
	bool ok;

	ok = pv_until_beating(pv, 0);
	for (i = 0; i < attach_opt.cycles && ok; i++) {
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
	pv_result(ok && i == attach_opt.cycles,
		  "%u cycles under a storm of %lu IPIs, none lost %s\n", i,
		  (long)pv->sh->cpu[0].sent, why);
	pv_result(served == attach_opt.cycles, "Rust served the guest in %u of %u cycles\n",
		  served, attach_opt.cycles);
	pv_result(log_is_clean(), "no alarm in the kernel log\n");
	if (attach_opt.cycles <= WARM_CYCLES)
		pv_skip("too few cycles to see a leak\n");
	else if (i <= WARM_CYCLES)
		pv_result(false, "memory: not known, only %u cycles were done\n", i);
	else
		pv_result(after - before < LEAK_KB, "memory: %+ld KiB over %u cycles\n",
			  after - before, i - WARM_CYCLES);
	pv_note("cycles: %.1f s\n", pv_seconds() - start);
	pv_vm_free(pv);
}

/* What a module may leave behind in places that others see. */
void test_traces(void)
{
	FILE *f = fopen("/sys/kernel/tracing/enabled_functions", "r");
	char line[256], hooked[256] = "";

	pv_result(!exists("/sys/kernel/debug/" PV_MODULE) &&
		  !exists("/sys/module/" PV_MODULE),
		  "nothing is left in debugfs and sysfs\n");
	if (!f) {
		pv_skip("no tracefs mounted\n");
		return;
	}
	while (fgets(line, sizeof(line), f))
		if (strstr(line, "kvm_"))
			snprintf(hooked, sizeof(hooked), "%s", line);
	fclose(f);
	pv_result(!hooked[0], "no KVM function is hooked any more %s\n", hooked);
}

static bool is_referenced(void *unused)
{
	return pv_module_refs() > 0;
}

void reap(pid_t pid)
{
	kill(pid, SIGKILL);
	TEST_ASSERT(waitpid(pid, NULL, 0) == pid, "waitpid");
}

/*
 * What an open file calls when it is closed is in the module: as long as there is
 * one the module must not go.
 */
void test_open_file(void)
{
	char text[32];
	int ret = insert(""), fd, busy;
	ssize_t len;
	pid_t pid;

	fd = open("/sys/kernel/debug/" PV_MODULE "/vcpus", O_RDONLY | O_CLOEXEC);
	if (!ret && fd < 0 && errno == ENOENT) {
		remove_module();
		pv_skip("no debugfs\n");
		pv_skip("no debugfs\n");
		return;
	}
	TEST_ASSERT(!ret && fd >= 0, "insmod or debugfs: %s", strerror(errno));
	busy = pv_module_remove();
	len = busy ? read(fd, text, sizeof(text)) : 0;
	/* What was in its place must not be there any more when the file is closed. */
	if (!busy)
		ret = insert("") ?: pv_module_remove();
	close(fd);
	pv_result(busy == -EWOULDBLOCK && len > 0 && !ret && log_is_clean(),
		  "an open debugfs file: rmmod says %s, %zd bytes read\n",
		  busy ? strerror(-busy) : "nothing", len);
	ret = remove_module() ? 0 : -EBUSY;

	/* Let go by the end of its process, as a reader that is killed does. */
	ret = insert("") ?: ret;
	pid = fork();
	TEST_ASSERT(pid >= 0, "fork");
	if (!pid) {
		fd = open("/sys/kernel/debug/" PV_MODULE "/fast", O_RDONLY);
		for (;;)
			pause();
	}
	pv_until(is_referenced, NULL);
	busy = pv_module_remove();
	reap(pid);
	pv_result(!ret && busy == -EWOULDBLOCK && remove_module() && log_is_clean(),
		  "a killed reader of debugfs: rmmod said %s before\n",
		  busy ? strerror(-busy) : "nothing");
}
