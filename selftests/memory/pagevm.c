// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of one vCPU whose pages get new frames between any two entries: a guest that
 * reads an old frame, or writes to one, is found at once. Each new frame costs a guest
 * ID (VPID) of the CPU, so the IDs of all guests of the machine wrap often.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "pattern.h"

#define VMS		2
#define PAGES		64
#define CODE		PAGES		/* page number of the guest's code */
#define MMIO		0x10000000ul
#define HOP		64		/* entries between two changes of the CPU, and pauses */
#define PAUSE		50000000	/* nanoseconds */

/* CRMD: direct addressing, coherent cached */
#define CRMD_DIRECT	0xa8
#define CSR_CRMD	0x0

/* a0: address, a1: MMIO, a2: what to write */
extern const char guest_code[];
asm("	.pushsection .rodata\n"
	"	.balign	64\n"
	"guest_code:\n"
	"	ld.d	$t0, $a0, 0\n"
	"	st.d	$a2, $a0, 8\n"
	"	st.d	$t0, $a1, 0\n"
	"	.balign	64\n"
	"	.popsection\n");

/* Each VM is a process of its own, so that a new frame costs no interrupt. */
static struct vm {
	struct worker random;
	int nr;
	int vcpu;
	struct kvm_run *run;
	char *mem;
	u64 entries;
	u64 replaced;
	u64 mismatches;
	int ended;
} *vms;

static int kvm;
static size_t page;
static time_t end;
static bool broken;

static int do_ioctl(int fd, unsigned long nr, void *arg, const char *name)
{
	int ret = ioctl(fd, nr, arg);

	if (ret < 0)
		err(3, "%s", name);
	return ret;
}

#define IOCTL(fd, nr, arg)	do_ioctl(fd, nr, (void *)(arg), #nr)

static void create(struct vm *vm)
{
	int fd = IOCTL(kvm, KVM_CREATE_VM, 0);
	struct kvm_userspace_memory_region slot = { .memory_size = (PAGES + 1) * page };
	u64 crmd = CRMD_DIRECT;
	struct kvm_one_reg reg = {
		.id = KVM_IOC_CSRID(CSR_CRMD),
		.addr = (unsigned long)&crmd,
	};

	vm->mem = mmap(NULL, slot.memory_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm->mem == MAP_FAILED)
		err(3, "mmap");
	memcpy(vm->mem + CODE * page, guest_code, 64);
	slot.userspace_addr = (unsigned long)vm->mem;
	IOCTL(fd, KVM_SET_USER_MEMORY_REGION, &slot);
	vm->vcpu = IOCTL(fd, KVM_CREATE_VCPU, 0);
	vm->run = mmap(NULL, IOCTL(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE,
		       MAP_SHARED, vm->vcpu, 0);
	if (vm->run == MAP_FAILED)
		err(3, "mmap of a vCPU");
	IOCTL(vm->vcpu, KVM_SET_ONE_REG, &reg);
}

static void expect(struct vm *vm, const char *what, size_t nr, u64 want, u64 found)
{
	if (want == found)
		return;
	vm->mismatches++;
	printf("pagevm: MISMATCH: VM %d, entry %llu, page %zu: %s: expected %#llx, found %#llx\n",
	       vm->nr, vm->entries, nr, what, want, found);
}

/* The page has a new frame, most of the time; the guest must see that one. */
static void enter(struct vm *vm)
{
	u64 dice = next_random(&vm->random), put = next_random(&vm->random);
	u64 answer = next_random(&vm->random), seen;
	size_t nr = dice % PAGES;
	char *at = vm->mem + nr * page;
	struct kvm_regs regs = { .pc = CODE * page };

	if (dice >> 62) {
		if (madvise(at, page, MADV_DONTNEED))
			err(3, "madvise");
		vm->replaced++;
	}
	set_word(at, 0, broken && vm->entries == 100 ? ~put : put);
	regs.gpr[4] = nr * page;
	regs.gpr[5] = MMIO;
	regs.gpr[6] = answer;
	IOCTL(vm->vcpu, KVM_SET_REGS, &regs);
	IOCTL(vm->vcpu, KVM_RUN, 0);
	vm->entries++;
	if (vm->run->exit_reason != KVM_EXIT_MMIO || vm->run->mmio.phys_addr != MMIO)
		errx(3, "exit reason %u, address %#llx", vm->run->exit_reason,
		     vm->run->mmio.phys_addr);
	memcpy(&seen, vm->run->mmio.data, sizeof(seen));
	expect(vm, "read by the guest", nr, put, seen);
	expect(vm, "written by the guest", nr, answer, get_word(at, 1));
	expect(vm, "still there", nr, put, get_word(at, 0));
}

/* For SECONDS; --break has to find a word that is wrong on purpose. */
static void run(struct vm *vm)
{
	const struct timespec pause = { .tv_nsec = PAUSE };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	create(vm);
	while (time(NULL) < end) {
		if (vm->entries % HOP == 0) {
			cpu_set_t set;

			CPU_ZERO(&set);
			CPU_SET(next_random(&vm->random) % cpus, &set);
			sched_setaffinity(0, sizeof(set), &set);
			nanosleep(&pause, NULL);
		}
		enter(vm);
	}
	vm->ended = 1;
}

int main(int argc, char **argv)
{
	u64 entries = 0, replaced = 0, mismatches = 0;
	int ended = 0;

	if (argc < 2 || atoi(argv[1]) < 1) {
		fprintf(stderr, "usage: pagevm SECONDS [--break]\n");
		return 2;
	}
	broken = argc > 2 && !strcmp(argv[2], "--break");
	setvbuf(stdout, NULL, _IOLBF, 0);
	end = time(NULL) + atoi(argv[1]);
	page = sysconf(_SC_PAGESIZE);
	kvm = open("/dev/kvm", O_RDWR);
	if (kvm < 0)
		err(3, "/dev/kvm");
	vms = mmap(NULL, sizeof(*vms) * VMS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		   -1, 0);
	if (vms == MAP_FAILED)
		err(3, "mmap");
	/* There are far more workers than CPUs. */
	if (nice(-10) == -1)
		perror("pagevm: nice");
	for (int i = 0; i < VMS; i++) {
		vms[i].nr = i;
		vms[i].random.random = mix(i);
		if (!fork()) {
			run(&vms[i]);
			return 0;
		}
	}
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < VMS; i++) {
		ended += vms[i].ended;
		entries += vms[i].entries;
		replaced += vms[i].replaced;
		mismatches += vms[i].mismatches;
	}
	printf("pagevm: %d VMs, %d to their end, %llu entries, %llu pages replaced, ", VMS, ended,
	       entries, replaced);
	printf("%llu mismatches\n", mismatches);
	return mismatches || !replaced || ended != VMS;
}
