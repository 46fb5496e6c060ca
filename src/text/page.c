/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/page.h"

#include <string.h>

#include "text/cell.h"
#include "text/sheet.h"

void page_clear(struct page *page)
{
    wrap_clear(&page->wrap);
    *page = (struct page){0};
}

static int margin_columns(const struct page *page)
{
    int columns = 0;
    for (size_t i = 0; i < page->depth && i < PAGE_LEVELS; i++)
        columns += page->levels[i].columns;
    return columns;
}

int page_columns(const struct page *page)
{
    int columns = page->width - margin_columns(page);
    return columns < 1 ? 1 : columns;
}

/* Half of a narrow page is for the text, whatever it is that is nested there. */
void page_indent(struct page *page, enum style style, const char *first, const char *rest)
{
    int columns = cell_columns(first, strlen(first));
    bool fits = page->depth < PAGE_LEVELS && strlen(first) < MARGIN_BYTES &&
                margin_columns(page) + columns <= page->width / 2;
    if (page->depth < PAGE_LEVELS) {
        struct margin *level = &page->levels[page->depth];
        *level = (struct margin){.style = style, .columns = fits ? columns : 0, .used = !fits};
        if (fits) {
            memcpy(level->first, first, strlen(first));
            memcpy(level->rest, rest, strlen(rest));
        }
    }
    page->depth++;
}

void page_outdent(struct page *page)
{
    page->depth--;
}

void page_row(struct page *page, size_t source)
{
    sheet_row(page->sheet, source, margin_columns(page));
    for (size_t i = 0; i < page->depth && i < PAGE_LEVELS; i++) {
        struct margin *level = &page->levels[i];
        const char *text = level->used ? level->rest : level->first;
        struct ink ink = {.style = text[0] == ' ' ? STYLE_TEXT : level->style};
        flow_insert(&page->sheet->flow, ink, source, text, strlen(text));
        level->used = true;
    }
}

void page_marker(struct page *page, size_t source)
{
    if (page->depth <= PAGE_LEVELS && !page->levels[page->depth - 1].used)
        page_row(page, source);
}

void page_flow(struct page *page, const struct flow *flow, size_t start, size_t end, bool anywhere)
{
    struct wrap *wrap = &page->wrap;
    if (start >= end)
        return;
    const char *text = flow->text.data + start;
    wrap->anywhere = anywhere;
    wrap_reset(wrap);
    wrap_update(wrap, text, end - start, page_columns(page));
    for (size_t i = 0; i < wrap->count; i++) {
        size_t from = start + wrap->starts[i];
        page_row(page, flow_source(flow, from < end ? from : end - 1));
        flow_append(&page->sheet->flow, flow, from, start + wrap_end(wrap, text, i));
    }
}
