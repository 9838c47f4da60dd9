// SPDX-License-Identifier: GPL-2.0
/*
 * TAP output. kselftest.h keeps its counts in static variables, one set for
 * each file that includes it; so only this file reports.
 */
#include "pv_host.h"

#define MAX_LINE	512

#define format(line, fmt)					\
do {								\
	va_list ap;						\
								\
	va_start(ap, fmt);					\
	vsnprintf(line, sizeof(line), fmt, ap);			\
	va_end(ap);						\
} while (0)

void pv_plan(unsigned int results)
{
	ksft_set_plan(results);
}

void pv_result(bool ok, const char *fmt, ...)
{
	char line[MAX_LINE];

	format(line, fmt);
	ksft_test_result(ok, "%s", line);
}

void pv_skip(const char *fmt, ...)
{
	char line[MAX_LINE];

	format(line, fmt);
	ksft_test_result_skip("%s", line);
}

void pv_note(const char *fmt, ...)
{
	char line[MAX_LINE];

	format(line, fmt);
	ksft_print_msg("%s", line);
}

void pv_finished(void)
{
	ksft_finished();
}
