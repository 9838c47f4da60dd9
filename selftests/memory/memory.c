// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a memory worker: write pages in one order, have them moved, read
 * them back in another order. What differs from kind to kind is the instructions.
 */
#include <time.h>

#include "pattern.h"

/* Common pages are left alone for long, so that KSM finds them; then they diverge. */
#define COMMON_EACH	4
#define COMMON_SECONDS	15
#define DIVERGED_SECONDS 5

static bool is_common(size_t page)
{
	return page % COMMON_EACH == 0;
}

static bool diverged(void)
{
	return time(NULL) % (COMMON_SECONDS + DIVERGED_SECONDS) >= COMMON_SECONDS;
}

/* All pages once, in an order that is not the address order: no prime divides it. */
static size_t visit(struct worker *w, size_t i, u64 order)
{
	static const size_t primes[] = { 999983, 1000003, 1299709, 1299721 };

	return (i * primes[order % 4] + (order >> 32)) % w->pages;
}

static u32 next_gen(struct worker *w, size_t page, bool apart)
{
	if (is_common(page) && !apart)
		return GEN_COMMON;
	return w->round;
}

static void write_all(struct worker *w)
{
	bool apart = diverged();
	u64 order = next_random(w);

	for (size_t i = 0; i < w->pages && !stopped(w); i++) {
		size_t page = visit(w, i, order);
		u32 gen = next_gen(w, page, apart);

		/* Some keep their old contents, and common ones stay as they are. */
		if (gen == w->gen[page] || (next_random(w) & 3) == 0)
			continue;
		write_page(w, page, gen);
	}
}

static void check_all(struct worker *w)
{
	u64 order = next_random(w);

	for (size_t i = 0; i < w->pages && !stopped(w); i++) {
		size_t page = visit(w, i, order);

		check_page(w, "read back", page, w->base + page * w->page);
	}
}

void run_memory(struct worker *w)
{
	for (w->round = 1; !stopped(w); w->round++) {
		write_all(w);
		if (w->broken && w->round >= 2) {
			size_t i = w->pages / 2 * w->page / 8 + 5;

			set_word(w->base, i, get_word(w->base, i) ^ 1ull << 40);
			w->broken = false;
		}
		check_registers(w);
		move_pages_about(w);
		check_all(w);
		check_in_child(w);
		w->tally->rounds++;
	}
}
