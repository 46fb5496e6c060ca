/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lines around code: three or more backticks or tildes, as CommonMark has them.
 */
#ifndef TEXT_FENCE_H
#define TEXT_FENCE_H

#include <stdbool.h>
#include <stddef.h>

struct fence {
    char mark;
    size_t count, indent;
    size_t info, info_len; /* where its info string stands in the line */
};

/* Does the line, without its newline, open code? */
bool fence_opens(struct fence *fence, const char *line, size_t len);
bool fence_closes(const struct fence *fence, const char *line, size_t len);
/* May a line that begins so become one that closes it? */
bool fence_may_close(const struct fence *fence, const char *line, size_t len);
/* The first word of the info string: a language. */
size_t fence_language(const struct fence *fence, const char *line);

#endif
