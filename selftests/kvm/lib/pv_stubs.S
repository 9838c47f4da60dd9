/* SPDX-License-Identifier: GPL-2.0 */
#include "processor.h"
#include "pv_guest.h"

	.text

/*
 * u64 guest_call_plv(u64 plv, u64 (*fn)(u64), u64 arg)
 *
 * Interrupts are off from the first csr write until ertn, which takes both
 * the level and the interrupt enable from PRMD.
 */
	.global	guest_call_plv
	.type	guest_call_plv, @function
guest_call_plv:
	addi.d	sp, sp, -96
	st.d	ra, sp, 0
	st.d	fp, sp, 8
	st.d	s0, sp, 16
	st.d	s1, sp, 24
	st.d	s2, sp, 32
	st.d	s3, sp, 40
	st.d	s4, sp, 48
	st.d	s5, sp, 56
	st.d	s6, sp, 64
	st.d	s7, sp, 72
	st.d	s8, sp, 80

	ori	t0, zero, 1 << CSR_CRMD_IE_SHIFT
	or	t1, zero, zero
	csrxchg	t1, t0, LOONGARCH_CSR_CRMD	/* t1 = CRMD as it was */
	and	t1, t1, t0
	or	t1, t1, a0
	csrwr	t1, LOONGARCH_CSR_PRMD
	csrwr	a1, LOONGARCH_CSR_ERA
	or	a0, a2, zero
	la.local	ra, 1f
	ertn
1:	syscall	0				/* PLV 0 again after this */

	ld.d	ra, sp, 0
	ld.d	fp, sp, 8
	ld.d	s0, sp, 16
	ld.d	s1, sp, 24
	ld.d	s2, sp, 32
	ld.d	s3, sp, 40
	ld.d	s4, sp, 48
	ld.d	s5, sp, 56
	ld.d	s6, sp, 64
	ld.d	s7, sp, 72
	ld.d	s8, sp, 80
	addi.d	sp, sp, 96
	jirl	zero, ra, 0
	.size	guest_call_plv, . - guest_call_plv

	.balign	8
	.global	pv_hvcl_table
pv_hvcl_table:
	.set	imm, 0
	.rept	PV_HVCL_NR
	hvcl	imm
	jirl	zero, ra, 0
	.set	imm, imm + 1
	.endr

.macro	stop
	st.d	a0, tp, 0
	st.d	a0, tp, 8
	b	.
.endm

.macro	hvcl_stub imm
	.section .rodata.hvcl_stubs, "a"
	.dword	1f
	.word	\imm
	.byte	0, 0
	.balign	8
	.text
1:	hvcl	\imm
	stop
.endm

.macro	cpucfg_stub rd, rj
	.section .rodata.cpucfg_stubs, "a"
	.dword	1f
	.word	0
	.byte	\rd, \rj
	.balign	8
	.text
1:	cpucfg	$r\rd, $r\rj
	stop
.endm

	.global	pv_any_insn
pv_any_insn:
	break	0
	stop

	.section .rodata.hvcl_stubs, "a"
	.balign	8
	.global	pv_hvcl_stubs
pv_hvcl_stubs:
	.section .rodata.cpucfg_stubs, "a"
	.balign	8
	.global	pv_cpucfg_stubs
pv_cpucfg_stubs:
	.text

	.irp	imm, 0, 1, 0x7f, 0xff, 0x100, 0x101, 0x102, 0x103, 0x180, 0x1ff, 0x200, 0x300, 0x1100, 0x4100, 0x7f00, 0x7fff
	hvcl_stub \imm
	.endr

	/* r0 as target; one register for both; caller and callee saved; ra, sp */
	cpucfg_stub 4, 5
	cpucfg_stub 0, 5
	cpucfg_stub 5, 5
	cpucfg_stub 20, 31
	cpucfg_stub 31, 4
	cpucfg_stub 1, 23
	cpucfg_stub 3, 12
	cpucfg_stub 21, 1

	.section .rodata.hvcl_stubs, "a"
	.dword	0, 0
	.section .rodata.cpucfg_stubs, "a"
	.dword	0, 0

	.section .note.GNU-stack, "", @progbits
