// SPDX-License-Identifier: GPL-2.0
/*
 * Two threads, one address space: one gives pages new frames and new contents, the
 * other reads them on another CPU. A translation that outlives the call that replaced
 * the frame shows the old contents.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pattern.h"

#define PAGES		256
#define RUN		16	/* replaced by one call */

struct shared {
	struct worker *w;
	u32 gen[PAGES];		/* 0 while the page is being replaced */
	bool done;
	struct tally read;
};

static void read_one(struct shared *s, struct worker *mine)
{
	size_t page = next_random(mine) % PAGES;
	u32 gen = __atomic_load_n(&s->gen[page], __ATOMIC_ACQUIRE);
	char *at = mine->base + page * mine->page;
	size_t words = mine->page / 8;
	struct pattern p;

	if (!gen)
		return;
	p = pattern_of(mine->seed, mine->nr, page, gen);
	for (size_t i = next_random(mine) % 64; i < words; i += 64) {
		u64 want = p.key + i * p.step, found = get_word(at, i);

		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&s->gen[page], __ATOMIC_RELAXED) != gen)
			return;
		s->read.bytes += 8;
		if (found == want)
			continue;
		mine->round = gen;
		mismatch(mine, "a page that was replaced", at + i * 8, want, found);
		say(mine, "the same word once more: %#018llx",
		    get_word(at, i));
		return;
	}
}

static void *reader(void *arg)
{
	struct shared *s = arg;
	struct worker mine = *s->w;

	mine.random = mix(mine.random + 1);
	mine.tally = &s->read;
	while (!__atomic_load_n(&s->done, __ATOMIC_RELAXED))
		read_one(s, &mine);
	return NULL;
}

static void replace(struct worker *w, char *at, u64 dice)
{
	size_t bytes = RUN * w->page;
	bool done;

	if (dice & 1)
		done = mmap(at, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at;
	else
		done = !madvise(at, bytes, MADV_DONTNEED);
	/* It may be refused: then the old pages are written anew. */
	if (!done)
		return;
	if (get_word(at, 7))
		mismatch(w, "a new page is not zero", at + 56, 0, get_word(at, 7));
	w->tally->moves++;
}

static void write_some(struct shared *s, struct worker *w)
{
	u64 dice = next_random(w);
	size_t first = dice / 8 % (PAGES / RUN) * RUN;
	u32 gen = ++w->round;
	size_t page;

	for (page = first; page < first + RUN; page++)
		__atomic_store_n(&s->gen[page], 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	if (dice & 6)
		replace(w, w->base + first * w->page, dice);
	for (page = first; page < first + RUN; page++) {
		struct pattern p = pattern_of(w->seed, w->nr, page, gen);

		scalar_fill(w->base + page * w->page, w->page, p.key, p.step);
		__atomic_store_n(&s->gen[page], gen, __ATOMIC_RELEASE);
	}
}

/* Some pages, as most are replaced before the reader comes by. */
static void flip(struct worker *w)
{
	for (size_t i = 0; i < 64 * w->page / 8; i++)
		set_word(w->base, i, get_word(w->base, i) ^ 1ull << 40);
}

static void run(struct worker *w)
{
	static struct shared s;
	pthread_t thread;

	s.w = w;
	if (w->pages < PAGES || pthread_create(&thread, NULL, reader, &s)) {
		mismatch(w, "no second thread, or too few pages", w->base, PAGES, w->pages);
		return;
	}
	while (!stopped(w) || w->round < PAGES / RUN) {
		write_some(&s, w);
		if (w->broken && w->round >= PAGES / RUN) {
			flip(w);
			w->broken = false;
			for (int i = 0; i < 1000 && !get_word(&s.read.mismatches, 0); i++)
				usleep(10000);
		}
		w->tally->rounds = w->round / (PAGES / RUN);
		w->tally->bytes = s.read.bytes;
	}
	__atomic_store_n(&s.done, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	w->tally->bytes = s.read.bytes;
	w->tally->mismatches += s.read.mismatches;
}

static const char *missing(void)
{
	return NULL;
}

const struct kind kind_remap = {
	.name = "remap",
	.missing = missing,
	.run = run,
};
