/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/link.h"

enum { ADDRESS_MAX = 2083 }; /* VTE's and iTerm2's bound */

void sheet_clear(struct sheet *sheet)
{
    flow_clear(&sheet->flow);
    buf_clear(&sheet->links);
    free(sheet->rows);
    *sheet = (struct sheet){0};
}

void sheet_reset(struct sheet *sheet)
{
    flow_reset(&sheet->flow);
    buf_reset(&sheet->links);
    sheet->count = 0;
}

void sheet_row(struct sheet *sheet, size_t source, int margin)
{
    if (sheet->count == sheet->cap) {
        sheet->cap = sheet->cap ? sheet->cap * 2 : 2;
        sheet->rows = xrealloc(sheet->rows, sheet->cap * sizeof(*sheet->rows));
    }
    size_t floor = sheet->count > 0 ? sheet->rows[sheet->count - 1].source : sheet->floor;
    source = source > floor ? source : floor;
    sheet->rows[sheet->count++] =
        (struct sheet_row){.start = sheet->flow.text.len, .source = source, .margin = margin};
}

/* ---- Addresses */

/* Only what OSC 8 may hold: anything else could end the sequence. */
static void add_escaped(struct buf *links, const char *address, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)address[i];
        if (byte > 0x20 && byte < 0x7F)
            buf_addc(links, address[i]);
        else
            buf_addf(links, "%%%02X", byte);
    }
    buf_addc(links, '\0');
}

size_t sheet_link(struct sheet *sheet, const char *address, size_t len)
{
    size_t start = sheet->links.len;
    if (!link_may_be_followed(address, len))
        return 0;
    add_escaped(&sheet->links, address, len);
    if (sheet->links.len - start > ADDRESS_MAX) {
        buf_drop_end(&sheet->links, sheet->links.len - start);
        return 0;
    }
    return start + 1;
}

/* ---- Rows */

static size_t row_end(const struct sheet *sheet, size_t row)
{
    return row + 1 < sheet->count ? sheet->rows[row + 1].start : sheet->flow.text.len;
}

static struct span piece_span(const struct sheet *sheet, const struct piece *piece, size_t start,
                              size_t end)
{
    size_t link = piece->ink.link;
    return (struct span){.text = sheet->flow.text.data + start,
                         .len = end - start,
                         .style = piece->ink.style,
                         .attributes = piece->ink.attributes,
                         .source = piece->is_whole ? 0 : piece->source + start - piece->start + 1,
                         .link = link ? sheet->links.data + link - 1 : NULL};
}

/* A row of more pieces than a line has spans keeps its whole text: the last span takes the rest. */
void sheet_line(const struct sheet *sheet, size_t row, struct line *line)
{
    const struct flow *flow = &sheet->flow;
    size_t start = sheet->rows[row].start, end = row_end(sheet, row);
    line->count = 0;
    line->margin = sheet->rows[row].margin;
    for (size_t i = start < end ? flow_piece_at(flow, start) : 0; start < end; i++) {
        size_t stop = flow_piece_end(flow, i);
        if (stop > end || line->count == LINE_SPANS - 1)
            stop = end;
        line->spans[line->count++] = piece_span(sheet, &flow->pieces[i], start, stop);
        start = stop;
    }
}

static uint64_t mix(uint64_t key, uint64_t value)
{
    key = (key ^ value) * 0x9E3779B97F4A7C15u;
    return key ^ key >> 29;
}

static uint64_t mix_text(uint64_t key, const char *text, size_t len)
{
    for (; len >= sizeof(key); text += sizeof(key), len -= sizeof(key)) {
        uint64_t word;
        memcpy(&word, text, sizeof(word));
        key = mix(key, word);
    }
    uint64_t last = len;
    for (size_t i = 0; i < len; i++)
        last = last << 8 | (unsigned char)text[i];
    return mix(key, last);
}

uint64_t sheet_key(const struct sheet *sheet, size_t row)
{
    struct line line;
    sheet_line(sheet, row, &line);
    uint64_t key = mix(1, (uint64_t)line.margin);
    for (size_t i = 0; i < line.count; i++) {
        const struct span *span = &line.spans[i];
        key = mix(key, (uint64_t)span->style << 8 | span->attributes);
        key = mix_text(key, span->text, span->len);
        if (span->link)
            key = mix_text(key, span->link, strlen(span->link));
    }
    return key ? key : 1;
}

size_t sheet_row_at(const struct sheet *sheet, size_t source)
{
    size_t low = 0, high = sheet->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (sheet->rows[middle].source <= source)
            low = middle;
        else
            high = middle;
    }
    return low;
}
