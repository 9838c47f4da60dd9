// SPDX-License-Identifier: GPL-2.0
/*
 * Memory behind files: what write() or a mapping put there is what read() and the
 * mapping find, after it was synced, dropped from the page cache, or punched out.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pattern.h"

#define CHUNKS	16

struct file {
	int fd;
	char *buffer;		/* a chunk */
	size_t pages;		/* of a chunk */
	size_t bytes;		/* of a chunk */
};

static void failed(struct worker *w, const char *what)
{
	w->tally->mismatches++;
	say(w, "FAILED: %s: %m", what);
}

static void write_chunk(struct worker *w, struct file *f, size_t first)
{
	for (size_t i = 0; i < f->pages; i++) {
		struct pattern p = pattern_of(w->seed, w->nr, first + i, w->round);

		w->gen[first + i] = w->round;
		scalar_fill(f->buffer + i * w->page, w->page, p.key, p.step);
	}
	if (pwrite(f->fd, f->buffer, f->bytes, first * w->page) != (ssize_t)f->bytes)
		failed(w, "pwrite");
}

static void read_chunk(struct worker *w, struct file *f, size_t first, const char *what)
{
	memset(f->buffer, 0xa5, f->bytes);
	if (pread(f->fd, f->buffer, f->bytes, first * w->page) != (ssize_t)f->bytes)
		failed(w, "pread");
	for (size_t i = 0; i < f->pages; i++)
		check_page(w, what, first + i, f->buffer + i * w->page);
}

static void map_chunk(struct worker *w, struct file *f, size_t first)
{
	for (size_t i = 0; i < f->pages; i++)
		check_page(w, "in the mapping", first + i, w->base + (first + i) * w->page);
	for (size_t i = 0; i < f->pages; i += 2)
		write_page(w, first + i, GEN_MAPPED | (u32)w->round);
	if (msync(w->base + first * w->page, f->bytes, MS_SYNC))
		failed(w, "msync");
	read_chunk(w, f, first, "read() of what the mapping wrote");
}

static void punch_chunk(struct worker *w, struct file *f, size_t first)
{
	if (fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, first * w->page,
		      f->bytes))
		return;
	for (size_t i = 0; i < f->pages; i++)
		w->gen[first + i] = GEN_ZERO;
	read_chunk(w, f, first, "read() of a hole");
	w->tally->moves++;
}

static void round_of(struct worker *w, struct file *f)
{
	u64 order = next_random(w);
	size_t chunk;

	for (chunk = 0; chunk < CHUNKS && !stopped(w); chunk++)
		if ((order >> chunk) & 1 || w->round == 1)
			write_chunk(w, f, chunk * f->pages);
	if (fsync(f->fd))
		failed(w, "fsync");
	if (w->broken && w->round >= 2) {
		size_t i = f->pages * w->page / 8 + 5;

		set_word(w->base, i, get_word(w->base, i) ^ 1ull << 40);
		w->broken = false;
	}
	/* A hint, which a file system in memory does not take. */
	posix_fadvise(f->fd, 0, 0, POSIX_FADV_DONTNEED);
	for (chunk = 0; chunk < CHUNKS && !stopped(w); chunk++) {
		size_t first = ((chunk * 5 + order) % CHUNKS) * f->pages;

		read_chunk(w, f, first, "read() of what write() wrote");
		if ((order >> (16 + chunk)) & 1)
			map_chunk(w, f, first);
		if (((order >> (32 + chunk * 2)) & 3) == 0)
			punch_chunk(w, f, first);
	}
	w->tally->rounds++;
}

static void run(struct worker *w)
{
	struct file f = { .pages = w->pages / CHUNKS, .bytes = w->pages / CHUNKS * w->page };
	char path[256];

	snprintf(path, sizeof(path), "%s/memtruth.XXXXXX", w->dir);
	f.fd = mkstemp(path);
	f.buffer = malloc(f.bytes);
	if (f.fd < 0 || !f.buffer || ftruncate(f.fd, w->pages * w->page)) {
		failed(w, path);
		return;
	}
	unlink(path);
	w->base = mmap(NULL, w->pages * w->page, PROT_READ | PROT_WRITE, MAP_SHARED, f.fd, 0);
	if (w->base == MAP_FAILED) {
		failed(w, "mmap");
		return;
	}
	for (w->round = 1; !stopped(w); w->round++)
		round_of(w, &f);
	close(f.fd);
}

static const char *missing(void)
{
	return NULL;
}

const struct kind kind_file = {
	.name = "file",
	.missing = missing,
	.run = run,
	.fill = scalar_fill,
	.match = scalar_match,
};
