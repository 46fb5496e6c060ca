/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A prompt's words, and patterns of words that they fit or not.  A pattern is a line of elements:
 *
 *      read|show       one of these words
 *      read|show?      one of them or none
 *      read|show*      any number of them
 *      <file>          words that are caught: as many as the caller finds to be a file
 *      <file>?         such words or none
 */
#ifndef GUIDE_PHRASE_H
#define GUIDE_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

#include "guide/words.h"

enum { PHRASE_WORDS_MAX = 24, PHRASE_CATCHES_MAX = 3 };

/* The texts are the prompt's, without the quotes and punctuation around a word. */
struct phrase {
    struct phrase_word {
        const char *text;
        size_t len;
        bool is_quoted;
        char plain[WORD_SIZE];      /* in lower case, without apostrophes */
    } words[PHRASE_WORDS_MAX];
    size_t count;
};

/* What an element has caught, as it stands in the prompt. */
struct phrase_catch {
    const char *kind;               /* "file>": the pattern's, from behind the bracket */
    const char *text;
    size_t len;
    bool is_quoted;                 /* its first word is */
};

struct phrase_catches {
    struct phrase_catch items[PHRASE_CATCHES_MAX];
    size_t count;
};

typedef bool phrase_fits_fn(const struct phrase_catch *caught);

bool phrase_read(struct phrase *phrase, const char *prompt);   /* false: it has too many words */
/* Do the words from `first` to before `end` fit, all of them? */
bool phrase_match(const struct phrase *phrase, size_t first, size_t end, const char *pattern,
                  phrase_fits_fn *fits, struct phrase_catches *catches);
bool phrase_catch_is(const struct phrase_catch *caught, const char *kind);

#endif
