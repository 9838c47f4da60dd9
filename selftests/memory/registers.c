// SPDX-License-Identifier: GPL-2.0
/*
 * Registers are memory too: values stay in all of them while the worker is preempted,
 * makes system calls, and its CPU leaves and enters guests.
 */
#include <stdio.h>
#include <string.h>

#include "hold.h"
#include "pattern.h"

/* Long enough for some time slices on a slow machine. */
#define YIELDS		32
#define SPINS		100000

union registers {
	struct {
		u64 vector[HOLD_VECTORS][HOLD_SLOT / 8];
		u64 gpr[HOLD_GPRS];
		u64 flag[HOLD_FLAGS];
	};
	char bytes[HOLD_BYTES];
};

static void one(struct worker *w, const char *what, const u64 *want, const u64 *found)
{
	if (*want != *found)
		mismatch(w, what, found, *want, *found);
}

static void compare(struct worker *w, const union registers *in, const union registers *out)
{
	char what[64];

	for (int i = 0; i < HOLD_VECTORS; i++)
		for (size_t j = 0; j < w->kind->width / 8; j++) {
			snprintf(what, sizeof(what), "register f/vr/xr%d word %zu", i, j);
			one(w, what, &in->vector[i][j], &out->vector[i][j]);
		}
	for (int i = 0; i < HOLD_GPRS; i++) {
		snprintf(what, sizeof(what), "register s%d", i < 8 ? i : 9);
		one(w, what, &in->gpr[i], &out->gpr[i]);
	}
	for (int i = 0; i < HOLD_FLAGS; i++) {
		snprintf(what, sizeof(what), "register fcc%d", i);
		one(w, what, &in->flag[i], &out->flag[i]);
	}
}

void check_registers(struct worker *w)
{
	union registers in, out;

	for (size_t i = 0; i < HOLD_BYTES / 8; i++)
		((u64 *)in.bytes)[i] = next_random(w);
	for (int i = 0; i < HOLD_FLAGS; i++)
		in.flag[i] &= 1;
	memset(&out, 0, sizeof(out));

	w->kind->hold(&in, &out, YIELDS, SPINS);
	compare(w, &in, &out);
	w->tally->registers++;
	w->tally->bytes += HOLD_BYTES;
}
