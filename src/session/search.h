/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was said in all sessions of a folder: prompts, answers, thinking, what tools gave.  The last changed
 * session comes first.  Small letters mean capitals too; a pattern that has a capital means what it says.
 *
 * Nothing is indexed: the files are looked through as they are, and only lines that may hold the pattern are
 * parsed.
 */
#ifndef SESSION_SEARCH_H
#define SESSION_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct search;

/* A line with the pattern in it.  All is borrowed until the next call, and as the file has it: filter it on
 * its way to a terminal. */
struct search_hit {
    const char *id, *path;  /* of the session */
    const char *role;       /* user, assistant, thinking, tool */
    const char *line;       /* not ended by a NUL */
    size_t len;
    size_t start, end;      /* of the first match in it */
};

/* NULL with an error when the folder cannot be read, or nothing is looked for. */
struct search *search_new(const char *dir, const char *pattern, struct error *error);
void search_free(struct search *search);
bool search_next(struct search *search, struct search_hit *hit);
/* The next match in a line, from a place on; false when there is none. */
bool search_match(const struct search *search, const char *line, size_t len, size_t from,
                  size_t *start, size_t *end);

#endif
