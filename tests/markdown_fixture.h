/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown that has been laid out, and its rows as text.
 */
#ifndef TESTS_MARKDOWN_FIXTURE_H
#define TESTS_MARKDOWN_FIXTURE_H

#include <stdbool.h>

#include "base/buf.h"
#include "text/line.h"
#include "text/markdown.h"

static inline struct markdown *markdown_of(const char *text, size_t len, int width)
{
    struct markdown *markdown = markdown_new();
    markdown_add(markdown, text, len);
    markdown_end(markdown);
    markdown_update(markdown, width);
    return markdown;
}

/* {style+attributes@link:text} */
static inline void add_span(struct buf *out, const struct span *span)
{
    static const char *const names[STYLE_COUNT] = {[STYLE_ACCENT] = "accent",
                                                   [STYLE_FAINT] = "faint",
                                                   [STYLE_RULE] = "rule",
                                                   [STYLE_HEADING] = "heading",
                                                   [STYLE_CODE] = "code",
                                                   [STYLE_LINK] = "link",
                                                   [STYLE_URL] = "url",
                                                   [STYLE_KEYWORD] = "keyword",
                                                   [STYLE_TYPE] = "type",
                                                   [STYLE_STRING] = "string",
                                                   [STYLE_NUMBER] = "number",
                                                   [STYLE_COMMENT] = "comment",
                                                   [STYLE_ATTRIBUTE] = "attribute"};
    bool is_plain = span->style == STYLE_TEXT && !span->attributes && !span->link;
    if (is_plain) {
        buf_add(out, span->text, span->len);
        return;
    }
    buf_addf(out, "{%s%s%s%s%s%s%s:%.*s}", names[span->style] ? names[span->style] : "text",
             span->attributes ? "+" : "", span->attributes & ATTRIBUTE_STRONG ? "s" : "",
             span->attributes & ATTRIBUTE_EMPHASIS ? "e" : "",
             span->attributes & ATTRIBUTE_STRUCK ? "x" : "", span->link ? "@" : "",
             span->link ? span->link : "", (int)span->len, span->text);
}

/* Blanks at the end of a row are not seen. */
static inline void add_row(struct buf *out, struct markdown *markdown, size_t row, bool styled)
{
    struct line line;
    markdown_line(markdown, row, &line);
    for (size_t i = 0; i < line.count; i++) {
        if (styled)
            add_span(out, &line.spans[i]);
        else
            buf_add(out, line.spans[i].text, line.spans[i].len);
    }
    while (!styled && out->len > 0 && out->data[out->len - 1] == ' ')
        buf_drop_end(out, 1);
}

/* The rows, with newlines between them. */
static inline void add_rows(struct buf *out, struct markdown *markdown, bool styled)
{
    for (size_t i = 0; i < markdown_rows(markdown); i++) {
        if (i > 0)
            buf_addc(out, '\n');
        add_row(out, markdown, i, styled);
    }
}

#endif
