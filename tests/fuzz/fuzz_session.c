/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a session file.  Cut in two they give the same lines; an event that was read and
 * written reads and writes the same again; a replay gives the events' lines as they stand; resuming
 * and listing survive.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "llm/event.h"
#include "session/reader.h"
#include "session/store.h"

enum { PIPE_HOLDS = 32 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int memory_file(const uint8_t *data, size_t size)
{
    int fd = memfd_create("session", MFD_CLOEXEC);
    assert(fd >= 0 && fd_write_all(fd, (const char *)data, size) == 0);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static int add_lines(struct session_reader *reader, struct buf *lines)
{
    struct session_line line;
    int status;
    while ((status = session_reader_step(reader, &line)) == RN_EVENT) {
        buf_add(lines, line.data, line.len);
        buf_addc(lines, '\n');
    }
    return status;
}

static void check_cut(const char *want, size_t skipped, bool torn, const uint8_t *data, size_t size)
{
    int ends[2];
    struct buf lines = BUF_INIT;
    size_t cut = size > 0 ? data[size / 2] % size : 0;
    assert(pipe2(ends, O_CLOEXEC) == 0);
    struct session_reader *reader = session_reader_new(ends[0]);
    assert(fd_write_all(ends[1], (const char *)data, cut) == 0);
    assert(add_lines(reader, &lines) == RN_AGAIN);
    assert(fd_write_all(ends[1], (const char *)data + cut, size - cut) == 0);
    close(ends[1]);
    assert(add_lines(reader, &lines) == RN_DONE);
    assert(strcmp(buf_str(&lines), want) == 0);
    assert(session_reader_skipped(reader) == skipped && session_reader_torn(reader) == torn);
    session_reader_free(reader);
    buf_clear(&lines);
}

/* The event of a line as this library writes it; false when it is none. */
static bool rewrite(const char *line, size_t len, struct buf *out)
{
    struct event_reader *reader = event_reader_new();
    struct event event;
    struct error error;
    bool is_event = event_read(reader, line, len, &event, &error) == 0;
    if (is_event) {
        event.pub.json = "";
        if (event.pub.kind == RN_START)
            event.pub.run = "";
        event_json(&event.pub, out);
    }
    event_reader_free(reader);
    return is_event;
}

/* The lines that are events, checked one by one. */
static void check_events(const char *lines, struct buf *events)
{
    for (const char *end; (end = strchr(lines, '\n')); lines = end + 1) {
        struct buf once = BUF_INIT, twice = BUF_INIT;
        struct event_reader *reader = event_reader_new();
        struct event event;
        struct error error;
        if (rewrite(lines, (size_t)(end - lines), &once)) {
            assert(rewrite(once.data, once.len, &twice));
            assert(strcmp(once.data, twice.data) == 0);
            assert(event_read(reader, lines, (size_t)(end - lines), &event, &error) == 0);
            if (!session_is_record(event.pub.type))
                buf_add(events, lines, (size_t)(end + 1 - lines));
        }
        event_reader_free(reader);
        buf_clear(&once);
        buf_clear(&twice);
    }
}

static void check_replay(int fd, const char *want)
{
    struct buf got = BUF_INIT;
    rn_stream *stream = rn_replay(NULL, fd, 0, -1);
    for (const rn_event *event; (event = rn_next(stream));) {
        buf_adds(&got, event->json);
        buf_addc(&got, '\n');
    }
    rn_close(stream);
    assert(strcmp(buf_str(&got), want) == 0);
    buf_clear(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf lines = BUF_INIT, events = BUF_INIT;
    struct error error;
    int fd = memory_file(data, size);
    char *path = xasprintf("/proc/self/fd/%d", fd);
    struct session_reader *reader = session_reader_new(memory_file(data, size));
    assert(add_lines(reader, &lines) == RN_DONE);
    if (size <= PIPE_HOLDS)
        check_cut(buf_str(&lines), session_reader_skipped(reader), session_reader_torn(reader),
                  data, size);
    session_reader_free(reader);
    rn_conversation_free(session_conversation(path, &error));
    check_events(buf_str(&lines), &events);
    check_replay(fd, buf_str(&events));
    free(path);
    buf_clear(&lines);
    buf_clear(&events);
    return 0;
}
