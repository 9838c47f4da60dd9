// SPDX-License-Identifier: GPL-2.0
/*
 * FP, LSX and LASX need the guest's permission and then root's. The
 * guest's refusal is the guest's exception, root's is an exit; otherwise a
 * guest would run on the registers of whichever host task ran last.
 */
#include "lvz.h"

GUEST(code,
	.globl do_fp; do_fp: movgr2fr.d $f1, $a0;
	hvcl HC_DONE;
	.globl do_lsx; do_lsx: vreplgr2vr.d $vr1, $a0;
	hvcl HC_DONE;
	.globl do_lasx; do_lasx: xvreplgr2vr.d $xr1, $a0;
	hvcl HC_DONE;
	.globl do_load; do_load: fld.d $f1, $a0, 0;
	hvcl HC_DONE;
	.globl do_switch; do_switch: csrwr $a1, CSR_EUEN;
	.globl after_switch; after_switch: movgr2fr.d $f1, $a0;
	csrwr $zero, CSR_EUEN;
	.globl after_off; after_off: movgr2fr.d $f1, $a0;
	hvcl HC_DONE;
);
guest_label(do_fp);
guest_label(do_lsx);
guest_label(do_lasx);
guest_label(do_load);
guest_label(do_switch);
guest_label(after_switch);
guest_label(after_off);

static u64 f1(void)
{
	u64 val;

	csr_wr(CSR_EUEN, EUEN_FPE);
	asm volatile("movfr2gr.d %0, $f1" : "=r"(val));
	csr_wr(CSR_EUEN, 0);
	return val;
}

static void set_f1(u64 val)
{
	csr_wr(CSR_EUEN, EUEN_FPE);
	asm volatile("movgr2fr.d $f1, %0" : : "r"(val));
	csr_wr(CSR_EUEN, 0);
}

/* All lanes of the 256-bit register. */
static u64 lane(u32 n)
{
	u64 val;

	csr_wr(CSR_EUEN, EUEN_FPE | EUEN_SXE | EUEN_ASXE);
	switch (n) {
	case 0:
		asm volatile("xvpickve2gr.d %0, $xr1, 0" : "=r"(val));
		break;
	case 1:
		asm volatile("xvpickve2gr.d %0, $xr1, 1" : "=r"(val));
		break;
	default:
		asm volatile("xvpickve2gr.d %0, $xr1, 3" : "=r"(val));
	}
	csr_wr(CSR_EUEN, 0);
	return val;
}

void test(void)
{
	static const struct {
		const char *name;
		const u32 *at;
		u32 below, bit, ecode;
	} units[] = {
		{ "FP", do_fp, 0, EUEN_FPE, EC_FPD },
		{ "LSX", do_lsx, EUEN_FPE, EUEN_SXE, EC_SXD },
		{ "LASX", do_lasx, EUEN_FPE | EUEN_SXE, EUEN_ASXE, EC_ASXD },
	};
	struct s2 s2;
	struct vcpu v;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);

	for (u32 i = 0; i < ARRAY_SIZE(units); i++) {
		const char *name = units[i].name;
		u64 pc = guest_addr(code, units[i].at);
		u64 off = units[i].below, on = off | units[i].bit;

		for (u32 root = 0; root < 2; root++) {
			set_f1(0x1111);
			csr_wr(CSR_EUEN, root ? on : off);
			gcsr_wr(CSR_EUEN, off);
			gcsr_wr(CSR_CRMD, CRMD_DA);
			guest_call(&v, pc, 0x2222, 0);
			ok(guest_took(&v, units[i].ecode),
			   "%s, guest off, root %s: the guest's exception (exit 0x%lx badi 0x%lx, guest estat 0x%lx)",
			   name, root ? "on" : "off", v.estat >> 16 & 0x3f, v.badi,
			   gcsr_rd(CSR_ESTAT));
			is(gcsr_rd(CSR_ERA), pc, "%s: guest ERA", name);
			is(f1(), 0x1111, "%s: register untouched", name);
		}
		csr_wr(CSR_EUEN, off);
		gcsr_wr(CSR_EUEN, on);
		gcsr_wr(CSR_CRMD, CRMD_DA);
		is(guest_call(&v, pc, 0x2222, 0), units[i].ecode,
		   "%s, guest on, root off: exit", name);
		is(v.era, pc, "%s: ERA", name);
		is(v.badi, *units[i].at, "%s: BADI", name);
		is(gcsr_rd(CSR_EUEN), on, "%s: guest EUEN untouched", name);
		is(csr_rd(CSR_EUEN), off, "%s: root EUEN untouched", name);
		is(f1(), 0x1111, "%s: register untouched", name);
		/* What a hypervisor does then: give the unit, run it again. */
		csr_wr(CSR_EUEN, on);
		is(guest_run(&v), EC_HVC, "%s, both on: runs", name);
		is(v.era, pc + 4, "%s: the instruction after it", name);
		is(f1(), 0x2222, "%s: register written", name);
	}
	is(lane(1), 0x2222, "LASX wrote the second lane");
	is(lane(3), 0x2222, "LASX wrote the last lane");

	/* The unit is checked before the address: no page fault is seen. */
	csr_wr(CSR_EUEN, 0);
	gcsr_wr(CSR_EUEN, EUEN_FPE);
	is(guest_call(&v, guest_addr(code, do_load), 0x4000, 0), EC_FPD,
	   "load to a disabled register from an unmapped GPA: FPD");
	csr_wr(CSR_EUEN, EUEN_FPE);
	is(guest_run(&v), EC_PIL, "then the page fault");
	is(v.badv, 0x4000, "its GPA");

	/* The guest's own switch works from the next instruction on. */
	gcsr_wr(CSR_EUEN, 0);
	csr_wr(CSR_EUEN, EUEN_FPE);
	guest_call(&v, guest_addr(code, do_switch), 0x3333, EUEN_FPE);
	ok(guest_took(&v, EC_FPD), "on and off again in the guest: guest FPD (badi 0x%lx)", v.badi);
	is(gcsr_rd(CSR_ERA), guest_addr(code, after_off), "after the switch-off");
	is(f1(), 0x3333, "between them the unit was on");
	gcsr_wr(CSR_EUEN, 0);
	gcsr_wr(CSR_CRMD, CRMD_DA);
	csr_wr(CSR_EUEN, 0);
	is(guest_call(&v, guest_addr(code, do_switch), 0x3333, EUEN_FPE), EC_FPD,
	   "switched on by the guest, not by root: exit");
	is(v.era, guest_addr(code, after_switch), "at the first use");
	csr_wr(CSR_EUEN, 0);
	is(probe_insn(0x0114a881, 0, 0, 0), EC_FPD, "root EUEN still guards root");
}
