// SPDX-License-Identifier: GPL-2.0
/* Loads and stores of every form, width and sign. */
#include "exit_matrix.h"

u64 mask(int width)
{
	return width == 8 ? -1UL : (1UL << 8 * width) - 1;
}

u64 extend(u64 val, int width, bool sign)
{
	val &= mask(width);
	if (sign && val >> (8 * width - 1))
		val |= ~mask(width);
	return val;
}

enum { SI12, SI14, REG3 };

const struct access accesses[] = {
	{ "ld.b", 0x28000000, SI12, 1, true, false },
	{ "ld.h", 0x28400000, SI12, 2, true, false },
	{ "ld.w", 0x28800000, SI12, 4, true, false },
	{ "ld.d", 0x28c00000, SI12, 8, true, false },
	{ "ld.bu", 0x2a000000, SI12, 1, false, false },
	{ "ld.hu", 0x2a400000, SI12, 2, false, false },
	{ "ld.wu", 0x2a800000, SI12, 4, false, false },
	{ "ldptr.w", 0x24000000, SI14, 4, true, false },
	{ "ldptr.d", 0x26000000, SI14, 8, true, false },
	{ "ldx.b", 0x38000000, REG3, 1, true, false },
	{ "ldx.h", 0x38040000, REG3, 2, true, false },
	{ "ldx.w", 0x38080000, REG3, 4, true, false },
	{ "ldx.d", 0x380c0000, REG3, 8, true, false },
	{ "ldx.bu", 0x38200000, REG3, 1, false, false },
	{ "ldx.hu", 0x38240000, REG3, 2, false, false },
	{ "ldx.wu", 0x38280000, REG3, 4, false, false },
	{ "st.b", 0x29000000, SI12, 1, false, true },
	{ "st.h", 0x29400000, SI12, 2, false, true },
	{ "st.w", 0x29800000, SI12, 4, false, true },
	{ "st.d", 0x29c00000, SI12, 8, false, true },
	{ "stptr.w", 0x25000000, SI14, 4, false, true },
	{ "stptr.d", 0x27000000, SI14, 8, false, true },
	{ "stx.b", 0x38100000, REG3, 1, false, true },
	{ "stx.h", 0x38140000, REG3, 2, false, true },
	{ "stx.w", 0x38180000, REG3, 4, false, true },
	{ "stx.d", 0x381c0000, REG3, 8, false, true },
};

const int nr_accesses = ARRAY_SIZE(accesses);

void access_insn(const struct access *a, unsigned int rd, u64 base, u32 at, struct pv_probe *p)
{
	p->in[RJ] = base;
	p->in[RK] = at;
	*insn = a->opcode | RJ << 5 | rd;
	switch (a->form) {
	case SI12:
		*insn |= at << 10;
		break;
	case SI14:
		*insn |= at / 4 << 10;
		break;
	case REG3:
		*insn |= RK << 10;
	}
}
