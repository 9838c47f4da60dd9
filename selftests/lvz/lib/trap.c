// SPDX-License-Identifier: GPL-2.0
/* Root exceptions: expected ones end a probe, others end the program. */
#include "lvz.h"

struct frame {
	u64 gpr[32];
	u64 era, prmd;
};

void root_exception(struct frame *f);
extern char root_entry[], root_refill[], stacks[], probe_return[];
void probe_run(u64 pc, u64 prmd, u64 a0, u64 a1);

static u8 exc_stacks[MAX_CPUS][8192] __attribute__((aligned(16)));

/*
 * Per-CPU set-up: exceptions, TLB refill and the page walker as in the host
 * kernel. The refill entry is a physical address: it runs in direct mode.
 */
void cpu_init(void)
{
	struct percpu *c = this_cpu();

	c->id = csr_rd(CSR_CPUID) & 0x3ff;
	c->exc_sp = (u64)exc_stacks[c->id + 1];
	csr_wr(CSR_ECFG, 0);
	csr_wr(CSR_EENTRY, (u64)root_entry);
	csr_wr(CSR_TLBRENTRY, (u64)root_refill & ~DMW_CC);
	csr_wr(CSR_TCFG, 0);
	csr_wr(CSR_TICLR, 1);
	csr_wr(CSR_EUEN, 0);
	csr_wr(CSR_PWCL, PWCL_16K);
	csr_wr(CSR_PWCH, PWCH_16K);
	csr_wr(CSR_STLBPS, 14);
	csr_wr(CSR_ASID, 1);
	invtlb(0, 0, 0);
}

void root_exception(struct frame *f)
{
	struct percpu *c = this_cpu();
	u64 estat = csr_rd(CSR_ESTAT);
	u64 ecode = estat >> 16 & 0x3f;

	if (c->probe_sp) {
		c->probe_ecode = ecode;
		c->probe_estat = estat;
		c->probe_era = f->era;
		c->probe_prmd = f->prmd;
		c->probe_badv = csr_rd(CSR_BADV);
		c->probe_badi = csr_rd(CSR_BADI);
		f->era = (u64)probe_return;
		f->prmd = 0;
		f->gpr[3] = c->probe_sp;
		c->probe_sp = 0;
		return;
	}
	bail("root exception on CPU %lu: estat 0x%lx era 0x%lx badv 0x%lx badi 0x%lx ra 0x%lx",
	     c->id, estat, f->era, csr_rd(CSR_BADV), csr_rd(CSR_BADI), f->gpr[1]);
}

#define BREAK_WORD 0x002a0077	/* break 0x77 */

u64 probe_insn(u32 insn, u32 plv, u64 a0, u64 a1)
{
	static u32 code[2] __attribute__((aligned(64)));
	struct percpu *c = this_cpu();
	u64 dmw = csr_rd(CSR_DMW1);

	code[0] = insn;
	code[1] = BREAK_WORD;
	asm volatile("ibar 0" : : : "memory");
	csr_wr(CSR_DMW1, dmw | 1 << plv);
	probe_run((u64)code, plv, a0, a1);
	csr_wr(CSR_DMW1, dmw);
	if (c->probe_ecode == EC_BRK && c->probe_era == (u64)&code[1])
		return NO_EXC;
	return c->probe_ecode;
}

/* Build a one-instruction function and call it. */
u64 exec_insn(u32 insn, u64 a0, u64 a1)
{
	static u32 code[2] __attribute__((aligned(64)));
	u64 (*fn)(u64, u64) = (void *)code;

	code[0] = insn;
	code[1] = 0x4c000020;	/* jirl $zero, $ra, 0 */
	asm volatile("ibar 0" : : : "memory");
	return fn(a0, a1);
}

#define A0 4
#define A1 5

u64 csr_rd_n(u32 csr)
{
	return exec_insn(0x04000000 | csr << 10 | A0, 0, 0);
}

u64 gcsr_rd_n(u32 csr)
{
	return exec_insn(0x05000000 | csr << 10 | A0, 0, 0);
}

u64 gcsr_wr_n(u32 csr, u64 val)
{
	return exec_insn(0x05000020 | csr << 10 | A0, val, 0);
}

u64 gcsr_xchg_n(u32 csr, u64 val, u64 mask)
{
	return exec_insn(0x05000000 | csr << 10 | A1 << 5 | A0, val, mask);
}
