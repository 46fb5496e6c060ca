/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line that lies whole in the fed bytes is given in place; one that is cut is gathered in `line`, and
 * no byte is searched twice.
 */
#include "io/ndjson.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct ndjson {
    const char *at, *end; /* what is left of the fed bytes */
    struct buf line;      /* the beginning of a line that is cut */
    bool is_delivered;    /* `line` was handed out */
    bool has_ended, has_failed;
};

struct ndjson *ndjson_new(void)
{
    return xnew(struct ndjson);
}

void ndjson_free(struct ndjson *ndjson)
{
    if (!ndjson)
        return;
    buf_clear(&ndjson->line);
    free(ndjson);
}

void ndjson_feed(struct ndjson *ndjson, const char *bytes, size_t len)
{
    ndjson->at = bytes;
    ndjson->end = bytes + len;
}

void ndjson_end(struct ndjson *ndjson)
{
    ndjson->has_ended = true;
}

bool ndjson_failed(const struct ndjson *ndjson)
{
    return ndjson->has_failed;
}

/* Add the next bytes to a line that is cut; false when that makes it too long. */
static bool gather(struct ndjson *ndjson, size_t len)
{
    if (ndjson->line.len + len > NDJSON_LINE_MAX) {
        ndjson->has_failed = true;
        return false;
    }
    buf_add(&ndjson->line, ndjson->at, len);
    return true;
}

/* Give a line without the CR at its end; false when nothing is left of it. */
static bool give(const char *data, size_t len, bool is_tail, struct ndjson_line *line)
{
    if (len > 0 && data[len - 1] == '\r')
        len--;
    if (len > 0)
        *line = (struct ndjson_line){data, len, is_tail};
    return len > 0;
}

static bool give_gathered(struct ndjson *ndjson, bool is_tail, struct ndjson_line *line)
{
    ndjson->is_delivered = true;
    return give(ndjson->line.data, ndjson->line.len, is_tail, line);
}

/* Take the line that ends before the LF at `end`; false when it is too long or empty. */
static bool take_line(struct ndjson *ndjson, const char *end, struct ndjson_line *line)
{
    const char *data = ndjson->at;
    size_t len = (size_t)(end - data);
    bool is_cut = ndjson->line.len > 0;
    if ((is_cut || len > NDJSON_LINE_MAX) && !gather(ndjson, len))
        return false;
    ndjson->at = end + 1;
    return is_cut ? give_gathered(ndjson, false, line) : give(data, len, false, line);
}

/* The fed bytes have no more line ends: keep what is left, or give it when nothing will follow. */
static bool take_rest(struct ndjson *ndjson, struct ndjson_line *line)
{
    if (ndjson->at < ndjson->end && !gather(ndjson, (size_t)(ndjson->end - ndjson->at)))
        return false;
    ndjson->at = ndjson->end;
    return ndjson->has_ended && give_gathered(ndjson, true, line);
}

bool ndjson_next(struct ndjson *ndjson, struct ndjson_line *line)
{
    while (!ndjson->has_failed) {
        if (ndjson->is_delivered)
            buf_reset(&ndjson->line);
        ndjson->is_delivered = false;
        size_t left = (size_t)(ndjson->end - ndjson->at);
        const char *end = left > 0 ? memchr(ndjson->at, '\n', left) : NULL;
        if (!end)
            return take_rest(ndjson, line);
        if (take_line(ndjson, end, line))
            return true;
    }
    return false;
}
