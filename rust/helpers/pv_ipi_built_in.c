// SPDX-License-Identifier: GPL-2.0
/*
 * When the kernel calls the guest's half that is built into it. The first call
 * is that of pv_ipi_init().
 */
#include <linux/init.h>

#include "loongarch_pv_ipi_rs.h"

bool pv_ipi_rs_off __initdata;

static int __init pv_ipi_rs_parse_off(char *arg)
{
	pv_ipi_rs_off = true;
	return 0;
}
early_param("no-pv-ipi-rs", pv_ipi_rs_parse_off);

early_initcall(pv_ipi_rs_watch_cpus);
device_initcall(pv_ipi_rs_show_counters);
