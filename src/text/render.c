/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/render.h"

#include <string.h>

#include "text/block.h"
#include "text/sheet.h"

void render_clear(struct render *render)
{
    prose_clear(&render->prose);
    buf_clear(&render->prefix);
}

static struct page *begin_page(struct render *render, const struct render_wish *wish,
                               struct sheet *sheet)
{
    struct page *page = &render->prose.page;
    sheet_reset(sheet);
    sheet->floor = wish->block->start;
    page->sheet = sheet;
    page->width = wish->width;
    page->depth = 0;
    if (wish->has_gap)
        page_row(page, wish->block->start);
    return page;
}

/* The line at `at`, without its newline; returns where the next one begins. */
static size_t next_line(const struct render_wish *wish, size_t at, size_t *len)
{
    const char *newline = memchr(wish->source + at, '\n', wish->end - at);
    size_t end = newline ? (size_t)(newline - wish->source) : wish->end;
    *len = end - at;
    return newline ? end + 1 : end;
}

/* ---- Code */

/* What the opening fence is indented by, its lines are too. */
static void write_code_line(struct code *code, const struct fence *fence, const char *line,
                            size_t len, size_t source)
{
    size_t indent = 0;
    while (indent < fence->indent && indent < len && line[indent] == ' ')
        indent++;
    code_line(code, line + indent, len - indent, source + indent);
}

static void write_code(struct render *render, const struct render_wish *wish, struct page *page)
{
    const struct block *block = wish->block;
    const struct fence *fence = &block->fence;
    struct code *code = &render->prose.code;
    size_t at = block->start, len, next;
    code->page = page;
    code->is_copy = true;
    code->highlight = block->highlight;
    if (!block->goes_on)
        at = next_line(wish, at, &len);
    const char *info = wish->source + block->start + fence->info;
    code_begin(code, info, block->goes_on ? 0 : fence->info_len, block->start);
    for (; at < wish->end; at = next) {
        next = next_line(wish, at, &len);
        if (fence_closes(fence, wish->source + at, len))
            break;
        write_code_line(code, fence, wish->source + at, len, at);
    }
    code_end(code);
}

/* ---- Text */

static void write_plain(struct render *render, const struct render_wish *wish, struct page *page)
{
    struct flow *flow = &render->prose.flow;
    size_t end = wish->end;
    while (end > wish->block->start && wish->source[end - 1] == '\n')
        end--;
    flow_reset(flow);
    flow_add(flow, (struct ink){.style = STYLE_TEXT}, wish->block->start,
             wish->source + wish->block->start, end - wish->block->start);
    sheet_say(page->sheet, flow, 0);
    page_flow(page, flow, 0, flow->text.len, false);
    flow_reset(flow);
}

/* GFM is content with a dash for each column, md4c wants three. */
static void add_delimiters(struct buf *prefix, const char *line, size_t len)
{
    size_t dashes = 0;
    for (size_t i = 0; i <= len; i++) {
        bool is_dash = i < len && line[i] == '-';
        if (dashes > 0 && dashes < 3 && !is_dash)
            buf_add(prefix, "--", 3 - dashes);
        dashes = is_dash ? dashes + 1 : 0;
        if (i < len)
            buf_addc(prefix, line[i]);
    }
    buf_addc(prefix, '\n');
}

/* The table's first two lines; returns how long they are now. */
static size_t add_head(struct buf *prefix, const struct render_wish *wish)
{
    const char *head = wish->source + wish->block->head;
    size_t before = prefix->len, len = wish->block->head_len;
    if (len == 0)
        return 0;
    const char *newline = memchr(head, '\n', len);
    size_t first = (size_t)(newline + 1 - head);
    buf_add(prefix, head, first);
    add_delimiters(prefix, head + first, len - first);
    return prefix->len - before;
}

static void add_definitions(struct buf *prefix, const struct render_wish *wish)
{
    size_t start = wish->block->head_len ? wish->block->head : wish->block->start;
    if (wish->definitions->len == 0 || !memchr(wish->source + start, '[', wish->end - start))
        return;
    buf_add(prefix, wish->definitions->data, wish->definitions->len);
    buf_addc(prefix, '\n');
}

static bool write_prose(struct render *render, const struct render_wish *wish)
{
    const struct block *block = wish->block;
    bool has_head = block->head_len > 0 && !block->goes_on;
    size_t head = has_head ? block->head_len + 1 : 0, len = wish->end - block->start;
    head = head < len ? head : len;
    buf_reset(&render->prefix);
    add_definitions(&render->prefix, wish);
    size_t head_len = add_head(&render->prefix, wish);
    if (!block->goes_on)
        *wish->shape = (struct table_shape){0};
    struct prose_text text = {.text = wish->source + block->start + head,
                              .len = len - head,
                              .source = block->start + head,
                              .prefix = buf_str(&render->prefix),
                              .prefix_len = render->prefix.len,
                              .ordinal = block->ordinal,
                              .shape = wish->shape,
                              .is_table = head_len > 0,
                              .head = block->head,
                              .head_len = head_len};
    return prose_write(&render->prose, &text);
}

void render_block(struct render *render, const struct render_wish *wish, struct sheet *sheet)
{
    struct page *page = begin_page(render, wish, sheet);
    if (wish->end <= wish->block->start)
        sheet_reset(sheet);
    else if (wish->block->kind == BLOCK_CODE)
        write_code(render, wish, page);
    else if (wish->block->kind == BLOCK_PLAIN)
        write_plain(render, wish, page);
    else if (!write_prose(render, wish))
        write_plain(render, wish, begin_page(render, wish, sheet));
    if (wish->has_gap && sheet->count == 1)
        sheet_reset(sheet);
}
