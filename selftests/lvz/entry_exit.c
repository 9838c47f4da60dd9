// SPDX-License-Identifier: GPL-2.0
/* One entry in direct address mode, one exit by hypercall. */
#include "lvz.h"

GUEST(code,
	addi.d $a0, $a0, 1;
	add.d $a1, $a1, $a0;
	hvcl HC_DONE;
	csrrd $a2, CSR_KS4;
	csrwr $a1, CSR_KS5;
	hvcl 0x1234;
);

static const u32 bank[] = { CSR_CRMD, CSR_PRMD, CSR_ECFG, CSR_ESTAT, CSR_ERA, CSR_BADV, CSR_BADI,
			    CSR_EENTRY, CSR_TLBRENTRY, CSR_TLBRERA, CSR_TLBRBADV, CSR_ASID, CSR_KS4 };

void test(void)
{
	struct s2 s2;
	struct vcpu v;
	u64 before[ARRAY_SIZE(bank)], crmd, changed = 0;

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);
	/* Recognizable values in the bank that an exit has to leave alone. */
	gcsr_wr(CSR_PRMD, 3);
	gcsr_wr(CSR_ERA, 0x11110);
	gcsr_wr(CSR_BADV, 0x22222);
	gcsr_wr(CSR_BADI, 0x33333);
	gcsr_wr(CSR_KS4, 0x4444);
	for (u32 i = 0; i < ARRAY_SIZE(bank); i++)
		before[i] = gcsr_rd_n(bank[i]);
	for (u32 i = 1; i < 32; i++)
		v.gpr[i] = 0x0101010101010101 * i;
	crmd = csr_rd(CSR_CRMD);
	csr_wr(CSR_BADV, 0xbad);

	is(vcpu_run(&v), EC_HVC, "exit code");
	is(v.estat >> 22 & 0x1ff, 0, "exit subcode");
	is(v.era, G_CODE + 8, "ERA is the hypercall itself");
	is(v.badi, 0x002b8000 | HC_DONE, "BADI is the word executed");
	is(v.badv, 0xbad, "BADV is left alone");
	is(v.prmd & 7, 4, "root PRMD: PLV0 with interrupts on");
	is(v.crmd, crmd, "root CRMD: PLV0, interrupts off, paging on");
	is(v.gstat & GSTAT_PVM, GSTAT_PVM, "GSTAT.PVM says the guest was left");
	is(v.gstat & GSTAT_VM, 0, "GSTAT.VM reads 0 in root");
	is(v.gstat & GID_MASK, 1 << GSTAT_GID_SHIFT, "GSTAT.GID is kept");
	is(v.gtlbc & GID_MASK, 1 << GSTAT_GID_SHIFT, "GTLBC.TGID is kept");
	is(v.slot, 0, "vector slot");
	for (u32 i = 0; i < ARRAY_SIZE(bank); i++)
		if (gcsr_rd_n(bank[i]) != before[i])
			changed |= 1UL << i;
	is(changed, 0, "guest bank is untouched (a bit per register)");
	is(v.gpr[4], 0x0404040404040405, "a0 was computed in the guest");
	is(v.gpr[5], 0x090909090909090a, "a1 was computed in the guest");
	changed = 0;
	for (u32 i = 1; i < 32; i++)
		if (i != 4 && i != 5 && v.gpr[i] != 0x0101010101010101 * i)
			changed |= 1UL << i;
	is(changed, 0, "all other registers pass through (a bit per register)");

	v.pc += 4;
	is(vcpu_run(&v), EC_HVC, "second exit");
	is(v.era, G_CODE + 20, "it is at the second hypercall");
	is(v.badi, 0x002b9234, "its BADI");
	is(v.gpr[6], 0x4444, "the guest reads its own SAVE4");
	is(gcsr_rd(CSR_KS5), 0x090909090909090a, "the guest's SAVE5 went to the guest bank");
	is(csr_rd(CSR_KS4), (u64)&v, "root SAVE4 is root's");
	is(this_cpu()->refill.count > 0, 1, "the guest ran through stage 2");
}
