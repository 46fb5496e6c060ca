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
    STYLE_CHOSEN,  /* the one of several */
    STYLE_HEADING,
    STYLE_CODE,    /* a word of code among others */
    STYLE_LINK,    /* what a link says, */
    STYLE_URL,     /* and where it leads */
    STYLE_KEYWORD, /* from here on: in code */
    STYLE_TYPE,
    STYLE_STRING,
    STYLE_NUMBER, /* constants with a name, too */
    STYLE_COMMENT,
    STYLE_ATTRIBUTE, /* preprocessor, decorators, keys, variables */
    STYLE_COUNT,
};

/* Bits, on top of any style. */
enum attribute {
    ATTRIBUTE_STRONG = 1,
    ATTRIBUTE_EMPHASIS = 2,
    ATTRIBUTE_STRUCK = 4,
    ATTRIBUTE_FOUND = 8,    /* what is searched for, */
    ATTRIBUTE_CURRENT = 16, /* and the one of them where the user is */
};

struct span {
    const char *text; /* filtered, without newlines */
    size_t len;
    enum style style;
    unsigned attributes;
    size_t source;    /* where in its source it stands, byte by byte, from 1; 0: it does not */
    size_t place;     /* the same in its wording (text/sheet.h) */
    const char *link; /* an address that is safe in OSC 8, or NULL; it is also in the text */
};

enum {
    LINE_SPANS = 64,
    LINE_BEFORE = 2, /* of them are left to what stands before the text */
};

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
