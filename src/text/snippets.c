/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/snippets.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "text/dialect.h"

/* Where md4c is, with callbacks that get no other argument. */
struct finder {
    struct snippets *snippets;
    const char *markdown;
    size_t len;
    struct snippet block;
    bool in_block, has_place;
    size_t blocks, blocks_max;
};

void snippets_clear(struct snippets *snippets)
{
    buf_clear(&snippets->text);
    free(snippets->items);
    *snippets = (struct snippets){0};
}

static void keep(struct snippets *snippets, const struct snippet *snippet)
{
    if (snippets->count == snippets->cap) {
        snippets->cap = snippets->cap ? snippets->cap * 2 : 8;
        snippets->items = xrealloc(snippets->items, snippets->cap * sizeof(*snippets->items));
    }
    snippets->items[snippets->count++] = *snippet;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *data)
{
    struct finder *finder = data;
    (void)detail;
    finder->in_block = type == MD_BLOCK_CODE;
    finder->has_place = false;
    finder->block = (struct snippet){.text = finder->snippets->text.len};
    return ++finder->blocks > finder->blocks_max ? -1 : 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *data)
{
    struct finder *finder = data;
    struct buf *text = &finder->snippets->text;
    (void)detail;
    if (type != MD_BLOCK_CODE)
        return 0;
    finder->in_block = false;
    while (text->len > finder->block.text && text->data[text->len - 1] == '\n')
        buf_drop_end(text, 1);
    finder->block.len = text->len - finder->block.text;
    if (finder->block.len > 0 && finder->has_place)
        keep(finder->snippets, &finder->block);
    return 0;
}

/* What md4c gives is a piece of the text, or blanks and newlines of its own. */
static void note_place(struct finder *finder, const char *text, size_t len)
{
    uintptr_t at = (uintptr_t)text - (uintptr_t)finder->markdown;
    if (at >= finder->len)
        return;
    if (!finder->has_place)
        finder->block.start = at;
    finder->has_place = true;
    finder->block.end = at + len;
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE len, void *data)
{
    struct finder *finder = data;
    if (!finder->in_block || type != MD_TEXT_CODE)
        return 0;
    note_place(finder, text, len);
    buf_add(&finder->snippets->text, text, len);
    return 0;
}

static int ignore_span(MD_SPANTYPE type, void *detail, void *data)
{
    (void)type, (void)detail, (void)data;
    return 0;
}

void snippets_find(struct snippets *snippets, const char *markdown, size_t len)
{
    static const MD_PARSER parser = {.flags = DIALECT,
                                     .enter_block = enter_block,
                                     .leave_block = leave_block,
                                     .enter_span = ignore_span,
                                     .leave_span = ignore_span,
                                     .text = on_text};
    struct finder finder = {
        .snippets = snippets, .markdown = markdown, .len = len, .blocks_max = dialect_calls(len)};
    md_parse(markdown, (MD_SIZE)len, &parser, &finder);
}
