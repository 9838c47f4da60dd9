// SPDX-License-Identifier: GPL-2.0
/*
 * kexec [-p] KERNEL INITRD COMMAND_LINE: load a kernel and go there, or with -p
 * have it at hand for when this one crashes.
 *
 * The kernel places it (kexec_file_load), or we do, if it cannot (kexec_load).
 */
#include <fcntl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define ALIGN		0x200000UL	/* of a kernel; a multiple of every page size */
#define COMMAND_LINE	4096		/* what the kernel copies */

/* What stands at the beginning of a kernel for EFI. */
struct header {
	char mz[8];
	unsigned long entry, size, offset;
};

static unsigned long align(unsigned long address)
{
	return (address + ALIGN - 1) & ~(ALIGN - 1);
}

/* The largest region of memory of that name. */
static unsigned long region(const char *name, unsigned long *end)
{
	FILE *f = fopen("/proc/iomem", "r");
	unsigned long from, to, best = 0;
	char line[200];

	*end = 0;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %lx-%lx", &from, &to) != 2 || !strstr(line, name))
			continue;
		if (to - from < *end - best)
			continue;
		best = from;
		*end = to + 1;
	}
	if (f)
		fclose(f);
	return best;
}

static void add(struct kexec_segment *segment, const void *buf, size_t size,
		unsigned long at, size_t memory)
{
	segment->buf = buf;
	segment->bufsz = size;
	segment->mem = (void *)at;
	segment->memsz = align(memory);
}

/* A kernel goes to where it was linked for, or into what is kept for a crash. */
static int place(int kernel, int initrd, const char *line, int crash)
{
	static char command[COMMAND_LINE], memory[80];
	struct kexec_segment segments[3];
	unsigned long start, end, at;
	const struct header *header;
	struct stat of_kernel, of_initrd;
	const void *files[2];

	fstat(kernel, &of_kernel);
	fstat(initrd, &of_initrd);
	files[0] = mmap(NULL, of_kernel.st_size, PROT_READ, MAP_PRIVATE, kernel, 0);
	files[1] = mmap(NULL, of_initrd.st_size, PROT_READ, MAP_PRIVATE, initrd, 0);
	if (files[0] == MAP_FAILED || files[1] == MAP_FAILED)
		return -1;
	header = files[0];
	start = region(crash ? "Crash kernel" : "System RAM", &end);
	at = crash ? align(start) : header->offset;
	add(&segments[0], header, of_kernel.st_size, at, header->size);

	/* Not below 64 MiB of a region: there may be what firmware has left. */
	start = align(crash ? at + header->size : start + (64UL << 20));
	add(&segments[1], command, sizeof(command), start, sizeof(command));
	start += ALIGN;
	add(&segments[2], files[1], of_initrd.st_size, start, of_initrd.st_size);
	if (!end || start + of_initrd.st_size > end) {
		errno = ENOMEM;
		return -1;
	}
	if (crash)
		snprintf(memory, sizeof(memory), "mem=0x%lx@0x%lx ", end - at, at);
	snprintf(command, sizeof(command), "kexec %sinitrd=0x%lx,0x%lx %s", memory, start,
		 (unsigned long)of_initrd.st_size, line);
	return syscall(SYS_kexec_load, at + header->entry - header->offset, 3, segments,
		       KEXEC_ARCH_DEFAULT | (crash ? KEXEC_ON_CRASH : 0));
}

static int load(int kernel, int initrd, const char *line, int crash)
{
	int ret = syscall(SYS_kexec_file_load, kernel, initrd, strlen(line) + 1, line,
			  crash ? KEXEC_FILE_ON_CRASH : 0);

	return ret && errno == ENOSYS ? place(kernel, initrd, line, crash) : ret;
}

int main(int argc, char **argv)
{
	int crash = argc > 1 && !strcmp(argv[1], "-p");
	int kernel, initrd;

	argv += crash;
	if (argc - crash != 4) {
		fprintf(stderr, "usage: kexec [-p] KERNEL INITRD COMMAND_LINE\n");
		return 2;
	}
	kernel = open(argv[1], O_RDONLY);
	initrd = open(argv[2], O_RDONLY);
	if (kernel < 0 || initrd < 0) {
		perror("open");
		return 1;
	}
	if (load(kernel, initrd, argv[3], crash)) {
		perror("loading a kernel");
		return 1;
	}
	if (crash)
		return 0;
	/* Returns only if it cannot be. */
	reboot(LINUX_REBOOT_CMD_KEXEC);
	perror("reboot");
	return 1;
}
