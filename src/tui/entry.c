/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "text/line.h"
#include "text/markdown.h"
#include "tui/note.h"

/* What an entry looks like.  The signs in the margin tell the kinds apart without colour. */
static const struct look {
    struct gutter gutter;
    enum style text;
    bool is_tight;
    bool is_markdown;
} looks[] = {
    [ENTRY_USER] = {{"▌ ", "▌ ", STYLE_ACCENT}, STYLE_USER, false, false},
    [ENTRY_ANSWER] = {{"  ", "  ", STYLE_TEXT}, STYLE_TEXT, false, true},
    [ENTRY_REASONING] = {{"┊ ", "┊ ", STYLE_RULE}, STYLE_FAINT, false, true},
    [ENTRY_TOOL] = {{"→ ", "  ", STYLE_ACCENT}, STYLE_TEXT, false, false},
    [ENTRY_NOTE] = {{"· ", "  ", STYLE_RULE}, STYLE_FAINT, false, false},
    [ENTRY_MARK] = {{"  ", "  ", STYLE_FAINT}, STYLE_FAINT, true, false},
    [ENTRY_ERROR] = {{"! ", "  ", STYLE_ERROR}, STYLE_TEXT, false, false},
};

void entry_init(struct entry *entry, uint64_t id, enum entry_kind kind, const char *time)
{
    *entry = (struct entry){.id = id, .version = id << 32, .kind = kind, .is_stale = true};
    snprintf(entry->time, sizeof(entry->time), "%s", time);
    if (looks[kind].is_markdown) {
        entry->markdown = markdown_new();
        return;
    }
    styled_gutter(&entry->body, &looks[kind].gutter);
    styled_turn(&entry->body, looks[kind].text);
    entry->wrap.hangs = kind == ENTRY_NOTE;
}

void entry_clear(struct entry *entry)
{
    free(entry->summary);
    buf_clear(&entry->wording);
    styled_clear(&entry->body);
    wrap_clear(&entry->wrap);
    markdown_free(entry->markdown);
}

const struct buf *entry_source(const struct entry *entry)
{
    return entry->markdown ? markdown_source(entry->markdown) : &entry->body.text;
}

bool entry_is_tight(const struct entry *entry)
{
    return looks[entry->kind].is_tight;
}

/* ---- Growing */

static void note_change(struct entry *entry)
{
    entry->is_stale = true;
    entry->is_worded = false;
    entry->version++;
}

/* Models often begin with empty lines; they say nothing here. */
void entry_add(struct entry *entry, const char *text, size_t len)
{
    while (entry_source(entry)->len == 0 && len > 0 && (*text == '\n' || *text == '\r'))
        text++, len--;
    if (entry->markdown)
        markdown_add(entry->markdown, text, len);
    else
        filter_add(&entry->filter, &entry->body.text, text, len);
    note_change(entry);
}

static void style_note(struct entry *entry)
{
    struct styled shown = {0};
    styled_gutter(&shown, &looks[ENTRY_NOTE].gutter);
    note_add(&entry->body.text, &shown);
    entry_set(entry, &shown);
    styled_clear(&shown);
}

void entry_close(struct entry *entry)
{
    if (entry->closed)
        return;
    if (entry->markdown)
        markdown_end(entry->markdown);
    else
        filter_end(&entry->filter, &entry->body.text);
    if (entry->kind == ENTRY_NOTE)
        style_note(entry);
    entry->closed = true;
    note_change(entry);
}

bool entry_set(struct entry *entry, struct styled *body)
{
    if (styled_equal(&entry->body, body))
        return false;
    struct styled before = entry->body;
    entry->body = *body;
    *body = before;
    wrap_clear(&entry->wrap);
    note_change(entry);
    return true;
}

/* ---- Laying out */

static void open_markdown(struct entry *entry)
{
    if (entry->markdown)
        return;
    entry->markdown = markdown_new();
    markdown_give(entry->markdown, &entry->body.text);
}

static void lay_out_markdown(struct entry *entry, int width)
{
    open_markdown(entry);
    markdown_update(entry->markdown, width);
    entry->rows = markdown_rows(entry->markdown);
}

void entry_lay_out(struct entry *entry, int width)
{
    const struct buf *text = &entry->body.text;
    if (entry->is_laid && !entry->is_stale && entry->width == width)
        return;
    if (looks[entry->kind].is_markdown) {
        lay_out_markdown(entry, width);
    } else {
        wrap_update(&entry->wrap, buf_str(text), text->len, width);
        entry->rows = entry->wrap.solid;
    }
    entry->width = width;
    entry->is_laid = true;
    entry->is_stale = false;
}

size_t entry_rows(struct entry *entry, int width)
{
    if (entry->folded)
        return 1;
    if (entry->is_stale || entry->width != width)
        entry_lay_out(entry, width);
    return entry->rows;
}

void entry_forget(struct entry *entry)
{
    if (!entry->closed || !entry->is_laid)
        return;
    if (entry->markdown)
        markdown_take(entry->markdown, &entry->body.text);
    markdown_free(entry->markdown);
    entry->markdown = NULL;
    wrap_clear(&entry->wrap);
    entry->is_laid = false;
}

/* ---- Wording */

/* One that is over and has not been laid out is none the more so afterwards. */
const struct buf *entry_wording(struct entry *entry, int width)
{
    bool was_laid = entry->is_laid;
    if (!looks[entry->kind].is_markdown)
        return &entry->body.text;
    if (entry->is_worded)
        return &entry->wording;
    open_markdown(entry);
    markdown_wording(entry->markdown, width, &entry->wording);
    entry->is_worded = true;
    entry_lay_out(entry, width);
    if (!was_laid)
        entry_forget(entry);
    return &entry->wording;
}

void entry_forget_wording(struct entry *entry)
{
    buf_clear(&entry->wording);
    entry->is_worded = false;
}

/* ---- Rows */

static uint64_t mix(uint64_t key, uint64_t value)
{
    key = (key ^ value) * 0x9E3779B97F4A7C15u;
    return key ^ key >> 29;
}

uint64_t entry_key(struct entry *entry, size_t row)
{
    if (entry->folded)
        return mix(mix(2, entry->id), 0);
    if (entry->markdown)
        return mix(mix(3, entry->kind), markdown_key(entry->markdown, row));
    size_t start = entry->wrap.starts[row],
           end = wrap_end(&entry->wrap, entry->body.text.data, row);
    return mix(mix(mix(4, entry->id), start), end);
}

size_t entry_offset(struct entry *entry, size_t row)
{
    if (entry->folded)
        return 0;
    return entry->markdown ? markdown_offset(entry->markdown, row) : entry->wrap.starts[row];
}

size_t entry_row_at(struct entry *entry, size_t offset)
{
    if (entry->folded)
        return 0;
    return entry->markdown ? markdown_row_at(entry->markdown, offset)
                           : wrap_row_at(&entry->wrap, offset);
}

size_t entry_place(struct entry *entry, size_t row)
{
    if (entry->folded)
        return 0;
    return entry->markdown ? markdown_place(entry->markdown, row) : entry->wrap.starts[row];
}

size_t entry_row_with(struct entry *entry, size_t place)
{
    if (entry->folded)
        return 0;
    return entry->markdown ? markdown_row_with(entry->markdown, place)
                           : wrap_row_at(&entry->wrap, place);
}

static void add_gutter(const struct entry *entry, bool has_margin, struct line *line)
{
    const struct gutter *gutter = &looks[entry->kind].gutter;
    line->count = 0;
    line->margin = has_margin ? GUTTER : 0;
    if (has_margin)
        line_add(line, gutter->style, gutter->first, strlen(gutter->first));
}

/* What is thought is faint whatever it is; what is bold in it stays bold. */
static void add_markdown(struct entry *entry, size_t row, struct line *line)
{
    struct line laid;
    markdown_line(entry->markdown, row, &laid);
    line->margin += laid.margin;
    for (size_t i = 0; i < laid.count && line->count < LINE_SPANS; i++) {
        struct span span = laid.spans[i];
        if (entry->kind == ENTRY_REASONING)
            span.style = looks[entry->kind].text;
        line->spans[line->count++] = span;
    }
}

/* The blanks before a row that hangs, in front of its text. */
static void indent(struct line *line, size_t margin, int columns)
{
    static const char blanks[] = "                                                                ";
    size_t len = columns < (int)sizeof(blanks) ? (size_t)columns : sizeof(blanks) - 1;
    if (len == 0 || line->count == LINE_SPANS)
        return;
    memmove(line->spans + margin + 1, line->spans + margin,
            (line->count++ - margin) * sizeof(*line->spans));
    line->spans[margin] = (struct span){.text = blanks, .len = len, .style = STYLE_FAINT};
    line->margin += (int)len;
}

static void add_wrapped(struct entry *entry, size_t row, bool has_margin, struct line *line)
{
    const char *text = entry->body.text.data;
    styled_line(&entry->body, entry->wrap.starts[row], wrap_end(&entry->wrap, text, row),
                has_margin, line);
    indent(line, has_margin, wrap_indent(&entry->wrap, text, row));
}

void entry_line(struct entry *entry, size_t row, bool has_margin, struct line *line)
{
    if (!entry->folded && !entry->markdown) {
        add_wrapped(entry, row, has_margin, line);
        return;
    }
    add_gutter(entry, has_margin, line);
    if (entry->folded)
        line_add(line, STYLE_FAINT, entry->summary, strlen(entry->summary));
    else
        add_markdown(entry, row, line);
}
