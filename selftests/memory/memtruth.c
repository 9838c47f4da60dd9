// SPDX-License-Identifier: GPL-2.0
/*
 * Start the workers, say how they do, stop them, and sum up.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pattern.h"

#define MAX_WORKERS	64
#define MAX_DIRS	4
#define PROGRESS	10		/* seconds */
#define GRACE		180		/* seconds to come to an end */
#define EXIT_SKIPPED	4

static const struct kind *const kinds[] = {
	&kind_scalar, &kind_lsx, &kind_lasx, &kind_file, &kind_remap,
};

#define NR_KINDS	(sizeof(kinds) / sizeof(*kinds))

static struct {
	int seconds;
	size_t megabytes;
	size_t file_megabytes;
	u64 seed;
	int copies;
	const char *dir[MAX_DIRS];
	int nr_dirs;
	const char *broken;
	const char *only;
} options = {
	.seconds = 60,
	.megabytes = 128,
	.file_megabytes = 16,
	.seed = 1,
	.copies = 1,
	.dir = { "/dev/shm" },
	.broken = "",
};

static struct {
	struct tally tally[MAX_WORKERS];
	int stop;
} *shared;

static struct worker workers[MAX_WORKERS];
static pid_t pids[MAX_WORKERS];
static unsigned int nr_workers, nr_dead, nr_skipped;

static void help(FILE *to)
{
	fprintf(to,
		"usage: memtruth [OPTION...]\n"
		"Write patterns to memory and files, have the pages moved, read them back.\n"
		"  -t SECONDS    (default 60)\n"
		"  -m MB         memory of each worker (default 128)\n"
		"  -F MB         size of each file worker's file (default 16)\n"
		"  -n N          workers of each kind (default 1)\n"
		"  -k KIND,...   scalar, lsx, lasx, file, remap (default all)\n"
		"  -d DIR        where files go (default /dev/shm); each has file workers of\n"
		"                its own\n"
		"  -s SEED       (default 1)\n"
		"  --break KIND  flip a bit on purpose: must end with status 1\n"
		"Exit status: 0 all as written, 1 a mismatch or a dead worker, 4 a kind can not\n"
		"run here.\n");
	exit(to == stderr ? 2 : 0);
}

static void parse(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "break", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "t:m:F:n:k:d:s:h", longs, NULL)) != -1)
		switch (opt) {
		case 't':
			options.seconds = atoi(optarg);
			break;
		case 'm':
			options.megabytes = atoi(optarg);
			break;
		case 'F':
			options.file_megabytes = atoi(optarg);
			break;
		case 'n':
			options.copies = atoi(optarg);
			break;
		case 'k':
			options.only = optarg;
			break;
		case 'd':
			if (options.nr_dirs < MAX_DIRS)
				options.dir[options.nr_dirs++] = optarg;
			break;
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 'b':
			options.broken = optarg;
			break;
		case 'h':
			help(stdout);
			break;
		default:
			help(stderr);
		}
	if (optind < argc || options.seconds < 1 || options.megabytes < 8 ||
	    options.file_megabytes < 4 || options.copies < 1)
		help(stderr);
}

static bool wanted(const char *name)
{
	size_t n = strlen(name);

	for (const char *at = options.only; at && *at; at += strcspn(at, ","), at += *at == ',')
		if (!strncmp(at, name, n) && (!at[n] || at[n] == ','))
			return true;
	return !options.only;
}

static void *map(size_t bytes, int flags)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED) {
		perror("memtruth: mmap");
		exit(3);
	}
	return p;
}

static void work(struct worker *w)
{
	size_t bytes = (w->kind == &kind_file ? options.file_megabytes : options.megabytes) << 20;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	w->page = sysconf(_SC_PAGESIZE);
	w->pages = bytes / w->page & ~(size_t)(PAGES_UNIT - 1);
	w->gen = map(w->pages * sizeof(*w->gen), MAP_PRIVATE);
	if (w->kind != &kind_file)
		w->base = map(w->pages * w->page, MAP_PRIVATE | MAP_NORESERVE);
	w->kind->run(w);
	w->tally->ended = 1;
	_exit(w->tally->mismatches ? 1 : 0);
}

static void start(const struct kind *kind, const char *dir)
{
	const char *why = kind->missing();

	if (why) {
		printf("memtruth: SKIP %s: %s\n", kind->name, why);
		nr_skipped++;
		return;
	}
	for (int i = 0; i < options.copies && nr_workers < MAX_WORKERS; i++) {
		struct worker *w = &workers[nr_workers];

		*w = (struct worker) {
			.kind = kind,
			.nr = nr_workers,
			.seed = options.seed,
			.random = mix(options.seed) + nr_workers,
			.dir = dir,
			.broken = !i && !strcmp(options.broken, kind->name),
			.tally = &shared->tally[nr_workers],
			.stop = &shared->stop,
		};
		pids[nr_workers] = fork();
		if (!pids[nr_workers])
			work(w);
		if (pids[nr_workers] < 0) {
			perror("memtruth: fork");
			exit(3);
		}
		nr_workers++;
	}
}

static void start_kind(const struct kind *kind)
{
	int dirs = kind == &kind_file && options.nr_dirs ? options.nr_dirs : 1;

	for (int i = 0; i < dirs; i++)
		start(kind, options.dir[i]);
}

static void progress(int seconds)
{
	u64 bytes = 0, bad = 0;

	printf("memtruth: %d s:", seconds);
	for (unsigned int i = 0; i < nr_workers; i++) {
		struct tally *t = &shared->tally[i];

		printf(" %s %llu", workers[i].kind->name, t->rounds);
		bytes += t->bytes;
		bad += t->mismatches;
	}
	printf(" rounds, %llu MiB verified, %llu mismatches\n", bytes >> 20, bad);
	fflush(stdout);
}

/* A worker that is gone before its time, or gone badly, proves nothing. */
static void reap(int flags)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, flags)) > 0)
		for (unsigned int i = 0; i < nr_workers; i++) {
			if (pids[i] != pid)
				continue;
			pids[i] = 0;
			if (shared->tally[i].ended)
				continue;
			nr_dead++;
			printf("memtruth: worker %u (%s, pid %d) died with wait status %#x\n", i,
			       workers[i].kind->name, pid, status);
		}
}

static int sum_up(void)
{
	u64 bytes = 0, bad = 0;
	bool idle = !nr_workers;

	for (unsigned int i = 0; i < nr_workers; i++) {
		struct tally *t = &shared->tally[i];

		printf("memtruth: %s: %llu rounds, %llu MiB verified, %llu times registers, ",
		       workers[i].kind->name, t->rounds, t->bytes >> 20, t->registers);
		printf("%llu moves, %llu forks, %llu write faults, %llu mismatches\n", t->moves,
		       t->forks, t->faults, t->mismatches);
		bytes += t->bytes;
		bad += t->mismatches;
		idle |= !t->bytes;
	}
	if (idle)
		printf("memtruth: a worker verified nothing\n");
	printf("memtruth: %u workers, %u dead, %u kinds skipped, ", nr_workers, nr_dead,
	       nr_skipped);
	printf("%llu MiB verified, %llu mismatches\n", bytes >> 20, bad);
	if (bad || nr_dead || idle)
		return 1;
	return nr_skipped ? EXIT_SKIPPED : 0;
}

int main(int argc, char **argv)
{
	time_t began, now;

	parse(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = map(sizeof(*shared), MAP_SHARED);
	printf("memtruth: started, seed %llu\n", options.seed);
	for (size_t i = 0; i < NR_KINDS; i++)
		if (wanted(kinds[i]->name))
			start_kind(kinds[i]);

	began = time(NULL);
	for (int said = 0; (now = time(NULL) - began) < options.seconds; sleep(1)) {
		reap(WNOHANG);
		if (now / PROGRESS > said) {
			said = now / PROGRESS;
			progress(now);
		}
	}
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELAXED);
	/* One that hangs would hang us: it is killed, and counts as dead. */
	for (began = time(NULL); time(NULL) - began < GRACE; usleep(100000)) {
		bool busy = false;

		reap(WNOHANG);
		for (unsigned int i = 0; i < nr_workers; i++)
			busy |= pids[i] > 0;
		if (!busy)
			break;
	}
	for (unsigned int i = 0; i < nr_workers; i++)
		if (pids[i] > 0)
			kill(pids[i], SIGKILL);
	reap(0);
	return sum_up();
}
