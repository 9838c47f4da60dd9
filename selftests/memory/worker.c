// SPDX-License-Identifier: GPL-2.0
/*
 * What workers of all kinds need.
 */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "pattern.h"

/* Enough to see what is wrong; all are counted. */
#define MAX_SAID	20

u64 next_random(struct worker *w)
{
	w->random += STEP;
	return mix(w->random);
}

/* One line in one write(), so that lines of several workers stay whole. */
void say(struct worker *w, const char *format, ...)
{
	char line[320];
	va_list args;
	int n;

	if (w->tally->mismatches > MAX_SAID)
		return;
	n = snprintf(line, sizeof(line), "worker %u (%s, pid %d) round %llu: ", w->nr,
		     w->kind->name, getpid(), w->round);
	va_start(args, format);
	n += vsnprintf(line + n, sizeof(line) - n - 1, format, args);
	va_end(args);
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	if (write(STDOUT_FILENO, line, n) != n)
		_exit(3);
}

void mismatch(struct worker *w, const char *what, const void *addr, u64 want, u64 found)
{
	if (w->tally->mismatches++ >= MAX_SAID)
		return;
	say(w, "MISMATCH: %s: address %p: expected %#018llx, found %#018llx", what, addr,
	    want, found);
}
