// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns by 256-bit vectors; held are all of the vector registers.
 */
#include <lasxintrin.h>
#include <sys/auxv.h>

#include "hold.h"
#include "memtruth.h"

#define HWCAP_LASX	0x20

static __m256i first(u64 key, u64 step)
{
	__m256i v = __lasx_xvreplgr2vr_d(key);

	v = __lasx_xvinsgr2vr_d(v, key + step, 1);
	v = __lasx_xvinsgr2vr_d(v, key + 2 * step, 2);
	return __lasx_xvinsgr2vr_d(v, key + 3 * step, 3);
}

static void fill(void *page, size_t bytes, u64 key, u64 step)
{
	__m256i v = first(key, step), step4 = __lasx_xvreplgr2vr_d(4 * step);

	for (size_t i = 0; i < bytes; i += 32, v = __lasx_xvadd_d(v, step4))
		__lasx_xvst(v, (char *)page + i, 0);
}

static bool match(const void *page, size_t bytes, u64 key, u64 step)
{
	__m256i v = first(key, step), step4 = __lasx_xvreplgr2vr_d(4 * step);
	__m256i bad = __lasx_xvreplgr2vr_d(0);

	for (size_t i = 0; i < bytes; i += 32, v = __lasx_xvadd_d(v, step4)) {
		__m256i found = __lasx_xvld((const char *)page + i, 0);

		bad = __lasx_xvor_v(bad, __lasx_xvxor_v(v, found));
	}
	return __lasx_xbz_v(bad);
}

static const char *missing(void)
{
	return getauxval(AT_HWCAP) & HWCAP_LASX ? NULL : "no LASX on this CPU";
}

const struct kind kind_lasx = {
	.name = "lasx",
	.missing = missing,
	.run = run_memory,
	.fill = fill,
	.match = match,
	.hold = hold_lasx,
	.width = 32,
};
