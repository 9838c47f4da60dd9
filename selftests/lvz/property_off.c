// SPDX-License-Identifier: GPL-2.0
/*
 * With the property off nothing of the extension exists. The
 * runner starts this program on a CPU without lvz=on.
 */
#include "lvz.h"

void test(void)
{
	static const struct {
		u32 insn;
		const char *name;
	} insns[] = {
		{ 0x05000404, "gcsrrd" },
		{ 0x05000424, "gcsrwr" },
		{ 0x050004a4, "gcsrxchg" },
		{ 0x002b8100, "hvcl 0x100" },
		{ 0x06498000 | 9, "invtlb 0x9" },
		{ 0x06498000 | 0x12, "invtlb 0x12" },
		{ 0x06498000 | 0x16, "invtlb 0x16" },
		{ 0x06482001, "gtlbclr" },
		{ 0x06483401, "gtlbfill" },
	};
	static const u32 csrs[] = { CSR_GTLBC, CSR_TRGP, CSR_GSTAT, CSR_GCFG, CSR_GINTC,
				    CSR_GCNTC };

	is(cpucfg(2) >> 10 & 0xf, 0, "CPUCFG2 says no LVZ, no version");
	for (u32 i = 0; i < ARRAY_SIZE(insns); i++)
		is(probe_insn(insns[i].insn, 0, 0, 0), EC_INE, "%s does not exist",
		   insns[i].name);
	for (u32 i = 0; i < ARRAY_SIZE(csrs); i++) {
		/* csrwr $a0, csr: an undefined register ignores the write */
		exec_insn(0x04000024 | csrs[i] << 10, ~0UL, 0);
		is(csr_rd_n(csrs[i]), 0, "CSR 0x%x reads 0 after a write", csrs[i]);
	}
}
