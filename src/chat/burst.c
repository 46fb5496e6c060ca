/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/burst.h"

#include "base/buf.h"
#include "text/figures.h"

/* A fast server's pieces may share a packet: twelve of a thousand a second do in 12 ms.  An answer that is
 * there at once was not held back for long, whoever did it. */
enum { PIECES_MIN = 12, PIECES_AT_ONCE = 8, WAIT_MIN_MS = 300 };

void burst_add(struct burst *burst, int64_t ms)
{
    if (burst->pieces++ == 0)
        burst->first = ms;
    else if (ms == burst->last)
        return;
    burst->arrivals++;
    burst->last = ms;
}

enum burst_kind burst_kind(const struct burst *burst)
{
    if (burst->pieces < PIECES_MIN)
        return BURST_UNKNOWN;
    if (burst->pieces / burst->arrivals < PIECES_AT_ONCE)
        return BURST_NONE;
    if (burst->last < WAIT_MIN_MS)
        return BURST_UNKNOWN;
    return burst->last - burst->first <= burst->last / 10 ? BURST_WHOLE : BURST_LUMPS;
}

bool burst_is_held(const struct burst *burst)
{
    enum burst_kind kind = burst_kind(burst);
    return kind == BURST_WHOLE || kind == BURST_LUMPS;
}

void burst_tell(const struct burst *burst, struct buf *out)
{
    if (burst_kind(burst) == BURST_WHOLE) {
        buf_addf(out, "all %u pieces came at once, after ", burst->pieces);
        figures_duration(out, burst->last);
    } else {
        buf_addf(out, "%u pieces came in %u lumps", burst->pieces, burst->arrivals);
    }
}
