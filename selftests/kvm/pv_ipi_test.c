// SPDX-License-Identifier: GPL-2.0
/*
 * IPIs by hypercall: who gets one, who must not, that none is lost, and what
 * each costs in exits.
 */
#include <getopt.h>

#include "pv_ipi.h"

struct pv_ipi_opt pv_ipi_opt = {
	.storm = 1000000,
	.race = 30000,
	.exact = 5000,
	.rounds = 20,
};

static void __noreturn usage(const char *name, int status)
{
	printf("usage: %s [-s IPIS] [-p IPIS] [-e IPIS] [-r ROUNDS] [-w SECONDS]\n"
	       "  -s  IPIs to running and preempted targets (default %lu)\n"
	       "  -p  IPIs to halting and waking targets (default %lu)\n"
	       "  -e  IPIs sent one by one (default %lu)\n"
	       "  -r  broadcasts for each number of vCPUs (default %u)\n"
	       "  -w  seconds without progress that mean a lost IPI (default %u)\n",
	       name, (long)pv_ipi_opt.storm, (long)pv_ipi_opt.race,
	       (long)pv_ipi_opt.exact, pv_ipi_opt.rounds, pv_stall_seconds);
	exit(status);
}

int main(int argc, char *argv[])
{
	static const int sizes[] = { 2, 4, 16, 64, 128, 129, 256 };
	char bad[200];
	int c, i, klog;

	while ((c = getopt(argc, argv, "s:p:e:r:w:h")) != -1) {
		switch (c) {
		case 's':
			pv_ipi_opt.storm = strtoul(optarg, NULL, 0);
			break;
		case 'p':
			pv_ipi_opt.race = strtoul(optarg, NULL, 0);
			break;
		case 'e':
			pv_ipi_opt.exact = strtoul(optarg, NULL, 0);
			break;
		case 'r':
			pv_ipi_opt.rounds = strtoul(optarg, NULL, 0);
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

	ksft_print_header();
	pv_require_kvm();
	klog = pv_klog_open();
	pv_note("answered by: %s\n", pv_who());
	pv_plan(4 + 2 + 1 + 2 + 2 + 1 + 2 + 2 + 4 * ARRAY_SIZE(sizes) + 1 + 2 + 2 + 1);

	test_all_edges();
	test_no_cpuid();
	test_self();
	test_halted();
	test_running();
	test_kicked();
	test_preempted();
	test_user();
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		test_broadcast(sizes[i]);
	test_exact();
	test_all_to_all(4, 500);
	test_all_to_all(16, 100);
	test_storm("race", pv_ipi_opt.race, 128, pv_guest_halted, 16);
	test_storm("storm", pv_ipi_opt.storm, 8, pv_guest_running, 10000);
	pv_klog_check(klog, bad, sizeof(bad));
	pv_result(!bad[0], "kernel log: no alarm %s\n", bad);
	pv_finished();
}
