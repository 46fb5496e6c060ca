/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/phrase.h"

#include <string.h>

#include "text/entity.h"
#include "text/prose.h"
#include "text/sheet.h"

static struct ink ink(const struct prose *prose)
{
    struct ink ink = {.style = STYLE_TEXT, .link = prose->link};
    if (prose->in_heading)
        ink.style = STYLE_HEADING;
    if (prose->link || prose->address.len > 0)
        ink.style = STYLE_LINK;
    if (prose->code_span)
        ink.style = STYLE_CODE;
    ink.attributes = (prose->strong || prose->in_head ? ATTRIBUTE_STRONG : 0) |
                     (prose->emphasis ? ATTRIBUTE_EMPHASIS : 0) |
                     (prose->struck ? ATTRIBUTE_STRUCK : 0);
    return ink;
}

static struct flow *target(struct prose *prose)
{
    return prose->in_cell ? &prose->table.flow : &prose->flow;
}

/* In a cell a tab would reach as far as its column says; a bar has a backslash before it, which
 * md4c leaves there within code. */
static void add_to_cell(struct prose *prose, const char *text, size_t len)
{
    for (size_t at = 0; at < len; at++) {
        size_t n = 0;
        while (at + n < len && !strchr("\t\n\\", text[at + n]))
            n++;
        flow_add(&prose->table.flow, ink(prose), prose->source + at, text + at, n);
        at += n;
        if (at < len && text[at] != '\\')
            flow_insert(&prose->table.flow, ink(prose), prose->source + at, " ", 1);
        else if (at < len && !(at + 1 < len && text[at + 1] == '|'))
            flow_add(&prose->table.flow, ink(prose), prose->source + at, "\\", 1);
    }
}

static void add_text(struct prose *prose, const char *text, size_t len)
{
    if (prose->in_cell)
        add_to_cell(prose, text, len);
    else
        flow_add(&prose->flow, ink(prose), prose->source, text, len);
}

/* What is not in the source as it is; it has neither tabs nor newlines. */
static void insert(struct prose *prose, struct ink with, const char *text, size_t len)
{
    flow_insert(target(prose), with, prose->source, text, len);
}

static void add_entity(struct prose *prose, const char *text, size_t len)
{
    struct buf decoded = BUF_INIT;
    entity_add(&decoded, text, len);
    insert(prose, ink(prose), buf_str(&decoded), decoded.len);
    buf_clear(&decoded);
}

void phrase_add(struct prose *prose, MD_TEXTTYPE type, const char *text, size_t len)
{
    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR)
        insert(prose, ink(prose), prose->in_cell ? " " : "\n", 1);
    else if (type == MD_TEXT_ENTITY)
        add_entity(prose, text, len);
    else
        add_text(prose, text, len);
}

/* ---- Spans */

static void add_attribute(struct buf *out, const MD_ATTRIBUTE *attribute)
{
    buf_reset(out);
    for (size_t i = 0; attribute->text && attribute->substr_offsets[i] < attribute->size; i++) {
        size_t start = attribute->substr_offsets[i], end = attribute->substr_offsets[i + 1];
        if (attribute->substr_types[i] == MD_TEXT_ENTITY)
            entity_add(out, attribute->text + start, end - start);
        else
            buf_add(out, attribute->text + start, end - start);
    }
}

static void enter_link(struct prose *prose, const MD_SPAN_A_DETAIL *link)
{
    if (prose->images)
        return;
    add_attribute(&prose->address, &link->href);
    prose->label = target(prose)->text.len;
    prose->link = sheet_link(prose->page.sheet, buf_str(&prose->address), prose->address.len);
}

static bool says_where(const struct buf *address, const char *label, size_t len)
{
    static const char scheme[] = "mailto:";
    size_t n = sizeof(scheme) - 1;
    const char *text = buf_str(address);
    bool is_mail = address->len == n + len && memcmp(text, scheme, n) == 0;
    return (address->len == len && memcmp(text, label, len) == 0) ||
           (is_mail && memcmp(text + n, label, len) == 0);
}

/* Where a link leads is always to be seen, unless that is what it says. */
static void leave_link(struct prose *prose)
{
    if (prose->images)
        return;
    const struct buf *text = &target(prose)->text;
    struct ink url = {.style = STYLE_URL, .link = prose->link};
    if (prose->address.len > 0 &&
        !says_where(&prose->address, buf_str(text) + prose->label, text->len - prose->label)) {
        insert(prose, (struct ink){.style = STYLE_URL}, " (", 2);
        insert(prose, url, prose->address.data, prose->address.len);
        insert(prose, (struct ink){.style = STYLE_URL}, ")", 1);
    }
    buf_reset(&prose->address);
    prose->link = 0;
}

static void leave_image(struct prose *prose, const MD_SPAN_IMG_DETAIL *image)
{
    struct buf address = BUF_INIT;
    add_attribute(&address, &image->src);
    prose->images--;
    insert(prose, ink(prose), "]", 1);
    if (address.len > 0) {
        insert(prose, (struct ink){.style = STYLE_URL}, " ", 1);
        insert(prose, (struct ink){.style = STYLE_URL}, address.data, address.len);
    }
    buf_clear(&address);
}

/* Few terminals strike a text out, and one that is not struck says the opposite. */
static void add_tildes(struct prose *prose)
{
    insert(prose, (struct ink){.style = STYLE_FAINT}, "~~", 2);
}

void phrase_enter(struct prose *prose, MD_SPANTYPE type, const void *detail)
{
    prose->strong += type == MD_SPAN_STRONG;
    prose->emphasis += type == MD_SPAN_EM;
    prose->struck += type == MD_SPAN_DEL;
    prose->code_span += type == MD_SPAN_CODE;
    if (type == MD_SPAN_DEL)
        add_tildes(prose);
    if (type == MD_SPAN_A)
        enter_link(prose, detail);
    if (type == MD_SPAN_IMG) {
        insert(prose, ink(prose), "[image: ", strlen("[image: "));
        prose->images++;
    }
}

void phrase_leave(struct prose *prose, MD_SPANTYPE type, const void *detail)
{
    prose->strong -= type == MD_SPAN_STRONG;
    prose->emphasis -= type == MD_SPAN_EM;
    prose->struck -= type == MD_SPAN_DEL;
    prose->code_span -= type == MD_SPAN_CODE;
    if (type == MD_SPAN_DEL)
        add_tildes(prose);
    if (type == MD_SPAN_A)
        leave_link(prose);
    if (type == MD_SPAN_IMG)
        leave_image(prose, detail);
}
