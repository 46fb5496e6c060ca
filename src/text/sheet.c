/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/sheet.h"

#include <ctype.h>
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
    if (sheet->wording)
        buf_drop_end(sheet->wording, sheet->said);
    sheet->count = sheet->said = 0;
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

/* ---- Wording */

static void add_wording(struct sheet *sheet, const char *text, size_t len)
{
    sheet->said += len;
    if (sheet->wording)
        buf_add(sheet->wording, text, len);
}

void sheet_say(struct sheet *sheet, struct flow *flow, size_t from)
{
    if (sheet->said > 0)
        add_wording(sheet, "\n", 1);
    flow->place = sheet->said + 1;
    flow->unsaid = from;
    add_wording(sheet, buf_str(&flow->text) + from, flow->text.len - from);
}

/* ---- Addresses */

/* The characters of RFC 3986; a percent sign only where it escapes something. */
static bool is_of_address(const char *address, size_t len, size_t at)
{
    static const char others[] = "-._~:/?#[]@!$&'()*+,;=";
    if (address[at] == '%')
        return at + 2 < len && isxdigit((unsigned char)address[at + 1]) &&
               isxdigit((unsigned char)address[at + 2]);
    bool is_ascii = (unsigned char)address[at] < 0x80;
    return is_ascii && (isalnum((unsigned char)address[at]) ||
                        (address[at] != '\0' && strchr(others, address[at])));
}

/* What is in no address could end the sequence that an address is written in. */
static void add_escaped(struct buf *links, const char *address, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (is_of_address(address, len, i))
            buf_addc(links, address[i]);
        else
            buf_addf(links, "%%%02X", (unsigned char)address[i]);
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
                         .place = piece->place ? piece->place + start - piece->start : 0,
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
        if (stop > end || line->count == LINE_SPANS - LINE_BEFORE - 1)
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

static size_t row_of_text(const struct sheet *sheet, size_t offset)
{
    size_t low = 0, high = sheet->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (sheet->rows[middle].start <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Where columns stand side by side, rows are not in the order of what they say. */
size_t sheet_row_with(const struct sheet *sheet, size_t place)
{
    const struct flow *flow = &sheet->flow;
    size_t best = 0, offset = 0;
    for (size_t i = 0; i < flow->count; i++) {
        const struct piece *piece = &flow->pieces[i];
        size_t last = flow_piece_end(flow, i) - 1 - piece->start;
        if (piece->place <= best || piece->place > place + 1)
            continue;
        best = piece->place;
        offset = piece->start + (place + 1 - best < last ? place + 1 - best : last);
    }
    return row_of_text(sheet, offset);
}

size_t sheet_place(const struct sheet *sheet, size_t row)
{
    const struct flow *flow = &sheet->flow;
    size_t start = sheet->rows[row].start;
    for (size_t i = start < flow->text.len ? flow_piece_at(flow, start) : flow->count;
         i < flow->count; i++) {
        const struct piece *piece = &flow->pieces[i];
        if (piece->place)
            return piece->place - 1 + (start > piece->start ? start - piece->start : 0);
    }
    return sheet->said;
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
