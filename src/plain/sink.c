/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain/sink.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/utf8.h"

void sink_open(struct sink *sink, int fd)
{
    *sink = (struct sink){.fd = fd, .is_terminal = isatty(fd), .ends_line = true};
}

void sink_clear(struct sink *sink)
{
    buf_clear(&sink->waiting);
}

static void note_end(struct sink *sink)
{
    const struct buf *waiting = &sink->waiting;
    if (waiting->len > 0)
        sink->ends_line = waiting->data[waiting->len - 1] == '\n';
}

void sink_text(struct sink *sink, const char *text, size_t len)
{
    if (sink->is_terminal)
        filter_add(&sink->filter, &sink->waiting, text, len);
    else
        buf_add(&sink->waiting, text, len);
    note_end(sink);
}

void sink_rows(struct sink *sink, const char *rows, size_t len)
{
    buf_add(&sink->waiting, rows, len);
    note_end(sink);
}

void sink_end_text(struct sink *sink)
{
    filter_end(&sink->filter, &sink->waiting);
    note_end(sink);
    if (!sink->ends_line)
        buf_addc(&sink->waiting, '\n');
    sink->ends_line = true;
}

/* ---- JSON ---- */

static void add_unit(struct buf *out, unsigned unit)
{
    buf_addf(out, "\\u%04x", unit);
}

/* JSON can say everything in ASCII, and a terminal can be told nothing by it. */
static void add_ascii(struct buf *out, const char *json, size_t len)
{
    while (len > 0) {
        uint32_t code = UTF8_REPLACEMENT;
        int n = utf8_decode(json, len, &code);
        size_t used = n > 0 ? (size_t)n : 1;
        if (code < 0x7F) {
            buf_addc(out, (char)code);
        } else if (code < 0x10000) {
            add_unit(out, code);
        } else {
            add_unit(out, 0xD800 + ((code - 0x10000) >> 10));
            add_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
        }
        json += used;
        len -= used;
    }
}

static void add_json(struct sink *sink, const char *json, size_t len)
{
    if (sink->is_terminal)
        add_ascii(&sink->waiting, json, len);
    else
        buf_add(&sink->waiting, json, len);
    buf_addc(&sink->waiting, '\n');
}

void sink_event(struct sink *sink, const rn_event *event)
{
    struct buf json = BUF_INIT;
    buf_reserve(&json, rn_event_json(event, NULL, 0));
    json.len = rn_event_json(event, json.data, json.cap);
    add_json(sink, json.data, json.len);
    buf_clear(&json);
}

void sink_message(struct sink *sink, const rn_message *message)
{
    struct buf json = BUF_INIT;
    buf_reserve(&json, rn_message_json(message, NULL, 0));
    json.len = rn_message_json(message, json.data, json.cap);
    add_json(sink, json.data, json.len);
    buf_clear(&json);
}

/* ---- Writing ---- */

size_t sink_waiting(const struct sink *sink)
{
    return sink->is_gone ? 0 : sink->waiting.len - sink->written;
}

/* Only when half of it is of no use any more, so that a byte is moved once or twice and not each time. */
static void drop_written(struct sink *sink)
{
    if (sink->written * 2 < sink->waiting.len)
        return;
    buf_drop(&sink->waiting, sink->written);
    sink->written = 0;
}

void sink_write(struct sink *sink)
{
    size_t waiting = sink_waiting(sink);
    /* A pipe that is ready takes this much whole; more could block. */
    size_t len = waiting < PIPE_BUF ? waiting : PIPE_BUF;
    if (len == 0)
        return;
    ssize_t n = write(sink->fd, sink->waiting.data + sink->written, len);
    if (n > 0) {
        sink->written += (size_t)n;
        drop_written(sink);
    } else if (n < 0 && errno != EINTR && errno != EAGAIN) {
        sink->is_gone = true;
        sink->why = errno;
    }
}
