/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C and the Rust half of the guest module share.
 */
#ifndef LOONGARCH_PV_IPI_RS_H
#define LOONGARCH_PV_IPI_RS_H

#include <linux/percpu.h>
#include <linux/types.h>

/* Number of events that are counted (rust/smp/event.rs). */
#define PV_IPI_RS_EVENTS	9

/*
 * Event counters. Each CPU has its own set and adds to it with interrupts off,
 * so an addition is a plain load and store and no line is shared.
 */
struct pv_ipi_rs_events {
	u64 count[PV_IPI_RS_EVENTS];
};

DECLARE_PER_CPU_ALIGNED(struct pv_ipi_rs_events, pv_ipi_rs_events);

u64 pv_ipi_rs_sum(unsigned int event);
void pv_ipi_rs_watch_kexec(void (*call)(void));
void pv_ipi_rs_unwatch_kexec(void);
void pv_ipi_rs_watch_resume(void (*call)(void));
void pv_ipi_rs_unwatch_resume(void);
void pv_ipi_rs_watch_refusals(void (*say)(void), bool (*ask)(void));
void pv_ipi_rs_unwatch_refusals(void);
void pv_ipi_rs_refused(void);
void pv_ipi_rs_wait_for_callers(void);
void pv_ipi_rs_show_words(const unsigned long *words);

struct dentry;
struct rs_number;

struct dentry *pv_ipi_rs_show(const char *name, const struct rs_number *files, unsigned int nr);
void pv_ipi_rs_hide(struct dentry *dir);

/* Where we are built in: pv_ipi_built_in.c, and what it calls when the kernel boots. */
extern bool pv_ipi_rs_off;
int pv_ipi_rs_watch_cpus(void);
int pv_ipi_rs_show_counters(void);

#endif
