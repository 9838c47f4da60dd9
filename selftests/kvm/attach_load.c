// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading as such: what is refused, and what the host notices. */
#include <dirent.h>

#include "attach.h"

/* No KVM to attach to: the module must say so and stay out. */
void test_without_kvm(void)
{
	int ret = insert("");

	pv_plan(2);
	pv_result(ret < 0 && !pv_module_loaded(), "insmod without KVM: %s\n",
		  ret ? strerror(-ret) : "accepted");
	pv_result(log_says(PV_MODULE), "the kernel log says why\n");
}

#define HANDLERS	"/sys/module/" PV_MODULE "/parameters/handlers"

static bool reads(const char *path, const char *text)
{
	char line[128];
	FILE *f = fopen(path, "r");
	bool ok = f && fgets(line, sizeof(line), f) && !strcmp(line, text);

	if (f)
		fclose(f);
	return ok;
}

/* A guest asks for the identity, to which the kernel's handlers have no answer. */
static bool calls_are_c(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	u64 calls = -1;
	bool ok;

	pv_vcpu_add(pv, 0, 0, pv_guest_asker);
	pv_start(pv, 0);
	ok = until_answer(pv, PV_INVALID_CODE);
	pv_vm_free(pv);
	return ok && pv_module_counter("calls", &calls) && !calls;
}

void test_load(void)
{
	int ret = insert("");
	bool said = log_says(PV_MODULE ":");
	int again = insert("");

	pv_result(!ret && pv_module_loaded(), "insmod: %s\n", strerror(-ret));
	pv_result(said, "insmod says what it attached to\n");
	pv_result(again == -EEXIST && pv_module_loaded(), "a second insmod: %s\n",
		  strerror(-again));
	pv_result(remove_module() && !pv_module_loaded(), "rmmod\n");

	ret = insert("user_cpucfg=maybe");
	pv_result(ret == -EINVAL && !pv_module_loaded(), "a bad parameter: %s\n",
		  strerror(-ret));
	ret = insert("handlers=csr,nothing-we-know");
	pv_result(ret == -EINVAL && !pv_module_loaded() && log_says("nothing-we-know"),
		  "a kind of exits that there is not: %s\n", strerror(-ret));
	ret = insert("handlers=cpucfg");
	pv_result(!ret && reads(HANDLERS, "cpucfg\n") && calls_are_c(),
		  "handlers=cpucfg: hypercalls are answered by the kernel\n");
	remove_module();
	ret = insert("user_cpucfg=1 user_hypercall=1 fast_path=1");
	pv_result(!ret && !strcmp(pv_who(), "Rust user_cpucfg user_hypercall"),
		  "parameters: %s\n", ret ? strerror(-ret) : pv_who());
	remove_module();
}

#define FTRACE_SYSCTL	"/proc/sys/kernel/ftrace_enabled"

/* Nothing would call the module back: it must not pretend to be attached. */
void test_ftrace_off(void)
{
	bool refused;
	int ret;

	if (!write_file(FTRACE_SYSCTL, "0")) {
		pv_skip("cannot turn function tracing off: %s\n", strerror(errno));
		pv_skip("cannot turn function tracing off\n");
		return;
	}
	ret = insert("");
	pv_result(ret < 0 && !pv_module_loaded(), "insmod with function tracing off: %s\n",
		  ret ? strerror(-ret) : "accepted");
	if (!ret)
		remove_module();
	write_file(FTRACE_SYSCTL, "1");

	/* Nor can it be turned off under the module: vCPUs would end unseen. */
	ret = insert("");
	refused = !write_file(FTRACE_SYSCTL, "0") && errno == EBUSY;
	pv_result(!ret && refused && remove_module() && write_file(FTRACE_SYSCTL, "0"),
		  "function tracing cannot be turned off while the module is loaded\n");
	write_file(FTRACE_SYSCTL, "1");
}

/*
 * Our module, built for a kernel with one field more in struct kvm_vcpu_arch. The
 * first vCPU that it meets tells.
 */
void test_misfit(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	u64 left_out = 0, vcpus = -1;
	bool ok, said, served;
	const char *why = "";
	int ret;

	pv_vcpu_add(pv, 0, 0, pv_guest_asker);
	pv_start(pv, 0);
	if (access(attach_opt.misfit, R_OK)) {
		pv_skip("no %s: build it with 'make kselftests'\n", attach_opt.misfit);
		pv_skip("no %s\n", attach_opt.misfit);
	} else {
		ok = until_answer(pv, PV_INVALID_CODE);
		ret = pv_module_insert(attach_opt.misfit, "");
		said = log_says("was built for a kernel with another");
		pv_result(ok && ret == -ENOEXEC && said && !pv_module_loaded(),
			  "a module for another struct kvm_vcpu, insmod: %s\n",
			  ret ? strerror(-ret) : "accepted");
	}
	WRITE_ONCE(pv->sh->stop, 1);
	pv_wait(pv, 0, &why);
	pv_vm_free(pv);
	if (access(attach_opt.misfit, R_OK))
		return;

	/* It loads where there is no vCPU yet to tell. */
	ret = pv_module_insert(attach_opt.misfit, "");
	pv = pv_vm_create(1);
	pv_vcpu_add(pv, 0, 0, pv_guest_asker);
	pv->sh->identity = 0;
	pv_start(pv, 0);
	served = until_answer(pv, PV_INVALID_CODE);
	pv_module_counter("left_out", &left_out);
	pv_module_counter("vcpus", &vcpus);
	WRITE_ONCE(pv->sh->stop, 1);
	ok = pv_wait(pv, 0, &why);
	pv_vm_free(pv);
	said = log_says("not laid out as in the kernel");
	pv_result(!ret && ok && served && left_out && !vcpus && said && remove_module(),
		  "a module for another struct kvm_vcpu leaves vCPUs alone: %lu not taken over\n",
		  (long)left_out);
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
void test_nobody_stopped(void)
{
	u64 before[64] = {}, after[64] = {};
	int nr, cpu, tries, idle = 0;
	bool ok = true;

	/* They also move tasks from CPU to CPU: then one try may see all of them run. */
	for (tries = 0; tries < 5 && ok && !idle; tries++) {
		ok = !insert("");
		nr = stoppers(before, ARRAY_SIZE(before));
		ok = remove_module() && ok;
		stoppers(after, ARRAY_SIZE(after));
		for (cpu = 0; cpu < nr; cpu++)
			idle += before[cpu] == after[cpu];
	}
	if (nr < 2) {
		pv_skip("one CPU only: stopping the machine would not show\n");
		return;
	}
	pv_result(ok && idle, "rmmod does not stop the machine: %d of %d stoppers ran\n",
		  nr - idle, nr);
}
