// SPDX-License-Identifier: GPL-2.0
/*
 * Stage 1 with pages smaller and larger than those of stage 2. Every 4 KiB
 * of a range is read through both and must come from the one right place.
 */
#include "lvz.h"

#define GVA		0x700000000UL
#define DIR_HPA		0xa0000000UL	/* what g2h() gives the big region */
#define MIB		0x100000UL

GUEST(code,
	/* a0: address, a1: results, a2: number of 4 KiB steps, a3: step */
	.globl scan; scan:
1:	ld.d $t0, $a0, 0;
	st.d $t0, $a1, 0;
	add.d $a0, $a0, $a3;
	addi.d $a1, $a1, 8;
	addi.d $a2, $a2, -1;
	bnez $a2, 1b;
	hvcl HC_DONE;
	.globl set_dmw; set_dmw: csrwr $a1, CSR_DMW1;
	hvcl HC_DONE;
);
guest_label(scan);
guest_label(set_dmw);

static struct s2 small, huge;
static struct vcpu v;
static u64 ps;

/* Where stage 1 leads: the neighbour page of the same size. */
static u64 gva_to_gpa(u64 gva)
{
	return G_BIG + ((gva - GVA) ^ 1UL << ps);
}

static u64 gpa_to_hpa(struct s2 *s, u64 gpa)
{
	return s == &huge ? DIR_HPA + ((gpa - G_BIG) ^ 32 * MIB) : g2h(gpa);
}

static void refill(struct vcpu *vcpu, u64 gva)
{
	u64 even = gva & ~((2UL << ps) - 1), flags = PTE_RW;

	(void)vcpu;
	guest_fill(ps, gva_to_gpa(even) | flags, gva_to_gpa(even + (1UL << ps)) | flags);
}

static void scan_range(struct s2 *s, u64 stlbps)
{
	u64 len = ps <= 16 ? 2 * MIB : 64 * MIB, n = len / 4096, bad = 0, first = 0;

	invtlb(0x12, 0, 0);
	v.pgd = (u64)s->root & ~DMW_CC;
	v.s1_refills = 0;
	gcsr_wr(CSR_STLBPS, stlbps);
	for (u64 i = 0; i < n; i++)
		*gmem(G_DATA + 8 * i) = 0;
	v.gpr[6] = n;
	v.gpr[7] = 4096;
	guest_call(&v, G_DMW | guest_addr(code, scan), GVA, G_DMW | G_DATA);
	if (!is_hvc(&v, HC_DONE))
		bail("guest stopped: estat 0x%lx badi 0x%lx era 0x%lx badv 0x%lx", v.estat,
		     v.badi, v.era, v.badv);
	for (u64 i = 0; i < n; i++) {
		if (*gmem(G_DATA + 8 * i) == gpa_to_hpa(s, gva_to_gpa(GVA + i * 4096)))
			continue;
		if (!bad++)
			first = i;
	}
	is(bad, 0, "stage 1 2^%lu over stage 2 %s, STLBPS %lu: wrong of %lu (first at +0x%lx)",
	   ps, s == &huge ? "2^24" : "2^14", stlbps, n, first * 4096);
	ok(v.s1_refills >= 1 && v.s1_refills <= n, "guest refills: %lu", v.s1_refills);
}

void test(void)
{
	static const u64 sizes[] = { 12, 14, 16, 21, 25 };

	require_lvz();
	lvz_enable();
	s2_init(&small);
	s2_init(&huge);
	s2_map_window(&small, G_CODE, G_END);
	s2_map_window(&huge, G_CODE, G_END);
	s2_map_window(&small, G_BIG, G_BIG + 64 * MIB);
	s2_map_huge(&huge, G_BIG, gpa_to_hpa(&huge, G_BIG), PTE_RW);
	s2_map_huge(&huge, G_BIG + 32 * MIB, gpa_to_hpa(&huge, G_BIG + 32 * MIB), PTE_RW);
	/* Every 4 KiB of host memory holds its own address. */
	for (u64 hpa = DIR_HPA; hpa < DIR_HPA + 64 * MIB; hpa += 4096)
		*(volatile u64 *)hva(hpa) = hpa;

	guest_init(&v, &small, 1);
	guest_vectors(0);
	load_guest(code);
	guest_paging(&v);
	v.refill = refill;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		ps = sizes[i];
		scan_range(&small, 14);
		scan_range(&huge, 14);
		if (ps == 14)
			continue;
		scan_range(&small, ps);
		scan_range(&huge, ps);
	}

	/* A second window, for PLV3 only: its address bits are the GPA. */
	invtlb(0x12, 0, 0);
	gcsr_wr(CSR_STLBPS, 14);
	gcsr_wr(CSR_DMW1, 0xa000000000000018);
	v.gpr[6] = 1;
	gcsr_wr(CSR_CRMD, CRMD_PG | 3);
	v.pgd = (u64)small.root & ~DMW_CC;
	guest_call(&v, G_DMW | guest_addr(code, scan), 0xa000000000000000 | (G_BIG + 0x9000),
		   G_DMW | G_DATA);
	is(*gmem(G_DATA), g2h(G_BIG + 0x9000), "guest window 0xa at PLV3");
	/* Closed by the hypervisor, then opened and closed by the guest. */
	for (u32 i = 0; i < 3; i++) {
		*gmem(G_DATA) = 0;
		v.gpr[6] = 1;
		gcsr_wr(CSR_CRMD, CRMD_PG);
		if (i)
			guest_call(&v, G_DMW | guest_addr(code, set_dmw), 0,
				   i & 1 ? 0xa000000000000018 : 0);
		else
			gcsr_wr(CSR_DMW1, 0);
		gcsr_wr(CSR_CRMD, CRMD_PG | 3);
		guest_call(&v, G_DMW | guest_addr(code, scan),
			   0xa000000000000000 | (G_BIG + 0x9000), G_DMW | G_DATA);
		ok(i & 1 ? is_hvc(&v, HC_DONE) : guest_took(&v, EC_ADE),
		   "window 0xa is %s at once (badi 0x%lx)", i & 1 ? "open" : "closed", v.badi);
	}
	gcsr_wr(CSR_DMW1, 0xa000000000000018);
	gcsr_wr(CSR_CRMD, CRMD_PG);
	v.gpr[6] = 1;
	guest_call(&v, G_DMW | guest_addr(code, scan), 0xa000000000000000 | (G_BIG + 0x9000),
		   G_DMW | G_DATA);
	ok(guest_took(&v, EC_ADE), "at PLV0 that window is closed: guest ADEM (badi 0x%lx)", v.badi);
}
