/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of exit_cost. */
#ifndef SELFTEST_EXIT_COST_H
#define SELFTEST_EXIT_COST_H

#include "pv_host.h"

struct cost_kind {
	const char *name;
	void (*op)(void);	/* makes one exit of this kind */
	bool is_long;
};

/* The first one makes none: what the loop takes. */
extern const struct cost_kind cost_kinds[];
extern const unsigned int nr_kinds;

/* The guest's addresses of KVM's PCH-PIC, and of the next of its untouched pages. */
extern u64 pch_pic, next_page, page_size;

#endif /* SELFTEST_EXIT_COST_H */
