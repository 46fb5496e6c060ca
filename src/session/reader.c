/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/reader.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "runnel.h"

enum { READ_SIZE = 64 * 1024 };

struct session_reader {
    int fd;
    struct buf bytes;
    int64_t dropped; /* where `bytes` begins in the file */
    size_t at;       /* where the next line begins */
    size_t seen;     /* no newline from there to here */
    size_t skipped;
    bool too_long; /* inside a line that is being skipped */
    bool ended, torn;
    int error; /* errno; reading is over */
};

struct session_reader *session_reader_new(int fd)
{
    struct session_reader *reader = xnew(struct session_reader);
    reader->fd = fd;
    buf_reserve(&reader->bytes, READ_SIZE);
    return reader;
}

void session_reader_free(struct session_reader *reader)
{
    if (!reader)
        return;
    if (reader->fd >= 0)
        close(reader->fd);
    buf_clear(&reader->bytes);
    free(reader);
}

/* ---- What is a record ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(struct session_line *line)
{
    while (line->len > 0 && is_blank(line->data[line->len - 1]))
        line->len--;
    while (line->len > 0 && is_blank(line->data[0])) {
        line->data++;
        line->len--;
    }
}

static bool has_object_shape(const struct session_line *line)
{
    size_t depth = 0;
    bool quoted = false, escaped = false;
    if (line->len == 0 || line->data[0] != '{')
        return false;
    for (size_t i = 0; i < line->len; i++) {
        char c = line->data[i];
        if ((unsigned char)c < 0x20 && c != '\t')
            return false;
        if (escaped)
            escaped = false;
        else if (quoted && c == '\\')
            escaped = true;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']') && --depth == 0)
            return i == line->len - 1;
    }
    return false;
}

bool session_line_is_record(struct session_line *line)
{
    trim(line);
    return has_object_shape(line);
}

bool session_line_has(const struct session_line *line, const char *word)
{
    return memmem(line->data, line->len, word, strlen(word)) != NULL;
}

bool session_is_record(const char *type)
{
    static const char *const records[] = {"session", "message", "title", "note", "head"};
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
        if (strcmp(type, records[i]) == 0)
            return true;
    return false;
}

/* ---- Lines ---- */

/* A line has ended in a newline: true when it is a record. */
static bool take_line(struct session_reader *reader, size_t end, struct session_line *line)
{
    bool too_long = reader->too_long || end - reader->at > SESSION_LINE_MAX;
    *line = (struct session_line){reader->bytes.data + reader->at, end - reader->at,
                                  reader->dropped + (int64_t)reader->at};
    reader->at = reader->seen = end + 1;
    reader->too_long = false;
    if (!too_long) {
        trim(line);
        if (line->len == 0)
            return false;
        if (has_object_shape(line)) {
            reader->bytes.data[line->data + line->len - reader->bytes.data] = '\0';
            return true;
        }
    }
    reader->skipped++;
    return false;
}

/* The bytes have ended without a newline.  An object cut off anywhere has not the shape of one, so
 * what has it is whole. */
static bool take_tail(struct session_reader *reader, struct session_line *line)
{
    *line = (struct session_line){reader->bytes.data + reader->at, reader->bytes.len - reader->at,
                                  reader->dropped + (int64_t)reader->at};
    reader->at = reader->seen = reader->bytes.len;
    trim(line);
    if (!reader->too_long && line->len <= SESSION_LINE_MAX && has_object_shape(line)) {
        reader->bytes.data[line->data + line->len - reader->bytes.data] = '\0';
        return true;
    }
    reader->torn |= reader->too_long || line->len > 0;
    reader->too_long = false;
    return false;
}

/* ---- Bytes ---- */

static bool has_bytes(const struct session_reader *reader, int timeout_ms)
{
    struct pollfd wait = {.fd = reader->fd, .events = POLLIN};
    return reader->fd < 0 || poll(&wait, 1, timeout_ms) != 0;
}

/* Read once: RN_EVENT when bytes came or the end, RN_AGAIN when neither is there yet. */
static int fill(struct session_reader *reader, bool wait)
{
    buf_drop(&reader->bytes, reader->at);
    reader->dropped += (int64_t)reader->at;
    reader->seen -= reader->at;
    reader->at = 0;
    buf_reserve(&reader->bytes, READ_SIZE);
    for (;;) {
        if (!wait && !has_bytes(reader, 0))
            return RN_AGAIN;
        ssize_t got = read(reader->fd, reader->bytes.data + reader->bytes.len, READ_SIZE);
        if (got >= 0 || (errno != EINTR && errno != EAGAIN)) {
            reader->ended = got <= 0;
            reader->error = got < 0 ? errno : 0;
            reader->bytes.len += got > 0 ? (size_t)got : 0;
            reader->bytes.data[reader->bytes.len] = '\0';
            return RN_EVENT;
        }
        if (errno == EAGAIN && wait)
            has_bytes(reader, -1);
    }
}

static void drop_long_line(struct session_reader *reader)
{
    reader->dropped += (int64_t)reader->bytes.len;
    buf_reset(&reader->bytes);
    reader->at = reader->seen = 0;
    reader->too_long = true;
}

static int step(struct session_reader *reader, struct session_line *line, bool wait)
{
    for (;;) {
        struct buf *bytes = &reader->bytes;
        const char *end = memchr(bytes->data + reader->seen, '\n', bytes->len - reader->seen);
        if (end) {
            if (take_line(reader, (size_t)(end - bytes->data), line))
                return RN_EVENT;
            continue;
        }
        if (reader->ended)
            return take_tail(reader, line) ? RN_EVENT : RN_DONE;
        reader->seen = bytes->len;
        if (reader->too_long || bytes->len - reader->at > SESSION_LINE_MAX)
            drop_long_line(reader);
        if (fill(reader, wait) == RN_AGAIN)
            return RN_AGAIN;
    }
}

bool session_reader_next(struct session_reader *reader, struct session_line *line)
{
    return step(reader, line, true) == RN_EVENT;
}

int session_reader_step(struct session_reader *reader, struct session_line *line)
{
    return step(reader, line, false);
}

int session_reader_seek(struct session_reader *reader, int64_t start)
{
    if (lseek(reader->fd, start, SEEK_SET) < 0)
        return -1;
    buf_reset(&reader->bytes);
    reader->dropped = start;
    reader->at = reader->seen = 0;
    reader->too_long = reader->ended = false;
    reader->error = 0;
    return 0;
}

int session_reader_fd(const struct session_reader *reader)
{
    return reader->fd;
}

size_t session_reader_skipped(const struct session_reader *reader)
{
    return reader->skipped;
}

bool session_reader_torn(const struct session_reader *reader)
{
    return reader->torn;
}

int session_reader_error(const struct session_reader *reader)
{
    return reader->error;
}
