/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in a page: word i of it is key + i * step. The key says whose page
 * it is, which one, and when it was written, so a page, a line or a word of another
 * place or time is never taken for the right one.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include "memtruth.h"

#define GEN_ZERO	0u		/* nothing was written since it was dropped */
#define GEN_COMMON	0xffffffffu	/* the same for all workers, for KSM */
#define COMMON_PAGES	64		/* different contents of these */

/* Else it is the round, marked if it was not the worker itself that wrote. */
#define GEN_MAPPED	0x20000000u	/* through the mapping of a file */
#define GEN_PARENT	0x40000000u	/* by a parent, beside its child */
#define GEN_CHILD	0x80000000u	/* by a child */

#define STEP		0x9e3779b97f4a7c15ull

struct pattern {
	u64 key;
	u64 step;
};

static inline u64 mix(u64 x)
{
	x += STEP;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

static inline struct pattern pattern_of(u64 seed, unsigned int worker, size_t page, u32 gen)
{
	struct pattern p = { 0, 0 };

	if (gen == GEN_ZERO)
		return p;
	p.step = STEP;
	if (gen == GEN_COMMON)
		p.key = mix(page % COMMON_PAGES);
	else
		p.key = mix(mix(mix(seed) ^ worker) ^ ((u64)page << 32) ^ gen);
	return p;
}

#endif
