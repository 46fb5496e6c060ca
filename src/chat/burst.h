/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pace at which the pieces of an answer arrive.  A server makes them one by one; where they come many at
 * a time, something on the way has held them back.
 */
#ifndef CHAT_BURST_H
#define CHAT_BURST_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

/* Zero is a fresh one. */
struct burst {
    unsigned pieces, arrivals;  /* arrivals: milliseconds in which any came */
    int64_t first, last;
};

enum burst_kind {
    BURST_NONE,         /* they flow */
    BURST_UNKNOWN,      /* too few, or too soon, to tell */
    BURST_WHOLE,        /* all at once, after a wait */
    BURST_LUMPS,        /* many at a time, again and again */
};

/* A piece came, so many ms after the request. */
void burst_add(struct burst *burst, int64_t ms);
enum burst_kind burst_kind(const struct burst *burst);
/* Something has held them back. */
bool burst_is_held(const struct burst *burst);
/* How they came, then: "all 40 pieces came at once, after 2.1 s". */
void burst_tell(const struct burst *burst, struct buf *out);

#endif
