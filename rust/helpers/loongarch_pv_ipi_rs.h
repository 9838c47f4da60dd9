/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C and the Rust half of the guest module share.
 */
#ifndef LOONGARCH_PV_IPI_RS_H
#define LOONGARCH_PV_IPI_RS_H

#include <linux/notifier.h>
#include <linux/percpu-defs.h>
#include <linux/types.h>

/* Number of events that are counted (arch-loongarch-kvm/guest/stats.rs). */
#define PV_IPI_RS_EVENTS	8

/*
 * Event counters. Each CPU has its own set and adds to it with interrupts off,
 * so an addition is a plain load and store and no line is shared.
 */
struct pv_ipi_rs_events {
	u64 count[PV_IPI_RS_EVENTS];
};

DECLARE_PER_CPU_ALIGNED(struct pv_ipi_rs_events, pv_ipi_rs_events);

u64 pv_ipi_rs_sum(unsigned int event);
void pv_ipi_rs_watch_reboot(notifier_fn_t call);
void pv_ipi_rs_unwatch_reboot(void);

struct dentry;
struct rs_number;

struct dentry *pv_ipi_rs_show(const char *name, const struct rs_number *files, unsigned int nr);
void pv_ipi_rs_hide(struct dentry *dir);

#endif
