/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a transcript is made of, for the two files that are it: transcript.c, which knows what is where, and
 * transcript_window.c, which knows what is to be seen.
 */
#ifndef TUI_TRANSCRIPT_PARTS_H
#define TUI_TRANSCRIPT_PARTS_H

#include "tui/transcript.h"

enum {
    NARROW = 8,     /* a window of fewer columns has no margin, */
    WIDE = 40,      /* one of so many has one to the right, too */
    LAID_MAX = 256, /* entries that stay laid out: more than a window holds */
};

/* A row of the transcript: a row of an entry, counting the empty one above it. */
struct place {
    size_t entry, row;
};

/* The same as a piece of text, which stays when the rows change. */
struct anchor {
    size_t entry, offset;
    size_t skipped; /* rows that begin at the same place: lines of a table's row, an empty one */
    bool above;     /* on the empty row */
};

struct selection { /* of an entry's source; none where it has no length */
    size_t entry, start, end;
};

struct transcript {
    struct entry *entries;
    size_t count, cap;
    uint64_t last_id;
    size_t laid[LAID_MAX]; /* the entries that are laid out; */
    size_t hand;           /* the oldest is next to be forgotten */
    struct marks marks;
    struct selection selection;
    char time[ENTRY_TIME];
    int width, height;
    bool follows;
    struct anchor top;        /* while it does not follow */
    size_t seen, seen_offset; /* the end when it ceased to: an entry, and how long it was */
};

/* Whether there is room for the signs in the margin. */
bool transcript_has_margin(const struct transcript *transcript);
/* The empty rows above an entry. */
size_t transcript_above(const struct transcript *transcript, size_t entry);
/* All rows of an entry, those above counted: none as long as nothing is to be seen of it. */
size_t transcript_height(struct transcript *transcript, size_t entry);
/* An entry of which rows are wanted. */
struct entry *transcript_laid(struct transcript *transcript, size_t entry);
/* Where the window begins. */
struct place transcript_place(struct transcript *transcript);

#endif
