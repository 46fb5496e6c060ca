/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What styles look like: a theme gives each its colour and how it is set.  It knows no terminal;
 * how many colours there are is told to it.
 *
 * What colour says, bold, dim, italic or underlined say too where there is none.
 */
#ifndef TEXT_THEME_H
#define TEXT_THEME_H

#include <stddef.h>
#include <stdint.h>

#include "text/line.h"

struct buf;
struct error;

/* Bits. */
enum theme_mark {
    THEME_BOLD = 1,
    THEME_DIM = 2,
    THEME_ITALIC = 4,
    THEME_UNDERLINE = 8,
    THEME_STRUCK = 16,
    THEME_REVERSE = 32,
};

enum {
    THEME_NO_COLOR = -1, /* the terminal's own */
    THEME_RGB = 1 << 24, /* is set in 0xRRGGBB; else it is a number up to 255, xterm's */
};

struct theme_look {
    int32_t color;
    unsigned marks;
};

struct theme {
    struct theme_look looks[STYLE_COUNT];
};

/* "dark", "light", "neutral" (for either ground), "16" or "none"; NULL when it is none of them. */
const struct theme *theme_find(const char *name);
/* The names of the styles, from 0; NULL at the end. */
const char *theme_style(size_t number);
/* Change a style by its name: "bold #5f87af", "underline 12", "default". */
int theme_set(struct theme *theme, const char *style, const char *look, struct error *error);
/* With what the span adds to its style. */
struct theme_look theme_look(const struct theme *theme, enum style style, unsigned attributes);
/* The nearest of a terminal's colours: it has 0, 8, 16, 256 or 1 << 24 of them. */
int32_t theme_nearest(int32_t color, int colors);
/* What a number of xterm's means, as 0xRRGGBB. */
int32_t theme_rgb(int32_t number);
/* Add the sequence (SGR) that makes what follows look so, whatever was before; "\033[m" ends it. */
void theme_sgr(const struct theme_look *look, int colors, struct buf *out);

#endif
