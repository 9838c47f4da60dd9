/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers in debugfs, a file each. To be included by the C half of each module:
 * the owner of an open file has to be that module, so that it cannot be unloaded
 * before the file is closed. The files of the kernel's Rust API have no owner.
 */
#ifndef KVM_RS_DEBUGFS_H
#define KVM_RS_DEBUGFS_H

#include <linux/debugfs.h>
#include <linux/module.h>

struct rs_number {
	const char *name;
	/* Called with @number, in process context. */
	u64 (*read)(const void *number);
	const void *number;
};

static int rs_number_get(void *data, u64 *value)
{
	const struct rs_number *file = data;

	*value = file->read(file->number);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(rs_number_fops, rs_number_get, NULL, "%llu\n");

/*
 * A directory at the root of debugfs with @nr files. @files must stay where they
 * are until it is removed, and nothing of module init may fail afterwards: that
 * does not wait for open files. Without debugfs it does nothing.
 */
static inline struct dentry *rs_show(const char *name, const struct rs_number *files,
				     unsigned int nr)
{
	struct dentry *dir = debugfs_create_dir(name, NULL);

	for (; nr; nr--, files++)
		debugfs_create_file_unsafe(files->name, 0400, dir, (void *)files,
					   &rs_number_fops);
	return dir;
}

#endif
