// SPDX-License-Identifier: GPL-2.0
/* Write a page, and say whether it still is what was written; if not, whose it is. */
#include "pattern.h"

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
