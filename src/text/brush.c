/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/brush.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "text/cell.h"
#include "text/line.h"

/* ---- Links */

/* What has the same id and the same address is one link to the terminal, on several rows too. */
static uint64_t link_id(const char *address)
{
    uint64_t id = 0xCBF29CE484222325u;
    for (; *address; address++)
        id = (id ^ (unsigned char)*address) * 0x100000001B3u;
    return id;
}

static void turn_link(const char *from, const char *to, struct buf *out)
{
    bool is_same = from && to && strcmp(from, to) == 0;
    if (is_same || (!from && !to))
        return;
    if (to)
        buf_addf(out, "\033]8;id=%016jx;%s\033\\", (uintmax_t)link_id(to), to);
    else
        buf_adds(out, "\033]8;;\033\\");
}

/* ---- Rows */

/* The terminal counts tabs from its edge, and not from the margin. */
static void add_text(struct buf *out, const struct span *span, int margin, int *column)
{
    for (size_t at = 0; at < span->len;) {
        int from_margin = *column > margin ? *column - margin : 0;
        struct cell cell = cell_at(span->text + at, span->len - at, from_margin);
        if (span->text[at] == '\t')
            buf_addf(out, "%*s", cell.width, "");
        else
            buf_add(out, span->text + at, cell.len);
        *column += cell.width;
        at += cell.len;
    }
}

void brush_row(const struct brush *brush, const struct line *line, struct buf *out)
{
    const char *link = NULL;
    int column = 0;
    for (size_t i = 0; i < line->count; i++) {
        const struct span *span = &line->spans[i];
        const char *next = brush->hyperlinks ? span->link : NULL;
        struct theme_look look = theme_look(&brush->theme, span->style, span->attributes);
        bool is_plain = look.marks == 0 && theme_nearest(look.color, brush->colors) < 0;
        turn_link(link, next, out);
        link = next;
        if (!is_plain)
            theme_sgr(&look, brush->colors, out);
        add_text(out, span, line->margin, &column);
        if (!is_plain)
            buf_adds(out, "\033[m");
    }
    turn_link(link, NULL, out);
    buf_addc(out, '\n');
}
