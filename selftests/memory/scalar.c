// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns by general registers; held are the floating point registers.
 */
#include "hold.h"
#include "memtruth.h"

void scalar_fill(void *page, size_t bytes, u64 key, u64 step)
{
	for (size_t i = 0; i < bytes / 8; i++, key += step)
		set_word(page, i, key);
}

bool scalar_match(const void *page, size_t bytes, u64 key, u64 step)
{
	u64 bad = 0;

	for (size_t i = 0; i < bytes / 8; i++, key += step)
		bad |= get_word(page, i) ^ key;
	return !bad;
}

static const char *missing(void)
{
	return NULL;
}

const struct kind kind_scalar = {
	.name = "scalar",
	.missing = missing,
	.run = run_memory,
	.fill = scalar_fill,
	.match = scalar_match,
	.hold = hold_fp,
	.width = 8,
};
