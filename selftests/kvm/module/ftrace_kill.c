// SPDX-License-Identifier: GPL-2.0
/*
 * Makes ftrace shut itself down for good, as any failed check of its own does.
 * Does not stay loaded: insmod fails with ECANCELED when it is done.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static int __init ftrace_kill_init(void)
{
	struct kprobe probe = {
		.symbol_name = "ftrace_kill",
		.flags = KPROBE_FLAG_DISABLED,
	};
	void (*kill)(void);
	int ret = register_kprobe(&probe);

	if (ret)
		return ret;
	kill = (void *)probe.addr;
	unregister_kprobe(&probe);
	kill();
	return -ECANCELED;
}
module_init(ftrace_kill_init);

MODULE_DESCRIPTION("Shut ftrace down");
MODULE_LICENSE("GPL");
