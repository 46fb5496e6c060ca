/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `bytes` is a piece of the file that begins at `from`; what of it has been handed out is cut off its end.
 */
#include "session/tail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "session/reader.h"

enum { READ_SIZE = 256 * 1024 };

struct session_tail {
    int fd;
    int64_t from;
    struct buf bytes;
    size_t last; /* the line that was handed out last begins there, and is still in `bytes` */
    bool too_long;
    size_t skipped;
    int error; /* errno; reading is over */
};

struct session_tail *session_tail_new(int fd)
{
    struct session_tail *tail = xnew(struct session_tail);
    struct stat info;
    tail->fd = fd;
    tail->from = fstat(fd, &info) == 0 ? info.st_size : 0;
    return tail;
}

void session_tail_free(struct session_tail *tail)
{
    if (!tail)
        return;
    buf_clear(&tail->bytes);
    free(tail);
}

/* As much as is there, so that a long line is not moved again and again; false at the beginning. */
static bool read_before(struct session_tail *tail)
{
    struct buf *bytes = &tail->bytes;
    size_t want = bytes->len > READ_SIZE ? bytes->len : READ_SIZE, got = 0;
    if ((int64_t)want > tail->from)
        want = (size_t)tail->from;
    if (want == 0)
        return false;
    buf_reserve(bytes, want);
    memmove(bytes->data + want, bytes->data, bytes->len);
    tail->from -= (int64_t)want;
    while (got < want) {
        ssize_t n = pread(tail->fd, bytes->data + got, want - got, tail->from + (int64_t)got);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            tail->error = n < 0 ? errno : ENODATA;
            break;
        }
        got += n > 0 ? (size_t)n : 0;
    }
    if (got < want) {
        tail->from = 0;
        buf_reset(bytes);
        return false;
    }
    bytes->len += want;
    bytes->data[bytes->len] = '\0';
    return true;
}

/* Where the last line of what is there begins; false when its beginning is not there yet.  Of a line that is
 * too long it is what is left, which may be nothing. */
static bool find_line(const struct session_tail *tail, size_t *begin, size_t *end)
{
    const struct buf *bytes = &tail->bytes;
    *end = bytes->len;
    if (!tail->too_long && *end > 0 && bytes->data[*end - 1] == '\n')
        --*end;
    const char *before = *end > 0 ? memrchr(bytes->data, '\n', *end) : NULL;
    *begin = before ? (size_t)(before + 1 - bytes->data) : 0;
    return before || tail->from == 0;
}

static void drop_last(struct session_tail *tail)
{
    if (tail->bytes.len > tail->last)
        buf_drop_end(&tail->bytes, tail->bytes.len - tail->last);
}

bool session_tail_next(struct session_tail *tail, struct session_line *line)
{
    size_t begin, end;
    drop_last(tail);
    for (;;) {
        bool is_there = find_line(tail, &begin, &end);
        if (!is_there && end > SESSION_LINE_MAX) {
            tail->too_long = true;
            tail->last = 0;
            buf_reset(&tail->bytes);
        }
        if (!is_there) {
            if (!read_before(tail) && tail->bytes.len == 0)
                return false;
            continue;
        }
        if (tail->bytes.len == 0)
            return false;
        tail->last = begin;
        *line = (struct session_line){tail->bytes.data + begin, end - begin,
                                      tail->from + (int64_t)begin};
        if (!tail->too_long && line->len <= SESSION_LINE_MAX)
            return true;
        tail->too_long = false;
        tail->skipped++;
        drop_last(tail);
    }
}

int session_tail_error(const struct session_tail *tail)
{
    return tail->error;
}

size_t session_tail_skipped(const struct session_tail *tail)
{
    return tail->skipped;
}
