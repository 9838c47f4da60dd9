// SPDX-License-Identifier: GPL-2.0
/*
 * Copy on write: parent and child both write to the same pages at the same time,
 * and each must see its own writes only.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pattern.h"

#define EACH_ROUNDS	2

/* The child: what the parent had at the fork, then its own, then that again. */
static void child(struct worker *w, size_t first)
{
	for (size_t i = 0; i < PAGES_UNIT; i++)
		check_page(w, "after a fork", first + i, w->base + (first + i) * w->page);
	for (size_t i = 0; i < PAGES_UNIT; i += 2)
		write_page(w, first + i, GEN_CHILD | (u32)w->round);
	for (size_t i = 0; i < PAGES_UNIT; i++)
		check_page(w, "after a fork, by the one that wrote", first + i,
			   w->base + (first + i) * w->page);
	_exit(0);
}

void check_in_child(struct worker *w)
{
	size_t first = next_random(w) % (w->pages / PAGES_UNIT) * PAGES_UNIT;
	int status;
	pid_t pid;

	if (w->round % EACH_ROUNDS || stopped(w))
		return;
	pid = fork();
	if (pid < 0)
		return;
	if (!pid)
		child(w, first);

	for (size_t i = 0; i < PAGES_UNIT; i += 3)
		write_page(w, first + i, GEN_PARENT | (u32)w->round);
	for (size_t i = 0; i < PAGES_UNIT; i++)
		check_page(w, "beside one that was forked", first + i,
			   w->base + (first + i) * w->page);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		mismatch(w, "wait status of a child", w->base, 0, status);
	w->tally->forks++;
}
