/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A call of a built-in tool, in its child: what the table in builtins.c points to, one function for
 * each tool.  When it runs, its arguments are sound and its sandbox is shut; only what the call is
 * about can be reached.
 */
#ifndef TOOLS_CALL_H
#define TOOLS_CALL_H

#include <jansson.h>

#include "tools/place.h"

struct buf;

struct call {
    const json_t *args;
    struct grounds grounds;
    struct place place;     /* of the argument "path", opened; only for those that read or write */
};

/* The result is added to `out`: 0.  Or what went wrong, in a sentence that tells the model what to do:
 * -1. */
typedef int tool_fn(const struct call *call, struct buf *out);

tool_fn read_file, list_files, search_files, write_file, edit_file, run_shell, fetch_url, tell_time,
    calculate;

/* Replace what is in `out` by a sentence, and return -1, so that failing is one line. */
int call_fail(struct buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Tell the user, while it goes on, in a line. */
void call_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
