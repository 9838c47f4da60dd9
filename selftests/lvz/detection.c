// SPDX-License-Identifier: GPL-2.0
/* Detection. The registers a hypervisor looks at before enabling anything. */
#include "lvz.h"

/* Capability fields of GCFG: MATP, *P bits, GCIP, GPMP. */
#define CAPS	(0xf | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 12 | 1 << 14 | 0xf << 16 | 1 << 23)
#define GCI	(3 << GCFG_GCI_SHIFT)
#define MATC	(3 << 4)

static void round_trip(u32 csr, u64 val, const char *name)
{
	exec_insn(0x04000024 | csr << 10, val, 0);
	is(csr_rd_n(csr), val, "%s keeps 0x%lx", name, val);
	is(exec_insn(0x04000024 | csr << 10, 0, 0), val, "csrwr %s returns the old value", name);
	is(csr_rd_n(csr), 0, "%s keeps 0", name);
}

void test(void)
{
	u64 caps;

	require_lvz();
	is(cpucfg(2) >> 10 & 1, 1, "CPUCFG2.LVZ");
	is(cpucfg(2) >> 11 & 7, 1, "CPUCFG2.LVZVER");
	is(cpucfg(2) >> 24 & 1, 0, "no hardware page walk");
	is(cpucfg(1) >> 26 & 1, 0, "no message interrupts");
	is(cpucfg(0x40000000), 0, "root CPUCFG has no hypervisor leaf");

	is((csr_rd(CSR_GSTAT) & GSTAT_GIDBIT) >> 4, 8, "GIDBIT before anything is enabled");
	is(csr_rd(CSR_GSTAT) & ~(u64)GSTAT_GIDBIT, 0, "rest of GSTAT is 0 at reset");
	is(csr_rd(CSR_GINTC), 0, "GINTC is 0 at reset");
	is(csr_rd(CSR_GCNTC), 0, "GCNTC is 0 at reset");
	csr_wr(CSR_GSTAT, 0);
	is((csr_rd(CSR_GSTAT) & GSTAT_GIDBIT) >> 4, 8, "GIDBIT survives a write of 0");
	csr_wr(CSR_GSTAT, ~0UL);
	is(csr_rd(CSR_GSTAT), GID_MASK | 8 << 4 | GSTAT_PVM,
	   "GSTAT: only GID and PVM can be set, VM reads 0");
	csr_wr(CSR_GSTAT, 0x5a << GSTAT_GID_SHIFT);
	is(csr_rd(CSR_GSTAT), 0x5a << GSTAT_GID_SHIFT | 8 << 4, "GSTAT.GID");
	csr_xchg(CSR_GSTAT, 0, GID_MASK);
	is(csr_rd(CSR_GSTAT), 8 << 4, "csrxchg clears GSTAT.GID alone");
	csr_wr(CSR_GSTAT, GSTAT_PVM);
	/* The host kernel's idiom: the source register is $zero. */
	asm volatile("csrxchg $zero, %0, 0x50" : : "r"((u64)GSTAT_PVM));
	is(csr_rd(CSR_GSTAT), 8 << 4, "csrxchg from $zero clears PVM");

	caps = csr_rd(CSR_GCFG) & CAPS;
	is(caps >> 1 & 1, 1, "GCFG.MATP offers root's memory types");
	is(caps & GCFG_GPMP, 0, "GCFG.GPMP offers no guest PMU");
	csr_wr(CSR_GCFG, 0);
	is(csr_rd(CSR_GCFG), caps, "capabilities survive a write of 0");
	csr_wr(CSR_GCFG, ~0UL);
	is(csr_rd(CSR_GCFG) & CAPS, caps, "capabilities survive a write of ones");
	csr_wr(CSR_GCFG, 2 << GCFG_GCI_SHIFT | 1 << 4);
	is(csr_rd(CSR_GCFG) & (GCI | MATC), 2 << GCFG_GCI_SHIFT | 1 << 4, "GCFG.GCI and MATC");
	csr_wr(CSR_GCFG, 0);

	round_trip(CSR_GCNTC, 0x8123456789abcdef, "GCNTC");
	round_trip(CSR_GINTC, 0x5aa5, "GINTC");
	csr_wr(CSR_GTLBC, 0);
	csr_xchg(CSR_GTLBC, GTLBC_USETGID, GTLBC_USETGID | GTLBC_TOTI);
	is(csr_rd(CSR_GTLBC) & (GTLBC_USETGID | GTLBC_TOTI), GTLBC_USETGID,
	   "masked exchange sets USETGID alone");
	csr_xchg(CSR_GTLBC, 0x77 << 16, GID_MASK);
	is(csr_rd(CSR_GTLBC) & (GID_MASK | GTLBC_USETGID), 0x77 << 16 | GTLBC_USETGID,
	   "masked exchange of TGID");
	csr_xchg(CSR_GTLBC, GTLBC_TOTI, GTLBC_TOTI);
	is(csr_rd(CSR_GTLBC) & GTLBC_TOTI, GTLBC_TOTI, "GTLBC.TOTI");
	csr_xchg(CSR_GTLBC, 0, GID_MASK | GTLBC_USETGID | GTLBC_TOTI);
	is(csr_rd(CSR_GTLBC) & (GID_MASK | GTLBC_USETGID | GTLBC_TOTI), 0, "GTLBC cleared");

	is(probe_insn(0x06498000 | 0x12, 0, 0, 0), NO_EXC, "invtlb 0x12 exists in root");
	is(probe_insn(0x06498000 | 0x7, 0, 0, 0), EC_INE, "invtlb 0x7 does not");
	is(probe_insn(0x06498000 | 0xf, 0, 0, 0), EC_INE, "invtlb 0xf does not");
	is(probe_insn(0x06498000 | 0x17, 0, 0, 0), EC_INE, "invtlb 0x17 does not");
	is(probe_insn(0x002b8100, 0, 0, 0), EC_INE, "hvcl means nothing in root");
}
