// SPDX-License-Identifier: GPL-2.0
/* The function every program starts in, and what its command line says. */
#include "lvz.h"

void boot_main(u64 cmdline_hpa) __attribute__((noreturn));

const char *cmdline;

/* The value of NAME=VALUE (decimal) on the command line. */
u64 cmdline_u64(const char *name, u64 otherwise)
{
	for (const char *c = cmdline; c && *c; c++) {
		const char *p = c, *n = name;

		if (c != cmdline && c[-1] != ' ')
			continue;
		while (*n && *p == *n)
			p++, n++;
		if (!*n && *p == '=') {
			u64 v = 0;

			for (p++; *p >= '0' && *p <= '9'; p++)
				v = v * 10 + (*p - '0');
			return v;
		}
	}
	return otherwise;
}

void boot_main(u64 cmdline_hpa)
{
	cmdline = hva(cmdline_hpa);
	cpu_init();
	tap_begin();
	test();
	tap_end();
	power_off();
}
