// SPDX-License-Identifier: GPL-2.0
/* The kernel log, from now on. */
#include "pv_host.h"

/* What a kernel that has come to harm says. */
static const char * const alarms[] = {
	"WARNING:", "BUG:", "Oops", "Call Trace:", "Kernel panic", "UBSAN:",
	"KFENCE:", "INFO: rcu", "INFO: task", "soft lockup", "hard LOCKUP",
	"refcount_t:", "list_add corruption", "list_del corruption",
	"unable to handle", "scheduling while atomic", "leaked",
};

int pv_klog_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/* The text of the next record; NULL when there is no more. */
static char *next_line(int fd, char *buf, size_t size)
{
	ssize_t len;
	char *text;

	do {
		len = read(fd, buf, size - 1);
	} while (len < 0 && errno == EPIPE);	/* overwritten before we came */
	if (len <= 0)
		return NULL;
	buf[len] = 0;
	text = strchr(buf, ';');
	return text ? text + 1 : buf;
}

int pv_klog_check(int fd, char *bad, size_t size)
{
	char buf[8192], *text;
	int lines = 0, i;

	bad[0] = 0;
	while ((text = next_line(fd, buf, sizeof(buf)))) {
		lines++;
		for (i = 0; i < ARRAY_SIZE(alarms) && !bad[0]; i++)
			if (strstr(text, alarms[i]))
				snprintf(bad, size, "%.*s",
					 (int)strcspn(text, "\n"), text);
	}
	return lines;
}

bool pv_klog_find(int fd, const char *wanted)
{
	char buf[8192], *text;

	while ((text = next_line(fd, buf, sizeof(buf))))
		if (strstr(text, wanted))
			return true;
	return false;
}
