/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text as words to look for: lower case, without endings, without the words that every question has.
 * "How do I stop streaming?" is `stop`, `stream`.
 */
#ifndef GUIDE_WORDS_H
#define GUIDE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum { WORD_SIZE = 32 };    /* the rest of a longer word counts for nothing */

struct words {
    const char *begin, *at, *end;
};

struct words words_of(const char *text, size_t len);
/* The next word worth looking for; false at the end. */
bool words_next(struct words *words, char word[WORD_SIZE]);

/* The words that mean about the same to a newcomer, as one string; NULL when there are no others. */
const char *word_family(const char *word);
bool word_is_in(const char *family, const char *word);

/* The text's words as they are, in lower case, each between two blanks: what phrases are found in. */
void words_plain(struct buf *out, const char *text, size_t len);

#endif
