/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A JSON object as it is being written, cut anywhere: its fields in pieces, strings without their
 * escapes.  It takes whatever comes; whether the whole is right is for others to say.
 */
#ifndef TEXT_FIELDS_H
#define TEXT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

struct fields { /* zero is at the beginning */
    unsigned char state;
    unsigned char escape; /* how far into an escape: 0 outside */
    bool in_string;       /* of a value that is no string itself */
    size_t depth;
    uint32_t code, half; /* of \uXXXX; the first half of a pair */
    char decoded[8];
};

enum field_kind { /* bits */
    FIELD_OPEN = 1,   /* a field begins; */
    FIELD_NAME = 2,   /* a piece of its name */
    FIELD_STRING = 4, /* a string follows, or */
    FIELD_OTHER = 8,  /* another value, or what is no object at all; */
    FIELD_TEXT = 16,  /* a piece of that */
    FIELD_CLOSE = 32,
};

struct field_piece {
    enum field_kind kind;
    const char *bytes; /* of the text, or the fields', until the next call */
    size_t len;
};

/* The next piece of the text, which is moved on; false when all of it has been taken. */
bool fields_next(struct fields *fields, const char **json, size_t *len, struct field_piece *piece);

/* Add a whole object, a field a line, for somebody who wants to see everything in it: not filtered.
 * The lines of a string that has several are indented; no name of a field is. */
void fields_text(struct buf *out, const char *json);

#endif
