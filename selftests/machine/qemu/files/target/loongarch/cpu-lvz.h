/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LoongArch virtualization extension (LVZ): registers and state.
 *
 * Two worlds share one CPU: "root" (the hypervisor) and "guest". Each has a
 * bank of CSRs. The CSR_* fields of the CPU always hold the bank of the world
 * that runs, so everything upstream has for the base architecture serves both;
 * the bank of the other world waits in CPULVZState::other.
 */

#ifndef LOONGARCH_CPU_LVZ_H
#define LOONGARCH_CPU_LVZ_H

/* CSRs that exist once and that only root sees. */
#define LOONGARCH_CSR_GTLBC          0x15
FIELD(CSR_GTLBC, GMTLBSZ, 0, 6)
FIELD(CSR_GTLBC, USETGID, 12, 1)
FIELD(CSR_GTLBC, TOTI, 13, 1)
FIELD(CSR_GTLBC, TGID, 16, 8)
#define LOONGARCH_CSR_TRGP           0x16
FIELD(CSR_TRGP, GTLB, 0, 1)
FIELD(CSR_TRGP, RID, 16, 8)
#define LOONGARCH_CSR_GSTAT          0x50
FIELD(CSR_GSTAT, VM, 0, 1)
FIELD(CSR_GSTAT, PVM, 1, 1)
FIELD(CSR_GSTAT, GIDBIT, 4, 6)
FIELD(CSR_GSTAT, GID, 16, 8)
#define LOONGARCH_CSR_GCFG           0x51
FIELD(CSR_GCFG, MATP, 0, 4)
FIELD(CSR_GCFG, MATC, 4, 2)
FIELD(CSR_GCFG, GCIP, 16, 4)
FIELD(CSR_GCFG, GCI, 20, 2)
#define LOONGARCH_CSR_GINTC          0x52
FIELD(CSR_GINTC, VIP, 0, 8)
FIELD(CSR_GINTC, PIP, 8, 8)
FIELD(CSR_GINTC, HC, 16, 8)
#define LOONGARCH_CSR_GCNTC          0x53

/* "The refill came from the guest": consumed by the ertn that ends it. */
FIELD(CSR_TLBRPRMD, PGM, 3, 1)
/* HWI0..7 in ESTAT.IS */
FIELD(CSR_ESTAT, HWI, 2, 8)

/* Guest id of a TLB entry; 0 is root. */
FIELD(TLB_MISC, GID, 54, 8)

#define EXCCODE_GSPR                 EXCODE(0x16, 0)
#define EXCCODE_HVC                  EXCODE(0x17, 0)

#define LVZ_GIDBITS                  8
/* All of CPUCFG3 that a KVM client asks for; the hardware has as much. */
#define LVZ_CPUCFG3                  0xfcfd

/*
 * Softmmu indexes of guest mode: the upstream index (PLV 0..3, direct
 * addressing 4) plus this.
 */
#define MMU_GUEST_BASE               5
#define LVZ_ROOT_IDXMAP              MAKE_64BIT_MASK(0, MMU_GUEST_BASE)
#define LVZ_GUEST_IDXMAP             MAKE_64BIT_MASK(MMU_GUEST_BASE, 5)

/* Translation flags, on top of those in cpu.h. */
#define HW_FLAGS_LVZ_GUEST           0x80
#define HW_FLAGS_LVZ_TOTI            0x100 /* TLB access exits */
#define HW_FLAGS_LVZ_CACOP           0x200 /* cache instructions exit */

/*
 * Event counters, read with cpucfg in root mode at LVZ_COUNT_LEAF + n when the
 * CPU property lvz-count is on: exits by exception code, then these.
 */
#define LVZ_COUNT_LEAF               0x4c565a00 /* "LVZ\0" */
enum {
    LVZ_COUNT_REFILL = 0x40,   /* stage-2 refills */
    LVZ_COUNT_ENTRY,           /* entries, those after a refill included */
    LVZ_COUNT_GUEST_INT,       /* interrupts delivered to the guest */
    LVZ_COUNT_GUEST_EXC,       /* exceptions delivered to the guest */
    LVZ_COUNT_MAX,
};

typedef enum LVZExit {
    LVZ_EXIT_NONE,
    LVZ_EXIT_GENERAL,          /* to root EENTRY */
    LVZ_EXIT_REFILL,           /* to root TLBRENTRY */
} LVZExit;

#define LVZ_BANK_MAX 64

typedef struct CPULVZState {
    bool count_enabled;        /* the property lvz-count */
    QEMUTimer timer;           /* the guest's */

    /* From here on zero after a reset. */
    bool guest;                /* the running world */
    uint64_t other[LVZ_BANK_MAX];
    LoongArchTLB tlb[LOONGARCH_TLB_MAX]; /* GVA to GPA */

    /* CSRs of the extension, root mode only */
    uint64_t gtlbc;
    uint64_t trgp;
    uint64_t gstat;
    uint64_t gcfg;
    uint64_t gintc;
    uint64_t gcntc;

    /* A stage-2 fault on its way from the helper that met it to the exit. */
    LVZExit pending;
    uint64_t gpa;
    /* Word of the instruction last unwound to, for BADI. */
    uint32_t insn;

    /* HWI lines that root left the guest for and has not seen to yet. */
    uint32_t held;
    uint32_t dropped;          /* those of them that went down since */

    /* Guest timer: QEMU_CLOCK_VIRTUAL ns, meaningful while running. */
    bool timer_running;
    int64_t timer_deadline;
    uint64_t timer_tval;       /* what TVAL reads while not running */

    uint64_t count[LVZ_COUNT_MAX];
} CPULVZState;

#endif /* LOONGARCH_CPU_LVZ_H */
