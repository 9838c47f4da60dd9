// SPDX-License-Identifier: GPL-2.0
/* Guests that were there before the module: running, running in user mode, halted. */
#include <sched.h>

#include "attach.h"

/* Stay on CPUs without a tick, if there are any: what uses RCU cannot be fast there. */
static void prefer_tickless(void)
{
	FILE *f = fopen("/sys/devices/system/cpu/nohz_full", "r");
	int first, last, cpu;
	char sep = ',';
	cpu_set_t set;

	CPU_ZERO(&set);
	while (f && sep == ',' && fscanf(f, "%d", &first) == 1) {
		last = first;
		if (fscanf(f, "%c", &sep) == 1 && sep == '-' && fscanf(f, "%d", &last) == 1)
			sep = fgetc(f);
		for (cpu = first; cpu <= last; cpu++)
			CPU_SET(cpu, &set);
	}
	if (f)
		fclose(f);
	if (CPU_COUNT(&set) && !sched_setaffinity(0, sizeof(set), &set))
		pv_note("a running guest: on %d CPUs with nohz_full\n", CPU_COUNT(&set));
}

static bool is_fast(void *unused)
{
	u64 fast;

	return pv_module_counter("fast", &fast) && fast;
}

void test_adopt_running(void)
{
	struct pv_vm *pv = pv_vm_create(1);
	const char *why = "";
	bool before, during, after, fast, ok;
	cpu_set_t all;

	sched_getaffinity(0, sizeof(all), &all);
	prefer_tickless();
	pv_vcpu_add(pv, 0, 0, pv_guest_asker);
	pv_start(pv, 0);
	sched_setaffinity(0, sizeof(all), &all);
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
void test_parameters(void)
{
	bool ok, refused, allowed, fixed;
	const char *why = "";
	struct pv_vm *pv;

	if (!pv_hvcl_levels()) {
		pv_skip("user_hypercall under a running guest: " PV_NO_USER_HVCL "\n");
		return;
	}
	pv = pv_vm_create(1);
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

/* Halted in the kernel's code, across insmod or across rmmod, then woken. */
void test_adopt_halted(bool loaded_first)
{
	struct pv_order order = { .nr = 2, .rounds = 50, .burst = 1 };
	struct pv_vm *pv = pv_vm_create(2);
	const char *why = "never halted";
	bool ok;
	u64 irqs;

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
	irqs = pv->sh->cpu[1].irqs;
	pv_result(ok && irqs >= 50 && irqs <= 50 * times_at_most(),
		  "a vCPU halted across %s: %lu of 50 interrupts %s\n",
		  loaded_first ? "rmmod" : "insmod", (long)irqs, why);
	pv_vm_free(pv);
}
