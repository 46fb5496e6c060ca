/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What has to be known of a language to colour it.  A language is a row of the table in language.c.
 */
#ifndef TEXT_LANGUAGE_H
#define TEXT_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

enum { LANGUAGE_QUOTES = 6, LANGUAGE_COMMENTS = 2 };

/* Bits. */
enum language_trait {
    LANGUAGE_NESTS = 1,             /* comments in comments */
    LANGUAGE_CASELESS = 2,          /* keywords, which are given in lower case */
    LANGUAGE_DASHES = 4,            /* belong to words */
    LANGUAGE_KEYS = 8,              /* stand before a colon or an equals sign; */
    LANGUAGE_STRING_KEYS = 16,      /* so do strings */
    LANGUAGE_DOLLARS = 32,          /* begin variables */
    LANGUAGE_HASHES = 64,           /* begin a line for the preprocessor */
    LANGUAGE_ATS = 128,             /* begin an attribute */
    LANGUAGE_SECTIONS = 256,        /* [section] */
    LANGUAGE_TAGS = 512,            /* words are names only inside of <> */
    LANGUAGE_PATCH = 1024,          /* told by the beginnings of lines */
    LANGUAGE_TICKS = 2048,          /* 'a and 'a' are both possible */
    LANGUAGE_BLANK_COMMENTS = 4096, /* need a blank before them */
};

struct quote {
    const char *open, *close;
    bool escapes; /* a backslash hides the next character */
    bool lines;   /* it may go over lines */
};

struct words { /* in order */
    const char *const *list;
    size_t count;
};

struct language {
    const char *names; /* with blanks between */
    struct words keywords, types, constants;
    const char *comments[LANGUAGE_COMMENTS]; /* to the end of the line */
    const char *comment_open, *comment_close;
    struct quote quotes[LANGUAGE_QUOTES]; /* a longer one before its beginning */
    unsigned traits;
};

/* NULL when it is not known. */
const struct language *language_find(const char *name, size_t len);
bool words_have(const struct words *words, const char *word, size_t len);

#endif
