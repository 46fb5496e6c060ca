/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Surrogate pairs that a server has cut in two, joined again: json_read gives each half as a code point of
 * its own (base/json.h, JSON_HALF).  The second may come with the next piece of the same text.  A value
 * that owns nothing.
 */
#ifndef LLM_HALVES_H
#define LLM_HALVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

struct halves {          /* zero: none waits */
    uint32_t first;      /* half of a pair, without JSON_HALF */
};

bool halves_wait(const struct halves *halves);
/* Add a text, what waits joined to its beginning; a half that stays alone becomes U+FFFD. */
void halves_join(struct halves *halves, struct buf *out, const char *text, size_t len);
/* Nothing more comes: what waits has stayed alone. */
void halves_end(struct halves *halves, struct buf *out);

#endif
