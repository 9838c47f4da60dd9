// SPDX-License-Identifier: GPL-2.0
/*
 * A VMM that means ill: while a vCPU runs random instructions, one thread writes random
 * words to the page that it shares with KVM and interrupts the vCPU by signals, another
 * takes memory away from the guest and gives it back.
 */
#include <pthread.h>
#include <signal.h>

#include "exit_fuzz.h"

#define SLOT	7
#define PAGES	4
#define GPA	(1UL << 32)

static struct kvm_vcpu *victim;
static pthread_t runner;
static bool stop;
static u64 runs, writes;

/* Each thread has its own numbers; what they are need not be repeatable here. */
static u64 next(u64 *state)
{
	*state = *state * 6364136223846793005UL + 1442695040888963407UL;
	return *state >> 11 ^ *state << 21;
}

static void nothing(int signal)
{
}

static void *scribble(void *arg)
{
	u64 state = 1, *page = (u64 *)victim->run;

	while (!READ_ONCE(stop)) {
		WRITE_ONCE(page[next(&state) % (sizeof(struct kvm_run) / 8)], next(&state));
		writes++;
		if (!(next(&state) % 256))
			pthread_kill(runner, SIGUSR1);
	}
	return NULL;
}

static void *take_memory(void *arg)
{
	struct pv_vm *pv = arg;
	struct kvm_userspace_memory_region slot = {
		.slot = SLOT,
		.guest_phys_addr = GPA,
		.userspace_addr = (u64)mmap(NULL, PAGES * pv->vm->page_size, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	};

	while (!READ_ONCE(stop)) {
		slot.memory_size = slot.memory_size ? 0 : PAGES * pv->vm->page_size;
		TEST_ASSERT(!ioctl(pv->vm->fd, KVM_SET_USER_MEMORY_REGION, &slot),
			    "memory: %s", strerror(errno));
		madvise((void *)slot.userspace_addr, PAGES * pv->vm->page_size, MADV_DONTNEED);
	}
	return NULL;
}

void fuzz_hostile(struct pv_vm *pv, struct kvm_vcpu *vcpu, u32 *insn, unsigned int seconds)
{
	struct sigaction action = { .sa_handler = nothing };
	double end = pv_seconds() + seconds;
	u64 memory = vm_unused_gva_gap(pv->vm, PAGES * pv->vm->page_size, 1UL << 30);
	u64 mmio = fuzz_mmio;
	pthread_t threads[2];
	int i;

	virt_map(pv->vm, memory, GPA, PAGES);
	sigaction(SIGUSR1, &action, NULL);
	victim = vcpu;
	runner = pthread_self();
	pthread_create(&threads[0], NULL, scribble, NULL);
	pthread_create(&threads[1], NULL, take_memory, pv);

	while (pv_seconds() < end) {
		struct pv_probe p = { .stub = (u64)insn, .plv = below(3) ? 0 : 3 };
		struct kvm_regs regs;

		for (i = 0; i < 32; i++)
			p.in[i] = value();
		p.in[REG_TP] = pv->stop_gva;
		fuzz_mmio = below(2) ? mmio : memory;
		*insn = fuzz_insn(&p);
		memcpy(regs.gpr, p.in, sizeof(regs.gpr));
		regs.pc = (u64)pv_any_insn;
		vcpu_regs_set(vcpu, &regs);
		pv_csr_set(vcpu, LOONGARCH_CSR_CRMD, CSR_CRMD_PG | p.plv);
		/* Any number of exits, of whatever it takes for them. */
		for (i = below(6); i >= 0; i--) {
			vcpu->run->immediate_exit = !below(8);
			ioctl(vcpu->fd, KVM_RUN, NULL);
			runs++;
		}
	}
	WRITE_ONCE(stop, true);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("%lu entries, %lu words written meanwhile\n", (long)runs, (long)writes);
}
