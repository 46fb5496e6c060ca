/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a tool has to say, as much of it as a model is shown: of a longer output the beginning and the
 * end are kept, and a line between them tells how much is missing.  Memory stays near the limit, however
 * much is added.
 */
#ifndef AGENT_OUTPUT_H
#define AGENT_OUTPUT_H

#include <stddef.h>

#include "base/buf.h"

struct output {
    size_t limit;    /* bytes; set before the first is added */
    size_t left_out; /* between head and tail */
    struct buf head, tail;
};

void output_add(struct output *output, const char *bytes, size_t len);
/* The whole, as UTF-8 (what is not becomes U+FFFD), without the last newline; the caller's. */
char *output_text(const struct output *output, size_t *len);
void output_clear(struct output *output);

#endif
