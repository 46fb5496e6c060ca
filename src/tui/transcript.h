/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What has been said, as rows of a window onto it.  An entry (tui/entry.h) keeps its text soft and is
 * laid out when somebody looks; of one that grows only the end is laid out again, and of those that are
 * far away nothing is kept but their text and their height.  No terminal is in here.
 *
 * The window follows the end only while it is at the end; else it stays with the text that stands at
 * its top, through resizing too.
 */
#ifndef TUI_TRANSCRIPT_H
#define TUI_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/entry.h"
#include "tui/mark.h"

struct buf;
struct line;
struct styled;
struct transcript;

struct transcript *transcript_new(void);
void transcript_free(struct transcript *transcript);

/* Begin an entry with a text, which is filtered here; it may be empty. */
void transcript_add(struct transcript *transcript, enum entry_kind kind, const char *text,
                    size_t len);
/* Add to the last entry: it is of this kind and not closed, or a new one is begun. */
void transcript_append(struct transcript *transcript, enum entry_kind kind, const char *text,
                       size_t len);
/* Nothing more comes for the last entry. */
void transcript_close(struct transcript *transcript);
/* Whether more may come for the last entry. */
bool transcript_is_growing(const struct transcript *transcript);
/* Begin an entry that others may follow before it has its text; returns its number, which lasts until
 * the transcript is cleared. */
size_t transcript_reserve(struct transcript *transcript, enum entry_kind kind);
/* That is its text from now on.  What is in `body` afterwards is of no use but to be reset or cleared.
 * False when it is the same as before. */
bool transcript_set(struct transcript *transcript, size_t number, struct styled *body);
void transcript_clear(struct transcript *transcript);
/* What is begun from now on was said at this time of day ("14:03", borrowed only now), which stands above
 * prompts and answers; NULL: none is told. */
void transcript_time(struct transcript *transcript, const char *time);

/* ---- Folding: an entry for which there is something to stand can be folded */

/* This stands for it, in one row, while it is folded. */
void transcript_summarize(struct transcript *transcript, size_t number, const char *summary);
bool transcript_is_folded(const struct transcript *transcript, size_t number);
/* Nothing happens to one that has no summary. */
void transcript_fold(struct transcript *transcript, size_t number, bool is_folded);

/* ---- Looking into it: entries have numbers from 0 */

size_t transcript_count(const struct transcript *transcript);
enum entry_kind transcript_kind(const struct transcript *transcript, size_t number);
/* An entry's logical text, filtered: of an answer its Markdown, without soft breaks and borders.  Places in
 * an entry are told as offsets in it.  Borrowed until the entry changes or is looked at. */
const struct buf *transcript_source(const struct transcript *transcript, size_t number);
/* The text that an entry shows, without the breaks of its rows: see entry_wording.  Borrowed like its source;
 * it is kept for the next time, until all of them are forgotten. */
const struct buf *transcript_wording(struct transcript *transcript, size_t number);
/* Another number whenever that may be another text, and one that no other entry has. */
uint64_t transcript_version(const struct transcript *transcript, size_t number);
void transcript_forget_wordings(struct transcript *transcript);
/* The place in the wording at which the window begins; the entry is transcript_count when there is none. */
size_t transcript_top(struct transcript *transcript, size_t *place);
/* Bring a place of the wording, or of the source, into the window if it is not in it; its entry is
 * unfolded. */
void transcript_show(struct transcript *transcript, size_t number, size_t place);
void transcript_show_source(struct transcript *transcript, size_t number, size_t offset);
/* Show these pieces of entries with the attributes on top; they are copied.  In order, and none reaches
 * into another. */
void transcript_mark(struct transcript *transcript, const struct mark *marks, size_t count);
/* Show a piece of an entry's source as selected, in the margin of its rows; of no length: nothing is. */
void transcript_select(struct transcript *transcript, size_t number, size_t start, size_t end);

/* ---- The window, in columns and rows. */
void transcript_resize(struct transcript *transcript, int width, int height);
/* How many columns the text has in it. */
int transcript_columns(const struct transcript *transcript);
void transcript_scroll(struct transcript *transcript, long rows); /* negative: back */
void transcript_home(struct transcript *transcript);
void transcript_end(struct transcript *transcript);
/* Go to the user's next prompt, or the one before. */
void transcript_jump(struct transcript *transcript, bool back);
/* Bring the beginning of an entry into the window, if it is not in it. */
void transcript_reveal(struct transcript *transcript, size_t number);
/* The last entry of this kind of which something is in the window; a number that none has if there is
 * no such one. */
size_t transcript_in_view(struct transcript *transcript, enum entry_kind kind);
bool transcript_follows(const struct transcript *transcript);
/* How many lines have come below since it ceased to follow. */
size_t transcript_unread(struct transcript *transcript);

/* A row of the window.  Two with the same key, which is never 0, look the same at the same width. */
struct row {
    uint64_t key;
    size_t entry;
    long number; /* which of its rows; ROW_ABOVE: the one above them; ROW_EMPTY: of none */
};

enum { ROW_ABOVE = -1, ROW_EMPTY = -2 };

/* The rows that are in the window now: as many as it is high. */
void transcript_rows(struct transcript *transcript, struct row *rows);
void transcript_line(struct transcript *transcript, const struct row *row, struct line *line);

/* The rows that are to stay when the window has gone: those of the last prompt and of what it led to, or
 * all; only the last ones if they are more than `most`.  Returns how many; the array is the caller's.
 * Nothing more comes for any entry, and nothing is marked any more. */
size_t transcript_tail(struct transcript *transcript, bool all, size_t most, struct row **rows);

#endif
