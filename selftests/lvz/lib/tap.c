// SPDX-License-Identifier: GPL-2.0
/* TAP output, and the function every program starts in. */
#include "lvz.h"

void vprintk(const char *fmt, __builtin_va_list ap);
void boot_main(u64 cmdline_hpa) __attribute__((noreturn));

const char *cmdline;
static u32 tests;

static void result(bool pass, const char *fmt, __builtin_va_list ap)
{
	printk("%sok %u - ", pass ? "" : "not ", ++tests);
	vprintk(fmt, ap);
}

void ok(bool pass, const char *fmt, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	result(pass, fmt, ap);
	__builtin_va_end(ap);
	printk("\n");
}

void is(u64 got, u64 want, const char *fmt, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	result(got == want, fmt, ap);
	__builtin_va_end(ap);
	printk(": expected 0x%lx, got 0x%lx\n", want, got);
}

void skip(const char *what, const char *reason)
{
	printk("ok %u - %s # SKIP %s\n", ++tests, what, reason);
}

void bail(const char *fmt, ...)
{
	__builtin_va_list ap;

	printk("Bail out! ");
	__builtin_va_start(ap, fmt);
	vprintk(fmt, ap);
	__builtin_va_end(ap);
	printk("\n");
	power_off();
}

void require_lvz(void)
{
	if (!(cpucfg(2) & 1 << 10))
		bail("this CPU has no LVZ (CPUCFG2 bit 10 is clear)");
}

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
	printk("TAP version 13\n");
	test();
	printk("1..%u\n", tests);
	power_off();
}
