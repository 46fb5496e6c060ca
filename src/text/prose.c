/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * md4c has callbacks for blocks, spans and text; its texts point into what it was given, which
 * tells where they stand in the source.
 */
#include "text/prose.h"

#include <md4c.h>
#include <stdio.h>
#include <string.h>

#include "text/dialect.h"
#include "text/math.h"
#include "text/phrase.h"
#include "text/sheet.h"

void prose_clear(struct prose *prose)
{
    page_clear(&prose->page);
    code_clear(&prose->code);
    table_clear(&prose->table);
    flow_clear(&prose->flow);
    buf_clear(&prose->copy);
    buf_clear(&prose->line);
    buf_clear(&prose->address);
    *prose = (struct prose){0};
}

static int count_event(struct prose *prose)
{
    return ++prose->events > prose->events_max ? -1 : 0;
}

/* ---- Levels: what blocks are in */

static struct prose_level *level(struct prose *prose)
{
    size_t depth = prose->depth < PROSE_LEVELS ? prose->depth : PROSE_LEVELS;
    return &prose->levels[depth > 0 ? depth - 1 : 0];
}

static void push(struct prose *prose, struct prose_level new)
{
    prose->depth++;
    *level(prose) = new;
}

static void pop(struct prose *prose)
{
    prose->depth--;
}

/* What has gathered becomes rows. */
static void flush(struct prose *prose)
{
    if (prose->flow.text.len > 0)
        sheet_say(prose->page.sheet, &prose->flow, 0);
    page_flow(&prose->page, &prose->flow, 0, prose->flow.text.len, false);
    flow_reset(&prose->flow);
}

/* A block begins in the level: an empty row stands between it and the one before, unless they are
 * in a list that is written without. */
static void begin_child(struct prose *prose)
{
    struct prose_level *parent = level(prose);
    if (parent->has_child && parent->is_loose)
        page_row(&prose->page, prose->source);
    parent->has_child = true;
}

/* ---- Blocks */

static void enter_list(struct prose *prose, struct prose_level list)
{
    begin_child(prose);
    list.is_list = true;
    if (prose->ordinal > 0 && list.is_numbered)
        list.number = prose->ordinal;
    prose->ordinal = 0;
    prose->bullets += !list.is_numbered;
    push(prose, list);
}

static void leave_list(struct prose *prose)
{
    prose->bullets -= !level(prose)->is_numbered;
    pop(prose);
}

static void enter_item(struct prose *prose, const MD_BLOCK_LI_DETAIL *item)
{
    static const char *const bullets[] = {"• ", "◦ ", "▪ "};
    begin_child(prose);
    struct prose_level *list = level(prose);
    char first[MARGIN_BYTES], rest[MARGIN_BYTES];
    int columns = 2;
    if (list->is_numbered)
        columns = snprintf(first, sizeof(first), "%u%c ", list->number++, list->delimiter);
    else if (item->is_task)
        columns = snprintf(first, sizeof(first), "[%c] ", item->task_mark == ' ' ? ' ' : 'x');
    else
        snprintf(first, sizeof(first), "%s", bullets[(prose->bullets + 2) % 3]);
    snprintf(rest, sizeof(rest), "%*s", columns, "");
    page_indent(&prose->page, STYLE_ACCENT, first, rest);
    push(prose, (struct prose_level){.is_loose = list->is_loose});
}

static void leave_item(struct prose *prose)
{
    flush(prose);
    page_marker(&prose->page, prose->source);
    page_outdent(&prose->page);
    pop(prose);
}

static void enter_quote(struct prose *prose)
{
    begin_child(prose);
    page_indent(&prose->page, STYLE_RULE, "│ ", "│ ");
    push(prose, (struct prose_level){.is_loose = true});
}

static void add_rule(struct prose *prose)
{
    begin_child(prose);
    page_row(&prose->page, prose->source);
    for (int i = page_columns(&prose->page); i > 0; i--)
        flow_insert(&prose->page.sheet->flow, (struct ink){.style = STYLE_RULE}, prose->source, "─",
                    strlen("─"));
}

/* The signs stay: they tell the level where there are no colours. */
static void enter_heading(struct prose *prose, unsigned of)
{
    static const char signs[] = "###### ";
    size_t len = of + 1;
    begin_child(prose);
    prose->in_heading = true;
    flow_insert(&prose->flow, (struct ink){.style = STYLE_FAINT}, prose->source,
                &signs[sizeof(signs) - 1 - len], len);
}

static void enter_code(struct prose *prose, const MD_BLOCK_CODE_DETAIL *code)
{
    begin_child(prose);
    prose->in_code = true;
    buf_reset(&prose->line);
    prose->code.is_copy = false;
    prose->code.highlight = highlight_begin(code->lang.text, code->lang.size);
    code_begin(&prose->code, code->lang.text, code->lang.size, prose->source);
}

static bool enter_table(struct prose *prose, const MD_BLOCK_TABLE_DETAIL *table)
{
    if (!prose->has_table)
        begin_child(prose);
    return table_begin(&prose->table, table->col_count);
}

/* Only the first table of a part may be one that later parts go on with. */
static void leave_table(struct prose *prose)
{
    struct table_shape other = {0};
    table_write(&prose->table, prose->has_table ? &other : prose->shape, &prose->page);
    prose->has_table = true;
}

static void enter_cell(struct prose *prose, bool is_head, const MD_BLOCK_TD_DETAIL *cell)
{
    static const enum table_align aligns[] = {[MD_ALIGN_DEFAULT] = ALIGN_LEFT,
                                              [MD_ALIGN_LEFT] = ALIGN_LEFT,
                                              [MD_ALIGN_CENTER] = ALIGN_CENTER,
                                              [MD_ALIGN_RIGHT] = ALIGN_RIGHT};
    prose->in_cell = true;
    prose->in_head = is_head;
    table_cell(&prose->table, aligns[cell->align]);
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *data)
{
    struct prose *prose = data;
    if (count_event(prose) < 0)
        return -1;
    flush(prose);
    switch (type) {
    case MD_BLOCK_DOC:
        push(prose, (struct prose_level){.is_loose = true});
        break;
    case MD_BLOCK_QUOTE:
        enter_quote(prose);
        break;
    case MD_BLOCK_UL: {
        const MD_BLOCK_UL_DETAIL *list = detail;
        enter_list(prose, (struct prose_level){.is_loose = !list->is_tight});
        break;
    }
    case MD_BLOCK_OL: {
        const MD_BLOCK_OL_DETAIL *list = detail;
        enter_list(prose, (struct prose_level){.is_loose = !list->is_tight,
                                               .is_numbered = true,
                                               .number = list->start,
                                               .delimiter = list->mark_delimiter});
        break;
    }
    case MD_BLOCK_LI:
        enter_item(prose, detail);
        break;
    case MD_BLOCK_HR:
        add_rule(prose);
        break;
    case MD_BLOCK_H:
        enter_heading(prose, ((const MD_BLOCK_H_DETAIL *)detail)->level);
        break;
    case MD_BLOCK_CODE:
        enter_code(prose, detail);
        break;
    case MD_BLOCK_HTML:
    case MD_BLOCK_P:
        begin_child(prose);
        break;
    case MD_BLOCK_TABLE:
        return enter_table(prose, detail) ? 0 : -1;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        enter_cell(prose, type == MD_BLOCK_TH, detail);
        break;
    case MD_BLOCK_THEAD:
    case MD_BLOCK_TBODY:
    case MD_BLOCK_TR:
        break;
    }
    return 0;
}

static void leave_code(struct prose *prose)
{
    if (prose->line.len > 0)
        code_line(&prose->code, prose->line.data, prose->line.len, prose->line_source);
    code_end(&prose->code);
    prose->in_code = false;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *data)
{
    (void)detail;
    struct prose *prose = data;
    flush(prose);
    if (type == MD_BLOCK_LI)
        leave_item(prose);
    else if (type == MD_BLOCK_UL || type == MD_BLOCK_OL)
        leave_list(prose);
    else if (type == MD_BLOCK_CODE)
        leave_code(prose);
    else if (type == MD_BLOCK_TABLE)
        leave_table(prose);
    else if (type == MD_BLOCK_QUOTE)
        page_outdent(&prose->page);
    if (type == MD_BLOCK_QUOTE || type == MD_BLOCK_DOC)
        pop(prose);
    prose->in_heading = prose->in_head = prose->in_cell = false;
    return count_event(prose);
}

/* ---- Text */

/* A line of code stands in the source as it is where the blanks before it do, too: the parser makes them
 * anew.  What it takes out of the prefix for code is no copy. */
static void note_copy(struct prose *prose, const char *text)
{
    size_t before = prose->line.len, at = prose->source - prose->start;
    if (prose->source < prose->start || text != prose->original + at)
        return;
    prose->code.is_copy = at >= before && memcmp(text - before, buf_str(&prose->line), before) == 0;
    prose->line_source = prose->source - (prose->code.is_copy ? before : 0);
}

static void add_code(struct prose *prose, const char *text, size_t len)
{
    if (prose->line.len == 0)
        prose->line_source = prose->source;
    note_copy(prose, text);
    for (const char *newline; (newline = memchr(text, '\n', len));) {
        size_t n = (size_t)(newline - text);
        buf_add(&prose->line, text, n);
        code_line(&prose->code, buf_str(&prose->line), prose->line.len, prose->line_source);
        buf_reset(&prose->line);
        prose->code.is_copy = false;
        prose->line_source = prose->source;
        text += n + 1;
        len -= n + 1;
    }
    buf_add(&prose->line, text, len);
}

/* Where it stands in the source, and the text itself where the parser has got something else. */
static const char *find_text(struct prose *prose, const char *text)
{
    const char *copy = prose->copy.data;
    if (text < copy || text > copy + prose->copy.len)
        return text;
    size_t offset = (size_t)(text - copy);
    if (offset < prose->prefix) {
        bool in_head = offset >= prose->head;
        prose->source = in_head ? prose->head_start + (offset - prose->head) : prose->start;
        return prose->before + offset;
    }
    prose->source = prose->start + (offset - prose->prefix);
    return prose->original + (offset - prose->prefix);
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE len, void *data)
{
    struct prose *prose = data;
    text = find_text(prose, text);
    if (prose->in_code && type != MD_TEXT_ENTITY)
        add_code(prose, text, len);
    else
        phrase_add(prose, type, text, len);
    return count_event(prose);
}

static int enter_span(MD_SPANTYPE type, void *detail, void *data)
{
    phrase_enter(data, type, detail);
    return count_event(data);
}

static int leave_span(MD_SPANTYPE type, void *detail, void *data)
{
    phrase_leave(data, type, detail);
    return count_event(data);
}

/* ---- A text */

static void reset(struct prose *prose, const struct prose_text *text)
{
    buf_reset(&prose->copy);
    buf_add(&prose->copy, text->prefix, text->prefix_len);
    buf_add(&prose->copy, text->text, text->len);
    prose->head = text->prefix_len - text->head_len;
    prose->head_start = text->head;
    math_mask(prose->copy.data + prose->head, prose->copy.len - prose->head);
    flow_reset(&prose->flow);
    buf_reset(&prose->address);
    prose->original = text->text;
    prose->before = text->prefix;
    prose->prefix = text->prefix_len;
    prose->start = prose->source = text->source;
    prose->ordinal = text->ordinal;
    prose->shape = text->shape;
    prose->code.page = &prose->page;
    prose->page.depth = 0;
    prose->depth = prose->bullets = prose->link = prose->events = 0;
    prose->strong = prose->emphasis = prose->struck = prose->code_span = prose->images = 0;
    prose->in_heading = prose->in_head = prose->in_cell = prose->in_code = false;
    prose->has_table = false;
    prose->events_max = dialect_calls(prose->copy.len);
}

bool prose_write(struct prose *prose, const struct prose_text *text)
{
    static const MD_PARSER parser = {.flags = DIALECT,
                                     .enter_block = enter_block,
                                     .leave_block = leave_block,
                                     .enter_span = enter_span,
                                     .leave_span = leave_span,
                                     .text = on_text};
    reset(prose, text);
    int result = md_parse(buf_str(&prose->copy), (MD_SIZE)prose->copy.len, &parser, prose);
    return result == 0 && (!text->is_table || prose->has_table);
}
