/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers that live for a while: the layout is that of struct registers.
 */
#ifndef HOLD_H
#define HOLD_H

#define HOLD_VECTORS	32
#define HOLD_SLOT	32			/* bytes; narrow ones use the first */
#define HOLD_GPRS	9			/* s0 to s8 */
#define HOLD_FLAGS	8			/* fcc0 to fcc7, one word each */
#define HOLD_GPR_AT	(HOLD_VECTORS * HOLD_SLOT)
#define HOLD_FLAG_AT	(HOLD_GPR_AT + 8 * HOLD_GPRS)
#define HOLD_BYTES	(HOLD_FLAG_AT + 8 * HOLD_FLAGS)

#ifndef __ASSEMBLER__
#include "memtruth.h"

/*
 * Load the registers from in, run yields times through spins empty turns and a
 * sched_yield() that no compiler knows of, then store the registers to out.
 */
void hold_fp(const void *in, void *out, u64 yields, u64 spins);
void hold_lsx(const void *in, void *out, u64 yields, u64 spins);
void hold_lasx(const void *in, void *out, u64 yields, u64 spins);
#endif

#endif
