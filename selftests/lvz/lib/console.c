// SPDX-License-Identifier: GPL-2.0
/* The UART, a small printf, and power-off. */
#include "lvz.h"

#define UART		((volatile u8 *)(DMW_UC | 0x1fe001e0))
#define UART_LSR	5
#define LSR_THRE	0x20
#define POWER_CONTROL	((volatile u8 *)(DMW_UC | 0x100e001c))
#define POWER_S5	0x34	/* sleep type 5, enable */

static void putc(char c)
{
	while (!(UART[UART_LSR] & LSR_THRE))
		;
	UART[0] = c;
}

static void put_number(u64 v, u32 base)
{
	char buf[24];
	u32 n = 0;

	do {
		buf[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	while (n)
		putc(buf[--n]);
}

static void put_string(const char *s)
{
	while (*s)
		putc(*s++);
}

/* %s %c %d %u %x %%, with or without l. */
void vprintk(const char *fmt, __builtin_va_list ap)
{
	for (; *fmt; fmt++) {
		bool wide = false;
		long v;

		if (*fmt != '%') {
			putc(*fmt);
			continue;
		}
		if (*++fmt == 'l') {
			wide = true;
			fmt++;
		}
		switch (*fmt) {
		case 's':
			put_string(__builtin_va_arg(ap, const char *));
			break;
		case 'c':
			putc(__builtin_va_arg(ap, int));
			break;
		case 'd':
			v = wide ? __builtin_va_arg(ap, long) : __builtin_va_arg(ap, int);
			if (v < 0)
				putc('-');
			put_number(v < 0 ? -(u64)v : (u64)v, 10);
			break;
		case 'u':
		case 'x':
			put_number(wide ? __builtin_va_arg(ap, u64) :
				   __builtin_va_arg(ap, u32), *fmt == 'u' ? 10 : 16);
			break;
		default:
			putc(*fmt);
		}
	}
}

void printk(const char *fmt, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	vprintk(fmt, ap);
	__builtin_va_end(ap);
}

void power_off(void)
{
	*POWER_CONTROL = POWER_S5;
	for (;;)
		asm volatile("idle 0");
}

/* What the compiler may ask for. */
void *memset(void *to, int c, u64 n)
{
	u8 *p = to;

	while (n--)
		*p++ = c;
	return to;
}

void *memcpy(void *to, const void *from, u64 n)
{
	u8 *p = to;
	const u8 *q = from;

	while (n--)
		*p++ = *q++;
	return to;
}
