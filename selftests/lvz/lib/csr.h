/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control and status registers, exception codes and field positions, as far
 * as the programs use them. Shared by C, assembly and the guests' code.
 */
#ifndef LVZ_CSR_H
#define LVZ_CSR_H

#define CSR_CRMD	0x0
#define CSR_PRMD	0x1
#define CSR_EUEN	0x2
#define CSR_MISC	0x3
#define CSR_ECFG	0x4
#define CSR_ESTAT	0x5
#define CSR_ERA		0x6
#define CSR_BADV	0x7
#define CSR_BADI	0x8
#define CSR_EENTRY	0xc
#define CSR_TLBIDX	0x10
#define CSR_TLBEHI	0x11
#define CSR_TLBELO0	0x12
#define CSR_TLBELO1	0x13
#define CSR_GTLBC	0x15
#define CSR_TRGP	0x16
#define CSR_ASID	0x18
#define CSR_PGDL	0x19
#define CSR_PGDH	0x1a
#define CSR_PGD		0x1b
#define CSR_PWCL	0x1c
#define CSR_PWCH	0x1d
#define CSR_STLBPS	0x1e
#define CSR_RVACFG	0x1f
#define CSR_CPUID	0x20
#define CSR_PRCFG1	0x21
#define CSR_PRCFG2	0x22
#define CSR_PRCFG3	0x23
#define CSR_KS0		0x30
#define CSR_KS1		0x31
#define CSR_KS2		0x32
#define CSR_KS3		0x33
#define CSR_KS4		0x34
#define CSR_KS5		0x35
#define CSR_KS6		0x36
#define CSR_KS7		0x37
#define CSR_TID		0x40
#define CSR_TCFG	0x41
#define CSR_TVAL	0x42
#define CSR_CNTC	0x43
#define CSR_TICLR	0x44
#define CSR_GSTAT	0x50
#define CSR_GCFG	0x51
#define CSR_GINTC	0x52
#define CSR_GCNTC	0x53
#define CSR_LLBCTL	0x60
#define CSR_TLBRENTRY	0x88
#define CSR_TLBRBADV	0x89
#define CSR_TLBRERA	0x8a
#define CSR_TLBRSAVE	0x8b
#define CSR_TLBRELO0	0x8c
#define CSR_TLBRELO1	0x8d
#define CSR_TLBREHI	0x8e
#define CSR_TLBRPRMD	0x8f
#define CSR_DMW0	0x180
#define CSR_DMW1	0x181
#define CSR_DMW2	0x182
#define CSR_DMW3	0x183

#define CRMD_IE		0x4
#define CRMD_DA		0x8
#define CRMD_PG		0x10
#define PRMD_PIE	0x4

#define EUEN_FPE	0x1
#define EUEN_SXE	0x2
#define EUEN_ASXE	0x4

#define ECFG_VS_SHIFT	16
#define ECFG_VS_MASK	0x70000

#define IS_SWI0		0x1
#define IS_SWI1		0x2
#define IS_HWI(n)	(4UL << (n))
#define IS_TI		0x800
#define IS_IPI		0x1000

#define GSTAT_VM	0x1
#define GSTAT_PVM	0x2
#define GSTAT_GIDBIT	0x3f0
#define GSTAT_GID_SHIFT	16
#define GID_MASK	0xff0000

#define GTLBC_USETGID	0x1000
#define GTLBC_TOTI	0x2000

#define GCFG_GCI_SHIFT	20
#define GCFG_GPMP	0x800000

#define TLBRPRMD_PGM	0x8
#define ISTLBR		0x1
#define LLBCTL_ROLLB	0x1
#define LLBCTL_WCLLB	0x2
#define LLBCTL_KLO	0x4

/* Exception codes */
#define EC_INT		0x0
#define EC_PIL		0x1
#define EC_PIS		0x2
#define EC_PIF		0x3
#define EC_PME		0x4
#define EC_PNR		0x5
#define EC_PNX		0x6
#define EC_PPI		0x7
#define EC_ADE		0x8
#define EC_BCE		0xa
#define EC_SYS		0xb
#define EC_BRK		0xc
#define EC_INE		0xd
#define EC_IPE		0xe
#define EC_FPD		0xf
#define EC_SXD		0x10
#define EC_ASXD		0x11
#define EC_FPE		0x12
#define EC_GSPR		0x16
#define EC_HVC		0x17

/* Page table entries. NR and NX are in the top bits, the rest below 12. */
#define PTE_V		0x1
#define PTE_D		0x2
#define PTE_PLV3	0xc
#define PTE_MAT_CC	0x10
#define PTE_G		0x40
#define PTE_HUGE	0x40
#define PTE_P		0x80
#define PTE_W		0x100
#define PTE_RW		(PTE_V | PTE_D | PTE_MAT_CC | PTE_P | PTE_W)
#define PTE_RO		(PTE_V | PTE_MAT_CC | PTE_P)

/* 16 KiB pages, three levels of 11 bits: what the host kernel uses. */
#define PWCL_16K	(14 | 11 << 5 | 25 << 10 | 11 << 15)
#define PWCH_16K	(36 | 11 << 6)

#endif
