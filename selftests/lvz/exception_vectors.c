// SPDX-License-Identifier: GPL-2.0
/* Vector arithmetic, for exits with root's VS and inside with the guest's. */
#include "lvz.h"

#define GUEST_VS 3

GUEST(code,
	.globl do_hvcl; do_hvcl: hvcl HC_DONE;
	.globl do_cpucfg; do_cpucfg: cpucfg $a0, $zero;
	.globl do_spin; do_spin: b do_spin;
	.globl do_break; do_break: break 0;
	.globl do_syscall; do_syscall: syscall 0;
	.globl do_load; do_load: ld.d $a1, $a0, 0;
	hvcl HC_DONE;
);
guest_label(do_hvcl);
guest_label(do_cpucfg);
guest_label(do_spin);
guest_label(do_break);
guest_label(do_syscall);
guest_label(do_load);

void test(void)
{
	struct s2 s2;
	struct vcpu v;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);

	v.vs = EXIT_VS;
	is(guest_call(&v, guest_addr(code, do_hvcl), 0, 0), EC_HVC, "root VS=4: hypercall");
	is(v.slot, EC_HVC, "slot of the hypercall");
	is(guest_call(&v, guest_addr(code, do_cpucfg), 0, 0), EC_GSPR, "root VS=4: cpucfg");
	is(v.slot, EC_GSPR, "slot of cpucfg");
	is(guest_call(&v, guest_addr(code, do_load), 0x4008, 0), EC_PIL, "root VS=4: page fault");
	is(v.slot, EC_PIL, "slot of the page fault");
	csr_wr(CSR_ECFG, IS_TI);
	csr_wr(CSR_TCFG, 20000 | 1);
	is(guest_call(&v, guest_addr(code, do_spin), 0, 0), EC_INT, "root VS=4: timer");
	is(v.slot, 64 + 11, "slot of the timer");
	csr_wr(CSR_TCFG, 0);
	csr_wr(CSR_TICLR, 1);
	csr_wr(CSR_ECFG, 0);
	is((csr_rd(CSR_ECFG) & ECFG_VS_MASK) >> ECFG_VS_SHIFT, 0, "root VS is back");

	/* Guest VS: each slot reports its number; root VS is 0 again. */
	v.vs = 0;
	guest_vectors(GUEST_VS);
	gcsr_wr(CSR_ECFG, GUEST_VS << ECFG_VS_SHIFT);
	guest_call(&v, guest_addr(code, do_break), 0, 0);
	ok(is_hvc(&v, HC_EXC + EC_BRK), "guest VS=3: break (badi 0x%lx)", v.badi);
	is(v.slot, 0, "root VS=0: exits come to slot 0");
	is(v.era, G_VEC + EC_BRK * (4 << GUEST_VS), "at the guest's break vector");
	gcsr_wr(CSR_CRMD, CRMD_DA);
	guest_call(&v, guest_addr(code, do_syscall), 0, 0);
	ok(is_hvc(&v, HC_EXC + EC_SYS), "guest VS=3: syscall (badi 0x%lx)", v.badi);

	gcsr_wr(CSR_ECFG, GUEST_VS << ECFG_VS_SHIFT | 0x1fff);
	for (u32 n = 0; n < 13; n++) {
		u64 bit = 1UL << n;

		gcsr_wr(CSR_CRMD, CRMD_DA | CRMD_IE);
		if (n >= 2 && n < 10)
			csr_wr(CSR_GINTC, bit >> 2);
		else
			gcsr_wr(CSR_ESTAT, bit);
		guest_call(&v, guest_addr(code, do_spin), 0, 0);
		ok(is_hvc(&v, HC_EXC + 64 + n), "guest VS=3: interrupt %u (badi 0x%lx)", n, v.badi);
		csr_wr(CSR_GINTC, 0);
		gcsr_wr(CSR_ESTAT, 0);
	}
}
