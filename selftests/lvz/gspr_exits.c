// SPDX-License-Identifier: GPL-2.0
/*
 * The instructions that always exit with GSPR, with an exact ERA, the
 * word executed in BADI, and no register changed.
 */
#include "lvz.h"

#define CSRRD(csr)	(0x04000004 | (csr) << 10)
#define CSRWR(csr)	(0x04000024 | (csr) << 10)
#define CSRXCHG(csr)	(0x040000a4 | (csr) << 10)
#define CPUCFG		0x00006ca4	/* cpucfg $a0, $a1 */
#define IOCSRRD(size)	(0x064800a4 | (size) << 10)
#define IOCSRWR(size)	(0x064810a4 | (size) << 10)
#define IDLE		0x06488000
#define CACOP(op)	(0x060000a0 | (op))
#define RDTIME		0x00006804	/* rdtime.d $a0, $zero */

GUEST(code,
	nop;
	.globl slot; slot:
	nop;
	hvcl HC_DONE;
);
guest_label(slot);

static struct s2 s2;
static struct vcpu v;

static u64 run_insn(u32 insn, u32 plv)
{
	u64 pc = guest_addr(code, slot);

	guest_load(pc, &insn, &insn + 1);
	gcsr_wr(CSR_CRMD, CRMD_DA | plv);
	v.gpr[4] = 0x4444444444444444;
	v.gpr[5] = 2;
	v.pc = pc - 4;
	return vcpu_run(&v);
}

static void gspr(u32 insn, u32 plv, const char *name, u32 arg)
{
	u64 ecode = run_insn(insn, plv);

	ok(ecode == EC_GSPR && v.badi == insn && v.era == guest_addr(code, slot) &&
	   v.gpr[4] == 0x4444444444444444 && v.gpr[5] == 2 && !(v.estat >> 22 & 0x1ff),
	   "%s 0x%x at PLV%u: expected exit 0x16 badi 0x%x era 0x%lx, got 0x%lx 0x%lx 0x%lx, a0 0x%lx",
	   name, arg, plv, insn, guest_addr(code, slot), ecode, v.badi, v.era, v.gpr[4]);
}

static void no_exit(u32 insn, u32 plv, const char *name)
{
	u64 ecode = run_insn(insn, plv);

	ok(ecode == EC_HVC && is_hvc(&v, HC_DONE),
	   "%s at PLV%u does not exit: expected exit 0x17, got 0x%lx badi 0x%lx", name, plv,
	   ecode, v.badi);
}

void test(void)
{
	/* Registers the hardware has no copy of for the guest. */
	static const u32 absent[] = {
		CSR_GTLBC, CSR_TRGP, 0x38, 0x3f, CSR_GSTAT, CSR_GCFG, CSR_GINTC, CSR_GCNTC,
		0x80, 0x81, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x98, 0xa0, 0xa3, 0xa5,
		0x200, 0x201, 0x207, 0x300, 0x301, 0x310, 0x34f, 0x380, 0x381, 0x390, 0x3cf,
		0x500, 0x501, 0x502, 0x9, 0x61, 0x1ff, 0x3000, 0x3fff,
	};
	/* Some it has, one of each kind of access in the emulator. */
	static const u32 present[] = { CSR_CRMD, CSR_ESTAT, CSR_BADI, CSR_PGD, CSR_CPUID,
				       CSR_PRCFG1, CSR_PRCFG3, CSR_KS7, CSR_TVAL, CSR_TLBRERA,
				       CSR_DMW3, CSR_LLBCTL, CSR_MISC };
	/* Read-only ones: the write is dropped, without an exit. */
	static const u32 read_only[] = { CSR_BADI, CSR_PGD, CSR_CPUID, CSR_PRCFG1, CSR_PRCFG2,
					 CSR_PRCFG3 };

	require_lvz();
	lvz_enable();
	s2_init(&s2);
	s2_map_window(&s2, G_CODE, G_END);
	guest_init(&v, &s2, 1);
	guest_vectors(0);
	load_guest(code);

	for (u32 plv = 0; plv < 4; plv++)
		gspr(CPUCFG, plv, "cpucfg", 2);
	for (u32 i = 0; i < ARRAY_SIZE(absent); i++) {
		gspr(CSRRD(absent[i]), 0, "csrrd", absent[i]);
		gspr(CSRWR(absent[i]), 0, "csrwr", absent[i]);
		gspr(CSRXCHG(absent[i]), 0, "csrxchg", absent[i]);
	}
	for (u32 size = 0; size < 4; size++) {
		gspr(IOCSRRD(size), 0, "iocsrrd", 1 << size);
		gspr(IOCSRWR(size), 0, "iocsrwr", 1 << size);
	}
	gspr(IDLE, 0, "idle", 0);

	csr_wr(CSR_GCFG, 0);
	gspr(CACOP(0x8), 0, "cacop with GCI=0", 0x8);
	gspr(CACOP(0x13), 0, "cacop with GCI=0", 0x13);
	csr_wr(CSR_GCFG, 2 << GCFG_GCI_SHIFT);
	no_exit(CACOP(0x13), 0, "hit cacop with GCI=2");

	csr_xchg(CSR_GTLBC, GTLBC_TOTI, GTLBC_TOTI);
	gspr(0x06482800, 0, "tlbsrch with TOTI", 0);
	gspr(CSRRD(CSR_TLBEHI), 0, "csrrd TLBEHI with TOTI", 0);
	csr_xchg(CSR_GTLBC, 0, GTLBC_TOTI);
	no_exit(0x06482800, 0, "tlbsrch");
	no_exit(CSRRD(CSR_TLBEHI), 0, "csrrd TLBEHI");

	for (u32 i = 0; i < ARRAY_SIZE(present); i++)
		no_exit(CSRRD(present[i]), 0, "csrrd of a register in the bank");
	for (u32 i = 0; i < ARRAY_SIZE(read_only); i++) {
		u64 before = gcsr_rd_n(read_only[i]);

		gcsr_wr(CSR_ESTAT, 0);
		run_insn(CSRWR(read_only[i]), 0);
		ok(is_hvc(&v, HC_DONE),
		   "csrwr 0x%x, read-only, does not exit or trap (badi 0x%lx, guest estat 0x%lx)",
		   read_only[i], v.badi, gcsr_rd(CSR_ESTAT));
		is(v.gpr[4], before, "csrwr 0x%x returns the value", read_only[i]);
		is(gcsr_rd_n(read_only[i]), before, "csrwr 0x%x writes nothing", read_only[i]);
	}
	no_exit(CSRWR(CSR_TVAL), 0, "csrwr of TVAL");
	no_exit(CSRXCHG(CSR_PRCFG1), 0, "csrxchg of PRCFG1");
	no_exit(RDTIME, 0, "rdtime");
	no_exit(RDTIME, 3, "rdtime");
	no_exit(0x38720000, 0, "dbar");
	no_exit(0x38728000, 0, "ibar");
	gcsr_wr(CSR_CPUID, 0x55);
	run_insn(CSRRD(CSR_CPUID), 0);
	is(v.gpr[4], 0x55, "the guest's CPUID is the one it was given");
}
