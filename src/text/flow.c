/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/flow.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

void flow_clear(struct flow *flow)
{
    buf_clear(&flow->text);
    free(flow->pieces);
    *flow = (struct flow){0};
}

void flow_reset(struct flow *flow)
{
    buf_reset(&flow->text);
    flow->count = flow->place = flow->unsaid = 0;
}

static bool is_same_ink(struct ink a, struct ink b)
{
    return a.style == b.style && a.attributes == b.attributes && a.link == b.link;
}

/* Text that goes on as the last piece does, in the source and the wording too, needs no piece of its own. */
static bool goes_on(const struct flow *flow, const struct piece *piece)
{
    if (flow->count == 0)
        return false;
    const struct piece *last = &flow->pieces[flow->count - 1];
    size_t source = last->source + (last->is_whole ? 0 : piece->start - last->start);
    size_t place = last->place ? last->place + (piece->start - last->start) : 0;
    return is_same_ink(last->ink, piece->ink) && last->is_whole == piece->is_whole &&
           source == piece->source && place == piece->place;
}

static void add_piece(struct flow *flow, const struct piece *piece, const char *text, size_t len)
{
    if (len == 0)
        return;
    if (!goes_on(flow, piece)) {
        if (flow->count == flow->cap) {
            flow->cap = flow->cap ? flow->cap * 2 : 4;
            flow->pieces = xrealloc(flow->pieces, flow->cap * sizeof(*flow->pieces));
        }
        flow->pieces[flow->count++] = *piece;
    }
    buf_add(&flow->text, text, len);
}

void flow_add(struct flow *flow, struct ink ink, size_t source, const char *text, size_t len)
{
    struct piece piece = {.start = flow->text.len, .source = source, .ink = ink};
    add_piece(flow, &piece, text, len);
}

void flow_insert(struct flow *flow, struct ink ink, size_t source, const char *text, size_t len)
{
    struct piece piece = {.start = flow->text.len, .source = source, .is_whole = true, .ink = ink};
    add_piece(flow, &piece, text, len);
}

size_t flow_piece_at(const struct flow *flow, size_t offset)
{
    size_t low = 0, high = flow->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (flow->pieces[middle].start <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

size_t flow_piece_end(const struct flow *flow, size_t piece)
{
    return piece + 1 < flow->count ? flow->pieces[piece + 1].start : flow->text.len;
}

static size_t piece_source(const struct piece *piece, size_t offset)
{
    return piece->source + (piece->is_whole ? 0 : offset - piece->start);
}

static size_t piece_place(const struct flow *flow, const struct piece *piece, size_t offset)
{
    if (flow->place)
        return offset < flow->unsaid ? 0 : flow->place + (offset - flow->unsaid);
    return piece->place ? piece->place + (offset - piece->start) : 0;
}

void flow_append(struct flow *flow, const struct flow *other, size_t start, size_t end)
{
    for (size_t i = start < end ? flow_piece_at(other, start) : 0; start < end; i++) {
        struct piece piece = other->pieces[i];
        size_t stop = flow_piece_end(other, i);
        stop = stop < end ? stop : end;
        piece.place = piece_place(other, &piece, start);
        piece.source = piece_source(&piece, start);
        piece.start = flow->text.len;
        add_piece(flow, &piece, other->text.data + start, stop - start);
        start = stop;
    }
}

size_t flow_source(const struct flow *flow, size_t offset)
{
    return piece_source(&flow->pieces[flow_piece_at(flow, offset)], offset);
}
