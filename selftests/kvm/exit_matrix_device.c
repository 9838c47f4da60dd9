// SPDX-License-Identifier: GPL-2.0
/* Loads and stores that a device of KVM takes: the VMM does not come to know of them. */
#include "exit_matrix.h"

#define DEVICE	0x1000	/* from the page where no memory is */
#define VECTORS	0x200	/* of the PCH-PIC: a byte for each interrupt, to be read and written */
#define VALUE	0xfedcba98f6d4b290UL	/* each width has its sign set */

static u64 gva;

/* One access to the vectors; what it gives, if it is a load. */
static const char *vectors(const struct access *a, unsigned int rd, u64 plv, u64 in, u64 *out)
{
	struct pv_probe p = { .stub = (u64)pv_any_insn, .plv = plv };
	const char *bad;

	pv_probe_fill(pv, &p);
	access_insn(a, rd, gva, VECTORS, &p);
	if (a->store)
		p.in[rd] = in;
	bad = pv_probe(pv, vcpu, &p, a->store ? 0 : rd);
	*out = p.out[rd];
	return bad;
}

static const struct access *named(const char *name)
{
	int i;

	for (i = 0; i < nr_accesses; i++)
		if (!strcmp(accesses[i].name, name))
			return &accesses[i];
	TEST_FAIL("no %s", name);
}

static const char *try_device(const struct access *a, unsigned int rd, u64 plv)
{
	u64 before = a->store ? ~VALUE : VALUE, got;
	const char *bad;

	bad = vectors(named("st.d"), RD, 0, before, &got);
	if (!bad)
		bad = vectors(a, rd, plv, VALUE, &got);
	if (bad)
		return bad;
	if (!a->store) {
		WANT("register", got, extend(VALUE, a->width, a->sign));
		return NULL;
	}
	bad = vectors(named("ld.d"), RD, 0, 0, &got);
	if (bad)
		return bad;
	WANT("the device", got, (before & ~mask(a->width)) | (VALUE & mask(a->width)));
	return NULL;
}

unsigned int device_results(void)
{
	return nr_accesses + 1;
}

void test_device(void)
{
	static const unsigned int targets[] = { RD, 1, 31 };
	u64 base = pv->stop_gpa + DEVICE, loads, stores;
	int i, j, device, nr_loads = 0, nr_stores = 0;
	const char *bad;

	gva = pv->stop_gva + DEVICE;
	device = kvm_create_device(pv->vm, KVM_DEV_TYPE_LOONGARCH_PCHPIC);
	kvm_device_attr_set(device, KVM_DEV_LOONGARCH_PCH_PIC_GRP_CTRL,
			    KVM_DEV_LOONGARCH_PCH_PIC_CTRL_INIT, &base);
	loads = pv_stat(vcpu, "pch_pic_read_exits");
	stores = pv_stat(vcpu, "pch_pic_write_exits");
	for (i = 0; i < nr_accesses; i++) {
		bad = NULL;
		for (j = 0; j < 2 * ARRAY_SIZE(targets) && !bad; j++) {
			bad = try_device(&accesses[i], targets[j / 2], j % 2 ? 3 : 0);
			nr_loads++;
			nr_stores += 1 + accesses[i].store;
		}
		pv_result(!bad, "a device of KVM, %s%s%s\n", accesses[i].name, bad ? ": " : "",
			  bad ?: "");
	}
	loads = pv_stat(vcpu, "pch_pic_read_exits") - loads;
	stores = pv_stat(vcpu, "pch_pic_write_exits") - stores;
	pv_result(loads == nr_loads && stores == nr_stores,
		  "a device of KVM: KVM counted %lu of %d loads, %lu of %d stores\n", (long)loads,
		  nr_loads, (long)stores, nr_stores);
	close(device);
}
