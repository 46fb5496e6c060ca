/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bare content, or some of its lines: passed through piece by piece, so that a few lines of a file
 * of any size cost no memory.
 */
#include "tools/call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"

/* What the program hands to a model whole; of more it would cut out the middle. */
enum { READ_MAX = 64 * 1024 };

struct range {
    int64_t first, last; /* lines, from 1 */
    int64_t line;        /* the one that the next byte is in */
    int64_t bytes;       /* passed so far */
    bool in_line;        /* it has bytes already */
    bool is_binary, is_too_long;
};

static void take_piece(struct range *range, const char *bytes, size_t len, struct buf *out)
{
    if (range->line >= range->first && range->line <= range->last) {
        range->is_too_long = out->len + len > READ_MAX;
        if (range->is_too_long)
            return;
        buf_add(out, bytes, len);
    }
    range->bytes += (int64_t)len;
    range->in_line = bytes[len - 1] != '\n';
    range->line += !range->in_line;
}

/* Take lines and the beginnings of lines; false when no more are needed. */
static bool take(struct range *range, const char *bytes, size_t len, struct buf *out)
{
    const char *nul = memchr(bytes, '\0', len);
    if (nul) {
        range->bytes += nul - bytes;
        range->is_binary = true;
    }
    while (len > 0 && !range->is_binary && !range->is_too_long && range->line <= range->last) {
        const char *end = memchr(bytes, '\n', len);
        size_t piece = end ? (size_t)(end - bytes) + 1 : len;
        take_piece(range, bytes, piece, out);
        bytes += piece;
        len -= piece;
    }
    return !range->is_binary && !range->is_too_long && range->line <= range->last;
}

static int pass_through(int fd, struct range *range, struct buf *out)
{
    char bytes[64 * 1024];
    ssize_t n;
    do {
        n = read(fd, bytes, sizeof(bytes));
    } while ((n < 0 && errno == EINTR) || (n > 0 && take(range, bytes, (size_t)n, out)));
    return n < 0 ? -1 : 0;
}

static int check(const struct range *range, const struct place *place, struct buf *out)
{
    int64_t lines = range->line - 1 + range->in_line;
    if (range->is_binary)
        return call_fail(out, "%s is no text: byte %" PRId64 " is NUL", place->path, range->bytes);
    if (range->is_too_long && range->first == range->line)
        return call_fail(out,
                         "line %" PRId64 " of %s is longer than %d bytes: search_files shows a "
                         "part of it",
                         range->line, place->path, READ_MAX);
    if (range->is_too_long)
        return call_fail(out,
                         "%s has %lld bytes, and at most %d are read at once: ask for fewer lines "
                         "(%" PRId64 " to %" PRId64 " fit), or use search_files",
                         place->path, (long long)place->stat.st_size, READ_MAX, range->first,
                         range->line - 1);
    if (range->first > 1 && lines < range->first)
        return call_fail(out, "%s has only %" PRId64 " lines", place->path, lines);
    return 0;
}

int read_file(const struct call *call, struct buf *out)
{
    const struct place *place = &call->place;
    struct range range = {
        .first = json_get_number(call->args, "first_line", 1),
        .last = json_get_number(call->args, "last_line", INT64_MAX),
        .line = 1,
    };
    if (S_ISDIR(place->stat.st_mode))
        return call_fail(out, "%s is a folder: use list_files", place->path);
    if (range.last < range.first)
        return call_fail(out, "last_line is before first_line");
    int fd = place_reopen(place->fd);
    if (fd < 0 || pass_through(fd, &range, out) < 0)
        return call_fail(out, "%s: %s", place->path, strerror(errno));
    close(fd);
    return check(&range, place, out);
}
