// SPDX-License-Identifier: GPL-2.0
/*
 * Who answers the guest here, and by which rules.
 *
 * The answer is read from the module's presence and parameters, never from
 * its behaviour: a module that behaves like the C code where it should not
 * must fail the test.
 */
#include <sys/stat.h>

#include "pv_host.h"

#define ATTACHED	"/sys/module/" PV_MODULE "/parameters/"
/* Where the Rust code is a part of KVM. */
#define IN_KVM		"/sys/module/kvm/parameters/"

static struct {
	unsigned int changes;	/* of the module, when this was looked up */
	bool known, rust, in_kvm, user_cpucfg, user_hypercall, fast_path;
	char name[80];
} who;

static bool param(const char *dir, const char *name, bool absent)
{
	char path[96];
	FILE *f;
	int c;

	snprintf(path, sizeof(path), "%s%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		return absent;
	c = fgetc(f);
	fclose(f);
	return c == 'Y' || c == '1';
}

static void look(void)
{
	bool in_kvm = !access(IN_KVM "fast_path", F_OK);
	const char *dir = in_kvm ? IN_KVM : ATTACHED;

	if (who.known && who.changes == pv_module_changes())
		return;
	who.known = true;
	who.changes = pv_module_changes();
	who.in_kvm = in_kvm;
	who.rust = in_kvm || pv_module_loaded();
	who.user_cpucfg = param(dir, "user_cpucfg", false);
	who.user_hypercall = param(dir, "user_hypercall", false);
	who.fast_path = param(dir, "fast_path", true);
	if (!who.rust)
		snprintf(who.name, sizeof(who.name), "C");
	else
		snprintf(who.name, sizeof(who.name), "Rust%s%s%s%s", in_kvm ? " in KVM" : "",
			 who.user_cpucfg ? " user_cpucfg" : "",
			 who.user_hypercall ? " user_hypercall" : "",
			 who.fast_path ? "" : " fast_path=0");
}

const char *pv_who(void)
{
	look();
	return who.name;
}

bool pv_rule_holds(enum pv_rule rule)
{
	look();
	/* fast_path=0 changes who does the work, not what the guest sees. */
	if (!who.rust)
		return false;
	switch (rule) {
	case PV_CPUCFG_PLV:
		return !who.user_cpucfg;
	case PV_HCALL_PLV:
		return !who.user_hypercall;
	case PV_IN_KVM:
		return who.in_kvm;
	case PV_SAME:
		return false;
	default:
		return true;
	}
}

void pv_require_kvm(void)
{
	struct stat st;

	if (stat(KVM_DEV_PATH, &st))
		ksft_exit_skip("no %s: this CPU has no LVZ, or the kernel no KVM\n",
			       KVM_DEV_PATH);
	__TEST_REQUIRE(kvm_has_cap(KVM_CAP_BINARY_STATS_FD),
		       "KVM has no binary statistics");
}
