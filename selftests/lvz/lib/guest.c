// SPDX-License-Identifier: GPL-2.0
/* A guest: its memory, its bank of registers, its default handlers. */
#include "lvz.h"

#define HVCL(code)	(0x002b8000 | (code))
#define TLBFILL		0x06483400
#define ERTN		0x06483800

/* Per CPU, what the host kernel does when virtualization is enabled. */
void lvz_enable(void)
{
	csr_wr(CSR_GSTAT, 0);
	csr_wr(CSR_GINTC, 0);
	csr_wr(CSR_GCNTC, 0);
	csr_xchg(CSR_GTLBC, 0, GTLBC_USETGID | GTLBC_TOTI);
	csr_wr(CSR_GCFG, 2 << GCFG_GCI_SHIFT | 1 << 4);
	invtlb(0x12, 0, 0);
	csr_xchg(CSR_GTLBC, GTLBC_USETGID, GTLBC_USETGID);
}

void guest_load(u64 gpa, const u32 *from, const u32 *to)
{
	for (; from < to; from++, gpa += 4)
		*(volatile u32 *)gmem(gpa) = *from;
	asm volatile("ibar 0" : : : "memory");
}

/*
 * Guest exception entries: each vector slot reports its number by hypercall
 * and, when the hypervisor lets it go on, returns. The refill entry asks for
 * a pair, which the hypervisor leaves in the guest's registers.
 */
void guest_vectors(u32 vs)
{
	u32 step = vs ? 4 << vs : 8, slots = vs ? 80 : 1;
	u32 code[3];

	for (u32 i = 0; i < slots; i++) {
		code[0] = HVCL(HC_EXC + i);
		code[1] = ERTN;
		guest_load(G_VEC + i * step, code, code + 2);
	}
	code[0] = HVCL(HC_TLBR);
	code[1] = TLBFILL;
	code[2] = ERTN;
	guest_load(G_TLBR, code, code + 3);
}

void guest_init(struct vcpu *v, struct s2 *s2, u64 gid)
{
	*v = (struct vcpu){
		.pc = G_CODE, .prmd_in = PRMD_PIE, .gid = gid,
		.pgd = (u64)s2->root & ~DMW_CC,
	};
	gcsr_wr(CSR_CRMD, CRMD_DA);
	gcsr_wr(CSR_PRMD, 0);
	gcsr_wr(CSR_EUEN, 0);
	gcsr_wr(CSR_MISC, 0);
	gcsr_wr(CSR_ECFG, 0);
	gcsr_wr(CSR_TCFG, 0);
	gcsr_wr(CSR_TICLR, 1);
	gcsr_wr(CSR_ESTAT, 0);
	gcsr_wr(CSR_EENTRY, G_VEC);
	gcsr_wr(CSR_TLBRENTRY, G_TLBR);
	gcsr_wr(CSR_TLBRERA, 0);
	gcsr_wr(CSR_ASID, 0);
	gcsr_wr(CSR_STLBPS, 14);
	gcsr_wr(CSR_PWCL, PWCL_16K);
	gcsr_wr(CSR_PWCH, PWCH_16K);
	gcsr_wr(CSR_RVACFG, 0);
	gcsr_wr(CSR_CPUID, 0);
	gcsr_wr(CSR_DMW0, 0);
	gcsr_wr(CSR_DMW1, 0);
	gcsr_wr(CSR_DMW2, 0);
	gcsr_wr(CSR_DMW3, 0);
	csr_wr(CSR_GINTC, 0);
	csr_wr(CSR_GCNTC, 0);
}

/* Turn the guest's paging on. Its code runs in a direct-mapped window. */
void guest_paging(struct vcpu *v)
{
	gcsr_wr(CSR_DMW0, G_DMW | 0x19);	/* PLV0, PLV3, cached */
	gcsr_wr(CSR_CRMD, CRMD_PG);
	gcsr_wr(CSR_EENTRY, G_DMW | G_VEC);
	v->pc = G_DMW | G_CODE;
}

bool is_hvc(struct vcpu *v, u32 code)
{
	return (v->estat >> 16 & 0x3f) == EC_HVC && v->badi == HVCL(code);
}

/* The guest reported an exception through its single entry (VS=0). */
bool guest_took(struct vcpu *v, u32 ecode)
{
	return is_hvc(v, HC_EXC) && (gcsr_rd(CSR_ESTAT) >> 16 & 0x3f) == ecode;
}

void guest_fill(u64 ps, u64 lo0, u64 lo1)
{
	u64 gva = gcsr_rd(CSR_TLBRBADV);

	gcsr_wr(CSR_TLBREHI, (gva & 0xffffffffe000) | ps);
	gcsr_wr(CSR_TLBRELO0, lo0);
	gcsr_wr(CSR_TLBRELO1, lo1);
}

/* Run, answering guest TLB refills, until something else happens. */
u64 guest_run(struct vcpu *v)
{
	for (;;) {
		u64 ecode = vcpu_run(v);

		if (!v->refill || !is_hvc(v, HC_TLBR))
			return ecode;
		v->s1_refills++;
		v->refill(v, gcsr_rd(CSR_TLBRBADV));
		v->pc += 4;
	}
}

/* Run guest code at pc with two arguments until its next exit. */
u64 guest_call(struct vcpu *v, u64 pc, u64 a0, u64 a1)
{
	v->pc = pc;
	v->gpr[4] = a0;
	v->gpr[5] = a1;
	return guest_run(v);
}
