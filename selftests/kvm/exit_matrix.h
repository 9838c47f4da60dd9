/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of exit_matrix_test share. */
#ifndef EXIT_MATRIX_H
#define EXIT_MATRIX_H

#include "pv_host.h"

#define RD	4
#define RJ	12
#define RK	13
#define REG_TP	2

#define AT	0x40	/* offset in the page where no memory is */

/* Of the VM, and of the instruction that is run next. */
extern struct pv_vm *pv;
extern struct kvm_vcpu *vcpu;
extern u32 *insn;
extern u64 entry;	/* a page that begins with the store after insn */

/* Sets why, and returns it. */
const char *wrong(const char *what, u64 is, u64 want);
extern char why[200];

#define WANT(what, is, want)						\
	do {								\
		u64 is_ = (is), want_ = (want);				\
		if (is_ != want_)					\
			return wrong(what, is_, want_);			\
	} while (0)

/* A load or a store. */
struct access {
	const char *name;
	u32 opcode;
	int form, width;
	bool sign, store;
};

extern const struct access accesses[];
extern const int nr_accesses;

/* Make it the instruction that is run next, at base + at. */
void access_insn(const struct access *a, unsigned int rd, u64 base, u32 at, struct pv_probe *p);
u64 mask(int width);
/* What a load of this width makes of a value. */
u64 extend(u64 val, int width, bool sign);

/* How many results each part has. */
unsigned int vmm_results(void);
unsigned int exception_results(void);
unsigned int device_results(void);

void test_vmm(void);
void test_exceptions(int klog);
void test_device(void);

#endif
