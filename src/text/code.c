/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/code.h"

#include "text/page.h"
#include "text/sheet.h"

void code_clear(struct code *code)
{
    flow_clear(&code->line);
}

void code_begin(struct code *code, const char *language, size_t len, size_t source)
{
    if (len > 0) {
        flow_reset(&code->line);
        flow_insert(&code->line, (struct ink){.style = STYLE_FAINT}, source, language, len);
        sheet_say(code->page->sheet, &code->line, 0);
        page_flow(code->page, &code->line, 0, len, true);
    }
    page_indent(code->page, STYLE_TEXT, "  ", "  ");
}

void code_line(struct code *code, const char *line, size_t len, size_t source)
{
    struct flow *flow = &code->line;
    flow_reset(flow);
    for (size_t at = 0; at < len;) {
        struct ink ink = {0};
        size_t n = highlight_next(&code->highlight, line, len, at, &ink.style);
        if (code->is_copy)
            flow_add(flow, ink, source + at, line + at, n);
        else
            flow_insert(flow, ink, source, line + at, n);
        at += n;
    }
    sheet_say(code->page->sheet, flow, 0);
    if (len > 0)
        page_flow(code->page, flow, 0, len, true);
    else
        page_row(code->page, source);
}

void code_end(struct code *code)
{
    page_outdent(code->page);
}
