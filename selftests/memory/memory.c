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

void write_page(struct worker *w, size_t page, u32 gen)
{
	struct pattern p = pattern_of(w->seed, w->nr, page, gen);

	w->kind->fill(w->base + page * w->page, w->page, p.key, p.step);
	w->gen[page] = gen;
}

/* Which write of which page does this word come from? It need not be one of ours. */
static void name_origin(struct worker *w, u64 found, size_t word)
{
	static const u32 marks[] = { 0, GEN_MAPPED, GEN_PARENT, GEN_CHILD };
	u64 key = found - word * STEP;

	for (size_t i = 0; i < w->pages * 8 * 4; i++) {
		size_t page = i / (8 * 4);
		unsigned int nr = i / 4 % 8;

		for (u32 round = w->round; round && round + 100 > w->round; round--) {
			u32 gen = marks[i % 4] | round;

			if (pattern_of(w->seed, nr, page, gen).key != key)
				continue;
			say(w, "this is what worker %u wrote to page %zu as %#x", nr, page, gen);
			return;
		}
	}
}

/* The page is not what it should be: which words, and do they stay so? */
static void describe(struct worker *w, const char *what, size_t page, const char *at)
{
	struct pattern p = pattern_of(w->seed, w->nr, page, w->gen[page]);
	size_t bad = 0, first = 0;
	u64 wrong = 0;

	for (size_t i = 0; i < w->page / 8; i++) {
		u64 found = get_word(at, i);

		if (found == p.key + i * p.step)
			continue;
		if (!bad++) {
			first = i;
			wrong = found;
		}
	}
	mismatch(w, what, at + first * 8, p.key + first * p.step, wrong);
	say(w, "page %zu, written as %#x: %zu of %zu words are wrong%s, the first is %zu",
	    page, w->gen[page], bad, w->page / 8,
	    bad ? "" : " when looked at again", first);
	if (bad)
		name_origin(w, wrong, first);
}

void check_page(struct worker *w, const char *what, size_t page, const char *at)
{
	struct pattern p = pattern_of(w->seed, w->nr, page, w->gen[page]);

	w->tally->bytes += w->page;
	if (w->kind->match(at, w->page, p.key, p.step))
		return;
	describe(w, what, page, at);
	/* The next look at it is for another mismatch. */
	if (w->gen[page] != GEN_ZERO)
		write_page(w, page, w->gen[page]);
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
