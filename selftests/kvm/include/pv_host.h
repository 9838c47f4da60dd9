/* SPDX-License-Identifier: GPL-2.0 */
/* Host side of the LoongArch paravirtual ABI tests. */
#ifndef SELFTEST_PV_HOST_H
#define SELFTEST_PV_HOST_H

#include "kvm_util.h"
#include "pv_guest.h"

#define PV_FEAT_IPI		(1UL << 1)
#define PV_FEAT_STEAL_TIME	(1UL << 2)
#define PV_FEAT_PREEMPT		(1UL << 3)
#define PV_FEAT_VIRT_EXTIOI	(1UL << 24)
#define PV_FEAT_USER_HCALL	(1UL << 25)
#define PV_FEAT_ALL		(PV_FEAT_IPI | PV_FEAT_STEAL_TIME | \
				 PV_FEAT_PREEMPT | PV_FEAT_VIRT_EXTIOI | \
				 PV_FEAT_USER_HCALL)

#define PV_NO_CPUID		(-1)

/* --- one VM: pv_vm.c ------------------------------------------------- */

/* How a vCPU's thread ended. */
enum pv_end { PV_RUNNING, PV_DONE, PV_QUIT, PV_FAILED };

struct pv_vm;

struct pv_thread {
	struct pv_vm *pv;
	struct kvm_vcpu *vcpu;
	pthread_t id;
	bool started;
	int tid;
	enum pv_end end;
	char why[160];
};

struct pv_vm {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpu[PV_MAX_PHYID];
	struct pv_thread thread[PV_MAX_PHYID];
	int nr;			/* vCPUs added */
	struct pv_shared *sh;	/* the guest's pv_shared */
	gva_t stop_gva;		/* a page of MMIO, see pv_probe() */
	gpa_t stop_gpa;
	bool quit;
	pthread_mutex_t lock;
	pthread_cond_t ended;
};

struct pv_vm *pv_vm_create(int max_vcpus);

/*
 * Add a vCPU with physical id @cpuid (or PV_NO_CPUID) that will run @body.
 * A vCPU with no body only exists as a target, it cannot be run.
 */
struct kvm_vcpu *pv_vcpu_add(struct pv_vm *pv, int id, int cpuid, void *body);
int pv_vcpu_set_cpuid(struct kvm_vcpu *vcpu, u64 cpuid);

u64 pv_csr_get(struct kvm_vcpu *vcpu, u64 csr);
void pv_csr_set(struct kvm_vcpu *vcpu, u64 csr, u64 val);

int pv_feature_set(struct kvm_vcpu *vcpu, u64 features);
u64 pv_feature_get(struct kvm_vcpu *vcpu);

/* SWI0 waiting in a vCPU that does not run; clear forgets it. */
bool pv_swi0_pending(struct kvm_vcpu *vcpu);
void pv_swi0_clear(struct kvm_vcpu *vcpu);

u64 pv_stat(struct kvm_vcpu *vcpu, const char *name);

/* --- threads: pv_thread.c -------------------------------------------- */

void pv_start(struct pv_vm *pv, int index);
void pv_start_all(struct pv_vm *pv);

/*
 * Wait for vCPU @index to end. Fails when nothing has moved in the guest for
 * pv_stall_seconds, or with the guest's own message; @why then says what.
 */
bool pv_wait(struct pv_vm *pv, int index, const char **why);

/* Send every vCPU out of the guest and join its thread. */
void pv_stop_all(struct pv_vm *pv);

/* Does that too. */
void pv_vm_free(struct pv_vm *pv);

/* Wait until a condition holds; false after pv_stall_seconds. */
bool pv_until(bool (*cond)(void *arg), void *arg);
bool pv_until_blocking(struct kvm_vcpu *vcpu);
bool pv_until_beating(struct pv_vm *pv, int cpuid);

/*
 * Keep KVM owing @vcpu an interrupt, so that its exits find work pending.
 * The interrupt is SWI1, which the guest has masked.
 */
struct pv_hammer *pv_hammer_start(struct kvm_vcpu *vcpu);
void pv_hammer_stop(struct pv_hammer *hammer);

extern unsigned int pv_stall_seconds;
double pv_seconds(void);

/* --- one instruction on a chosen register file: pv_probe.c ------------ */

struct pv_probe {
	u64 stub;	/* address of the instruction */
	u64 plv;
	u64 in[32];	/* pv_probe_fill() first, then what the call needs */
	u64 out[32];
	u64 pc;		/* after; pv_probe() wants the stop store at stub + 4 */
	u32 exit;	/* KVM exit reason */
};

void pv_probe_fill(struct pv_vm *pv, struct pv_probe *p);

/*
 * Returns NULL if the instruction changed nothing but register @target and
 * moved on by exactly one; else what it did instead.
 */
const char *pv_probe(struct pv_vm *pv, struct kvm_vcpu *vcpu,
		     struct pv_probe *p, unsigned int target);

/* Start a probe without judging it: for instructions that exit to here. */
void pv_probe_run(struct kvm_vcpu *vcpu, struct pv_probe *p);
void pv_probe_resume(struct kvm_vcpu *vcpu, struct pv_probe *p);
const char *pv_probe_judge(struct pv_vm *pv, struct kvm_vcpu *vcpu,
			   struct pv_probe *p, unsigned int target);

/* iocsrrd.b and the seven after it, which differ in bits 12 to 10. */
#define PV_IOCSR(op, rj, rd)	(0x06480000 | (op) << 10 | (rj) << 5 | (rd))
enum { RD_B, RD_H, RD_W, RD_D, WR_B, WR_H, WR_W, WR_D };

/* One such access by @vcpu, with @value in @rd (0 or 4) before; @read is what it becomes. */
const char *pv_iocsr(struct pv_vm *pv, struct kvm_vcpu *vcpu, unsigned int op, unsigned int rd,
		     u64 address, u64 value, u64 *read);

/* --- which levels can call: pv_level.c --------------------------------- */

/* The last privilege level from which hvcl leaves the guest: 3, or 0. */
int pv_hvcl_levels(void);
#define PV_NO_USER_HVCL	"hvcl above PLV 0 raises IPE in the guest here"

/* --- the module: pv_module.c ------------------------------------------ */

#define PV_MODULE	"kvm_loongarch_rs"

int pv_module_insert(const char *path, const char *params);
int pv_module_remove(void);
/* How often this program has inserted or removed it, or tried to. */
unsigned int pv_module_changes(void);
bool pv_module_loaded(void);
int pv_module_refs(void);
bool pv_module_counter(const char *name, u64 *val);

/* --- who answers: pv_expect.c ----------------------------------------- */

/*
 * The kernel's C handlers and the Rust ones differ in a few documented ways,
 * each with a name. Every row of a test's table says which it hangs on, and
 * gives both answers.
 */
enum pv_rule {
	PV_SAME,		/* no difference allowed */
	PV_CPUCFG_PLV,		/* leaves read 0 above PLV 0, user_cpucfg=0 */
	PV_HCALL_PLV,		/* services refused above PLV 0, user_hypercall=0 */
	PV_IDENTITY_CALL,	/* HVCL 0 answers "KVM" */
	PV_IPI_BASE,		/* a3 is 64 bits, checked, and does not wrap */
	PV_IPI_TWICE,		/* one call may interrupt a vCPU twice */
	PV_ZERO_REG,		/* a result for r0 is dropped */
	PV_IPI_LINE,		/* the IPI controller's line is moved under its lock */
	PV_INE,			/* where an instruction does not exist, ESTAT and PRMD say so */
	PV_IN_KVM,		/* what only Rust as a part of KVM does: exits.rst */
};

bool pv_rule_holds(enum pv_rule rule);

static inline u64 pv_expect(enum pv_rule rule, u64 c, u64 rust)
{
	return pv_rule_holds(rule) ? rust : c;
}

/* "C", or "Rust" with its parameters; for messages. */
const char *pv_who(void);

/* Exit with KSFT_SKIP and a reason unless KVM can run a guest here. */
void pv_require_kvm(void);

/* --- the emulator's counters: pv_emu.c ---------------------------------- */

enum pv_emu_event {
	PV_EMU_INT = 0x00,	/* exits for a host interrupt */
	PV_EMU_HVC = 0x17,	/* exits for a hypercall */
	PV_EMU_ENTRY = 0x41,	/* entries into a guest */
};

/* Over all CPUs, since the machine was switched on; 0 on hardware. */
u64 pv_emu_count(enum pv_emu_event event);
bool pv_emu_counts(void);

/* --- TAP, for programs of several files: pv_report.c --------------------- */

void pv_plan(unsigned int results);
void __printf(2, 3) pv_result(bool ok, const char *fmt, ...);
void __printf(1, 2) pv_skip(const char *fmt, ...);
void __printf(1, 2) pv_note(const char *fmt, ...);
void __noreturn pv_finished(void);

/* --- the kernel log: pv_klog.c ---------------------------------------- */

int pv_klog_open(void);
/* Lines since open or the last call; *bad holds the first alarming one. */
int pv_klog_check(int fd, char *bad, size_t size);
bool pv_klog_find(int fd, const char *text);

#endif /* SELFTEST_PV_HOST_H */
