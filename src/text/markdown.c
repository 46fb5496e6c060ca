/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The source is scanned line by line into blocks (text/block.h), each of which is laid out by
 * itself.  The last line, of which more may come, is scanned too, but by a copy of the scanner: the
 * blocks that it begins are made anew the next time.
 *
 * Of a block that is not looked at only the number of its rows is kept.
 */
#include "text/markdown.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "text/cell.h"
#include "text/definition.h"
#include "text/hold.h"
#include "text/markdown_parts.h"
#include "text/sheet.h"

enum {
    LINE_PART = 4096, /* bytes of a line that the scanner sees at once; */
    LINE_SLACK = 64,  /* more than the cluster that it may end in */
    DEFINITIONS_MAX = 64,
};

struct markdown *markdown_new(void)
{
    return xnew(struct markdown);
}

static void drop_sheet(struct part *part)
{
    if (part->sheet)
        sheet_clear(part->sheet);
    free(part->sheet);
    part->sheet = NULL;
}

static void drop_parts(struct markdown *markdown, size_t count)
{
    markdown->worded = markdown->worded < count ? markdown->worded : count;
    while (markdown->count > count) {
        struct part *part = &markdown->parts[--markdown->count];
        drop_sheet(part);
        free(part->shape);
    }
}

void markdown_free(struct markdown *markdown)
{
    if (!markdown)
        return;
    drop_parts(markdown, 0);
    free(markdown->parts);
    buf_clear(&markdown->source);
    buf_clear(&markdown->definitions);
    render_clear(&markdown->render);
    free(markdown);
}

void markdown_add(struct markdown *markdown, const char *text, size_t len)
{
    filter_add(&markdown->filter, &markdown->source, text, len);
}

void markdown_end(struct markdown *markdown)
{
    filter_end(&markdown->filter, &markdown->source);
    markdown->has_ended = true;
}

void markdown_give(struct markdown *markdown, struct buf *source)
{
    markdown->source = *source;
    markdown->has_ended = true;
    *source = (struct buf)BUF_INIT;
}

void markdown_take(struct markdown *markdown, struct buf *source)
{
    *source = markdown->source;
    markdown->source = (struct buf)BUF_INIT;
}

const struct buf *markdown_source(const struct markdown *markdown)
{
    return &markdown->source;
}

static void set_stale(struct markdown *markdown, size_t number)
{
    markdown->parts[number].is_laid = false;
    markdown->laid = markdown->laid < number ? markdown->laid : number;
}

static void set_changed(struct markdown *markdown, size_t number)
{
    markdown->worded = markdown->worded < number ? markdown->worded : number;
    set_stale(markdown, number);
}

/* ---- Definitions of links */

/* What refers to it looks otherwise now, and a table that goes on with such a one may. */
static void add_definition(struct markdown *markdown, const struct definition *definition,
                           const char *line, size_t len)
{
    if (markdown->definition_count == DEFINITIONS_MAX)
        return;
    markdown->definition_count++;
    buf_add(&markdown->definitions, line, len);
    buf_addc(&markdown->definitions, '\n');
    for (size_t i = 0, stale = 0; i < markdown->count; i++) {
        const struct part *part = &markdown->parts[i];
        stale = (stale && part->block.goes_on) ||
                definition_concerns(definition, markdown->source.data + part->block.start,
                                    part->end - part->block.start);
        if (stale)
            set_changed(markdown, i);
    }
}

/* Definitions stand at the beginning of a block, one after the other. */
static void look_for_definition(struct markdown *markdown, bool begins, const char *line,
                                size_t len)
{
    struct definition definition;
    markdown->after_definition = (begins || markdown->after_definition) && !markdown->in_line &&
                                 markdown->scanner.block.kind == BLOCK_TEXT &&
                                 definition_read(&definition, line, len);
    if (markdown->after_definition)
        add_definition(markdown, &definition, line, len);
}

/* ---- Scanning */

static void add_part(struct markdown *markdown, const struct block *block)
{
    if (markdown->count == markdown->cap) {
        markdown->cap = markdown->cap ? markdown->cap * 2 : 8;
        markdown->parts = xrealloc(markdown->parts, markdown->cap * sizeof(*markdown->parts));
    }
    if (markdown->count > 0)
        markdown->parts[markdown->count - 1].end = block->start;
    markdown->parts[markdown->count++] = (struct part){.block = *block, .end = block->start};
}

static void scan(struct markdown *markdown, struct scanner *scanner, size_t start, size_t len)
{
    if (scanner_line(scanner, markdown->source.data, start, len, markdown->in_line))
        add_part(markdown, &scanner->block);
}

/* That a block is a table is known at its second line. */
static void note_head(struct markdown *markdown)
{
    const struct block *block = &markdown->scanner.block;
    if (markdown->count > 0) {
        markdown->parts[markdown->count - 1].block.head = block->head;
        markdown->parts[markdown->count - 1].block.head_len = block->head_len;
    }
}

/* Where to part a line that is very long, at its last blank or between two clusters. */
static size_t part_of(const char *line, size_t len)
{
    for (size_t at = LINE_PART; at > LINE_PART - LINE_SLACK; at--)
        if (line[at - 1] == ' ' && (unsigned char)line[at] < 0x80)
            return at;
    size_t at = 0;
    while (at < LINE_PART)
        at += cell_at(line + at, len - at, 0).len;
    return at < len ? at : len;
}

/* The length of the next line or part of one; 0 when it is not known yet. */
static size_t next_len(const struct markdown *markdown, const char **newline)
{
    const char *at = markdown->source.data + markdown->scanned;
    size_t left = markdown->source.len - markdown->scanned;
    size_t near = left < LINE_PART + LINE_SLACK ? left : LINE_PART + LINE_SLACK;
    *newline = memchr(at, '\n', near);
    if (*newline)
        return (size_t)(*newline - at);
    if (left > LINE_PART + LINE_SLACK)
        return part_of(at, near);
    return markdown->has_ended ? left : 0;
}

static void scan_line(struct markdown *markdown, size_t len)
{
    const char *line = markdown->source.data + markdown->scanned;
    size_t count = markdown->count;
    scan(markdown, &markdown->scanner, markdown->scanned, len);
    markdown->settled = markdown->count;
    note_head(markdown);
    look_for_definition(markdown, markdown->count > count, line, len);
}

static void scan_lines(struct markdown *markdown)
{
    while (markdown->scanned < markdown->source.len) {
        const char *newline;
        size_t len = next_len(markdown, &newline);
        if (len == 0 && !newline)
            return;
        scan_line(markdown, len);
        markdown->scanned += len + (newline != NULL);
        markdown->in_line = !newline;
    }
}

/* ---- Laying out */

static void keep_sheet(struct markdown *markdown, size_t number)
{
    for (size_t i = 0; i < SHEETS_MAX; i++)
        if (markdown->kept[i] == number)
            return;
    size_t *slot = &markdown->kept[markdown->hand++ % SHEETS_MAX];
    if (*slot < markdown->count && *slot != number)
        drop_sheet(&markdown->parts[*slot]);
    *slot = number;
}

static struct table_shape *shape_of(struct markdown *markdown, size_t number)
{
    while (markdown->parts[number].block.goes_on)
        number--;
    struct part *head = &markdown->parts[number];
    if (!head->shape)
        head->shape = xnew(struct table_shape);
    return head->shape;
}

/* A part that begins a line begins one of the wording, too. */
size_t markdown_said_before(const struct markdown *markdown, const struct part *part)
{
    size_t start = part->block.start;
    return part->said_above + (start > 0 && markdown->source.data[start - 1] == '\n');
}

/* What was gathered of it and of those behind it is of no use any more. */
static struct buf *wording_at(struct markdown *markdown, size_t number)
{
    const struct part *part = &markdown->parts[number];
    struct buf *wording = number == markdown->worded ? markdown->wording : NULL;
    if (!wording)
        return NULL;
    buf_drop_end(wording, wording->len - part->said_above);
    if (markdown_said_before(markdown, part) > part->said_above)
        buf_addc(wording, '\n');
    markdown->worded++;
    return wording;
}

void markdown_lay_out(struct markdown *markdown, size_t number)
{
    struct part *part = &markdown->parts[number];
    struct table_shape unused = {0};
    bool has_shape = part->block.kind == BLOCK_TEXT && part->block.head_len > 0;
    struct render_wish wish = {.source = markdown->source.data,
                               .block = &part->block,
                               .end = part->end,
                               .definitions = &markdown->definitions,
                               .shape = has_shape ? shape_of(markdown, number) : &unused,
                               .width = markdown->width,
                               .has_gap = part->block.gap && part->above > 0};
    if (!part->sheet) {
        part->sheet = xnew(struct sheet);
        keep_sheet(markdown, number);
    }
    part->sheet->said = 0;
    part->sheet->wording = wording_at(markdown, number);
    render_block(&markdown->render, &wish, part->sheet);
    part->sheet->wording = NULL;
    part->rows = part->sheet->count;
    part->said = markdown_said_before(markdown, part) - part->said_above + part->sheet->said;
    part->is_laid = true;
    part->laid_end = part->end;
}

/* A block has an empty row above it only if something is there. */
static size_t lay_out_new(struct markdown *markdown)
{
    size_t first = SIZE_MAX, above = 0, said = 0;
    if (markdown->laid > 0 && markdown->count > 0) {
        const struct part *before = &markdown->parts[markdown->laid - 1];
        above = before->above + before->rows;
        said = before->said_above + before->said;
    }
    for (; markdown->laid < markdown->count; markdown->laid++) {
        struct part *part = &markdown->parts[markdown->laid];
        bool gap_changed = part->block.gap && (above > 0) != (part->above > 0);
        part->above = above;
        part->said_above = said;
        if (!part->is_laid || gap_changed) {
            markdown_lay_out(markdown, markdown->laid);
            first = first < above ? first : above;
        }
        above += part->rows;
        said += part->said;
    }
    return first < above ? first : above;
}

static void set_width(struct markdown *markdown, int width)
{
    if (width == markdown->width)
        return;
    markdown->width = width;
    for (size_t i = markdown->count; i > 0; i--)
        set_stale(markdown, i - 1);
}

/* What waits belongs to no part yet. */
static void set_ends(struct markdown *markdown, size_t from)
{
    struct hold hold = {.source = markdown->source.data,
                        .len = markdown->source.len,
                        .line = markdown->scanned,
                        .in_line = markdown->in_line};
    size_t shown = markdown->has_ended ? hold.len : hold_end(&hold, &markdown->scanner);
    for (size_t i = from; i < markdown->count; i++) {
        struct part *part = &markdown->parts[i];
        size_t end = i + 1 < markdown->count ? part[1].block.start : markdown->source.len;
        part->end = end < shown ? end : shown;
        if (part->end < part->block.start)
            part->end = part->block.start;
        if (!part->is_laid || part->laid_end != part->end)
            set_changed(markdown, i);
    }
}

/* The part that was open may have grown, and the last line may begin others. */
static void scan_new(struct markdown *markdown)
{
    drop_parts(markdown, markdown->settled);
    size_t open = markdown->count > 0 ? markdown->count - 1 : 0;
    markdown->laid = markdown->laid < markdown->count ? markdown->laid : markdown->count;
    scan_lines(markdown);
    struct scanner rest = markdown->scanner;
    if (markdown->scanned < markdown->source.len)
        scan(markdown, &rest, markdown->scanned, markdown->source.len - markdown->scanned);
    set_ends(markdown, open);
}

size_t markdown_update(struct markdown *markdown, int width)
{
    size_t before = markdown_rows(markdown);
    set_width(markdown, width < 1 ? 1 : width);
    if (markdown->seen != markdown->source.len || markdown->seen_end != markdown->has_ended) {
        markdown->seen = markdown->source.len;
        markdown->seen_end = markdown->has_ended;
        scan_new(markdown);
    }
    size_t first = lay_out_new(markdown);
    return first < before ? first : before;
}

void markdown_wording(struct markdown *markdown, int width, struct buf *wording)
{
    if (wording->len == 0)
        markdown->worded = 0;
    markdown->wording = wording;
    markdown_update(markdown, width);
    while (markdown->worded < markdown->count)
        markdown_lay_out(markdown, markdown->worded);
    markdown->wording = NULL;
    const struct part *last = markdown->count ? &markdown->parts[markdown->count - 1] : NULL;
    buf_drop_end(wording, wording->len - (last ? last->said_above + last->said : 0));
}

void markdown_forget(struct markdown *markdown)
{
    for (size_t i = 0; i < SHEETS_MAX; i++)
        if (markdown->kept[i] < markdown->count)
            drop_sheet(&markdown->parts[markdown->kept[i]]);
    render_clear(&markdown->render);
}
