/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One entry of the transcript: who said what, soft, and as rows when it is laid out at a width.  What a
 * model says is Markdown; all else stays as it is.
 */
#ifndef TUI_ENTRY_H
#define TUI_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/filter.h"
#include "text/styled.h"
#include "text/wrap.h"

struct line;
struct markdown;

enum entry_kind {
    ENTRY_USER,
    ENTRY_ANSWER,
    ENTRY_REASONING,
    ENTRY_TOOL, /* set as a whole, again and again: see tui/tool_call.h */
    ENTRY_NOTE,
    ENTRY_MARK, /* a word on the entry above: stopped, cut off */
    ENTRY_ERROR,
};

enum { ENTRY_TIME = 8 };

struct entry {
    uint64_t id;      /* another one gives all its rows other keys */
    uint64_t version; /* another one with each change, and never one of another entry's */
    enum entry_kind kind;
    bool closed; /* nothing more comes */
    bool folded;
    bool is_laid; /* it has rows, of `width`; else, unless it has changed, only their number is known */
    bool is_stale;
    int width;
    size_t rows;
    char *summary; /* stands for it while it is folded; NULL: it cannot be */
    char time[ENTRY_TIME];

    struct filter filter;
    struct buf wording; /* of Markdown, once it has been asked for, */
    bool is_worded;     /* and nothing has come since */
    struct styled body; /* empty while there is a document */
    struct wrap wrap;
    struct markdown *markdown;
};

/* `time`: when it began, as it is shown; "": it is not. */
void entry_init(struct entry *entry, uint64_t id, enum entry_kind kind, const char *time);
void entry_clear(struct entry *entry);

/* Add a piece, which is filtered here. */
void entry_add(struct entry *entry, const char *text, size_t len);
void entry_close(struct entry *entry);
/* That is its text from now on; `body` has the one before.  False when it is the same. */
bool entry_set(struct entry *entry, struct styled *body);
/* Its text, filtered, which places in it are told as offsets in. */
const struct buf *entry_source(const struct entry *entry);
/* The text that it shows, whatever the width: of Markdown its wording (text/sheet.h), else its source.  It is
 * kept until it is forgotten. */
const struct buf *entry_wording(struct entry *entry, int width);
void entry_forget_wording(struct entry *entry);
/* Whether it stands right below the one above. */
bool entry_is_tight(const struct entry *entry);

/* How many rows it has, which may lay it out; the empty one above is not counted. */
size_t entry_rows(struct entry *entry, int width);
/* What follows is about the rows of an entry that has been laid out, unfolded or not. */
void entry_lay_out(struct entry *entry, int width);
uint64_t entry_key(struct entry *entry, size_t row);
void entry_line(struct entry *entry, size_t row, bool has_margin, struct line *line);
/* Where a row begins in the source. */
size_t entry_offset(struct entry *entry, size_t row);
size_t entry_row_at(struct entry *entry, size_t offset);
/* The same by places in the wording. */
size_t entry_place(struct entry *entry, size_t row);
size_t entry_row_with(struct entry *entry, size_t place);
/* Give the rows back; an entry that grows keeps them. */
void entry_forget(struct entry *entry);

#endif
