/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Durations as servers write them: Go's and Google's "12ms", "34.4s", "1h2m3.5s".
 */
#ifndef LLM_DURATION_H
#define LLM_DURATION_H

#include <stdint.h>

/* In ms, what is less left out; -1 when it is none. */
int64_t duration_read(const char *text);

#endif
