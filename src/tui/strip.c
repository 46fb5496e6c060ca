/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/strip.h"

#include <stdbool.h>
#include <string.h>

#include "text/cell.h"

void strip_clear(struct strip *strip)
{
    buf_clear(&strip->text);
    strip->count = 0;
}

void strip_reset(struct strip *strip)
{
    buf_reset(&strip->text);
    strip->count = 0;
}

/* A line has only so many spans.  What is one too many goes on in the last style: a colour is wrong
 * then, and not a column. */
static void turn(struct strip *strip, enum style style, unsigned attributes)
{
    const struct strip_piece *last = strip->count > 0 ? &strip->pieces[strip->count - 1] : NULL;
    bool is_same = last && last->style == style && last->attributes == attributes;
    if (is_same || strip->count == LINE_SPANS)
        return;
    strip->pieces[strip->count++] = (struct strip_piece){strip->text.len, style, attributes};
}

static void add_blanks(struct strip *strip, int columns)
{
    for (int i = 0; i < columns; i++)
        buf_addc(&strip->text, ' ');
    strip->column += columns > 0 ? columns : 0;
}

/* A tab becomes its blanks: it counts from where the part begins.  False when there is no more room. */
static bool add_span(struct strip *strip, const struct span *span, int margin, int columns)
{
    turn(strip, span->style, span->attributes);
    for (size_t at = 0; at < span->len;) {
        int from_margin = strip->column > margin ? strip->column - margin : 0;
        struct cell cell = cell_at(span->text + at, span->len - at, from_margin);
        if (strip->column + cell.width > columns)
            return false;
        if (span->text[at] == '\t') {
            add_blanks(strip, cell.width);
        } else {
            buf_add(&strip->text, span->text + at, cell.len);
            strip->column += cell.width;
        }
        at += cell.len;
    }
    return true;
}

void strip_add(struct strip *strip, const struct line *line, int columns)
{
    bool has_room = true;
    strip->column = 0;
    for (size_t i = 0; i < line->count && has_room; i++)
        has_room = add_span(strip, &line->spans[i], line->margin, columns);
    turn(strip, STYLE_TEXT, 0);
    add_blanks(strip, columns - strip->column);
}

void strip_adds(struct strip *strip, enum style style, const char *text, int columns)
{
    struct line line = {0};
    line_add(&line, style, text, strlen(text));
    strip_add(strip, &line, columns);
}

void strip_line(const struct strip *strip, struct line *line)
{
    *line = (struct line){0};
    for (size_t i = 0; i < strip->count; i++) {
        const struct strip_piece *piece = &strip->pieces[i];
        size_t end = i + 1 < strip->count ? piece[1].start : strip->text.len;
        line->spans[line->count++] = (struct span){.text = strip->text.data + piece->start,
                                                   .len = end - piece->start,
                                                   .style = piece->style,
                                                   .attributes = piece->attributes};
    }
}
