/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mark.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/cell.h"
#include "text/line.h"

void marks_clear(struct marks *marks)
{
    free(marks->marks);
    *marks = (struct marks){0};
}

void marks_set(struct marks *marks, const struct mark *from, size_t count)
{
    marks_clear(marks);
    if (count == 0)
        return;
    marks->marks = xcalloc(count, sizeof(*from));
    memcpy(marks->marks, from, count * sizeof(*from));
    marks->count = count;
}

static bool ends_before(const struct mark *mark, size_t entry, size_t place)
{
    return mark->entry != entry ? mark->entry < entry : mark->end <= place;
}

/* The first mark that does not end before a place. */
static size_t first_from(const struct marks *marks, size_t entry, size_t place)
{
    size_t low = 0, high = marks->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ends_before(&marks->marks[middle], entry, place))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint64_t mix(uint64_t key, uint64_t value)
{
    key = (key ^ value) * 0x9E3779B97F4A7C15u;
    return key ^ key >> 29;
}

static uint64_t span_key(const struct marks *marks, uint64_t key, size_t entry, size_t start,
                         size_t end)
{
    for (size_t i = first_from(marks, entry, start); i < marks->count; i++) {
        const struct mark *mark = &marks->marks[i];
        if (mark->entry != entry || mark->start >= end)
            break;
        size_t from = mark->start > start ? mark->start : start;
        size_t to = mark->end < end ? mark->end : end;
        key = mix(mix(mix(key, from), to), mark->attributes);
    }
    return key;
}

uint64_t marks_key(const struct marks *marks, uint64_t key, size_t entry, const struct line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        size_t place = line->spans[i].place;
        if (place > 0)
            key = span_key(marks, key, entry, place - 1, place - 1 + line->spans[i].len);
    }
    return key ? key : 1;
}

/* Half of a character and its marks cannot stand out: the cell that a byte is in, and where it ends. */
static size_t cell_before(const struct span *span, size_t byte, size_t *end)
{
    size_t at = 0;
    for (*end = 0; *end <= byte && *end < span->len;) {
        at = *end;
        *end += cell_at(span->text + at, span->len - at, 0).len;
    }
    return at;
}

/* A piece of the span as one of its own: the last for which there is room takes the rest of the text, and
 * does not stand out.  What does has the text's own colour: the colours of many styles, turned round, are
 * a motley. */
static void add_piece(struct line *line, size_t most, const struct span *span, size_t from,
                      size_t to, unsigned attributes)
{
    if (from >= to || line->count == most)
        return;
    struct span piece = *span;
    bool is_rest = line->count == most - 1 && to < span->len;
    if (attributes && !is_rest)
        piece.style = STYLE_TEXT;
    piece.text += from;
    piece.source += piece.source ? from : 0;
    piece.place += piece.place ? from : 0;
    piece.len = (is_rest ? span->len : to) - from;
    piece.attributes |= is_rest ? 0 : attributes;
    line->spans[line->count++] = piece;
}

/* As pieces of a line which is to have no more than `most` of them then. */
static void mark_span(const struct marks *marks, size_t entry, const struct span *span,
                      struct line *line, size_t most)
{
    size_t start = span->place - 1, at = 0;
    for (size_t i = first_from(marks, entry, start); i < marks->count && at < span->len; i++) {
        const struct mark *mark = &marks->marks[i];
        if (mark->entry != entry || mark->start >= start + span->len)
            break;
        size_t to, from = cell_before(span, mark->start > start ? mark->start - start : 0, &to);
        cell_before(span, mark->end - start - 1, &to);
        from = from > at ? from : at;
        add_piece(line, most, span, at, from, 0);
        add_piece(line, most, span, from, to, mark->attributes);
        at = to > at ? to : at;
    }
    add_piece(line, most, span, at, span->len, 0);
}

void marks_apply(const struct marks *marks, size_t entry, struct line *line)
{
    if (marks->count == 0)
        return;
    struct line plain = *line;
    line->count = 0;
    for (size_t i = 0; i < plain.count; i++) {
        size_t behind = plain.count - i - 1;
        if (plain.spans[i].place > 0)
            mark_span(marks, entry, &plain.spans[i], line, LINE_SPANS - behind);
        else
            line->spans[line->count++] = plain.spans[i];
    }
}
