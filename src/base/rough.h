/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Roughly how many tokens a text is, where nobody has counted.
 */
#ifndef BASE_ROUGH_H
#define BASE_ROUGH_H

#include <stddef.h>
#include <stdint.h>

/* In quarters of a token, which add up over pieces that are shorter than one. */
uint64_t rough_quarters(const char *text, size_t len);

#endif
