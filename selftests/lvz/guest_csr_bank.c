// SPDX-License-Identifier: GPL-2.0
/*
 * Gcsrrd, gcsrwr, gcsrxchg on every register of the guest bank: what can
 * be written, that the old value comes back, and that root's own register of
 * the same number is left alone.
 */
#include "lvz.h"

#define VA48	0xffffffffffffUL
#define ALL	~0UL

static const struct {
	u32 csr;
	const char *name;
	u64 mask;	/* bits a write must keep */
	u64 care;	/* bits written and compared; 0 means all */
} regs[] = {
	{ CSR_CRMD, "CRMD", 0x1ff, 0x1ff },
	{ CSR_PRMD, "PRMD", 0x7, 0x7 },
	{ CSR_EUEN, "EUEN", 0x7, 0x7 },
	{ CSR_MISC, "MISC", 0xee, 0xee },
	{ CSR_ECFG, "ECFG", 0x71fff, 0x71fff },
	/* IS[9:2] is derived, and the single-bit cases are in injection_state. */
	{ CSR_ESTAT, "ESTAT", 0x7fff1c03, 0x7fff1fff },
	{ CSR_ERA, "ERA", ALL & ~3UL, ALL & ~3UL },
	{ CSR_BADV, "BADV", ALL, 0 },
	{ CSR_BADI, "BADI", 0xffffffff, 0xffffffff },
	{ CSR_EENTRY, "EENTRY", ALL & ~0xfffUL, ALL & ~0xfffUL },
	{ CSR_TLBIDX, "TLBIDX", 0xbf0007ff, 0xbf0007ff },
	{ CSR_TLBEHI, "TLBEHI", VA48 & ~0x1fffUL, VA48 & ~0x1fffUL },
	{ CSR_TLBELO0, "TLBELO0", VA48 & ~0xe00UL, VA48 & ~0xe00UL },
	{ CSR_TLBELO1, "TLBELO1", VA48 & ~0xe00UL, VA48 & ~0xe00UL },
	{ CSR_ASID, "ASID", 0x3ff, 0 },
	{ CSR_PGDL, "PGDL", VA48 & ~0xfffUL, VA48 & ~0xfffUL },
	{ CSR_PGDH, "PGDH", VA48 & ~0xfffUL, VA48 & ~0xfffUL },
	{ CSR_PWCL, "PWCL", 0x3fffffff, 0x3fffffff },
	{ CSR_PWCH, "PWCH", 0xffffff, 0x1ffffff },
	{ CSR_RVACFG, "RVACFG", 0xf, 0xf },
	{ CSR_CPUID, "CPUID", 0x1ff, 0x1ff },
	{ CSR_KS0, "SAVE0", ALL, 0 },
	{ CSR_KS1, "SAVE1", ALL, 0 },
	{ CSR_KS2, "SAVE2", ALL, 0 },
	{ CSR_KS3, "SAVE3", ALL, 0 },
	{ CSR_KS4, "SAVE4", ALL, 0 },
	{ CSR_KS5, "SAVE5", ALL, 0 },
	{ CSR_KS6, "SAVE6", ALL, 0 },
	{ CSR_KS7, "SAVE7", ALL, 0 },
	{ CSR_TID, "TID", 0xffffffff, 0xffffffff },
	{ CSR_CNTC, "CNTC", ALL, 0 },
	{ CSR_TLBRENTRY, "TLBRENTRY", VA48 & ~0xfffUL, VA48 & ~0xfffUL },
	{ CSR_TLBRBADV, "TLBRBADV", ALL, 0 },
	{ CSR_TLBRERA, "TLBRERA", ALL & ~2UL, ALL & ~2UL },
	{ CSR_TLBRSAVE, "TLBRSAVE", ALL, 0 },
	{ CSR_TLBRELO0, "TLBRELO0", VA48 & ~0xe00UL, VA48 & ~0xe00UL },
	{ CSR_TLBRELO1, "TLBRELO1", VA48 & ~0xe00UL, VA48 & ~0xe00UL },
	{ CSR_TLBREHI, "TLBREHI", (VA48 & ~0x1fffUL) | 0x3f, (VA48 & ~0x1fffUL) | 0x3f },
	{ CSR_TLBRPRMD, "TLBRPRMD", 0x7, 0x7 },
	{ CSR_DMW0, "DMW0", 0xf000000000000039, 0xf000000000000039 },
	{ CSR_DMW1, "DMW1", 0xf000000000000039, 0xf000000000000039 },
	{ CSR_DMW2, "DMW2", 0xf000000000000039, 0xf000000000000039 },
	{ CSR_DMW3, "DMW3", 0xf000000000000039, 0xf000000000000039 },
};

/* Read-only bits keep what they held, whatever is written. */
static void one_register(u32 i)
{
	static const u64 patterns[] = { 0x5555555555555555, 0xaaaaaaaaaaaaaaaa, ALL, 0 };
	u32 csr = regs[i].csr;
	u64 mask = regs[i].mask, care = regs[i].care ? regs[i].care : ALL;
	u64 reset = gcsr_rd_n(csr), root = csr_rd_n(csr);
	u64 want, old, bad = 0;

	for (u32 p = 0; p < ARRAY_SIZE(patterns); p++) {
		u64 before = gcsr_rd_n(csr);

		want = (reset & ~mask) | (patterns[p] & mask);
		old = gcsr_wr_n(csr, patterns[p] & care);
		bad |= (old ^ before) & care;
		bad |= (gcsr_rd_n(csr) ^ want) & care;
	}
	is(bad, 0, "gcsrwr %s: bits that went wrong", regs[i].name);

	gcsr_wr_n(csr, 0x5555555555555555 & mask);
	old = gcsr_xchg_n(csr, 0xffffffff & mask, 0xf0f0f0f0f0f0f0f0);
	want = ((0x5555555555555555 & ~0xf0f0f0f0f0f0f0f0) | 0xf0f0f0f0) & mask;
	bad = (old ^ ((reset & ~mask) | (0x5555555555555555 & mask))) & care;
	bad |= (gcsr_rd_n(csr) ^ ((reset & ~mask) | want)) & care;
	is(bad, 0, "gcsrxchg %s: bits that went wrong", regs[i].name);

	/* The source register $zero still writes: gcsrxchg $zero, $a0, csr. */
	exec_insn(0x05000080 | csr << 10, 0x1111111111111111, 0);
	is((gcsr_rd_n(csr) ^ ((reset & ~mask) | (want & ~0x1111111111111111))) & care, 0,
	   "gcsrxchg $zero, %s: bits that went wrong", regs[i].name);
	is(csr_rd_n(csr), root, "root %s is left alone", regs[i].name);
	gcsr_wr_n(csr, reset);
}

static void read_only(u32 csr, const char *name, u64 want)
{
	is(gcsr_rd_n(csr), want, "guest %s", name);
	gcsr_wr_n(csr, ~want);
	is(gcsr_rd_n(csr), want, "guest %s ignores gcsrwr", name);
}

void test(void)
{
	static const u32 absent[] = { 0x38, 0x3f, 0x80, 0x93, 0x98, 0x500, CSR_GSTAT, CSR_GTLBC };

	require_lvz();
	is(gcsr_rd(CSR_CRMD), CRMD_DA, "guest CRMD at reset");
	is(gcsr_rd(CSR_ASID), 0xa0000, "guest ASID at reset has ASIDBITS 10");
	lvz_enable();
	/* A running timer could set a bit of ESTAT between two reads. */
	gcsr_wr(CSR_TCFG, 0);
	for (u32 i = 0; i < ARRAY_SIZE(regs); i++)
		one_register(i);

	read_only(CSR_PRCFG1, "PRCFG1", csr_rd(CSR_PRCFG1));
	read_only(CSR_PRCFG2, "PRCFG2", csr_rd(CSR_PRCFG2));
	read_only(CSR_PRCFG3, "PRCFG3", csr_rd(CSR_PRCFG3));
	is(gcsr_rd(CSR_PRCFG1) & 0xf, 8, "guest SAVE registers");
	is(gcsr_rd(CSR_PRCFG3) & 0xf, 2, "guest TLB type");

	gcsr_wr(CSR_PGDL, 0x123000);
	gcsr_wr(CSR_PGDH, 0x456000);
	gcsr_wr(CSR_TLBRERA, 0);
	gcsr_wr(CSR_BADV, 0);
	gcsr_wr(CSR_TLBRBADV, 1UL << 63);
	is(gcsr_rd(CSR_PGD), 0x123000, "guest PGD follows the guest's BADV");
	gcsr_wr(CSR_TLBRERA, ISTLBR);
	is(gcsr_rd(CSR_PGD), 0x456000, "guest PGD follows TLBRBADV in a refill");
	gcsr_wr(CSR_PGD, 0x789000);
	is(gcsr_rd(CSR_PGD), 0x456000, "guest PGD ignores gcsrwr");
	gcsr_wr(CSR_TLBRERA, 0);

	gcsr_wr(CSR_STLBPS, 12);
	is(gcsr_rd(CSR_STLBPS), 12, "guest STLBPS takes 12");
	gcsr_wr(CSR_STLBPS, 0);
	is(gcsr_rd(CSR_STLBPS), 12, "guest STLBPS ignores 0");
	gcsr_wr(CSR_STLBPS, 14);
	is(csr_rd(CSR_STLBPS), 14, "root STLBPS is left alone");

	gcsr_wr(CSR_LLBCTL, LLBCTL_KLO);
	is(gcsr_rd(CSR_LLBCTL) & (LLBCTL_KLO | LLBCTL_WCLLB), LLBCTL_KLO, "guest LLBCTL keeps KLO");
	gcsr_wr(CSR_LLBCTL, LLBCTL_WCLLB);
	is(gcsr_rd(CSR_LLBCTL) & LLBCTL_WCLLB, 0, "guest LLBCTL.WCLLB reads 0");
	gcsr_wr(CSR_LLBCTL, 0);

	gcsr_wr(CSR_ESTAT, IS_TI);
	is(gcsr_rd(CSR_ESTAT) & IS_TI, IS_TI, "gcsrwr ESTAT sets TI");
	gcsr_wr(CSR_TICLR, 0);
	is(gcsr_rd(CSR_ESTAT) & IS_TI, IS_TI, "gcsrwr TICLR=0 clears nothing");
	gcsr_wr(CSR_TICLR, 1);
	is(gcsr_rd(CSR_ESTAT) & IS_TI, 0, "gcsrwr TICLR=1 clears guest TI");

	for (u32 i = 0; i < ARRAY_SIZE(absent); i++) {
		gcsr_wr_n(absent[i], ~0UL);
		is(gcsr_rd_n(absent[i]), 0, "CSR 0x%x is not in the guest bank", absent[i]);
	}
}
