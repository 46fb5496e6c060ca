/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A glimpse of a session: what was said last on the way on which it goes on, so that somebody who looks for a
 * session knows it again.
 * The file is read backwards and only so far: a long one costs no more than a short one.
 */
#ifndef SESSION_GLIMPSE_H
#define SESSION_GLIMPSE_H

#include <stdbool.h>
#include <stddef.h>

/* GLIMPSE_BYTES: of each text; an answer that was broken off shows its end, all others their beginning. */
enum { GLIMPSE_MAX = 8, GLIMPSE_BYTES = 400 };

/* Texts are as the file has them: filter them on their way to a terminal. */
struct said {
    char *text;
    bool is_prompt; /* else it is an answer */
};

struct glimpse { /* zero is an empty one */
    struct said said[GLIMPSE_MAX]; /* the last first */
    size_t count;
};

/* Of a file that cannot be read, or says nothing, it is empty. */
void glimpse_read(struct glimpse *glimpse, const char *path);
void glimpse_clear(struct glimpse *glimpse);

#endif
