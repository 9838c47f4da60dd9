/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keep values in all of the registers over preemptions, system calls and world
 * switches. The kernel preserves everything but a0 and t0 to t8 over a system call.
 */
#include "hold.h"

#define NR_SCHED_YIELD	124
#define FRAME		160

	.macro	each_s insn, base, at
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	\insn	$s\n, \base, \at + 8 * \n
	.endr
	\insn	$fp, \base, \at + 64
	.endm

	.macro	each_fs insn
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	\insn	$fs\n, $sp, 72 + 8 * \n
	.endr
	.endm

	.macro	each_vector insn, prefix, base
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\insn	$\prefix\n, \base, HOLD_SLOT * \n
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\insn	$\prefix\n, \base, HOLD_SLOT * \n
	.endr
	.endm

	.macro	hold name, load, store, prefix
	.globl	\name
	.type	\name, @function
\name:
	addi.d	$sp, $sp, -FRAME
	each_s	st.d, $sp, 0
	each_fs	fst.d
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	ld.d	$t0, $a0, HOLD_FLAG_AT + 8 * \n
	movgr2cf $fcc\n, $t0
	.endr
	each_s	ld.d, $a0, HOLD_GPR_AT
	each_vector \load, \prefix, $a0

1:	move	$t0, $a3
2:	addi.d	$t0, $t0, -1
	bgtz	$t0, 2b
	li.w	$a7, NR_SCHED_YIELD
	syscall	0
	addi.d	$a2, $a2, -1
	bgtz	$a2, 1b

	each_vector \store, \prefix, $a1
	each_s	st.d, $a1, HOLD_GPR_AT
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movcf2gr $t0, $fcc\n
	st.d	$t0, $a1, HOLD_FLAG_AT + 8 * \n
	.endr
	each_fs	fld.d
	each_s	ld.d, $sp, 0
	addi.d	$sp, $sp, FRAME
	jr	$ra
	.size	\name, . - \name
	.endm

	.text
	hold	hold_fp, fld.d, fst.d, f
	hold	hold_lsx, vld, vst, vr
	hold	hold_lasx, xvld, xvst, xr

	.section .note.GNU-stack, "", @progbits
