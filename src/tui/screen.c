/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/screen.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

/* term.h makes macros of these words. */
#undef columns
#undef lines

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/cell.h"
#include "text/line.h"
#include "text/theme.h"
#include "tui/features.h"
#include "tui/glyphs.h"

enum { UNPAINTED = 0, CELL_WCHARS = 16, NUMBERED = 256, BASIC = 16 };

struct screen {
    SCREEN *term;
    int rows, columns;
    uint64_t *keys; /* of what is on each row; UNPAINTED: unknown */
    int drawn;      /* rows since the last paint */
    bool synchronized;
    bool is_plain; /* signs are in ASCII */
    struct theme theme;
    int colors; /* 0: none are wanted, or there are none */
    int pairs[STYLE_COUNT];
    bool has_italics;
};

/* ---- Looks */

static bool wants_colour(void)
{
    const char *no_color = getenv("NO_COLOR");
    return !(no_color && no_color[0]) && has_colors() && start_color() == OK &&
           use_default_colors() == OK;
}

/* Where there are more colours than have numbers, those after the first eight are RGB. */
static int color_number(const struct screen *screen, int32_t color)
{
    color = theme_nearest(color, screen->colors);
    if (color == THEME_NO_COLOR)
        return -1;
    if (color & THEME_RGB)
        return color & ~THEME_RGB;
    if (screen->colors <= NUMBERED)
        return color;
    return color < BASIC ? color % (BASIC / 2) : theme_rgb(color);
}

void screen_theme(struct screen *screen, const struct theme *theme)
{
    screen->theme = *theme;
    for (int i = 0; i < STYLE_COUNT; i++) {
        int color = color_number(screen, theme->looks[i].color), pair = i + 1;
        /* A pair that cannot be had would be black on black. */
        bool has_pair = color >= 0 && init_extended_pair(pair, color, -1) == OK;
        screen->pairs[i] = has_pair ? pair : 0;
    }
    screen_repaint(screen);
}

/* ncurses cannot strike out; where a terminal has no italics, underlining says as much. */
static attr_t attributes_of(const struct screen *screen, unsigned marks)
{
    attr_t slanted = screen->has_italics ? A_ITALIC : A_UNDERLINE;
    return (marks & THEME_BOLD ? A_BOLD : 0) | (marks & (THEME_DIM | THEME_STRUCK) ? A_DIM : 0) |
           (marks & THEME_ITALIC ? slanted : 0) | (marks & THEME_UNDERLINE ? A_UNDERLINE : 0) |
           (marks & THEME_REVERSE ? A_REVERSE : 0);
}

static void choose_colors(struct screen *screen)
{
    screen->colors = wants_colour() ? COLORS : 0;
    screen->has_italics = (termattrs() & A_ITALIC) != 0;
    const char *name = screen->colors < 8 ? "none" : screen->colors < NUMBERED ? "16" : "neutral";
    screen_theme(screen, theme_find(name));
}

int screen_colors(const struct screen *screen)
{
    return screen->colors;
}

/* ---- Beginning and end */

static int check_terminal(struct error *error)
{
    const char *term = getenv("TERM");
    int state;
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        return error_set(error, RN_ECONFIG,
                         "no screen: the locale's character set is %s, not UTF-8",
                         nl_langinfo(CODESET));
    if (!term || !term[0])
        return error_set(error, RN_ECONFIG, "no screen: TERM is not set");
    if (setupterm(term, STDOUT_FILENO, &state) != OK)
        return error_set(error, RN_ECONFIG, "no screen: terminal %s is not known here", term);
    bool able = cursor_address && clear_screen;
    del_curterm(cur_term);
    if (!able)
        return error_set(error, RN_ECONFIG, "no screen: terminal %s cannot move its cursor", term);
    return 0;
}

static void forget_rows(struct screen *screen)
{
    screen->keys = xrealloc(screen->keys, (size_t)screen->rows * sizeof(*screen->keys));
    for (int i = 0; i < screen->rows; i++)
        screen->keys[i] = UNPAINTED;
}

struct screen *screen_new(struct error *error)
{
    if (check_terminal(error) < 0)
        return NULL;
    SCREEN *term = newterm(NULL, stdout, stdin);
    if (!term) {
        error_set(error, RN_ECONFIG, "no screen: ncurses cannot use this terminal");
        return NULL;
    }
    struct screen *screen = xnew(struct screen);
    screen->term = term;
    screen->synchronized = features_frames();
    screen->is_plain = glyphs_are_plain();
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    typeahead(-1); /* else it stops painting to look at the keys */
    idlok(stdscr, TRUE);
    getmaxyx(stdscr, screen->rows, screen->columns);
    choose_colors(screen);
    return screen;
}

void screen_free(struct screen *screen)
{
    if (!screen)
        return;
    endwin();
    delscreen(screen->term);
    free(screen->keys);
    free(screen);
}

int screen_rows(const struct screen *screen)
{
    return screen->rows;
}

int screen_columns(const struct screen *screen)
{
    return screen->columns;
}

void screen_fit(struct screen *screen)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
        (size.ws_row != screen->rows || size.ws_col != screen->columns)) {
        resizeterm(size.ws_row, size.ws_col);
        getmaxyx(stdscr, screen->rows, screen->columns);
    }
    screen_repaint(screen);
}

void screen_repaint(struct screen *screen)
{
    forget_rows(screen);
    clearok(curscr, TRUE);
}

void screen_leave(struct screen *screen)
{
    (void)screen;
    def_prog_mode();
    endwin();
}

void screen_back(struct screen *screen)
{
    reset_prog_mode();
    screen_fit(screen);
}

/* ---- Rows */

/* By how many rows the old ones have moved up (negative: down) to become the new ones; 0 when they
 * have not, or have nothing in common. */
static int find_shift(const uint64_t *old, const uint64_t *new, int count)
{
    for (int shift = 1; shift < count; shift++) {
        if (old[shift] == new[0] && old[count - 1] == new[count - 1 - shift])
            return shift;
        if (old[0] == new[shift] && old[count - 1 - shift] == new[count - 1])
            return -shift;
    }
    return 0;
}

void screen_scroll(struct screen *screen, int top, const uint64_t *keys, int count)
{
    uint64_t *old = screen->keys + top;
    if (count < 2 || old[0] == keys[0])
        return;
    int shift = find_shift(old, keys, count);
    if (shift == 0)
        return;
    int kept = count - abs(shift);
    wsetscrreg(stdscr, top, top + count - 1);
    scrollok(stdscr, TRUE);
    wscrl(stdscr, shift);
    scrollok(stdscr, FALSE);
    wsetscrreg(stdscr, 0, screen->rows - 1);
    memmove(shift > 0 ? old : old - shift, shift > 0 ? old + shift : old,
            (size_t)kept * sizeof(*old));
    for (int i = 0; i < abs(shift); i++)
        old[shift > 0 ? kept + i : i] = UNPAINTED;
    screen->drawn += count;
}

bool screen_is_stale(struct screen *screen, int row, uint64_t key)
{
    if (screen->keys[row] == key)
        return false;
    screen->keys[row] = key;
    return true;
}

/* The wide characters of a cell; a tab is its columns of blanks. */
static int widen(const char *text, struct cell cell, bool is_plain, wchar_t wide[CELL_WCHARS])
{
    int n = 0;
    if (text[0] == '\t') {
        while (n < cell.width)
            wide[n++] = L' ';
        return n;
    }
    for (size_t at = 0; at < cell.len && n < CELL_WCHARS;) {
        uint32_t code = UTF8_REPLACEMENT;
        int len = utf8_decode(text + at, cell.len - at, &code);
        at += len > 0 ? (size_t)len : len < 0 ? (size_t)-len : cell.len - at;
        wide[n] = wcwidth((wchar_t)code) < 0 ? UTF8_REPLACEMENT : (wchar_t)code;
        if (is_plain)
            wide[n] = glyph_plain(wide[n]);
        n++;
    }
    return n;
}

/* Draw from a column on; returns the one after.  What does not fit is left out. */
static int draw_span(const struct screen *screen, const struct span *span, int margin, int column)
{
    wchar_t wide[CELL_WCHARS];
    struct theme_look look = theme_look(&screen->theme, span->style, span->attributes);
    int pair = screen->pairs[span->style];
    wattr_set(stdscr, attributes_of(screen, look.marks), (short)pair, &pair);
    for (size_t at = 0; at < span->len;) {
        int from_margin = column > margin ? column - margin : 0;
        struct cell cell = cell_at(span->text + at, span->len - at, from_margin);
        if (column + cell.width > screen->columns)
            break;
        waddnwstr(stdscr, wide, widen(span->text + at, cell, screen->is_plain, wide));
        column += cell.width;
        at += cell.len;
    }
    return column;
}

void screen_draw(struct screen *screen, int row, const struct line *line)
{
    int column = 0;
    wmove(stdscr, row, 0);
    for (size_t i = 0; i < line->count; i++)
        column = draw_span(screen, &line->spans[i], line->margin, column);
    wattr_set(stdscr, A_NORMAL, 0, NULL);
    if (column < screen->columns)
        wclrtoeol(stdscr);
    screen->drawn++;
}

static uint64_t hash(uint64_t key, const void *bytes, size_t len)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < len; i++)
        key = (key ^ byte[i]) * 0x100000001B3u;
    return key;
}

void screen_put(struct screen *screen, int row, const struct line *line)
{
    uint64_t key = 0xCBF29CE484222325u;
    for (size_t i = 0; i < line->count; i++) {
        key = hash(key, &line->spans[i].style, sizeof(line->spans[i].style));
        key = hash(key, &line->spans[i].attributes, sizeof(line->spans[i].attributes));
        key = hash(key, line->spans[i].text, line->spans[i].len);
    }
    if (screen_is_stale(screen, row, key))
        screen_draw(screen, row, line);
}

/* ---- The terminal */

static void put(const char *sequence)
{
    if (write(STDOUT_FILENO, sequence, strlen(sequence)) < 0)
        return; /* the terminal has gone: the loop will see it */
}

void screen_paint(struct screen *screen, int row, int column)
{
    /* A frame of several rows is shown at once where the terminal can do that; for one row it is not
     * worth the bytes. */
    bool whole = screen->synchronized && screen->drawn > 1;
    wmove(stdscr, row, column < screen->columns ? column : screen->columns - 1);
    wnoutrefresh(stdscr);
    if (whole)
        put("\033[?2026h");
    doupdate();
    if (whole)
        put("\033[?2026l");
    screen->drawn = 0;
}

static void add_row(const struct screen *screen, int row, struct buf *out)
{
    wchar_t *wide = xcalloc((size_t)screen->columns * CELL_WCHARS + 1, sizeof(*wide));
    int n = mvwinnwstr(stdscr, row, 0, wide, screen->columns * CELL_WCHARS);
    while (n > 0 && wide[n - 1] == L' ')
        n--;
    for (int i = 0; i < n; i++)
        utf8_add(out, (uint32_t)wide[i]);
    buf_addc(out, '\n');
    free(wide);
}

int screen_save(const struct screen *screen, const char *path, struct error *error)
{
    struct buf text = BUF_INIT;
    int row, column;
    getyx(stdscr, row, column);
    for (int i = 0; i < screen->rows; i++)
        add_row(screen, i, &text);
    buf_addf(&text, "cursor %d %d\n", row, column);
    wmove(stdscr, row, column);

    FILE *file = fopen(path, "we");
    bool written = file && fwrite(text.data, 1, text.len, file) == text.len;
    if (file && fclose(file) != 0)
        written = false;
    buf_clear(&text);
    return written ? 0 : error_errno(error, RN_EIO, "cannot write %s", path);
}
