/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arithmetic as people write it ("12 x 7", "15% of 200", "the square root of 2") in the signs that the
 * tool `calculate` understands.  Nothing is worked out here.
 */
#ifndef GUIDE_FORMULA_H
#define GUIDE_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Add it to `out`; false, and nothing is added, when the text is anything but one formula with
 * something to work out: a number alone is none. */
bool formula_read(const char *text, size_t len, struct buf *out);

#endif
