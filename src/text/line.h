/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A styled line: what lies between laying text out, which knows no terminal, and painting it, which
 * knows no text.  It borrows all that it points to.
 */
#ifndef TEXT_LINE_H
#define TEXT_LINE_H

#include <stddef.h>

/* What a piece of text is, not what it looks like: that is the screen's to say. */
enum style {
    STYLE_TEXT,
    STYLE_USER,   /* what the user said */
    STYLE_ACCENT, /* what the eye should find first */
    STYLE_FAINT,  /* what may be overlooked: thinking, notes, figures */
    STYLE_RULE,   /* lines between things */
    STYLE_ERROR,
    STYLE_WARNING, /* look before you go on */
    STYLE_GOOD,    /* it went well; what is added */
    STYLE_BAD,     /* it went wrong; what is taken away */
    STYLE_CHOSEN, /* the one of several */
    STYLE_COUNT,
};

struct span {
    const char *text; /* filtered, without newlines */
    size_t len;
    enum style style;
};

enum { LINE_SPANS = 32 };

struct line {
    struct span spans[LINE_SPANS];
    size_t count;
    int margin; /* columns before the text proper: tabs count from there */
};

/* A span more; one too many is left out, an empty one too. */
static inline void line_add(struct line *line, enum style style, const char *text, size_t len)
{
    if (len > 0 && line->count < LINE_SPANS)
        line->spans[line->count++] = (struct span){.text = text, .len = len, .style = style};
}

#endif
