// SPDX-License-Identifier: GPL-2.0
/*
 * The IPI controller beyond what a running guest uses: mailboxes at every width, the two
 * registers that write elsewhere, and what a VMM saves and restores.
 */
#include "pv_host.h"

#define IPI_STATUS	0x1000
#define IPI_ENABLE	0x1004
#define IPI_SET		0x1008
#define IPI_CLEAR	0x100c
#define IPI_MAIL	0x1020	/* four of eight bytes */
#define MAIL_SEND	0x1048
#define ANY_SEND	0x1158

#define IPI_LINE	(1UL << 12)	/* in ESTAT */

#define RD	4

#define WAS	0x8182838485868788UL	/* in each mailbox, before */
#define VAL	0xf1f2f3f4f5f6f7f8UL

static struct pv_vm *vm;
static int device;

static u64 attr(int cpu, u64 address)
{
	return (u64)cpu << 16 | (address & 0xff);
}

static u64 saved(int cpu, u64 address)
{
	u64 val = 0;

	kvm_device_attr_get(device, KVM_DEV_LOONGARCH_IPI_GRP_REGS, attr(cpu, address), &val);
	return val;
}

static void restore(int cpu, u64 address, u64 val)
{
	kvm_device_attr_set(device, KVM_DEV_LOONGARCH_IPI_GRP_REGS, attr(cpu, address), &val);
}

static const struct row {
	const char *what;
	unsigned int op;
	u64 address, value, read;	/* read: what rd becomes */
	u64 mail[2];			/* the first of vCPU 0 and of vCPU 1, after */
	u32 status;			/* of vCPU 1, after */
} rows[] = {
	{ "read a byte", RD_B, IPI_MAIL, 0, 0xffffffffffffff88UL, { WAS, WAS }, 0 },
	{ "read the last byte", RD_B, IPI_MAIL + 31, 0, 0xffffffffffffff81UL, { WAS, WAS }, 0 },
	{ "read half a word", RD_H, IPI_MAIL + 2, 0, 0xffffffffffff8586UL, { WAS, WAS }, 0 },
	{ "read a word", RD_W, IPI_MAIL + 4, 0, 0xffffffff81828384UL, { WAS, WAS }, 0 },
	{ "read two", RD_D, IPI_MAIL, 0, WAS, { WAS, WAS }, 0 },
	{ "write a byte", WR_B, IPI_MAIL + 1, VAL, VAL, { 0x818283848586f888UL, WAS }, 0 },
	{ "write half a word", WR_H, IPI_MAIL + 6, VAL, VAL, { 0xf7f8838485868788UL, WAS }, 0 },
	{ "write a word", WR_W, IPI_MAIL, VAL, VAL, { 0x81828384f5f6f7f8UL, WAS }, 0 },
	{ "write two", WR_D, IPI_MAIL, VAL, VAL, { VAL, WAS }, 0 },
	{ "MAIL_SEND, lower word", WR_D, MAIL_SEND, 0x1122334400010000UL, 0x1122334400010000UL,
	  { WAS, 0x8182838411223344UL }, 0 },
	{ "MAIL_SEND, upper word", WR_D, MAIL_SEND, 0x1122334400010004UL, 0x1122334400010004UL,
	  { WAS, 0x1122334485868788UL }, 0 },
	{ "MAIL_SEND, two bytes stay", WR_D, MAIL_SEND, 0x1122334428010000UL,
	  0x1122334428010000UL, { WAS, 0x8182838411863388UL }, 0 },
	{ "MAIL_SEND, all stay", WR_D, MAIL_SEND, 0x1122334478010000UL, 0x1122334478010000UL,
	  { WAS, WAS }, 0 },
	{ "MAIL_SEND to oneself", WR_D, MAIL_SEND, 0x1122334400000000UL, 0x1122334400000000UL,
	  { 0x8182838411223344UL, WAS }, 0 },
	{ "MAIL_SEND to nobody", WR_D, MAIL_SEND, 0x1122334400090000UL, 0x1122334400090000UL,
	  { WAS, WAS }, 0 },
	{ "ANY_SEND to a mailbox", WR_D, ANY_SEND, 0x1122334400011020UL, 0x1122334400011020UL,
	  { WAS, 0x8182838411223344UL }, 0 },
	{ "ANY_SEND, a byte stays", WR_D, ANY_SEND, 0x1122334408011020UL, 0x1122334408011020UL,
	  { WAS, 0x8182838411223388UL }, 0 },
	{ "ANY_SEND to the set register", WR_D, ANY_SEND, 0x2400011008UL, 0x2400011008UL,
	  { WAS, WAS }, 0x24 },
	{ "ANY_SEND to no register", WR_D, ANY_SEND, 0x2400012000UL, 0x2400012000UL,
	  { WAS, WAS }, 0 },
	{ "ANY_SEND to nobody", WR_D, ANY_SEND, 0x2400091008UL, 0x2400091008UL, { WAS, WAS }, 0 },
	{ "ANY_SEND to ANY_SEND", WR_D, ANY_SEND, 0x0001115800001158UL, 0x0001115800001158UL,
	  { WAS, WAS }, 0 },
};

static const char *access_once(unsigned int op, u64 address, u64 value, u64 *read)
{
	return pv_iocsr(vm, vm->vcpu[0], op, RD, address, value, read);
}

static const char *check(const struct row *r)
{
	static char why[200];
	const char *bad;
	u64 read, line;
	int cpu, i;

	for (cpu = 0; cpu < 2; cpu++) {
		for (i = 0; i < 4; i++)
			restore(cpu, IPI_MAIL + 8 * i, WAS);
		restore(cpu, IPI_STATUS, 0);
		pv_swi0_clear(vm->vcpu[cpu]);
	}
	bad = access_once(r->op, r->address, r->value, &read);
	if (bad)
		return bad;
	line = !!(pv_csr_get(vm->vcpu[1], LOONGARCH_CSR_ESTAT) & IPI_LINE);
	if (read == r->read && saved(0, IPI_MAIL) == r->mail[0] &&
	    saved(1, IPI_MAIL) == r->mail[1] && saved(1, IPI_STATUS) == r->status &&
	    line == !!r->status)
		return NULL;
	snprintf(why, sizeof(why), "rd 0x%lx, mail 0x%lx and 0x%lx, status 0x%lx, line %lu",
		 (long)read, (long)saved(0, IPI_MAIL), (long)saved(1, IPI_MAIL),
		 (long)saved(1, IPI_STATUS), (long)line);
	return why;
}

/* What the VMM has written, it reads, and so does the guest. */
static void test_saved(void)
{
	static const u64 words[] = { IPI_STATUS, IPI_ENABLE, IPI_SET, IPI_CLEAR };
	u64 val = VAL, read;
	bool ok = true;
	int i;

	for (i = 0; i < 4; i++) {
		restore(0, words[i], VAL + i);
		restore(0, IPI_MAIL + 8 * i, VAL - i);
	}
	for (i = 0; i < 4; i++)
		ok = ok && saved(0, words[i]) == (u32)(VAL + i) &&
		     saved(0, IPI_MAIL + 8 * i) == VAL - i;
	access_once(RD_D, IPI_MAIL + 24, 0, &read);
	pv_result(ok && read == VAL - 3, "saved and restored: eight registers\n");

	ok = __kvm_device_attr_get(device, KVM_DEV_LOONGARCH_IPI_GRP_REGS, attr(0, 0x10), &val) &&
	     errno == EINVAL;
	ok = ok && __kvm_device_attr_set(device, KVM_DEV_LOONGARCH_IPI_GRP_REGS, attr(7, 0), &val) &&
	     errno == EINVAL;
	ok = ok && __kvm_device_attr_get(device, KVM_DEV_LOONGARCH_IPI_GRP_REGS,
					 attr(0, IPI_MAIL), (void *)8) && errno == EFAULT;
	pv_result(ok, "no register, no vCPU, no memory: refused\n");
	ok = __kvm_create_device(vm->vm, KVM_DEV_TYPE_LOONGARCH_IPI) < 0;
	pv_result(ok, "a second device: refused\n");
}

static void nothing(void)
{
	GUEST_DONE();
}

int main(int argc, char *argv[])
{
	const char *bad;
	char alarm[200];
	int i, klog;

	ksft_print_header();
	pv_require_kvm();
	klog = pv_klog_open();
	pv_note("answered by: %s\n", pv_who());
	pv_plan(ARRAY_SIZE(rows) + 4);
	vm = pv_vm_create(2);
	device = kvm_create_device(vm->vm, KVM_DEV_TYPE_LOONGARCH_IPI);
	pv_vcpu_add(vm, 0, 0, nothing);
	pv_vcpu_add(vm, 1, 1, nothing);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bad = check(&rows[i]);
		pv_result(!bad, "%s%s%s\n", rows[i].what, bad ? ": " : "", bad ?: "");
	}
	test_saved();
	pv_vm_free(vm);
	pv_klog_check(klog, alarm, sizeof(alarm));
	pv_result(!alarm[0], "kernel log: no alarm %s\n", alarm);
	pv_finished();
}
