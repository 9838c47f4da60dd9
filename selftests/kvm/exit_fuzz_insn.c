// SPDX-License-Identifier: GPL-2.0
/* Random guest instructions that may leave the guest. */
#include "exit_fuzz.h"

#define RJ	12
#define RK	13

/* --- random numbers: splitmix64, so that a seed means the same everywhere ----------- */

u64 fuzz_state, fuzz_mmio;

u64 rnd(void)
{
	u64 z = fuzz_state += 0x9e3779b97f4a7c15UL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
	return z ^ z >> 31;
}

u64 below(u64 n)
{
	return rnd() % n;
}

/* Values that are more often small, all ones or a single bit than chance would have it. */
u64 value(void)
{
	switch (below(5)) {
	case 0:
		return below(300);
	case 1:
		return -1UL << below(64);
	case 2:
		return 1UL << below(64);
	default:
		return rnd();
	}
}

/* A register for a result: any but r0, which C spoils, and the one that the stop needs. */
static unsigned int target(void)
{
	unsigned int rd;

	do {
		rd = 1 + below(31);
	} while (rd == REG_TP);
	return rd;
}

/* --- instructions --------------------------------------------------------------------- */

static const u32 memory[] = {
	0x28000000, 0x28400000, 0x28800000, 0x28c00000,		/* ld.b, h, w, d */
	0x2a000000, 0x2a400000, 0x2a800000,			/* ld.bu, hu, wu */
	0x29000000, 0x29400000, 0x29800000, 0x29c00000,		/* st.b, h, w, d */
	0x2b000000, 0x2b400000, 0x2b800000, 0x2bc00000,		/* fld, fst: none of KVM's */
};

static const u32 memory_ptr[] = { 0x24000000, 0x25000000, 0x26000000, 0x27000000 };

static const u32 memory_x[] = {
	0x38000000, 0x38040000, 0x38080000, 0x380c0000, 0x38200000, 0x38240000, 0x38280000,
	0x38100000, 0x38140000, 0x38180000, 0x381c0000,
};

static const u32 units[] = {
	0x0114a800,		/* movgr2fr.d */
	0x729f0c00,		/* vreplgr2vr.d */
	0x769f0c00,		/* xvreplgr2vr.d */
	0x01010000,		/* fadd.d */
};

/* Where no memory is: the PCH-PIC's registers begin there. */
static u64 mmio_offset(void)
{
	return below(4) ? below(0x80) * 8 : 0x800 + below(0x800);
}

static u32 mmio(struct pv_probe *p)
{
	u64 at = mmio_offset();

	p->in[RJ] = fuzz_mmio;
	switch (below(3)) {
	case 0:
		at &= 0x7ff;
		return memory[below(ARRAY_SIZE(memory))] | at << 10 | RJ << 5 | target();
	case 1:
		return memory_ptr[below(ARRAY_SIZE(memory_ptr))] | (at / 4) << 10 | RJ << 5 |
		       target();
	default:
		p->in[RK] = at;
		return memory_x[below(ARRAY_SIZE(memory_x))] | RK << 10 | RJ << 5 | target();
	}
}

static u32 iocsr(struct pv_probe *p)
{
	static const u32 registers[] = { 0x0, 0x4, 0x8, 0xc, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48 };
	unsigned int op = below(8);
	u64 at;

	switch (below(3)) {
	case 0:
		at = 0x1000 + registers[below(ARRAY_SIZE(registers))];
		break;
	case 1:
		at = 0x1020 + below(32);
		break;
	default:
		at = 0x2000 + below(0x1000);
	}
	/* By less than a word only mailboxes are written, MAIL_SEND by two. */
	if (op >= 4 && at < 0x1020)
		op |= 2;
	if (op >= 4 && (at == 0x1040 || at == 0x1048))
		op = 7;
	/* Unaligned, C warns once, and that is in the log. */
	at &= -1UL << (op & 3);
	p->in[RJ] = rnd() << 32 | at;
	return 0x06480000 | op << 10 | RJ << 5 | target();
}

static u32 csr(struct pv_probe *p)
{
	static const u32 numbers[] = { 0x80, 0x81, 0x90, 0x98, 0x200, 0x201, 0x300, 0x310, 0x500,
				       0x7f, 0x3ff, 0x600, 0x7ff, 0x1000, 0x3fff };
	u32 number = numbers[below(ARRAY_SIZE(numbers))], rj = below(2) ? below(2) : RJ;

	p->in[RJ] = value();
	return 0x04000000 | number << 10 | rj << 5 | target();
}

static u32 cpucfg(struct pv_probe *p)
{
	/* Above PLV 0 the hypervisor's range is another one. */
	p->in[RJ] = below(3) ? below(32) : p->plv ? below(1000) : 0x40000000 + below(0x110);
	return 0x6c00 | RJ << 5 | target();
}

static u32 hypercall(struct pv_probe *p)
{
	static const u32 codes[] = { 1, 0x101, 0x102, 0x103, 0x7fff };
	u32 code = p->plv ? 0x101 : codes[below(ARRAY_SIZE(codes))];

	if (!p->plv && !below(2)) {
		code = 0x100;
		p->in[4] = below(2) ? 1 + below(2) : value();
		p->in[5] = p->in[4] == 2 ? 4 : value();
		p->in[6] = value();
		p->in[7] = below(256);
	}
	return 0x002b8000 | code;
}

u32 fuzz_insn(struct pv_probe *p)
{
	switch (below(12)) {
	case 0 ... 3:
		return mmio(p);
	case 4 ... 6:
		return iocsr(p);
	case 7:
		return csr(p);
	case 8:
		return cpucfg(p);
	case 9:
		return units[below(ARRAY_SIZE(units))] | RJ << 5 | below(32);
	case 10:
		p->in[RJ] = fuzz_mmio;
		return 0x06000000 | below(0x20) << 10 | RJ << 5 | below(0x20);	/* cacop */
	default:
		return hypercall(p);
	}
}
