/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory truth: workers write patterns and read them back while the pages
 * below them are moved. What a worker wrote last is what it must find.
 */
#ifndef MEMTRUTH_H
#define MEMTRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

typedef __u64 u64;
typedef __u32 u32;

/* What a worker has done; shared with the parent, which prints it. */
struct tally {
	u64 rounds;
	u64 bytes;		/* verified */
	u64 registers;		/* register files held and verified */
	u64 moves;		/* pages moved, dropped, protected or paged out */
	u64 forks;
	u64 faults;		/* writes to read-only pages that faulted */
	u64 mismatches;
	u64 ended;		/* the worker came to its end */
};

struct kind;

struct worker {
	const struct kind *kind;
	unsigned int nr;
	u64 seed;
	u64 round;
	u64 random;		/* state of next_random() */
	size_t page;		/* bytes */
	size_t pages;
	char *base;
	u32 *gen;		/* of each page: what was last written there */
	const char *dir;	/* for files */
	bool broken;		/* flip one bit, once */
	struct tally *tally;
	const int *stop;
};

/* Regions are made of so many pages. */
#define PAGES_UNIT	256

struct kind {
	const char *name;
	/* Why it can not run here, or NULL. */
	const char *(*missing)(void);
	/* Until worker->stop. */
	void (*run)(struct worker *w);
	/* Of those that share run_memory(): word i of a page is key + i * step. */
	void (*fill)(void *page, size_t bytes, u64 key, u64 step);
	bool (*match)(const void *page, size_t bytes, u64 key, u64 step);
	/* Load all registers, wait, and store them again. */
	void (*hold)(const void *in, void *out, u64 yields, u64 spins);
	size_t width;		/* bytes of a vector register that hold() keeps */
};

extern const struct kind kind_scalar, kind_lsx, kind_lasx, kind_file, kind_remap;

/* worker.c */
u64 next_random(struct worker *w);
__attribute__((format(printf, 2, 3)))
void say(struct worker *w, const char *format, ...);
void mismatch(struct worker *w, const char *what, const void *addr, u64 want, u64 found);

/* No compiler leaves these out, or does them twice. */
static inline u64 get_word(const void *at, size_t i)
{
	return __atomic_load_n((const u64 *)at + i, __ATOMIC_RELAXED);
}

static inline void set_word(void *at, size_t i, u64 value)
{
	__atomic_store_n((u64 *)at + i, value, __ATOMIC_RELAXED);
}

/* The first round is always finished: a worker that was too slow checks something. */
static inline bool stopped(const struct worker *w)
{
	return w->round > 1 && __atomic_load_n(w->stop, __ATOMIC_RELAXED);
}

/* scalar.c */
void scalar_fill(void *page, size_t bytes, u64 key, u64 step);
bool scalar_match(const void *page, size_t bytes, u64 key, u64 step);

/* memory.c */
void run_memory(struct worker *w);

/* page.c */
void write_page(struct worker *w, size_t page, u32 gen);
void check_page(struct worker *w, const char *where, size_t page, const char *at);

/* move.c */
void move_pages_about(struct worker *w);

/* fork.c */
void check_in_child(struct worker *w);

/* registers.c */
void check_registers(struct worker *w);

#endif
