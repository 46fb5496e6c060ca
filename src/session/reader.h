/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session file as it is read, a record at a time.  Whatever the file holds, reading never fails: a
 * torn or NUL-filled tail is cut off, a line that is no JSON object is skipped and counted, unknown
 * types and fields pass through.
 */
#ifndef SESSION_READER_H
#define SESSION_READER_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct session_reader;

enum { SESSION_LINE_MAX = 64 * 1024 * 1024 };

/* One line that is a JSON object; the bytes last until the next call. */
struct session_line {
    const char *data;
    size_t len;
};

/* Read from a descriptor, which it then owns. */
struct session_reader *session_reader_new(int fd);
void session_reader_free(struct session_reader *reader);
/* The next line; false at the end. */
bool session_reader_next(struct session_reader *reader, struct session_line *line);
/* Lines that were skipped, and whether the end was torn. */
size_t session_reader_skipped(const struct session_reader *reader);
bool session_reader_torn(const struct session_reader *reader);

#endif
