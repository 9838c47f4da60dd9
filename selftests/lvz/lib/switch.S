/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The world switch: u64 vcpu_run(struct vcpu *v).
 *
 * Follows the order of the host kernel's switch, because that order is what
 * the extension has to support: ECFG.VS, EENTRY, ERA, PGDL, TGID, PRMD, PVM,
 * registers, ertn; and back. Root interrupts are off here and on in the guest.
 */
#include "lvz.h"

/* What a C function must preserve, plus ra and tp. */
#define SAVED_REGS 1, 2, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
/* All but zero and a2; a2 points at the vcpu and is moved last. */
#define GUEST_REGS 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
	19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

	.text
	.globl	vcpu_run
vcpu_run:
	addi.d	$sp, $sp, -256
	.irp	n, SAVED_REGS
	st.d	$r\n, $sp, 8 * \n
	.endr
	st.d	$sp, $a0, V_HOST_SP
	move	$a2, $a0

	csrrd	$t0, CSR_ECFG
	st.d	$t0, $a2, V_HOST_ECFG
	ld.d	$t0, $a2, V_VS
	slli.d	$t0, $t0, ECFG_VS_SHIFT
	li.w	$t1, ECFG_VS_MASK
	csrxchg	$t0, $t1, CSR_ECFG
	la.pcrel $t0, exit_vectors
	csrwr	$t0, CSR_EENTRY
	st.d	$t0, $a2, V_HOST_EENTRY
	ld.d	$t0, $a2, V_PC
	st.d	$t0, $a2, V_ENTRY_PC
	csrwr	$t0, CSR_ERA
	ld.d	$t0, $a2, V_PGD
	csrwr	$t0, CSR_PGDL
	st.d	$t0, $a2, V_HOST_PGDL

	li.w	$t1, GID_MASK
	ld.d	$t0, $a2, V_GID
	slli.d	$t0, $t0, GSTAT_GID_SHIFT
	move	$t2, $t0
	csrxchg	$t0, $t1, CSR_GSTAT
	csrxchg	$t2, $t1, CSR_GTLBC

	ld.d	$t0, $a2, V_PRMD_IN
	csrwr	$t0, CSR_PRMD
	move	$t0, $a2
	csrwr	$t0, CSR_KS4
	ori	$t0, $zero, GSTAT_PVM
	csrxchg	$t0, $t0, CSR_GSTAT

	.irp	n, GUEST_REGS
	ld.d	$r\n, $a2, V_GPR(\n)
	.endr
	ld.d	$a2, $a2, V_GPR(6)
	.globl	vcpu_ertn
vcpu_ertn:
	ertn

/*
 * Exits. With VS=0 all of them come to slot 0. The slot number is recorded so
 * that a test of VS != 0 can tell where the machine went.
 */
	.balign	4096
	.globl	exit_vectors
exit_vectors:
	.set	slot, 0
	.rept	80
	.balign	4 << EXIT_VS
	csrwr	$a2, CSR_KS5
	ori	$a2, $zero, slot
	csrwr	$a2, CSR_KS7
	b	exit_common
	.set	slot, slot + 1
	.endr

exit_common:
	csrrd	$a2, CSR_KS4
	.irp	n, GUEST_REGS
	st.d	$r\n, $a2, V_GPR(\n)
	.endr
	csrrd	$t0, CSR_KS5
	st.d	$t0, $a2, V_GPR(6)
	.macro	keep csr, off
	csrrd	$t0, \csr
	st.d	$t0, $a2, \off
	.endm
	keep	CSR_KS7, V_SLOT
	keep	CSR_ESTAT, V_ESTAT
	keep	CSR_ERA, V_ERA
	keep	CSR_ERA, V_PC
	keep	CSR_BADV, V_BADV
	keep	CSR_BADI, V_BADI
	keep	CSR_PRMD, V_PRMD
	keep	CSR_CRMD, V_CRMD
	keep	CSR_GSTAT, V_GSTAT
	keep	CSR_TLBEHI, V_TLBEHI
	keep	CSR_GTLBC, V_GTLBC

	li.w	$t1, ECFG_VS_MASK
	ld.d	$t0, $a2, V_HOST_ECFG
	csrxchg	$t0, $t1, CSR_ECFG
	ld.d	$t0, $a2, V_HOST_EENTRY
	csrwr	$t0, CSR_EENTRY
	ld.d	$t0, $a2, V_HOST_PGDL
	csrwr	$t0, CSR_PGDL
	ori	$t0, $zero, GSTAT_PVM
	csrxchg	$zero, $t0, CSR_GSTAT
	li.w	$t0, GID_MASK
	csrxchg	$zero, $t0, CSR_GTLBC

	ld.d	$sp, $a2, V_HOST_SP
	ld.d	$a0, $a2, V_ESTAT
	bstrpick.d $a0, $a0, 21, 16
	.irp	n, SAVED_REGS
	ld.d	$r\n, $sp, 8 * \n
	.endr
	addi.d	$sp, $sp, 256
	jirl	$zero, $ra, 0

/*
 * void probe_run(u64 pc, u64 prmd, u64 a0, u64 a1): jump to code that is
 * expected to trap; probe_return is where the trap handler resumes.
 */
	.globl	probe_run
probe_run:
	addi.d	$sp, $sp, -256
	.irp	n, SAVED_REGS
	st.d	$r\n, $sp, 8 * \n
	.endr
	csrrd	$t0, CSR_KS3
	st.d	$sp, $t0, PC_PROBE_SP
	csrwr	$a0, CSR_ERA
	csrwr	$a1, CSR_PRMD
	move	$a0, $a2
	move	$a1, $a3
	ertn
	.globl	probe_return
probe_return:
	.irp	n, SAVED_REGS
	ld.d	$r\n, $sp, 8 * \n
	.endr
	addi.d	$sp, $sp, 256
	jirl	$zero, $ra, 0
