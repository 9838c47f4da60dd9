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

/* How many results each part has. */
unsigned int vmm_results(void);
unsigned int exception_results(void);

void test_vmm(void);
void test_exceptions(int klog);

#endif
