/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/theme.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"

#define RGB(hex) (THEME_RGB | 0x##hex)
#define PLAIN THEME_NO_COLOR

/* Every style is in every theme: one that was missing would be black. */
static const struct theme dark = {{
    [STYLE_TEXT] = {PLAIN, 0},
    [STYLE_USER] = {PLAIN, THEME_BOLD},
    [STYLE_ACCENT] = {RGB(00AFAF), 0},
    [STYLE_FAINT] = {RGB(8A8A8A), 0},
    [STYLE_RULE] = {RGB(626262), 0},
    [STYLE_ERROR] = {RGB(FF5F5F), THEME_BOLD},
    [STYLE_WARNING] = {RGB(D7AF5F), 0},
    [STYLE_GOOD] = {RGB(87D787), 0},
    [STYLE_BAD] = {RGB(FF8787), 0},
    [STYLE_CHOSEN] = {PLAIN, THEME_BOLD},
    [STYLE_HEADING] = {RGB(5FD7D7), THEME_BOLD},
    [STYLE_CODE] = {RGB(D7AF87), 0},
    [STYLE_LINK] = {RGB(87AFFF), THEME_UNDERLINE},
    [STYLE_URL] = {RGB(8A8A8A), 0},
    [STYLE_KEYWORD] = {RGB(AF87FF), 0},
    [STYLE_TYPE] = {RGB(5FD7D7), 0},
    [STYLE_STRING] = {RGB(AFD787), 0},
    [STYLE_NUMBER] = {RGB(FFAF87), 0},
    [STYLE_COMMENT] = {RGB(8A8A8A), THEME_ITALIC},
    [STYLE_ATTRIBUTE] = {RGB(87AFFF), 0},
}};

static const struct theme light = {{
    [STYLE_TEXT] = {PLAIN, 0},
    [STYLE_USER] = {PLAIN, THEME_BOLD},
    [STYLE_ACCENT] = {RGB(005F87), 0},
    [STYLE_FAINT] = {RGB(6C6C6C), 0},
    [STYLE_RULE] = {RGB(949494), 0},
    [STYLE_ERROR] = {RGB(AF0000), THEME_BOLD},
    [STYLE_WARNING] = {RGB(875F00), 0},
    [STYLE_GOOD] = {RGB(005F00), 0},
    [STYLE_BAD] = {RGB(AF0000), 0},
    [STYLE_CHOSEN] = {PLAIN, THEME_BOLD},
    [STYLE_HEADING] = {RGB(005F87), THEME_BOLD},
    [STYLE_CODE] = {RGB(875F00), 0},
    [STYLE_LINK] = {RGB(0000AF), THEME_UNDERLINE},
    [STYLE_URL] = {RGB(6C6C6C), 0},
    [STYLE_KEYWORD] = {RGB(8700AF), 0},
    [STYLE_TYPE] = {RGB(005F87), 0},
    [STYLE_STRING] = {RGB(005F00), 0},
    [STYLE_NUMBER] = {RGB(AF5F00), 0},
    [STYLE_COMMENT] = {RGB(6C6C6C), THEME_ITALIC},
    [STYLE_ATTRIBUTE] = {RGB(0000AF), 0},
}};

/* For a ground that nobody knows: each colour stands out from white and from black by about 4.5 to 1. */
static const struct theme neutral = {{
    [STYLE_TEXT] = {PLAIN, 0},
    [STYLE_USER] = {PLAIN, THEME_BOLD},
    [STYLE_ACCENT] = {RGB(0087AF), 0},
    [STYLE_FAINT] = {RGB(767676), 0},
    [STYLE_RULE] = {RGB(767676), 0},
    [STYLE_ERROR] = {RGB(FF0000), THEME_BOLD},
    [STYLE_WARNING] = {RGB(AF5F00), 0},
    [STYLE_GOOD] = {RGB(008700), 0},
    [STYLE_BAD] = {RGB(D7005F), 0},
    [STYLE_CHOSEN] = {PLAIN, THEME_BOLD},
    [STYLE_HEADING] = {RGB(0087AF), THEME_BOLD},
    [STYLE_CODE] = {RGB(AF5F00), 0},
    [STYLE_LINK] = {RGB(5F5FFF), THEME_UNDERLINE},
    [STYLE_URL] = {RGB(767676), 0},
    [STYLE_KEYWORD] = {RGB(875FD7), 0},
    [STYLE_TYPE] = {RGB(008787), 0},
    [STYLE_STRING] = {RGB(5F8700), 0},
    [STYLE_NUMBER] = {RGB(AF5F87), 0},
    [STYLE_COMMENT] = {RGB(767676), THEME_ITALIC},
    [STYLE_ATTRIBUTE] = {RGB(0087AF), 0},
}};

/* The user's own sixteen, of which only those are used that are told from a white ground and from a
 * black one. */
static const struct theme sixteen = {{
    [STYLE_TEXT] = {PLAIN, 0},
    [STYLE_USER] = {PLAIN, THEME_BOLD},
    [STYLE_ACCENT] = {6, 0},
    [STYLE_FAINT] = {PLAIN, THEME_DIM},
    [STYLE_RULE] = {PLAIN, THEME_DIM},
    [STYLE_ERROR] = {1, THEME_BOLD},
    [STYLE_WARNING] = {3, 0},
    [STYLE_GOOD] = {2, 0},
    [STYLE_BAD] = {1, 0},
    [STYLE_CHOSEN] = {PLAIN, THEME_BOLD},
    [STYLE_HEADING] = {6, THEME_BOLD},
    [STYLE_CODE] = {3, 0},
    [STYLE_LINK] = {6, THEME_UNDERLINE},
    [STYLE_URL] = {PLAIN, THEME_DIM},
    [STYLE_KEYWORD] = {5, 0},
    [STYLE_TYPE] = {6, 0},
    [STYLE_STRING] = {2, 0},
    [STYLE_NUMBER] = {3, 0},
    [STYLE_COMMENT] = {PLAIN, THEME_DIM},
    [STYLE_ATTRIBUTE] = {4, 0},
}};

static const struct theme none = {{
    [STYLE_TEXT] = {PLAIN, 0},
    [STYLE_USER] = {PLAIN, THEME_BOLD},
    [STYLE_ACCENT] = {PLAIN, THEME_BOLD},
    [STYLE_FAINT] = {PLAIN, THEME_DIM},
    [STYLE_RULE] = {PLAIN, THEME_DIM},
    [STYLE_ERROR] = {PLAIN, THEME_BOLD},
    [STYLE_WARNING] = {PLAIN, THEME_BOLD},
    [STYLE_GOOD] = {PLAIN, 0},
    [STYLE_BAD] = {PLAIN, 0},
    [STYLE_CHOSEN] = {PLAIN, THEME_BOLD},
    [STYLE_HEADING] = {PLAIN, THEME_BOLD},
    [STYLE_CODE] = {PLAIN, THEME_BOLD},
    [STYLE_LINK] = {PLAIN, THEME_UNDERLINE},
    [STYLE_URL] = {PLAIN, THEME_DIM},
    [STYLE_KEYWORD] = {PLAIN, THEME_BOLD},
    [STYLE_TYPE] = {PLAIN, 0},
    [STYLE_STRING] = {PLAIN, 0},
    [STYLE_NUMBER] = {PLAIN, 0},
    [STYLE_COMMENT] = {PLAIN, THEME_DIM},
    [STYLE_ATTRIBUTE] = {PLAIN, 0},
}};

static const struct {
    const char *name;
    const struct theme *theme;
} themes[] = {
    {"dark", &dark}, {"light", &light}, {"neutral", &neutral}, {"16", &sixteen}, {"none", &none}};

static const char *const style_names[STYLE_COUNT] = {
    [STYLE_TEXT] = "text",       [STYLE_USER] = "user",
    [STYLE_ACCENT] = "accent",   [STYLE_FAINT] = "faint",
    [STYLE_RULE] = "rule",       [STYLE_ERROR] = "error",
    [STYLE_WARNING] = "warning", [STYLE_GOOD] = "good",
    [STYLE_BAD] = "bad",         [STYLE_CHOSEN] = "chosen",
    [STYLE_HEADING] = "heading", [STYLE_CODE] = "code",
    [STYLE_LINK] = "link",       [STYLE_URL] = "url",
    [STYLE_KEYWORD] = "keyword", [STYLE_TYPE] = "type",
    [STYLE_STRING] = "string",   [STYLE_NUMBER] = "number",
    [STYLE_COMMENT] = "comment", [STYLE_ATTRIBUTE] = "attribute",
};

static const struct {
    const char *name;
    unsigned mark;
    int sgr;
} marks[] = {{"bold", THEME_BOLD, 1},       {"dim", THEME_DIM, 2},
             {"italic", THEME_ITALIC, 3},   {"underline", THEME_UNDERLINE, 4},
             {"reverse", THEME_REVERSE, 7}, {"struck", THEME_STRUCK, 9}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct theme *theme_find(const char *name)
{
    for (size_t i = 0; i < COUNT(themes); i++)
        if (strcmp(themes[i].name, name) == 0)
            return themes[i].theme;
    return NULL;
}

const char *theme_style(size_t number)
{
    return number < STYLE_COUNT ? style_names[number] : NULL;
}

/* ---- Settings */

static bool is_word(const char *word, size_t len, const char *other)
{
    return strlen(other) == len && memcmp(word, other, len) == 0;
}

static bool is_color(const char *word, size_t len, int32_t *color)
{
    char *end;
    if (is_word(word, len, "default")) {
        *color = THEME_NO_COLOR;
        return true;
    }
    if (len == 7 && word[0] == '#' && strspn(word + 1, "0123456789abcdefABCDEF") >= 6) {
        *color = THEME_RGB | (int32_t)strtol(word + 1, &end, 16);
        return true;
    }
    *color = (int32_t)strtol(word, &end, 10);
    return len <= 3 && strspn(word, "0123456789") == len && *color <= 255;
}

static int set_word(struct theme_look *look, const char *word, size_t len, struct error *error)
{
    for (size_t i = 0; i < COUNT(marks); i++)
        if (is_word(word, len, marks[i].name)) {
            look->marks |= marks[i].mark;
            return 0;
        }
    if (is_color(word, len, &look->color))
        return 0;
    return error_set(error, RN_ECONFIG,
                     "%.*s is no colour (#5f87af, 0 to 255, default), nor is it bold, dim, italic, "
                     "underline, reverse or struck",
                     (int)len, word);
}

int theme_set(struct theme *theme, const char *style, const char *words, struct error *error)
{
    struct theme_look look = {.color = THEME_NO_COLOR};
    size_t number = 0;
    while (number < STYLE_COUNT && strcmp(style_names[number], style) != 0)
        number++;
    if (number == STYLE_COUNT)
        return error_set(error, RN_ECONFIG, "a theme has no %s", style);
    for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
        size_t len = strcspn(words, " ");
        if (set_word(&look, words, len, error) < 0)
            return -1;
        words += len;
    }
    theme->looks[number] = look;
    return 0;
}

/* ---- Looks */

/* Told from each other, and from text, without colour. */
enum { FOUND_MARKS = THEME_BOLD | THEME_UNDERLINE, CURRENT_MARKS = THEME_BOLD | THEME_REVERSE };

struct theme_look theme_look(const struct theme *theme, enum style style, unsigned attributes)
{
    struct theme_look look = theme->looks[style];
    look.marks |= (attributes & ATTRIBUTE_STRONG ? THEME_BOLD : 0) |
                  (attributes & ATTRIBUTE_EMPHASIS ? THEME_ITALIC : 0) |
                  (attributes & ATTRIBUTE_STRUCK ? THEME_STRUCK : 0) |
                  (attributes & ATTRIBUTE_FOUND ? FOUND_MARKS : 0) |
                  (attributes & ATTRIBUTE_CURRENT ? CURRENT_MARKS : 0);
    return look;
}

/* ---- Colours */

/* xterm's: sixteen of the user's, a cube of 6 x 6 x 6, 24 greys. */
enum { CUBE = 16, GREYS = 232, CUBE_SIDE = 6 };

static const int cube_steps[CUBE_SIDE] = {0, 95, 135, 175, 215, 255};

static const int32_t basic[CUBE] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD,
                                    0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00,
                                    0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};

int32_t theme_rgb(int32_t number)
{
    if (number < CUBE)
        return basic[number];
    if (number >= GREYS)
        return (8 + 10 * (number - GREYS)) * 0x010101;
    int32_t cube = number - CUBE;
    return cube_steps[cube / 36] << 16 | cube_steps[cube / 6 % 6] << 8 | cube_steps[cube % 6];
}

static int distance(int32_t a, int32_t b)
{
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        int d = (a >> shift & 0xFF) - (b >> shift & 0xFF);
        sum += d * d;
    }
    return sum;
}

static int32_t nearest_of(int32_t rgb, int32_t first, int32_t end)
{
    int32_t best = first;
    for (int32_t i = first; i < end; i++)
        if (distance(rgb, theme_rgb(i)) < distance(rgb, theme_rgb(best)))
            best = i;
    return best;
}

/* The first sixteen are whatever the user has made of them: with 256 to choose from they are left
 * alone. */
int32_t theme_nearest(int32_t color, int colors)
{
    bool is_rgb = color != THEME_NO_COLOR && color & THEME_RGB;
    if (color == THEME_NO_COLOR || colors < 8)
        return THEME_NO_COLOR;
    if (is_rgb)
        return colors > 256    ? color
               : colors == 256 ? nearest_of(color & ~THEME_RGB, CUBE, 256)
                               : nearest_of(color & ~THEME_RGB, 0, colors < CUBE ? 8 : CUBE);
    if (color < colors)
        return color;
    return color < CUBE ? color % 8 : nearest_of(theme_rgb(color), 0, colors < CUBE ? 8 : CUBE);
}

static void add_color(int32_t color, struct buf *out)
{
    if (color == THEME_NO_COLOR)
        return;
    if (color & THEME_RGB)
        buf_addf(out, ";38;2;%d;%d;%d", color >> 16 & 0xFF, color >> 8 & 0xFF, color & 0xFF);
    else if (color >= CUBE)
        buf_addf(out, ";38;5;%d", color);
    else
        buf_addf(out, ";%d", color < 8 ? 30 + color : 90 + color - 8);
}

void theme_sgr(const struct theme_look *look, int colors, struct buf *out)
{
    buf_adds(out, "\033[0");
    for (size_t i = 0; i < COUNT(marks); i++)
        if (look->marks & marks[i].mark)
            buf_addf(out, ";%d", marks[i].sgr);
    add_color(theme_nearest(look->color, colors), out);
    buf_addc(out, 'm');
}
