// SPDX-License-Identifier: GPL-2.0
/* The new instructions are privileged in root. */
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
		{ 0x06498000 | 0x9, "invtlb 0x9" },
		{ 0x06498000 | 0x12, "invtlb 0x12" },
		{ 0x06498000 | 0x16, "invtlb 0x16" },
		{ 0x06483800, "ertn" },
		{ 0x04014004, "csrrd GSTAT" },
	};

	require_lvz();
	lvz_enable();
	for (u32 i = 0; i < ARRAY_SIZE(insns); i++) {
		is(probe_insn(insns[i].insn, 3, 0, 0), EC_IPE, "%s at PLV3", insns[i].name);
		is(this_cpu()->probe_badi, insns[i].insn, "BADI of %s", insns[i].name);
		is(this_cpu()->probe_prmd & 3, 3, "%s came from PLV3", insns[i].name);
	}
	is(probe_insn(0x002b8100, 3, 0, 0), EC_INE, "hvcl at root PLV3");
	is(probe_insn(0x05000404, 0, 0, 0), NO_EXC, "gcsrrd at PLV0");
}
