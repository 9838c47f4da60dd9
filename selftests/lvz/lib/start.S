/* SPDX-License-Identifier: GPL-2.0 */
/*
 * First instructions of the boot CPU and of the others, and the root world's
 * own exception and TLB refill entries.
 */
#include "lvz.h"

/* All but zero, sp and t0, which the root entry handles by itself. */
#define FRAME_REGS 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, \
	20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

	.section .text.start, "ax"
	.globl	_start
_start:	/* direct address mode; a1 holds the command line's address */
	move	$s0, $a1
	move	$s1, $zero
	b	1f
	.globl	secondary_start
secondary_start:
	addi.d	$s1, $zero, 1
1:	li.d	$t0, DMW_UC | 0x01
	csrwr	$t0, CSR_DMW0
	li.d	$t0, DMW_CC | 0x11
	csrwr	$t0, CSR_DMW1
	csrwr	$zero, CSR_DMW2
	csrwr	$zero, CSR_DMW3
	li.d	$t0, DMW_CC
	pcaddi	$t1, 0
	or	$t0, $t0, $t1
	jirl	$zero, $t0, 12
	li.w	$t0, 0xb0		/* PLV 0, IE 0, paging, cached */
	csrwr	$t0, CSR_CRMD
	csrrd	$t0, CSR_CPUID
	andi	$t0, $t0, 0x3ff
	li.w	$t1, STACK_SIZE
	addi.d	$t2, $t0, 1
	mul.d	$t1, $t1, $t2
	la.pcrel $sp, stacks
	add.d	$sp, $sp, $t1
	la.pcrel $t2, percpu
	li.w	$t1, PERCPU_SIZE
	mul.d	$t1, $t1, $t0
	add.d	$t2, $t2, $t1
	csrwr	$t2, CSR_KS3
	bnez	$s1, 2f
	move	$a0, $s0
	bl	boot_main
2:	bl	secondary_main
3:	b	3b

/*
 * Root exceptions. Never nested, so one frame per CPU is enough. The handler
 * may edit the frame.
 */
	.text
	.balign	4096
	.globl	root_entry
root_entry:
	csrwr	$sp, CSR_KS0
	csrwr	$t0, CSR_KS1
	csrrd	$t0, CSR_KS3
	ld.d	$sp, $t0, PC_EXC_SP
	addi.d	$sp, $sp, -512
	.irp	n, FRAME_REGS
	st.d	$r\n, $sp, V_GPR(\n)
	.endr
	csrrd	$t0, CSR_KS1
	st.d	$t0, $sp, V_GPR(12)
	csrrd	$t0, CSR_KS0
	st.d	$t0, $sp, V_GPR(3)
	csrrd	$t0, CSR_ERA
	st.d	$t0, $sp, 256
	csrrd	$t0, CSR_PRMD
	st.d	$t0, $sp, 264
	move	$a0, $sp
	bl	root_exception
	ld.d	$t0, $sp, 256
	csrwr	$t0, CSR_ERA
	ld.d	$t0, $sp, 264
	csrwr	$t0, CSR_PRMD
	.irp	n, FRAME_REGS, 12
	ld.d	$r\n, $sp, V_GPR(\n)
	.endr
	ld.d	$sp, $sp, V_GPR(3)
	ertn

/*
 * TLB refill, for stage 2 of the guest and for root's own mapped addresses.
 * The machine enters it in direct address mode. It logs what it was given and
 * walks the table in PGD just as the host kernel's handler does.
 */
	.balign	4096
	.globl	root_refill
root_refill:
	csrwr	$t0, CSR_TLBRSAVE
	csrwr	$t1, CSR_KS6
	csrrd	$t0, CSR_KS3
	bstrpick.d $t0, $t0, 47, 0
	ld.d	$t1, $t0, RF_COUNT
	addi.d	$t1, $t1, 1
	st.d	$t1, $t0, RF_COUNT
	.macro	log csr, off
	csrrd	$t1, \csr
	st.d	$t1, $t0, \off
	.endm
	log	CSR_TLBRBADV, RF_BADV
	log	CSR_TLBREHI, RF_EHI
	log	CSR_TLBRERA, RF_ERA
	log	CSR_TLBRPRMD, RF_RPRMD
	log	CSR_CRMD, RF_CRMD
	log	CSR_ESTAT, RF_ESTAT
	log	CSR_ERA, RF_XERA
	log	CSR_PRMD, RF_PRMD
	log	CSR_BADV, RF_XBADV
	log	CSR_BADI, RF_XBADI
	csrrd	$t1, CSR_KS6
	csrrd	$t0, CSR_PGD
	lddir	$t0, $t0, 3
	lddir	$t0, $t0, 1
	ldpte	$t0, 0
	ldpte	$t0, 1
	tlbfill
	csrrd	$t0, CSR_TLBRSAVE
	ertn

	.section .bss
	.balign	16384
	.globl	stacks
stacks:	.space	STACK_SIZE * MAX_CPUS
	.globl	percpu
percpu:	.space	PERCPU_SIZE * MAX_CPUS
