// SPDX-License-Identifier: GPL-2.0
/*
 * Move the vCPU threads of QEMUs from CPU to CPU: at each tick every one is pinned to
 * some CPU, often one that another vCPU was on before.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS	64
#define REFRESH		500		/* ticks between looks at who is there */

static pid_t threads[MAX_THREADS];
static int nr_threads;

/* "CPU 0/KVM" is QEMU's name for a vCPU's thread, with -name debug-threads=on. */
static int is_vcpu(const char *pid, const char *tid)
{
	char path[512], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/task/%s/comm", pid, tid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (!fgets(name, sizeof(name), file))
		name[0] = 0;
	fclose(file);
	return !strncmp(name, "CPU ", 4);
}

static void find(const char *pid)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)) && nr_threads < MAX_THREADS)
		if (is_vcpu(pid, entry->d_name))
			threads[nr_threads++] = atoi(entry->d_name);
	closedir(dir);
}

int main(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), moves = 0;
	struct timespec period = { };
	time_t end;

	if (argc < 4) {
		fprintf(stderr, "usage: shuffle SECONDS MILLISECONDS PID...\n");
		return 2;
	}
	end = time(NULL) + atoi(argv[1]);
	period.tv_nsec = atoi(argv[2]) * 1000000l;
	for (long tick = 0; time(NULL) < end; tick++) {
		if (tick % REFRESH == 0) {
			nr_threads = 0;
			for (int i = 3; i < argc; i++)
				find(argv[i]);
		}
		for (int i = 0; i < nr_threads; i++) {
			cpu_set_t set;

			CPU_ZERO(&set);
			CPU_SET(random() % cpus, &set);
			moves += !sched_setaffinity(threads[i], sizeof(set), &set);
		}
		nanosleep(&period, NULL);
	}
	printf("shuffle: %ld moves\n", moves);
	return 0;
}
