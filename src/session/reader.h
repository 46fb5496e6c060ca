/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session file as it is read, a record at a time.  Whatever the file holds, reading it goes on: a
 * torn or NUL-filled tail is cut off, a line that is no JSON object is skipped and counted, unknown
 * types and fields pass through.  Only where the bytes themselves cannot be had it ends too early.
 *
 * The reader judges a line by its shape: one pair of braces from end to end, brackets and quotes in
 * balance, no control characters.  What it hands out can still fail to parse (event_read says so);
 * such a line is its caller's to skip.  An empty line is nothing and is not counted.
 */
#ifndef SESSION_READER_H
#define SESSION_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session_reader;

enum { SESSION_LINE_MAX = 64 * 1024 * 1024 };

/* One line that has the shape of a JSON object, without the blanks around it; NUL-ended.  The bytes
 * last until the next call. */
struct session_line {
    const char *data;
    size_t len;
    int64_t start; /* where it stands in the file */
};

/* Read from a descriptor, which it then owns. */
struct session_reader *session_reader_new(int fd);
void session_reader_free(struct session_reader *reader);
/* The next line, waiting for it; false at the end. */
bool session_reader_next(struct session_reader *reader, struct session_line *line);
/* The same without waiting: RN_EVENT and a line; RN_AGAIN when none has come yet, which only a pipe
 * or the like says; RN_DONE at the end. */
int session_reader_step(struct session_reader *reader, struct session_line *line);
/* For poll(2), after an RN_AGAIN. */
int session_reader_fd(const struct session_reader *reader);
/* Go on reading from here, which is where a line begins; -1 when this is no file that has places. */
int session_reader_seek(struct session_reader *reader, int64_t start);
/* Lines that were skipped so far (a torn tail is none of them), and whether the end was torn. */
size_t session_reader_skipped(const struct session_reader *reader);
bool session_reader_torn(const struct session_reader *reader);
/* Why that was the end: an errno; 0: the bytes end there. */
int session_reader_error(const struct session_reader *reader);

/* True when it has the shape of a record; the blanks around it are taken off. */
bool session_line_is_record(struct session_line *line);
/* True when the line has this word, given with its quotes.  Inside a string they would be escaped: so
 * lines of no interest are passed over without being parsed. */
bool session_line_has(const struct session_line *line, const char *word);
/* True for the types that are a session's own and no run's: session, message, title, head, note.  Every
 * other line is an event. */
bool session_is_record(const char *type);

#endif
