// SPDX-License-Identifier: GPL-2.0
/*
 * The smallest VMM that shows paravirtual IPIs: N vCPUs, each in turn sends
 * one to all the others by hypercall. Prints what was measured as key=value.
 *
 *   pv_ipi_demo [VCPUS [ROUNDS]]
 *
 * The guest has no page tables and does all its work in the interrupt
 * handler: count the IPI, and if the turn is mine, wait until everybody has
 * counted the last one, pass the turn on and send.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/kvm.h>

#define MAX_VCPUS	256
#define MEM_SIZE	(1UL << 20)
#define SHARED		0x4000		/* guest address of struct shared */

/* CRMD: direct addressing, coherent cached; PRMD: interrupts on */
#define CRMD_DIRECT	(1 << 3 | 1 << 5 | 1 << 7)
#define CSR(n)		KVM_IOC_CSRID(n)
#define CSR_CRMD	0x0
#define CSR_ECFG	0x4
#define CSR_EENTRY	0xc
#define CSR_CPUID	0x20
#define GPR_S0		23

struct shared {
	uint64_t turn, round, sent, received;
	uint64_t pad[508];
	uint64_t mask[MAX_VCPUS][4];	/* everybody but this vCPU */
};

/* s0: my id, s1: vCPUs, s2: rounds, s3: struct shared, s4: my mask, s5: MMIO */
extern const char guest[], guest_first[], guest_irq[], guest_end[];
asm(	"	.pushsection .rodata\n"
	"	.balign	4096\n"
	"guest:	ori	$t0, $zero, 4\n"
	"	csrxchg	$t0, $t0, 0x0\n"		/* interrupts on */
	"1:	idle	0\n"
	"	b	1b\n"
	"guest_first:\n"
	"	pcaddi	$t0, -4\n"			/* ertn goes to guest */
	"	csrwr	$t0, 0x6\n"
	"	b	send\n"
	"	.balign	4096\n"
	"guest_irq:\n"
	"	ori	$t0, $zero, 1\n"
	"	move	$t1, $zero\n"
	"	csrxchg	$t1, $t0, 0x5\n"		/* SWI0 seen */
	"	ld.d	$t2, $s3, 0\n"			/* it may change when all have */
	"	addi.d	$t1, $s3, 24\n"
	"	amadd_db.d $zero, $t0, $t1\n"		/* counted: received++ */
	"	bne	$t2, $s0, out\n"
	"send:	ld.d	$t1, $s3, 16\n"			/* all counted? */
	"	ld.d	$t2, $s3, 24\n"
	"	bne	$t1, $t2, send\n"
	"	ld.d	$t1, $s3, 8\n"
	"	beq	$t1, $s2, done\n"
	"	addi.d	$t1, $t1, 1\n"
	"	st.d	$t1, $s3, 8\n"			/* round++ */
	"	ld.d	$t1, $s3, 16\n"
	"	add.d	$t1, $t1, $s1\n"
	"	addi.d	$t1, $t1, -1\n"
	"	st.d	$t1, $s3, 16\n"			/* sent += vCPUs - 1 */
	"	addi.d	$t1, $s0, 1\n"
	"	mod.du	$t1, $t1, $s1\n"
	"	st.d	$t1, $s3, 0\n"			/* the next one's turn */
	"	dbar	0\n"
	"	ori	$a0, $zero, 1\n"		/* function IPI */
	"	ld.d	$a1, $s4, 0\n"
	"	ld.d	$a2, $s4, 8\n"
	"	move	$a3, $zero\n"
	"	hvcl	0x100\n"
	"	bnez	$a0, fail\n"
	"	ori	$t1, $zero, 128\n"
	"	bgeu	$t1, $s1, out\n"
	"	ori	$a0, $zero, 1\n"
	"	ld.d	$a1, $s4, 16\n"
	"	ld.d	$a2, $s4, 24\n"
	"	ori	$a3, $zero, 128\n"
	"	hvcl	0x100\n"
	"	bnez	$a0, fail\n"
	"out:	ertn\n"
	"done:	move	$a0, $zero\n"
	"fail:	st.d	$a0, $s5, 0\n"			/* to the VMM */
	"	b	fail\n"
	"guest_end:\n"
	"	.popsection\n");

static const char * const stats[] = {
	"hypercall_exits", "cpucfg_exits", "ipi_read_exits", "ipi_write_exits",
	"int_exits", "idle_exits", "signal_exits",
};
#define NR_STATS	(sizeof(stats) / sizeof(stats[0]))
#define NR_SEND_STATS	4		/* the first ones: what sending may cost */

static struct vcpu {
	int fd;
	int stats_fd;		/* opened early: a running vCPU's ioctls wait */
	struct kvm_run *run;
} vcpus[MAX_VCPUS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static const char *end_reason;
static uint64_t end_value;

static int do_ioctl(int fd, unsigned long nr, void *arg, const char *name)
{
	int ret = ioctl(fd, nr, arg);

	if (ret < 0)
		err(1, "%s", name);
	return ret;
}
#define IOCTL(fd, nr, arg)	do_ioctl(fd, nr, (void *)(arg), #nr)

static void set_csr(int fd, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = { .id = CSR(id), .addr = (uintptr_t)&val };

	IOCTL(fd, KVM_SET_ONE_REG, &reg);
}

static void *vcpu_thread(void *arg)
{
	struct vcpu *vcpu = arg;
	const char *reason = "unexpected exit";

	if (ioctl(vcpu->fd, KVM_RUN, 0))
		reason = "KVM_RUN failed";
	else if (vcpu->run->exit_reason == KVM_EXIT_MMIO)
		reason = "done";
	pthread_mutex_lock(&lock);
	end_reason = reason;
	memcpy(&end_value, vcpu->run->mmio.data, sizeof(end_value));
	pthread_cond_signal(&ended);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* Sum of one counter over all vCPUs, from KVM's binary statistics. */
static uint64_t sum_stat(int nr, const char *name)
{
	struct kvm_stats_header head;
	struct kvm_stats_desc *desc;
	uint64_t val, sum = 0;
	uint32_t i;
	int cpu;

	for (cpu = 0; cpu < nr; cpu++) {
		int fd = vcpus[cpu].stats_fd;

		if (pread(fd, &head, sizeof(head), 0) != sizeof(head))
			err(1, "statistics header");
		desc = malloc(sizeof(*desc) + head.name_size);
		for (i = 0; i < head.num_desc; i++) {
			size_t size = sizeof(*desc) + head.name_size;

			if (pread(fd, desc, size, head.desc_offset + i * size) != (ssize_t)size)
				err(1, "statistics descriptor");
			if (strcmp(desc->name, name))
				continue;
			if (pread(fd, &val, sizeof(val), head.data_offset + desc->offset) != sizeof(val))
				err(1, "statistics data");
			sum += val;
		}
		free(desc);
	}
	return sum;
}

/* A counter of the module; -1 where it is not loaded. */
static long long counter(const char *name)
{
	long long val = -1;
	char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm_loongarch_rs/%s", name);
	f = fopen(path, "r");
	if (f) {
		if (fscanf(f, "%lld", &val) != 1)
			val = -1;
		fclose(f);
	}
	return val;
}

static void add_vcpu(int vm, int size, int id, int nr, uint64_t rounds, struct shared *sh)
{
	struct vcpu *vcpu = &vcpus[id];
	struct kvm_regs regs = { .pc = id ? 0 : guest_first - guest };
	int i;

	vcpu->fd = IOCTL(vm, KVM_CREATE_VCPU, (long)id);
	vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		err(1, "mmap of kvm_run");
	vcpu->stats_fd = IOCTL(vcpu->fd, KVM_GET_STATS_FD, 0);
	set_csr(vcpu->fd, CSR_CPUID, id);
	set_csr(vcpu->fd, CSR_CRMD, CRMD_DIRECT);
	set_csr(vcpu->fd, CSR_ECFG, 1);			/* SWI0 */
	set_csr(vcpu->fd, CSR_EENTRY, guest_irq - guest);
	for (i = 0; i < nr; i++)
		if (i != id)
			sh->mask[id][i / 64] |= 1UL << i % 64;
	regs.gpr[GPR_S0] = id;
	regs.gpr[GPR_S0 + 1] = nr;
	regs.gpr[GPR_S0 + 2] = rounds;
	regs.gpr[GPR_S0 + 3] = SHARED;
	regs.gpr[GPR_S0 + 4] = SHARED + offsetof(struct shared, mask[id]);
	regs.gpr[GPR_S0 + 5] = MEM_SIZE;
	IOCTL(vcpu->fd, KVM_SET_REGS, &regs);
}

int main(int argc, char *argv[])
{
	int nr = argc > 1 ? atoi(argv[1]) : 4;
	uint64_t rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 1000;
	struct kvm_userspace_memory_region slot = { .memory_size = MEM_SIZE };
	uint64_t val[NR_STATS], send = 0, all = 0;
	long long fast, slow;
	struct timespec a, b;
	struct shared *sh;
	int kvm, vm, size;
	pthread_t thread;
	unsigned int i;
	double us;
	char *mem;

	if (nr < 2 || nr > MAX_VCPUS || !rounds)
		errx(1, "usage: %s [VCPUS (2 to %d) [ROUNDS]]", argv[0], MAX_VCPUS);
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		err(4, "/dev/kvm");
	vm = IOCTL(kvm, KVM_CREATE_VM, 0);
	mem = mmap(NULL, MEM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		err(1, "guest memory");
	memcpy(mem, guest, guest_end - guest);
	slot.userspace_addr = (uintptr_t)mem;
	IOCTL(vm, KVM_SET_USER_MEMORY_REGION, &slot);
	sh = (struct shared *)(mem + SHARED);
	size = IOCTL(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	for (i = 0; i < (unsigned int)nr; i++)
		add_vcpu(vm, size, i, nr, rounds, sh);

	fast = counter("fast");
	slow = counter("slow");
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (i = nr; i-- > 0; )
		if (pthread_create(&thread, NULL, vcpu_thread, &vcpus[i]))
			errx(1, "no thread for vCPU %u", i);
	pthread_mutex_lock(&lock);
	while (!end_reason)
		pthread_cond_wait(&ended, &lock);
	pthread_mutex_unlock(&lock);
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (strcmp(end_reason, "done") || end_value)
		errx(1, "the guest ended badly: %s, a0 %lld", end_reason, (long long)end_value);

	us = (b.tv_sec - a.tv_sec) * 1e6 + (b.tv_nsec - a.tv_nsec) / 1e3;
	for (i = 0; i < NR_STATS; i++) {
		val[i] = sum_stat(nr, stats[i]);
		all += val[i];
		if (i < NR_SEND_STATS)
			send += val[i];
	}
	printf("vcpus=%d\nrounds=%lu\nhypercalls=%lu\nipis_sent=%lu\nipis_received=%lu\n",
	       nr, rounds, val[0], sh->sent, sh->received);
	for (i = 0; i < NR_STATS; i++)
		printf("%s=%lu\n", stats[i], val[i]);
	printf("traps_per_ipi=%.4f\nexits_per_ipi=%.4f\nus_per_ipi=%.1f\n",
	       (double)send / sh->received, (double)all / sh->received, us / sh->received);
	if (fast < 0) {
		printf("handlers=C\n");
	} else {
		fast = counter("fast") - fast;
		slow = counter("slow") - slow;
		printf("handlers=Rust\nfast=%lld\nslow=%lld\nfast_share=%.4f\n", fast, slow,
		       fast + slow ? (double)fast / (fast + slow) : 0);
	}
	return sh->sent == sh->received ? 0 : 1;
}
