/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "base/mem.h"
#include "text/line.h"
#include "text/styled.h"
#include "text/wrap.h"

/* What an entry looks like.  The signs in the margin tell the kinds apart without colour. */
static const struct look {
    struct gutter gutter;
    enum style text;
    bool tight; /* no empty row above */
} looks[] = {
    [ENTRY_USER] = {{"▌ ", "▌ ", STYLE_ACCENT}, STYLE_USER, false},
    [ENTRY_ANSWER] = {{"  ", "  ", STYLE_TEXT}, STYLE_TEXT, false},
    [ENTRY_REASONING] = {{"┊ ", "┊ ", STYLE_RULE}, STYLE_FAINT, false},
    [ENTRY_TOOL] = {{"→ ", "  ", STYLE_ACCENT}, STYLE_TEXT, false},
    [ENTRY_NOTE] = {{"· ", "  ", STYLE_RULE}, STYLE_FAINT, false},
    [ENTRY_MARK] = {{"  ", "  ", STYLE_FAINT}, STYLE_FAINT, true},
    [ENTRY_ERROR] = {{"! ", "  ", STYLE_ERROR}, STYLE_TEXT, false},
};

enum {
    NARROW = 8, /* a window of fewer columns has no margin, */
    WIDE = 40,  /* one of so many has one to the right, too */
};

struct entry {
    uint64_t id;
    enum entry_kind kind;
    bool closed;
    struct filter filter;
    struct styled body;
    struct wrap wrap;
};

/* Where the window begins: a row of an entry, counting the empty one above it. */
struct place {
    size_t entry, row;
};

/* The same as a piece of text, which stays when the rows change. */
struct anchor {
    size_t entry, offset;
    bool above; /* on the empty row */
};

struct transcript {
    struct entry *entries;
    size_t count, cap;
    uint64_t last_id;
    int width, height;
    bool follows;
    struct anchor top;        /* while it does not follow */
    size_t seen, seen_offset; /* the end when it ceased to: an entry, and how long it was */
};

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
    for (size_t i = 0; i < transcript->count; i++) {
        styled_clear(&transcript->entries[i].body);
        wrap_clear(&transcript->entries[i].wrap);
    }
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
    *entry = (struct entry){.id = ++transcript->last_id, .kind = kind};
    styled_gutter(&entry->body, &looks[kind].gutter);
    styled_turn(&entry->body, looks[kind].text);
    transcript_append(transcript, kind, text, len);
}

/* Models often begin with empty lines; they say nothing here. */
static void drop_empty_lines(struct buf *text)
{
    size_t empty = 0;
    while (empty < text->len && text->data[empty] == '\n')
        empty++;
    buf_drop(text, empty);
}

void transcript_append(struct transcript *transcript, enum entry_kind kind, const char *text,
                       size_t len)
{
    struct entry *last = transcript->count ? &transcript->entries[transcript->count - 1] : NULL;
    if (!last || last->closed || last->kind != kind) {
        transcript_add(transcript, kind, text, len);
        return;
    }
    struct buf *body = &last->body.text;
    bool fresh = body->len == 0;
    filter_add(&last->filter, body, text, len);
    if (fresh)
        drop_empty_lines(body);
}

void transcript_close(struct transcript *transcript)
{
    struct entry *last = transcript->count ? &transcript->entries[transcript->count - 1] : NULL;
    if (!last || last->closed)
        return;
    filter_end(&last->filter, &last->body.text);
    last->closed = true;
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

/* ---- Rows */

static bool has_margin(const struct transcript *transcript)
{
    return transcript->width >= NARROW;
}

int transcript_columns(const struct transcript *transcript)
{
    int width = transcript->width - (has_margin(transcript) ? GUTTER : 0);
    width -= transcript->width >= WIDE ? GUTTER : 0;
    return width < 1 ? 1 : width;
}

static void lay_out(const struct transcript *transcript, struct entry *entry)
{
    const struct buf *text = &entry->body.text;
    wrap_update(&entry->wrap, buf_str(text), text->len, transcript_columns(transcript));
}

static size_t rows_above(const struct transcript *transcript, size_t entry)
{
    return entry > 0 && !looks[transcript->entries[entry].kind].tight;
}

/* All rows of an entry: none as long as nothing is to be seen of it. */
static size_t entry_height(struct transcript *transcript, size_t index)
{
    struct entry *entry = &transcript->entries[index];
    lay_out(transcript, entry);
    return entry->wrap.solid ? rows_above(transcript, index) + entry->wrap.solid : 0;
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
        place.row = entry_height(transcript, place.entry);
    }
    place.row -= rows < place.row ? rows : place.row;
    return place;
}

static struct place forth(struct transcript *transcript, struct place place, size_t rows)
{
    while (place.entry < transcript->count) {
        size_t left = entry_height(transcript, place.entry) - place.row;
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

static struct place anchored_place(struct transcript *transcript)
{
    const struct anchor *top = &transcript->top;
    size_t height = entry_height(transcript, top->entry);
    size_t above = rows_above(transcript, top->entry);
    if (top->above || height == 0)
        return (struct place){.entry = top->entry};
    size_t row = above + wrap_row_at(&transcript->entries[top->entry].wrap, top->offset);
    return (struct place){.entry = top->entry, .row = row < height ? row : height - 1};
}

static struct place top_place(struct transcript *transcript)
{
    return transcript->follows ? last_place(transcript) : anchored_place(transcript);
}

static void stop_following(struct transcript *transcript)
{
    if (!transcript->follows)
        return;
    transcript->follows = false;
    transcript->seen = transcript->count - 1;
    transcript->seen_offset = transcript->entries[transcript->seen].body.text.len;
}

/* Let the window begin here; at the end it follows. */
static void go_to(struct transcript *transcript, struct place place)
{
    if (!is_before(place, last_place(transcript))) {
        transcript->follows = true;
        return;
    }
    stop_following(transcript);
    size_t above = rows_above(transcript, place.entry);
    transcript->top = (struct anchor){.entry = place.entry, .above = place.row < above};
    if (!transcript->top.above && entry_height(transcript, place.entry) > 0)
        transcript->top.offset = transcript->entries[place.entry].wrap.starts[place.row - above];
}

/* ---- The window */

/* A window at the end follows, whatever has brought it there. */
static void settle(struct transcript *transcript)
{
    if (!transcript->follows && !is_before(top_place(transcript), last_place(transcript)))
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
    if (styled_equal(&entry->body, body))
        return false;
    struct styled before = entry->body;
    entry->body = *body;
    *body = before;
    wrap_clear(&entry->wrap);
    entry->id = ++transcript->last_id;
    settle(transcript);
    return true;
}

void transcript_scroll(struct transcript *transcript, long rows)
{
    struct place top = top_place(transcript);
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
    return (struct place){.entry = entry, .row = rows_above(transcript, entry)};
}

void transcript_jump(struct transcript *transcript, bool to_earlier)
{
    struct place top = top_place(transcript);
    size_t found = transcript->count;
    for (size_t i = 0; i < transcript->count; i++) {
        struct place place = head_place(transcript, i);
        if (transcript->entries[i].kind != ENTRY_USER)
            continue;
        if (to_earlier ? is_before(place, top) : is_before(top, place)) {
            found = i;
            if (!to_earlier)
                break;
        }
    }
    if (found < transcript->count)
        go_to(transcript, head_place(transcript, found));
    else if (to_earlier)
        transcript_home(transcript);
    else
        transcript_end(transcript);
}

void transcript_reveal(struct transcript *transcript, size_t entry)
{
    struct place head = head_place(transcript, entry), top = top_place(transcript);
    struct place end = forth(transcript, top, (size_t)transcript->height);
    if (is_before(head, top) || !is_before(head, end))
        go_to(transcript, head);
}

size_t transcript_in_view(struct transcript *transcript, enum entry_kind kind)
{
    struct place top = top_place(transcript);
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

size_t transcript_unread(struct transcript *transcript)
{
    if (transcript->follows)
        return 0;
    const struct entry *seen = &transcript->entries[transcript->seen];
    size_t height = entry_height(transcript, transcript->seen);
    size_t known = rows_above(transcript, transcript->seen) + 1;
    if (transcript->seen_offset > 0)
        known += wrap_row_at(&seen->wrap, transcript->seen_offset - 1);
    size_t unread = height > known ? height - known : 0;
    for (size_t i = transcript->seen + 1; i < transcript->count; i++)
        unread += entry_height(transcript, i);
    return unread;
}

/* ---- What is to be painted */

static uint64_t mix(uint64_t key, uint64_t value)
{
    key = (key ^ value) * 0x9E3779B97F4A7C15u;
    return key ^ key >> 29;
}

static struct row text_row(const struct transcript *transcript, size_t index, size_t number)
{
    const struct entry *entry = &transcript->entries[index];
    struct row row = {.entry = index, .start = entry->wrap.starts[number]};
    row.end = wrap_end(&entry->wrap, entry->body.text.data, number);
    row.key = mix(mix(mix(1, entry->id), row.start), row.end);
    return row;
}

static const struct row empty_row = {.key = 1, .start = 1};

void transcript_rows(struct transcript *transcript, struct row *rows)
{
    struct place place = top_place(transcript);
    for (int y = 0; y < transcript->height; y++) {
        while (place.entry < transcript->count &&
               place.row >= entry_height(transcript, place.entry))
            place = (struct place){.entry = place.entry + 1};
        rows[y] = empty_row;
        if (place.entry == transcript->count)
            continue;
        size_t above = rows_above(transcript, place.entry);
        if (place.row >= above)
            rows[y] = text_row(transcript, place.entry, place.row - above);
        place.row++;
    }
}

void transcript_line(const struct transcript *transcript, const struct row *row, struct line *line)
{
    static const struct styled nothing;
    bool is_empty = row->end < row->start;
    styled_line(is_empty ? &nothing : &transcript->entries[row->entry].body, row->start, row->end,
                has_margin(transcript), line);
}

/* ---- As text */

/* With its signs, since they say what is what. */
static void add_lines(const struct styled *body, size_t len, struct buf *out)
{
    for (size_t start = 0; start < len;) {
        struct line line;
        const char *newline = memchr(body->text.data + start, '\n', len - start);
        size_t end = newline ? (size_t)(newline - body->text.data) : len;
        styled_line(body, start, end, true, &line);
        for (size_t i = 0; i < line.count; i++)
            buf_add(out, line.spans[i].text, line.spans[i].len);
        buf_addc(out, '\n');
        start = end + 1;
    }
}

static void add_text(const struct entry *entry, struct buf *out)
{
    const struct buf *text = &entry->body.text;
    size_t len = text->len;
    while (len > 0 && text->data[len - 1] == '\n')
        len--;
    if (len == 0 || entry->kind == ENTRY_REASONING)
        return;
    if (out->len > 0 && !looks[entry->kind].tight)
        buf_addc(out, '\n');
    if (entry->kind == ENTRY_TOOL) {
        add_lines(&entry->body, len, out);
        return;
    }
    if (entry->kind == ENTRY_USER)
        buf_adds(out, "> ");
    buf_add(out, text->data, len);
    buf_addc(out, '\n');
}

void transcript_text(const struct transcript *transcript, bool all, struct buf *out)
{
    size_t from = all ? 0 : transcript->count;
    while (from > 0 && !all && transcript->entries[from - 1].kind != ENTRY_USER)
        from--;
    if (from == 0 && !all)
        return;
    for (size_t i = all ? 0 : from - 1; i < transcript->count; i++)
        add_text(&transcript->entries[i], out);
}
