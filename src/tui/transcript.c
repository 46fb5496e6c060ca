/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tui/transcript_parts.h"

struct transcript *transcript_new(void)
{
    struct transcript *transcript = xnew(struct transcript);
    transcript->width = 80;
    transcript->height = 24;
    transcript->follows = true;
    return transcript;
}

void transcript_free(struct transcript *transcript)
{
    if (!transcript)
        return;
    transcript_clear(transcript);
    free(transcript->entries);
    free(transcript);
}

void transcript_clear(struct transcript *transcript)
{
    for (size_t i = 0; i < transcript->count; i++)
        entry_clear(&transcript->entries[i]);
    marks_clear(&transcript->marks);
    transcript->selection = (struct selection){0};
    transcript->count = 0;
    transcript->follows = true;
}

/* ---- Entries */

void transcript_add(struct transcript *transcript, enum entry_kind kind, const char *text,
                    size_t len)
{
    transcript_close(transcript);
    if (transcript->count == transcript->cap) {
        transcript->cap = transcript->cap ? transcript->cap * 2 : 16;
        transcript->entries =
            xrealloc(transcript->entries, transcript->cap * sizeof(*transcript->entries));
    }
    struct entry *entry = &transcript->entries[transcript->count++];
    entry_init(entry, ++transcript->last_id, kind, transcript->time);
    entry_add(entry, text, len);
}

static struct entry *last_entry(const struct transcript *transcript)
{
    return transcript->count ? &transcript->entries[transcript->count - 1] : NULL;
}

void transcript_append(struct transcript *transcript, enum entry_kind kind, const char *text,
                       size_t len)
{
    struct entry *last = last_entry(transcript);
    if (!last || last->closed || last->kind != kind)
        transcript_add(transcript, kind, text, len);
    else
        entry_add(last, text, len);
}

void transcript_close(struct transcript *transcript)
{
    struct entry *last = last_entry(transcript);
    if (last)
        entry_close(last);
}

bool transcript_is_growing(const struct transcript *transcript)
{
    return transcript->count > 0 && !transcript->entries[transcript->count - 1].closed;
}

size_t transcript_reserve(struct transcript *transcript, enum entry_kind kind)
{
    transcript_add(transcript, kind, "", 0);
    transcript_close(transcript);
    return transcript->count - 1;
}

void transcript_time(struct transcript *transcript, const char *time)
{
    size_t len = time ? strnlen(time, ENTRY_TIME - 1) : 0;
    memcpy(transcript->time, time ? time : "", len);
    transcript->time[len] = '\0';
}

/* ---- Rows */

bool transcript_has_margin(const struct transcript *transcript)
{
    return transcript->width >= NARROW;
}

int transcript_columns(const struct transcript *transcript)
{
    int width = transcript->width - (transcript_has_margin(transcript) ? GUTTER : 0);
    width -= transcript->width >= WIDE ? GUTTER : 0;
    return width < 1 ? 1 : width;
}

/* The oldest that is laid out makes room for another. */
static void note_laid(struct transcript *transcript, size_t index)
{
    size_t *slot = &transcript->laid[transcript->hand++ % LAID_MAX];
    if (*slot < transcript->count && *slot != index)
        entry_forget(&transcript->entries[*slot]);
    *slot = index;
}

struct entry *transcript_laid(struct transcript *transcript, size_t index)
{
    struct entry *entry = &transcript->entries[index];
    bool was_laid = entry->is_laid;
    entry_lay_out(entry, transcript_columns(transcript));
    if (!was_laid)
        note_laid(transcript, index);
    return entry;
}

size_t transcript_above(const struct transcript *transcript, size_t index)
{
    return index > 0 && !entry_is_tight(&transcript->entries[index]);
}

size_t transcript_height(struct transcript *transcript, size_t index)
{
    struct entry *entry = &transcript->entries[index];
    bool was_laid = entry->is_laid;
    size_t rows = entry_rows(entry, transcript_columns(transcript));
    if (entry->is_laid && !was_laid)
        note_laid(transcript, index);
    return rows > 0 ? transcript_above(transcript, index) + rows : 0;
}

static bool is_before(struct place a, struct place b)
{
    return a.entry != b.entry ? a.entry < b.entry : a.row < b.row;
}

/* ---- Places */

static struct place back(struct transcript *transcript, struct place place, size_t rows)
{
    while (rows > place.row && place.entry > 0) {
        rows -= place.row;
        place.entry--;
        place.row = transcript_height(transcript, place.entry);
    }
    place.row -= rows < place.row ? rows : place.row;
    return place;
}

static struct place forth(struct transcript *transcript, struct place place, size_t rows)
{
    while (place.entry < transcript->count) {
        size_t left = transcript_height(transcript, place.entry) - place.row;
        if (rows < left)
            break;
        rows -= left;
        place = (struct place){.entry = place.entry + 1};
    }
    place.row += place.entry < transcript->count ? rows : 0;
    return place;
}

/* The window's beginning when it shows the end. */
static struct place last_place(struct transcript *transcript)
{
    struct place end = {.entry = transcript->count};
    return back(transcript, end, (size_t)transcript->height);
}

/* The first of the rows that begin where this one does. */
static size_t first_like(struct entry *entry, size_t row)
{
    size_t offset = entry_offset(entry, row);
    while (row > 0 && entry_offset(entry, row - 1) == offset)
        row--;
    return row;
}

static size_t anchored_row(struct entry *entry, const struct anchor *anchor)
{
    size_t last = entry_row_at(entry, anchor->offset);
    size_t row = first_like(entry, last) + anchor->skipped;
    return row < last ? row : last;
}

static struct place anchored_place(struct transcript *transcript)
{
    const struct anchor *top = &transcript->top;
    size_t height = transcript_height(transcript, top->entry);
    size_t above = transcript_above(transcript, top->entry);
    if (top->above || height == 0)
        return (struct place){.entry = top->entry};
    size_t row = above + anchored_row(transcript_laid(transcript, top->entry), top);
    return (struct place){.entry = top->entry, .row = row < height ? row : height - 1};
}

struct place transcript_place(struct transcript *transcript)
{
    return transcript->follows ? last_place(transcript) : anchored_place(transcript);
}

static void stop_following(struct transcript *transcript)
{
    if (!transcript->follows)
        return;
    transcript->follows = false;
    transcript->seen = transcript->count - 1;
    transcript->seen_offset = entry_source(&transcript->entries[transcript->seen])->len;
}

/* Let the window begin here; at the end it follows. */
static void go_to(struct transcript *transcript, struct place place)
{
    if (!is_before(place, last_place(transcript))) {
        transcript->follows = true;
        return;
    }
    stop_following(transcript);
    size_t above = transcript_above(transcript, place.entry);
    transcript->top = (struct anchor){.entry = place.entry, .above = place.row < above};
    if (transcript->top.above || transcript_height(transcript, place.entry) == 0)
        return;
    struct entry *entry = transcript_laid(transcript, place.entry);
    transcript->top.offset = entry_offset(entry, place.row - above);
    transcript->top.skipped = place.row - above - first_like(entry, place.row - above);
}

/* ---- The window */

/* A window at the end follows, whatever has brought it there. */
static void settle(struct transcript *transcript)
{
    if (!transcript->follows && !is_before(transcript_place(transcript), last_place(transcript)))
        transcript->follows = true;
}

void transcript_resize(struct transcript *transcript, int width, int height)
{
    if (width == transcript->width && height == transcript->height)
        return;
    transcript->width = width;
    transcript->height = height < 0 ? 0 : height;
    settle(transcript);
}

/* A new id gives all its rows other keys. */
bool transcript_set(struct transcript *transcript, size_t number, struct styled *body)
{
    struct entry *entry = &transcript->entries[number];
    if (!entry_set(entry, body))
        return false;
    entry->id = ++transcript->last_id;
    settle(transcript);
    return true;
}

void transcript_scroll(struct transcript *transcript, long rows)
{
    struct place top = transcript_place(transcript);
    size_t distance = (size_t)(rows < 0 ? -rows : rows);
    go_to(transcript,
          rows < 0 ? back(transcript, top, distance) : forth(transcript, top, distance));
}

void transcript_home(struct transcript *transcript)
{
    go_to(transcript, (struct place){0});
}

void transcript_end(struct transcript *transcript)
{
    transcript->follows = true;
}

/* Where an entry's text begins. */
static struct place head_place(const struct transcript *transcript, size_t entry)
{
    return (struct place){.entry = entry, .row = transcript_above(transcript, entry)};
}

void transcript_jump(struct transcript *transcript, bool to_earlier)
{
    struct place top = transcript_place(transcript);
    size_t step =
        to_earlier ? SIZE_MAX : 1; /* backwards it ends below 0, which is beyond the end */
    for (size_t i = top.entry; i < transcript->count; i += step) {
        struct place head = head_place(transcript, i);
        bool is_beyond = to_earlier ? is_before(head, top) : is_before(top, head);
        if (transcript->entries[i].kind == ENTRY_USER && is_beyond) {
            go_to(transcript, head);
            return;
        }
    }
    if (to_earlier)
        transcript_home(transcript);
    else
        transcript_end(transcript);
}

static void bring_into_view(struct transcript *transcript, struct place place)
{
    struct place top = transcript_place(transcript);
    struct place end = forth(transcript, top, (size_t)transcript->height);
    if (is_before(place, top) || !is_before(place, end))
        go_to(transcript, place);
}

void transcript_reveal(struct transcript *transcript, size_t entry)
{
    bring_into_view(transcript, head_place(transcript, entry));
}

size_t transcript_in_view(struct transcript *transcript, enum entry_kind kind)
{
    struct place top = transcript_place(transcript);
    struct place end = forth(transcript, top, (size_t)transcript->height);
    size_t last = end.row > 0 ? end.entry + 1 : end.entry;
    for (size_t i = last; i-- > top.entry;)
        if (transcript->entries[i].kind == kind)
            return i;
    return transcript->count;
}

bool transcript_follows(const struct transcript *transcript)
{
    return transcript->follows;
}

/* ---- Folding */

void transcript_summarize(struct transcript *transcript, size_t number, const char *summary)
{
    struct entry *entry = &transcript->entries[number];
    free(entry->summary);
    entry->summary = xstrdup(summary);
}

bool transcript_is_folded(const struct transcript *transcript, size_t number)
{
    return transcript->entries[number].folded;
}

void transcript_fold(struct transcript *transcript, size_t number, bool is_folded)
{
    struct entry *entry = &transcript->entries[number];
    if (!entry->summary)
        return;
    entry->folded = is_folded;
    settle(transcript);
}

/* ---- Looking into it */

size_t transcript_count(const struct transcript *transcript)
{
    return transcript->count;
}

enum entry_kind transcript_kind(const struct transcript *transcript, size_t number)
{
    return transcript->entries[number].kind;
}

const struct buf *transcript_source(const struct transcript *transcript, size_t number)
{
    return entry_source(&transcript->entries[number]);
}

/* One that grows keeps its rows, so the window must know of it. */
const struct buf *transcript_wording(struct transcript *transcript, size_t number)
{
    struct entry *entry = &transcript->entries[number];
    if (!entry->closed)
        entry = transcript_laid(transcript, number);
    return entry_wording(entry, transcript_columns(transcript));
}

uint64_t transcript_version(const struct transcript *transcript, size_t number)
{
    return transcript->entries[number].version;
}

void transcript_forget_wordings(struct transcript *transcript)
{
    for (size_t i = 0; i < transcript->count; i++)
        entry_forget_wording(&transcript->entries[i]);
}

size_t transcript_top(struct transcript *transcript, size_t *place)
{
    struct place top = transcript_place(transcript);
    *place = 0;
    if (top.entry == transcript->count || transcript_height(transcript, top.entry) == 0)
        return top.entry;
    size_t above = transcript_above(transcript, top.entry);
    if (top.row > above)
        *place = entry_place(transcript_laid(transcript, top.entry), top.row - above);
    return top.entry;
}

static void show_row(struct transcript *transcript, size_t number,
                     size_t (*row_of)(struct entry *, size_t), size_t at)
{
    struct place place = head_place(transcript, number);
    transcript_fold(transcript, number, false);
    if (transcript_height(transcript, number) > 0)
        place.row += row_of(transcript_laid(transcript, number), at);
    bring_into_view(transcript, place);
}

void transcript_show(struct transcript *transcript, size_t number, size_t place)
{
    show_row(transcript, number, entry_row_with, place);
}

void transcript_show_source(struct transcript *transcript, size_t number, size_t offset)
{
    show_row(transcript, number, entry_row_at, offset);
}
