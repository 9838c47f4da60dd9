// SPDX-License-Identifier: GPL-2.0
/*
 * GINTC is state, changed bit by bit; the guest's ESTAT[9:2] follows from
 * it and is stored nowhere, so that a line goes away when its bit does.
 */
#include "lvz.h"

#define HWI_ALL	0x3fcUL

GUEST(code,
	.globl read_estat; read_estat: csrrd $a0, CSR_ESTAT;
	hvcl HC_DONE;
	.globl write_estat; write_estat: csrwr $a0, CSR_ESTAT;
	csrrd $a0, CSR_ESTAT;
	hvcl HC_DONE;
	.globl wait; wait: csrwr $a0, CSR_CRMD;
	.globl after; after: nop;
	nop;
	hvcl HC_DONE;
);
guest_label(read_estat);
guest_label(write_estat);
guest_label(wait);
guest_label(after);

static struct s2 s2;
static struct vcpu v;

static u64 guest_is(void)
{
	guest_call(&v, guest_addr(code, read_estat), 0, 0);
	return v.gpr[4] & 0x1fff;
}

#define UART_IER	((volatile u8 *)(DMW_UC | 0x1fe001e1))
#define THR_EMPTY	2		/* always true here: asserts the line */
#define PCH_PIC		(DMW_UC | 0x10000000)
#define UART_PIN	2

/*
 * A real line of root, from the UART by way of both interrupt controllers to
 * HWI2, reaches the guest if and only if its PIP bit is set.
 */
static void passed_through(void)
{
	u64 root, off, other, on, dropped, begin = rdtime();

	asm volatile("iocsrwr.w %0, %1" : : "r"(0x04040404), "r"(0x14c0));
	asm volatile("iocsrwr.w %0, %1" : : "r"(1 << UART_PIN), "r"(0x1600));
	*(volatile u8 *)(PCH_PIC + 0x200 + UART_PIN) = UART_PIN;
	*(volatile u64 *)(PCH_PIC + 0x40) = 1 << UART_PIN;
	*(volatile u64 *)(PCH_PIC + 0x20) = ~(1UL << UART_PIN);
	*UART_IER = THR_EMPTY;
	while (!(csr_rd(CSR_ESTAT) & IS_HWI(2)) && rdtime() - begin < 100000000)
		;
	/* Nothing is printed, as long as the UART is in use otherwise. */
	root = csr_rd(CSR_ESTAT) & HWI_ALL;
	csr_wr(CSR_GINTC, 0);
	off = guest_is();
	csr_wr(CSR_GINTC, 0xfb00);
	other = guest_is();
	csr_wr(CSR_GINTC, 0x0400);
	on = guest_is();
	*UART_IER = 0;
	begin = rdtime();
	while (csr_rd(CSR_ESTAT) & IS_HWI(2) && rdtime() - begin < 100000000)
		;
	dropped = guest_is();
	csr_wr(CSR_GINTC, 0);
	is(root, IS_HWI(2), "the UART's line is up in root");
	is(off, 0, "PIP=0: the guest does not see it");
	is(other, 0, "all other PIP bits: nor does it then");
	is(on, IS_HWI(2), "its PIP bit: the guest sees it");
	is(dropped, 0, "the line goes down: in the guest too");
}

void test(void)
{
	u64 vip = 0;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);

	/* Up, in a scattered order, then down in another. */
	for (u32 i = 0; i < 8; i++) {
		u64 bit = 1UL << (i * 3 & 7), old = csr_xchg(CSR_GINTC, bit, bit);

		is(old & 0xff, vip, "exchange returns GINTC before bit %u", i * 3 & 7);
		vip |= bit;
		is(csr_rd(CSR_GINTC) & 0xff, vip, "set: VIP");
		is(gcsr_rd(CSR_ESTAT) & 0x1fff, vip << 2, "set: guest ESTAT by gcsrrd");
		is(guest_is(), vip << 2, "set: guest ESTAT in the guest");
	}
	for (u32 i = 0; i < 8; i++) {
		u64 bit = 1UL << (i * 5 & 7);

		csr_xchg(CSR_GINTC, 0, bit);
		vip &= ~bit;
		is(csr_rd(CSR_GINTC) & 0xff, vip, "clear: VIP");
		is(gcsr_rd(CSR_ESTAT) & 0x1fff, vip << 2, "clear: guest ESTAT by gcsrrd");
		is(guest_is(), vip << 2, "clear: guest ESTAT in the guest");
	}

	/* A register image restored with a line in it must not keep the line. */
	csr_wr(CSR_GINTC, 0x81);
	gcsr_wr(CSR_ESTAT, gcsr_rd(CSR_ESTAT));
	csr_wr(CSR_GINTC, 0);
	is(gcsr_rd(CSR_ESTAT) & HWI_ALL, 0, "ESTAT written back does not keep a line");
	gcsr_wr(CSR_ESTAT, HWI_ALL);
	is(gcsr_rd(CSR_ESTAT) & HWI_ALL, 0, "gcsrwr ESTAT cannot set lines");
	gcsr_xchg(CSR_ESTAT, HWI_ALL, HWI_ALL);
	is(guest_is(), 0, "gcsrxchg ESTAT cannot either");
	gcsr_wr(CSR_ESTAT, IS_SWI0 | IS_TI | IS_IPI | 1 << 10);
	is(guest_is(), IS_SWI0 | IS_TI | IS_IPI | 1 << 10, "but SWI0, PMI, TI, IPI");
	csr_wr(CSR_GINTC, 0x10);
	is(guest_is(), IS_SWI0 | IS_TI | IS_IPI | 1 << 10 | IS_HWI(4), "together with a line");
	gcsr_wr(CSR_ESTAT, 0);
	is(guest_is(), IS_HWI(4), "which clearing ESTAT leaves");
	csr_wr(CSR_GINTC, 0);

	/* The guest itself has its two software interrupts only. */
	guest_call(&v, guest_addr(code, write_estat), 0x1fff, 0);
	is(v.gpr[4] & 0x1fff, IS_SWI0 | IS_SWI1, "guest csrwr ESTAT sets SWI only");
	csr_wr(CSR_GINTC, 0xff);
	gcsr_wr(CSR_ESTAT, IS_IPI);
	guest_call(&v, guest_addr(code, write_estat), 0, 0);
	is(v.gpr[4] & 0x1fff, HWI_ALL | IS_IPI, "guest csrwr ESTAT clears SWI only");
	csr_wr(CSR_GINTC, 0);
	gcsr_wr(CSR_ESTAT, 0);

	/* A line is delivered, and once withdrawn it is not. */
	gcsr_wr(CSR_ECFG, HWI_ALL);
	csr_wr(CSR_GINTC, 0x4);
	guest_call(&v, guest_addr(code, wait), CRMD_DA | CRMD_IE, 0);
	ok(guest_took(&v, EC_INT), "line 2: the guest's interrupt (badi 0x%lx)", v.badi);
	is(gcsr_rd(CSR_ERA), guest_addr(code, after), "after the instruction that unmasked");
	is(gcsr_rd(CSR_ESTAT) & HWI_ALL, IS_HWI(2), "guest ESTAT shows the line");
	csr_xchg(CSR_GINTC, 0, 0x4);
	gcsr_wr(CSR_CRMD, CRMD_DA);
	guest_call(&v, guest_addr(code, wait), CRMD_DA | CRMD_IE, 0);
	ok(is_hvc(&v, HC_DONE), "withdrawn: no interrupt (badi 0x%lx)", v.badi);
	gcsr_wr(CSR_CRMD, CRMD_DA);
	passed_through();
	/* Root's own interrupt state is nobody else's. */
	csr_wr(CSR_GINTC, 0xff);
	is(csr_rd(CSR_ESTAT) & 0x1fff, 0, "root ESTAT does not show the guest's lines");
	csr_wr(CSR_GINTC, 0);
}
