/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/styled.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct gutter no_gutter = {"", "", STYLE_TEXT};

void styled_clear(struct styled *styled)
{
    buf_clear(&styled->text);
    free(styled->runs);
    *styled = (struct styled){0};
}

void styled_reset(struct styled *styled)
{
    buf_reset(&styled->text);
    styled->count = 0;
}

/* The run that what is added next belongs to: a new one, or the last one if nothing is in it yet. */
static struct run *open_run(struct styled *styled)
{
    struct run run = {
        .start = styled->text.len, .style = STYLE_TEXT, .gutter = &no_gutter, .opens = true};
    if (styled->count > 0) {
        struct run *last = &styled->runs[styled->count - 1];
        if (last->start == run.start)
            return last;
        run.style = last->style;
        run.gutter = last->gutter;
        run.opens = false;
    }
    if (styled->count == styled->cap) {
        styled->cap = styled->cap ? styled->cap * 2 : 4;
        styled->runs = xrealloc(styled->runs, styled->cap * sizeof(*styled->runs));
    }
    styled->runs[styled->count] = run;
    return &styled->runs[styled->count++];
}

void styled_gutter(struct styled *styled, const struct gutter *gutter)
{
    struct run *run = open_run(styled);
    run->gutter = gutter;
    run->opens = true;
}

void styled_turn(struct styled *styled, enum style style)
{
    if (styled->count == 0 || styled->runs[styled->count - 1].style != style)
        open_run(styled)->style = style;
}

void styled_add(struct styled *styled, enum style style, const char *text, size_t len)
{
    if (len == 0)
        return;
    styled_turn(styled, style);
    buf_add(&styled->text, text, len);
}

void styled_adds(struct styled *styled, enum style style, const char *text)
{
    styled_add(styled, style, text, strlen(text));
}

static size_t run_end(const struct styled *styled, size_t run)
{
    return run + 1 < styled->count ? styled->runs[run + 1].start : styled->text.len;
}

void styled_append(struct styled *styled, const struct styled *other)
{
    for (size_t i = 0; i < other->count; i++) {
        const struct run *run = &other->runs[i];
        styled_add(styled, run->style, buf_str(&other->text) + run->start,
                   run_end(other, i) - run->start);
    }
}

static bool is_same_run(const struct run *a, const struct run *b)
{
    return a->start == b->start && a->style == b->style && a->gutter == b->gutter &&
           a->opens == b->opens;
}

bool styled_equal(const struct styled *a, const struct styled *b)
{
    if (a->count != b->count || a->text.len != b->text.len ||
        memcmp(buf_str(&a->text), buf_str(&b->text), a->text.len) != 0)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!is_same_run(&a->runs[i], &b->runs[i]))
            return false;
    return true;
}

/* ---- Rows */

static size_t run_at(const struct styled *styled, size_t offset)
{
    size_t low = 0, high = styled->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (styled->runs[middle].start <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A row of more styles than a line has spans keeps its whole text: the last span takes the rest. */
static void add_spans(const struct styled *styled, size_t run, size_t start, size_t end,
                      struct line *line)
{
    while (start < end) {
        size_t stop = run_end(styled, run);
        if (stop > end || line->count == LINE_SPANS - LINE_BEFORE)
            stop = end;
        if (stop > start)
            line->spans[line->count++] = (struct span){.text = styled->text.data + start,
                                                       .len = stop - start,
                                                       .style = styled->runs[run].style,
                                                       .source = start + 1,
                                                       .place = start + 1};
        run++;
        start = stop;
    }
}

void styled_line(const struct styled *styled, size_t start, size_t end, bool has_margin,
                 struct line *line)
{
    line->count = 0;
    line->margin = has_margin ? GUTTER : 0;
    if (styled->count == 0)
        return;
    size_t number = run_at(styled, start);
    const struct run *run = &styled->runs[number];
    const struct gutter *gutter = run->gutter;
    const char *sign = run->opens && run->start == start ? gutter->first : gutter->rest;
    if (has_margin)
        line_add(line, gutter->style, sign, strlen(sign));
    add_spans(styled, number, start, end, line);
}
