// SPDX-License-Identifier: GPL-2.0
/* TAP output. */
#include "lvz.h"

void vprintk(const char *fmt, __builtin_va_list ap);

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

void tap_begin(void)
{
	printk("TAP version 13\n");
}

void tap_end(void)
{
	printk("1..%u\n", tests);
}
