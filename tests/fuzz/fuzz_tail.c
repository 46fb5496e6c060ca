/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a session file, from its end: the records are those that are found from its beginning, each in
 * its place.  Bytes from 0xF0 on stand for runs of letters, so that lines are longer than what is read at
 * once.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/mem.h"
#include "session/reader.h"
#include "session/tail.h"

enum { LONG_RUN = 0xF0, LONG_MAX = 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int make_file(const uint8_t *data, size_t size)
{
    struct buf bytes = BUF_INIT;
    for (size_t i = 0; i < size && bytes.len < LONG_MAX; i++) {
        size_t times = data[i] < LONG_RUN ? 1 : (size_t)8 << (data[i] - LONG_RUN);
        buf_reserve(&bytes, times);
        memset(bytes.data + bytes.len, data[i] < LONG_RUN ? data[i] : 'x', times);
        bytes.len += times;
    }
    int fd = memfd_create("session", MFD_CLOEXEC);
    assert(fd >= 0 && fd_write_all(fd, buf_str(&bytes), bytes.len) == 0);
    buf_clear(&bytes);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

struct found {
    int64_t start;
    char *text;
};

static size_t read_forwards(int fd, struct found **records)
{
    struct session_reader *reader = session_reader_new(fd);
    struct session_line line;
    size_t count = 0;
    while (session_reader_next(reader, &line)) {
        *records = xrealloc(*records, (count + 1) * sizeof(**records));
        (*records)[count++] = (struct found){line.start, xstrndup(line.data, line.len)};
    }
    session_reader_free(reader);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct found *records = NULL;
    struct session_line line;
    int fd = make_file(data, size);
    int64_t before = INT64_MAX;
    size_t count = read_forwards(dup(fd), &records);
    struct session_tail *tail = session_tail_new(fd);
    while (session_tail_next(tail, &line)) {
        int64_t start = line.start;
        assert(start >= 0 && start < before);
        before = start;
        if (!session_line_is_record(&line))
            continue;
        assert(count > 0);
        const struct found *record = &records[--count];
        assert(record->start == start && strlen(record->text) == line.len);
        assert(memcmp(record->text, line.data, line.len) == 0);
        free(record->text);
    }
    assert(count == 0);
    session_tail_free(tail);
    close(fd);
    free(records);
    return 0;
}
