// SPDX-License-Identifier: GPL-2.0
/*
 * Random guest instructions that leave the guest, on random registers, with a VMM that
 * answers at random: one line for each, with all that the VMM and the guest can see of it.
 * The same seed gives the same lines, whoever handles the exits: selftests/fuzz/run
 * compares them.
 *
 * What the handlers answer in different ways (Documentation/exits.rst) is not made, or
 * left out of the line.
 */
#include <getopt.h>

#include "exit_fuzz.h"

/* CPUCFG word 2: the timer alone, and with FPU, LSX and LASX. */
#define MODEL_NONE	(1UL << 14)
#define MODEL_ALL	(MODEL_NONE | 1 << 7 | 1 << 6 | 1 << 3 | 7)

#define TRIES	4	/* exits of one instruction */

static struct pv_vm *pv;
static struct kvm_vcpu *vcpu;
static u32 *insn;
static u64 entry;	/* where exceptions of the guest end: a page that stores and stops */
static int ipi = -1;	/* the device, if KVM has one */

/* --- what comes of it --------------------------------------------------------------- */

static u64 hash;
static bool shown;	/* say what goes into the hash */

static void mix(u64 val)
{
	if (shown)
		printf(" 0x%lx\n", (long)val);
	hash = (hash ^ val) * 0x100000001b3UL;
	hash ^= hash >> 29;
}

/* What the VMM is told. Only as many bytes count as the access is wide. */
static void told(const struct kvm_run *run)
{
	u64 data = 0;
	int i;

	mix(run->exit_reason);
	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		mix(run->mmio.phys_addr);
		mix(run->mmio.len);
		mix(run->mmio.is_write);
		if (run->mmio.is_write)
			memcpy(&data, run->mmio.data, run->mmio.len);
		mix(data);
		break;
	case KVM_EXIT_LOONGARCH_IOCSR:
		mix(run->iocsr_io.phys_addr);
		mix(run->iocsr_io.len);
		mix(run->iocsr_io.is_write);
		if (run->iocsr_io.is_write)
			memcpy(&data, run->iocsr_io.data, run->iocsr_io.len);
		mix(data);
		break;
	case KVM_EXIT_HYPERCALL:
		mix(run->hypercall.nr);
		for (i = 0; i < 6; i++)
			mix(run->hypercall.args[i]);
	}
}

static void answer(struct kvm_run *run)
{
	u64 data = rnd();

	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		memcpy(run->mmio.data, &data, 8);
		break;
	case KVM_EXIT_LOONGARCH_IOCSR:
		memcpy(run->iocsr_io.data, &data, 8);
		break;
	case KVM_EXIT_HYPERCALL:
		run->hypercall.ret = data;
	}
}

static u64 saved(int cpu, u64 offset)
{
	u64 val = 0;

	if (ipi < 0)
		return 0;
	kvm_device_attr_get(ipi, KVM_DEV_LOONGARCH_IPI_GRP_REGS, (u64)cpu << 16 | offset, &val);
	return val;
}

/* Of all that an instruction may have changed. PRMD and the Ecode are right in one only. */
static void seen(const struct pv_probe *p)
{
	int i, cpu;

	for (i = 0; i < 32; i++)
		mix(p->out[i]);
	mix(p->pc);
	mix(pv_csr_get(vcpu, LOONGARCH_CSR_CRMD));
	mix(pv_csr_get(vcpu, LOONGARCH_CSR_ERA));
	mix(pv_csr_get(vcpu, LOONGARCH_CSR_BADV));
	/* Not BADI: a TLB entry that the guest has to make again writes it, whenever that is. */
	for (cpu = 0; cpu < 2; cpu++) {
		mix(saved(cpu, 0));
		mix(saved(cpu, 4));
		for (i = 0; i < 4; i++)
			mix(saved(cpu, 0x20 + 8 * i));
		mix(pv_csr_get(pv->vcpu[cpu], LOONGARCH_CSR_ESTAT) >> 12 & 1);
	}
	for (i = 0x300; i < 0x302; i++)
		mix(pv_csr_get(vcpu, i));
}

static void one(u64 number)
{
	struct pv_probe p = { .stub = (u64)pv_any_insn, .plv = below(3) ? 0 : 3 };
	struct kvm_run *run = vcpu->run;
	int i, exits;

	for (i = 0; i < 32; i++)
		p.in[i] = value();
	p.in[0] = 0;
	p.in[REG_TP] = pv->stop_gva;
	*insn = fuzz_insn(&p);
	if (!below(20))
		vcpu_set_reg(vcpu, KVM_IOC_CPUCFG(2), below(2) ? MODEL_ALL : MODEL_NONE);
	pv_csr_set(vcpu, LOONGARCH_CSR_PRMD, 0);
	pv_csr_set(vcpu, LOONGARCH_CSR_ERA, 0);
	pv_csr_set(vcpu, LOONGARCH_CSR_BADV, 0);

	/* What a device of KVM's leaves as it was is 0; in C, what the page had. */
	memset(run->mmio.data, 0, 8);
	for (i = 0; shown && i < 32; i++)
		printf(" r%d 0x%lx before\n", i, (long)p.in[i]);
	hash = 0xcbf29ce484222325UL;
	pv_probe_run(vcpu, &p);
	for (exits = 1;; exits++) {
		told(run);
		if ((run->exit_reason == KVM_EXIT_MMIO && run->mmio.phys_addr == pv->stop_gpa) ||
		    exits == TRIES)
			break;
		answer(run);
		pv_probe_resume(vcpu, &p);
	}
	seen(&p);
	printf("%lu: 0x%08x at PLV %lu: %d exits, %s, pc %+ld, 0x%016lx\n", (long)number, *insn,
	       (long)p.plv, exits, exit_reason_str(run->exit_reason), (long)(p.pc - p.stub),
	       (long)hash);
	/* The IPI line is down for the next one, as it was. */
	for (i = 0; i < 2; i++)
		pv_swi0_clear(pv->vcpu[i]);
}

static void body(void)
{
	GUEST_DONE();
}

int main(int argc, char *argv[])
{
	u64 i, count = 1000, seed = 1, base, show = -1UL;
	unsigned int hostile = 0;
	bool devices = true;
	int opt, device;

	while ((opt = getopt(argc, argv, "s:n:v:x:ih")) > 0) {
		switch (opt) {
		case 's':
			seed = strtoul(optarg, NULL, 0);
			break;
		case 'n':
			count = strtoul(optarg, NULL, 0);
			break;
		case 'v':
			show = strtoul(optarg, NULL, 0);
			break;
		case 'x':
			hostile = strtoul(optarg, NULL, 0);
			break;
		case 'i':
			devices = false;
			break;
		default:
			printf("usage: %s [-s SEED] [-n COUNT] [-i] [-v NUMBER] [-x SECONDS]\n"
			       "  -i  interrupt controllers are the VMM's: KVM has no device\n"
			       "  -v  say of this one all that is seen\n"
			       "  -x  be a hostile VMM for so long, and see nothing\n", argv[0]);
			return opt != 'h';
		}
	}
	pv_require_kvm();
	fuzz_state = seed;
	pv = pv_vm_create(2);
	if (devices)
		ipi = kvm_create_device(pv->vm, KVM_DEV_TYPE_LOONGARCH_IPI);
	vcpu = pv_vcpu_add(pv, 0, 0, body);
	pv_vcpu_add(pv, 1, 1, body);
	insn = addr_gva2hva(pv->vm, (gva_t)pv_any_insn);
	entry = vm_alloc_page(pv->vm);
	memcpy(addr_gva2hva(pv->vm, entry), insn + 1, 12);

	base = pv->stop_gpa + 0x1000;
	fuzz_mmio = pv->stop_gva + 0x1000;
	if (devices) {
		device = kvm_create_device(pv->vm, KVM_DEV_TYPE_LOONGARCH_PCHPIC);
		kvm_device_attr_set(device, KVM_DEV_LOONGARCH_PCH_PIC_GRP_CTRL,
				    KVM_DEV_LOONGARCH_PCH_PIC_CTRL_INIT, &base);
	}
	TEST_ASSERT(!pv_feature_set(vcpu, PV_FEAT_IPI | PV_FEAT_STEAL_TIME | PV_FEAT_USER_HCALL),
		    "the VM refuses these features");
	pv_csr_set(vcpu, LOONGARCH_CSR_EENTRY, entry);
	pv_csr_set(vcpu, LOONGARCH_CSR_EUEN, 7);
	vcpu_set_reg(vcpu, KVM_IOC_CPUCFG(2), MODEL_ALL);
	if (hostile) {
		fuzz_hostile(pv, vcpu, insn, hostile);
		count = 0;
	}
	for (i = 0; i < count; i++) {
		shown = i == show;
		one(i);
	}
	pv_vm_free(pv);
	return 0;
}
