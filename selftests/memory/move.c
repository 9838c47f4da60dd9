// SPDX-License-Identifier: GPL-2.0
/*
 * Move pages of a region about: some calls change what a page must contain, most
 * must not, and after a protection a write must fault.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pattern.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

#define CHUNKS		16

static sigjmp_buf on_fault;

static void fault(int signal)
{
	siglongjmp(on_fault, signal);
}

static bool write_faults(char *at)
{
	struct sigaction act = { .sa_handler = fault }, old;
	bool faulted = true;

	sigaction(SIGSEGV, &act, &old);
	if (!sigsetjmp(on_fault, 1)) {
		__atomic_store_n(at, __atomic_load_n(at, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
		faulted = false;
	}
	sigaction(SIGSEGV, &old, NULL);
	return faulted;
}

/* No translation that was there before may still allow the write. */
static void protect(struct worker *w, size_t first, size_t pages)
{
	char *base = w->base + first * w->page;

	if (mprotect(base, pages * w->page, PROT_READ))
		return;
	for (size_t i = 0; i < pages; i += 1 + pages / 16) {
		char *at = base + i * w->page + (i * 8) % w->page;

		if (write_faults(at)) {
			w->tally->faults++;
			continue;
		}
		mismatch(w, "a write to a read-only page did not fault", at, 1, 0);
	}
	for (size_t i = 0; i < pages; i += 1 + pages / 16)
		check_page(w, "read-only", first + i, base + i * w->page);
	mprotect(base, pages * w->page, PROT_READ | PROT_WRITE);
}

/* To another address and back: the page frames stay, the translations do not. */
static void remap(struct worker *w, size_t first, size_t pages)
{
	char *base = w->base + first * w->page;
	size_t bytes = pages * w->page;
	char *away, *there;

	away = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (away == MAP_FAILED)
		return;
	there = mremap(base, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, away);
	if (there == MAP_FAILED) {
		munmap(away, bytes);
		return;
	}
	for (size_t i = 0; i < pages; i += 1 + pages / 32)
		check_page(w, "at another address", first + i, there + i * w->page);
	/* What was there is gone now; a hole in the region would be the end of us. */
	if (mremap(there, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, base) == MAP_FAILED) {
		mismatch(w, "mremap() back failed", base, 0, 0);
		_exit(1);
	}
}

static void drop(struct worker *w, size_t first, size_t pages)
{
	if (madvise(w->base + first * w->page, pages * w->page, MADV_DONTNEED))
		return;
	for (size_t i = 0; i < pages; i++)
		w->gen[first + i] = GEN_ZERO;
}

void move_pages_about(struct worker *w)
{
	static const int advice[] = {
		MADV_PAGEOUT, MADV_MERGEABLE, MADV_HUGEPAGE, MADV_COLLAPSE, MADV_UNMERGEABLE,
		MADV_NOHUGEPAGE, MADV_PAGEOUT, MADV_MERGEABLE,
	};
	size_t pages = w->pages / CHUNKS;

	for (size_t chunk = 0; chunk < CHUNKS && !stopped(w); chunk++) {
		size_t first = chunk * pages;
		u64 dice = next_random(w);

		switch (dice % 8) {
		case 0:
			drop(w, first, pages);
			break;
		case 1:
			protect(w, first, pages);
			break;
		case 2:
			remap(w, first, pages);
			break;
		case 3:
		case 4:
			/* Each may be refused, for want of memory or by the kernel. */
			madvise(w->base + first * w->page, pages * w->page,
				advice[dice / 8 % (sizeof(advice) / sizeof(*advice))]);
			break;
		default:
			continue;
		}
		w->tally->moves++;
	}
}
