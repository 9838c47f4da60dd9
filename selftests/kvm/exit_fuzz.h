/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of exit_fuzz share. */
#ifndef EXIT_FUZZ_H
#define EXIT_FUZZ_H

#include "pv_host.h"

#define REG_TP	2	/* where the instruction after the random one stores */

/* exit_fuzz_insn.c: a seed gives the same numbers everywhere. */
extern u64 fuzz_state;
extern u64 fuzz_mmio;	/* the guest's address of a page where no memory is */

u64 rnd(void);
u64 below(u64 n);
u64 value(void);

/* An instruction, with what it needs in the registers of @p; @p->plv is set. */
u32 fuzz_insn(struct pv_probe *p);

/*
 * exit_fuzz_hostile.c: for so many seconds the VMM writes where KVM reads, sends signals
 * and takes memory away, and nobody looks at what comes of it.
 */
void fuzz_hostile(struct pv_vm *pv, struct kvm_vcpu *vcpu, u32 *insn, unsigned int seconds);

#endif
