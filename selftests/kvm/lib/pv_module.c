// SPDX-License-Identifier: GPL-2.0
/* Insert, remove and ask the module, with no tool from outside. */
#include <sys/stat.h>
#include <sys/syscall.h>

#include "pv_host.h"

#define SYS_MODULE	"/sys/module/" PV_MODULE
#define DEBUGFS		"/sys/kernel/debug/" PV_MODULE

static unsigned int changes;

unsigned int pv_module_changes(void)
{
	return changes;
}

/* 0 or -errno, as are all the int results here. */
int pv_module_insert(const char *path, const char *params)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, params, 0) ? -errno : 0;
	close(fd);
	changes++;
	return ret;
}

int pv_module_remove(void)
{
	int ret = syscall(SYS_delete_module, PV_MODULE, O_NONBLOCK) ? -errno : 0;

	changes++;
	return ret;
}

bool pv_module_loaded(void)
{
	struct stat st;

	/* A module built in, or still on its way in or out, has no initstate. */
	return !stat(SYS_MODULE "/initstate", &st);
}

static bool read_number(const char *path, u64 *val)
{
	FILE *f = fopen(path, "r");
	bool ok;

	if (!f)
		return false;
	ok = fscanf(f, "%lu", (unsigned long *)val) == 1;
	fclose(f);
	return ok;
}

int pv_module_refs(void)
{
	u64 refs;

	return read_number(SYS_MODULE "/refcnt", &refs) ? (int)refs : -ENOENT;
}

bool pv_module_counter(const char *name, u64 *val)
{
	char path[128];

	snprintf(path, sizeof(path), DEBUGFS "/%s", name);
	return read_number(path, val);
}
