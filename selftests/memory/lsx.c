// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns by 128-bit vectors; held are all of the vector registers.
 */
#include <lsxintrin.h>
#include <sys/auxv.h>

#include "hold.h"
#include "memtruth.h"

#define HWCAP_LSX	0x10

static __m128i first(u64 key, u64 step)
{
	__m128i v = __lsx_vreplgr2vr_d(key);

	return __lsx_vinsgr2vr_d(v, key + step, 1);
}

static void fill(void *page, size_t bytes, u64 key, u64 step)
{
	__m128i v = first(key, step), step2 = __lsx_vreplgr2vr_d(2 * step);

	for (size_t i = 0; i < bytes; i += 16, v = __lsx_vadd_d(v, step2))
		__lsx_vst(v, (char *)page + i, 0);
}

static bool match(const void *page, size_t bytes, u64 key, u64 step)
{
	__m128i v = first(key, step), step2 = __lsx_vreplgr2vr_d(2 * step);
	__m128i bad = __lsx_vreplgr2vr_d(0);

	for (size_t i = 0; i < bytes; i += 16, v = __lsx_vadd_d(v, step2))
		bad = __lsx_vor_v(bad, __lsx_vxor_v(v, __lsx_vld((const char *)page + i, 0)));
	return __lsx_bz_v(bad);
}

static const char *missing(void)
{
	return getauxval(AT_HWCAP) & HWCAP_LSX ? NULL : "no LSX on this CPU";
}

const struct kind kind_lsx = {
	.name = "lsx",
	.missing = missing,
	.run = run_memory,
	.fill = fill,
	.match = match,
	.hold = hold_lsx,
	.width = 16,
};
