/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * md4c's own writer of HTML would do, but for the colours of code, the addresses and the formulas.
 *
 * As on the screen, a line break in the source stays one, and md4c has a budget of calls (text/dialect.h).
 */
#include "export/hypertext.h"

#include <md4c.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "export/escape.h"
#include "text/dialect.h"
#include "text/entity.h"
#include "text/link.h"
#include "text/math.h"

enum { HEADING_SHIFT = 1, HEADING_MAX = 6 }; /* the page's own heading is the only h1 */

struct hypertext {
    struct buf *out;
    const char *copy; /* what the parser gets, with formulas masked, */
    const char *text; /* and what it stands for, as long */
    size_t len;
    struct buf code, language; /* of the block that is open */
    struct buf address;        /* of the link or image that is open, */
    unsigned addresses;        /* and how many are, in each other */
    bool in_code;
    size_t calls, calls_max;
};

static bool is_over_budget(struct hypertext *to)
{
    return ++to->calls > to->calls_max;
}

static void put(struct hypertext *to, const char *html)
{
    buf_adds(to->out, html);
}

/* The text itself, where the parser has got something else. */
static const char *unmasked(const struct hypertext *to, const char *text)
{
    bool is_masked = text >= to->copy && text <= to->copy + to->len;
    return is_masked ? to->text + (text - to->copy) : text;
}

static void read_attribute(const struct hypertext *to, struct buf *out,
                           const MD_ATTRIBUTE *attribute)
{
    const char *text = attribute->text ? unmasked(to, attribute->text) : NULL;
    buf_reset(out);
    for (size_t i = 0; text && attribute->substr_offsets[i] < attribute->size; i++) {
        size_t start = attribute->substr_offsets[i], end = attribute->substr_offsets[i + 1];
        if (attribute->substr_types[i] == MD_TEXT_ENTITY)
            entity_add(out, text + start, end - start);
        else
            buf_add(out, text + start, end - start);
    }
}

/* ---- Blocks ---- */

static void enter_list(struct hypertext *to, const MD_BLOCK_OL_DETAIL *list)
{
    if (list->start == 1)
        put(to, "<ol>\n");
    else
        buf_addf(to->out, "<ol start=\"%u\">\n", list->start);
}

static void enter_item(struct hypertext *to, const MD_BLOCK_LI_DETAIL *item)
{
    if (item->is_task)
        put(to, item->task_mark == ' ' ? "<li class=\"task\">☐ " : "<li class=\"task\">☑ ");
    else
        put(to, "<li>");
}

static void add_heading(struct hypertext *to, const char *tag, unsigned level)
{
    level += HEADING_SHIFT;
    buf_addf(to->out, "%s%u>%s", tag, level < HEADING_MAX ? level : HEADING_MAX,
             tag[1] == '/' ? "\n" : "");
}

static void enter_code(struct hypertext *to, const MD_BLOCK_CODE_DETAIL *code)
{
    to->in_code = true;
    buf_reset(&to->code);
    read_attribute(to, &to->language, &code->lang);
}

static void leave_code(struct hypertext *to)
{
    put(to, "<pre>");
    if (to->language.len > 0) {
        put(to, "<span class=\"language\">");
        escape_add(to->out, to->language.data, to->language.len);
        put(to, "</span>");
    }
    put(to, "<code>");
    escape_add_code(to->out, buf_str(&to->language), to->language.len, buf_str(&to->code),
                    to->code.len);
    put(to, "</code></pre>\n");
    to->in_code = false;
}

static void enter_cell(struct hypertext *to, const char *tag, const MD_BLOCK_TD_DETAIL *cell)
{
    static const char *const aligns[] = {[MD_ALIGN_DEFAULT] = "",
                                         [MD_ALIGN_LEFT] = "",
                                         [MD_ALIGN_CENTER] = " class=\"center\"",
                                         [MD_ALIGN_RIGHT] = " class=\"right\""};
    buf_addf(to->out, "<%s%s>", tag, aligns[cell->align]);
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *data)
{
    static const char *const tags[] = {
        [MD_BLOCK_QUOTE] = "<blockquote>\n",
        [MD_BLOCK_UL] = "<ul>\n",
        [MD_BLOCK_HR] = "<hr>\n",
        [MD_BLOCK_HTML] = "<p>",
        [MD_BLOCK_P] = "<p>",
        [MD_BLOCK_TABLE] = "<div class=\"table\"><table>\n",
        [MD_BLOCK_THEAD] = "<thead>\n",
        [MD_BLOCK_TBODY] = "<tbody>\n",
        [MD_BLOCK_TR] = "<tr>",
        [MD_BLOCK_TD] = NULL,
    };
    struct hypertext *to = data;
    if (type == MD_BLOCK_OL)
        enter_list(to, detail);
    else if (type == MD_BLOCK_LI)
        enter_item(to, detail);
    else if (type == MD_BLOCK_H)
        add_heading(to, "<h", ((const MD_BLOCK_H_DETAIL *)detail)->level);
    else if (type == MD_BLOCK_CODE)
        enter_code(to, detail);
    else if (type == MD_BLOCK_TH || type == MD_BLOCK_TD)
        enter_cell(to, type == MD_BLOCK_TH ? "th" : "td", detail);
    else if (tags[type])
        put(to, tags[type]);
    return is_over_budget(to);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *data)
{
    static const char *const tags[] = {
        [MD_BLOCK_QUOTE] = "</blockquote>\n",
        [MD_BLOCK_UL] = "</ul>\n",
        [MD_BLOCK_OL] = "</ol>\n",
        [MD_BLOCK_LI] = "</li>\n",
        [MD_BLOCK_HTML] = "</p>\n",
        [MD_BLOCK_P] = "</p>\n",
        [MD_BLOCK_TABLE] = "</table></div>\n",
        [MD_BLOCK_THEAD] = "</thead>\n",
        [MD_BLOCK_TBODY] = "</tbody>\n",
        [MD_BLOCK_TR] = "</tr>\n",
        [MD_BLOCK_TH] = "</th>",
        [MD_BLOCK_TD] = "</td>",
    };
    struct hypertext *to = data;
    if (type == MD_BLOCK_H)
        add_heading(to, "</h", ((const MD_BLOCK_H_DETAIL *)detail)->level);
    else if (type == MD_BLOCK_CODE)
        leave_code(to);
    else if (tags[type])
        put(to, tags[type]);
    return is_over_budget(to);
}

/* ---- Spans ---- */

static void open_link(struct hypertext *to)
{
    put(to, "<a rel=\"noopener noreferrer nofollow\" href=\"");
    escape_add_address(to->out, to->address.data, to->address.len);
    put(to, "\">");
}

static bool is_followed(const struct hypertext *to)
{
    return link_may_be_followed(buf_str(&to->address), to->address.len);
}

/* An image in a link, or a link in an image, is part of its text. */
static void enter_address(struct hypertext *to, const MD_ATTRIBUTE *address)
{
    if (to->addresses++ > 0)
        return;
    read_attribute(to, &to->address, address);
    if (is_followed(to))
        open_link(to);
}

static void leave_address(struct hypertext *to)
{
    if (--to->addresses > 0)
        return;
    if (is_followed(to)) {
        put(to, "</a>");
    } else if (to->address.len > 0) {
        put(to, " <span class=\"address\">(");
        escape_add(to->out, to->address.data, to->address.len);
        put(to, ")</span>");
    }
}

static void enter_image(struct hypertext *to, const MD_SPAN_IMG_DETAIL *image)
{
    enter_address(to, &image->src);
    put(to, "[image: ");
}

static void leave_image(struct hypertext *to)
{
    put(to, "]");
    leave_address(to);
}

static int enter_span(MD_SPANTYPE type, void *detail, void *data)
{
    struct hypertext *to = data;
    if (type == MD_SPAN_EM)
        put(to, "<em>");
    else if (type == MD_SPAN_STRONG)
        put(to, "<strong>");
    else if (type == MD_SPAN_DEL)
        put(to, "<del>");
    else if (type == MD_SPAN_CODE)
        put(to, "<code>");
    else if (type == MD_SPAN_A)
        enter_address(to, &((const MD_SPAN_A_DETAIL *)detail)->href);
    else if (type == MD_SPAN_IMG)
        enter_image(to, detail);
    return is_over_budget(to);
}

static int leave_span(MD_SPANTYPE type, void *detail, void *data)
{
    (void)detail;
    struct hypertext *to = data;
    if (type == MD_SPAN_EM)
        put(to, "</em>");
    else if (type == MD_SPAN_STRONG)
        put(to, "</strong>");
    else if (type == MD_SPAN_DEL)
        put(to, "</del>");
    else if (type == MD_SPAN_CODE)
        put(to, "</code>");
    else if (type == MD_SPAN_A)
        leave_address(to);
    else if (type == MD_SPAN_IMG)
        leave_image(to);
    return is_over_budget(to);
}

/* ---- Text ---- */

static void add_entity(struct hypertext *to, const char *text, size_t len)
{
    struct buf decoded = BUF_INIT;
    entity_add(&decoded, text, len);
    escape_add(to->out, buf_str(&decoded), decoded.len);
    buf_clear(&decoded);
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE len, void *data)
{
    struct hypertext *to = data;
    if (to->in_code)
        buf_add(&to->code, unmasked(to, text), len);
    else if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR)
        put(to, "<br>\n");
    else if (type == MD_TEXT_ENTITY)
        add_entity(to, text, len);
    else
        escape_add(to->out, unmasked(to, text), len);
    return is_over_budget(to);
}

static bool parse(struct hypertext *to)
{
    static const MD_PARSER parser = {.flags = DIALECT,
                                     .enter_block = enter_block,
                                     .leave_block = leave_block,
                                     .enter_span = enter_span,
                                     .leave_span = leave_span,
                                     .text = on_text};
    return md_parse(to->copy, (MD_SIZE)to->len, &parser, to) == 0;
}

void hypertext_add(struct buf *out, const char *markdown, size_t len)
{
    size_t before = out->len;
    struct buf copy = BUF_INIT;
    buf_add(&copy, markdown, len);
    if (len > 0)
        math_mask(copy.data, len);
    struct hypertext to = {.out = out,
                           .copy = buf_str(&copy),
                           .text = markdown,
                           .len = len,
                           .calls_max = dialect_calls(len)};
    if (!parse(&to)) {
        buf_drop_end(out, out->len - before);
        buf_adds(out, "<pre>");
        escape_add(out, markdown, len);
        buf_adds(out, "</pre>\n");
    }
    buf_clear(&to.code);
    buf_clear(&to.language);
    buf_clear(&to.address);
    buf_clear(&copy);
}
