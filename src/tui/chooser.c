/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/chooser.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/filter.h"
#include "base/mem.h"
#include "text/cell.h"
#include "text/figures.h"
#include "tui/keys.h"

enum {
    HEAD = 1,         /* row: what is looked for */
    GLIMPSE_ROWS = 4, /* the least, with the rule above it */
    GAP = 2,
    POINTER = 2,
    /* Columns of a row, and how many there must be for it to have them. */
    AGE = 10,
    AGE_FROM = 30,
    SIZE = 9,
    SIZE_FROM = 50,
    MODEL = 22,
    MODEL_FROM = 76,
};

void chooser_clear(struct chooser *chooser)
{
    shelf_clear(&chooser->shelf);
    styled_clear(&chooser->told);
    wrap_clear(&chooser->wrap);
    strip_clear(&chooser->strip);
    buf_clear(&chooser->words);
    *chooser = (struct chooser){0};
}

/* ---- Open and closed */

int chooser_open(struct chooser *chooser, const struct chat *chat, struct error *error)
{
    chooser_clear(chooser);
    if (shelf_open(&chooser->shelf, chat, error) < 0)
        return -1;
    chooser->is_open = chooser->shelf.count > 0;
    return chooser->is_open ? 0 : error_set(error, RN_ECONFIG, "no session has been saved yet");
}

void chooser_close(struct chooser *chooser)
{
    chooser_clear(chooser);
}

char *chooser_take(struct chooser *chooser)
{
    if (!chooser->is_taken)
        return NULL;
    char *id = xstrdup(shelf_nth(&chooser->shelf, chooser->chosen)->id);
    chooser_close(chooser);
    return id;
}

/* ---- Keys */

static void go(struct chooser *chooser, long rows)
{
    long to = (long)chooser->chosen + rows, last = (long)chooser->shelf.count - 1;
    to = to > last ? last : to;
    chooser->chosen = to > 0 ? (size_t)to : 0;
}

static void filter(struct chooser *chooser)
{
    shelf_filter(&chooser->shelf, buf_str(&chooser->words));
    chooser->chosen = chooser->first = 0;
}

/* Of what is pasted, its first line. */
static void add_words(struct chooser *chooser, const char *words, size_t len)
{
    const char *newline = memchr(words, '\n', len);
    buf_add(&chooser->words, words, newline ? (size_t)(newline - words) : len);
    filter(chooser);
}

static void remove_last(struct chooser *chooser)
{
    struct buf *words = &chooser->words;
    size_t len = words->len;
    while (len > 0 && ((unsigned char)words->data[len - 1] & 0xC0) == 0x80)
        len--;
    buf_drop_end(words, words->len - (len > 0 ? len - 1 : 0));
    filter(chooser);
}

static bool on_char(struct chooser *chooser, const struct key *key)
{
    enum { CTRL_C = 3, CTRL_G = 7, BACKSPACE = 8, ENTER = 13, CTRL_U = 21, DELETE = 127 };
    switch (key->bytes[0]) {
    case CTRL_C:
    case CTRL_G:
        chooser_close(chooser);
        return true;
    case ENTER:
        chooser->is_taken = chooser->shelf.count > 0;
        return true;
    case BACKSPACE:
    case DELETE:
        remove_last(chooser);
        return true;
    case CTRL_U:
        buf_reset(&chooser->words);
        filter(chooser);
        return true;
    default:
        if ((unsigned char)key->bytes[0] < ' ')
            return false;
        add_words(chooser, key->bytes, key->len);
        return true;
    }
}

static bool on_sequence(struct chooser *chooser, const char *bytes)
{
    int page = chooser->list_rows > 1 ? chooser->list_rows - 1 : 1;
    const struct {
        const char *bytes, *other;
        long rows;
    } moves[] = {
        {"\033[A", "\033OA", -1},
        {"\033[B", "\033OB", 1},
        {"\033[5~", "\033[5~", -page},
        {"\033[6~", "\033[6~", page},
        {"\033[H", "\033[1~", -(long)chooser->shelf.count},
        {"\033[F", "\033[4~", (long)chooser->shelf.count},
    };
    for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++) {
        if (strcmp(bytes, moves[i].bytes) == 0 || strcmp(bytes, moves[i].other) == 0) {
            go(chooser, moves[i].rows);
            return true;
        }
    }
    return false;
}

bool chooser_key(struct chooser *chooser, const struct key *key)
{
    if (!chooser->is_open)
        return false;
    switch (key->kind) {
    case KEY_ESCAPE:
        chooser_close(chooser);
        return true;
    case KEY_WHEEL:
        go(chooser, key->rows);
        return true;
    case KEY_PASTE:
        add_words(chooser, key->bytes, key->len);
        return true;
    case KEY_CHAR:
        return on_char(chooser, key);
    default:
        return on_sequence(chooser, key->bytes);
    }
}

/* ---- What was said last */

static void tell_said(struct styled *told, const struct said *said)
{
    static const struct gutter prompt = {"> ", "  ", STYLE_USER}, answer = {"  ", "  ", STYLE_TEXT};
    struct buf line = BUF_INIT;
    buf_adds(&line, said->text);
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] == '\n' || line.data[i] == '\r' || line.data[i] == '\t')
            line.data[i] = ' ';
    styled_gutter(told, said->is_prompt ? &prompt : &answer);
    styled_turn(told, said->is_prompt ? STYLE_USER : STYLE_TEXT);
    filter_line(&told->text, line.data, line.len);
    styled_adds(told, STYLE_TEXT, "\n");
    buf_clear(&line);
}

static void take_glimpse(struct chooser *chooser)
{
    const struct session_info *info = shelf_nth(&chooser->shelf, chooser->chosen);
    if (info == chooser->glimpsed)
        return;
    chooser->glimpsed = info;
    styled_reset(&chooser->told);
    wrap_reset(&chooser->wrap);
    const struct glimpse *glimpse = shelf_look(&chooser->shelf, chooser->chosen);
    for (size_t i = glimpse->count; i-- > 0;)
        tell_said(&chooser->told, &glimpse->said[i]);
}

/* ---- Where it stands */

static void keep_in_view(struct chooser *chooser)
{
    size_t rows = chooser->list_rows > 0 ? (size_t)chooser->list_rows : 1;
    if (chooser->chosen < chooser->first)
        chooser->first = chooser->chosen;
    if (chooser->chosen >= chooser->first + rows)
        chooser->first = chooser->chosen - rows + 1;
}

/* Half for the list, which does not move when fewer sessions fit the words. */
int chooser_lay_out(struct chooser *chooser, int columns, int rows)
{
    int half = (rows - HEAD) / 2;
    chooser->columns = columns;
    chooser->rows = rows;
    chooser->list_rows = half < GLIMPSE_ROWS ? rows - HEAD : rows - HEAD - half;
    if (chooser->list_rows > (int)chooser->shelf.list.count && half >= GLIMPSE_ROWS)
        chooser->list_rows = (int)chooser->shelf.list.count;
    keep_in_view(chooser);
    if (half >= GLIMPSE_ROWS) {
        int width = columns > GUTTER ? columns - GUTTER : 1;
        take_glimpse(chooser);
        wrap_update(&chooser->wrap, buf_str(&chooser->told.text), chooser->told.text.len, width);
    }
    return rows;
}

static const char label[] = "session: ";

void chooser_cursor(const struct chooser *chooser, int *row, int *column)
{
    struct buf words = BUF_INIT;
    filter_line(&words, buf_str(&chooser->words), chooser->words.len);
    *row = 0;
    *column = (int)sizeof(label) - 1 + cell_columns(buf_str(&words), words.len);
    if (*column >= chooser->columns)
        *column = chooser->columns - 1;
    buf_clear(&words);
}

/* ---- Its rows */

static void add_head(struct chooser *chooser)
{
    struct buf words = BUF_INIT, count = BUF_INIT;
    const int keys_columns = chooser->columns >= MODEL_FROM ? 35 : 0;
    int row = 0, column = 0;
    filter_line(&words, buf_str(&chooser->words), chooser->words.len);
    buf_addf(&count, "%zu of %zu", chooser->shelf.count, chooser->shelf.list.count);
    chooser_cursor(chooser, &row, &column);
    strip_adds(&chooser->strip, STYLE_ACCENT, label, (int)sizeof(label) - 1);
    strip_adds(&chooser->strip, STYLE_TEXT, buf_str(&words), column + 1 - (int)sizeof(label) + 1);
    int left = chooser->columns - column - keys_columns;
    int needed = (int)count.len + GAP;
    strip_adds(&chooser->strip, STYLE_FAINT, "", left > needed ? GAP : left);
    strip_adds(&chooser->strip, STYLE_FAINT, left > needed ? buf_str(&count) : "",
               left > GAP ? left - GAP : 0);
    strip_adds(&chooser->strip, STYLE_FAINT, "↑↓ choose, Enter opens, Esc leaves", keys_columns);
    buf_clear(&words);
    buf_clear(&count);
}

/* A column at the right. */
static void add_figure(struct chooser *chooser, const struct buf *text, int columns)
{
    int pad = columns - cell_columns(buf_str(text), text->len);
    strip_adds(&chooser->strip, STYLE_FAINT, "", GAP + (pad > 0 ? pad : 0));
    strip_adds(&chooser->strip, STYLE_FAINT, buf_str(text), pad > 0 ? columns - pad : columns);
}

static void add_filtered(struct chooser *chooser, enum style style, const char *text, int columns)
{
    struct buf shown = BUF_INIT;
    filter_line(&shown, text, strlen(text));
    bool fits = cell_fit(buf_str(&shown), shown.len, columns) == shown.len;
    size_t end = fits ? shown.len : cell_fit(shown.data, shown.len, columns - 1);
    if (!fits) {
        buf_drop_end(&shown, shown.len - end);
        buf_adds(&shown, "…");
    }
    strip_adds(&chooser->strip, style, buf_str(&shown), columns);
    buf_clear(&shown);
}

static void add_session(struct chooser *chooser, const struct session_info *info, bool is_chosen)
{
    int columns = chooser->columns;
    bool has_model = columns >= MODEL_FROM, has_size = columns >= SIZE_FROM;
    bool has_age = columns >= AGE_FROM;
    int title = columns - POINTER - (has_model ? MODEL + GAP : 0) - (has_size ? SIZE + GAP : 0) -
                (has_age ? AGE + GAP : 0);
    struct buf age = BUF_INIT, size = BUF_INIT;
    figures_age(&age, info->changed, time(NULL));
    figures_bytes(&size, (size_t)info->size);
    strip_adds(&chooser->strip, STYLE_ACCENT, is_chosen ? "▸ " : "", POINTER);
    add_filtered(chooser, is_chosen ? STYLE_CHOSEN : STYLE_TEXT, shelf_name(info), title);
    if (has_model) {
        strip_adds(&chooser->strip, STYLE_FAINT, "", GAP);
        add_filtered(chooser, STYLE_FAINT, info->model, MODEL);
    }
    if (has_age)
        add_figure(chooser, &age, AGE);
    if (has_size)
        add_figure(chooser, &size, SIZE);
    buf_clear(&age);
    buf_clear(&size);
}

static void add_rule(struct chooser *chooser)
{
    struct buf rule = BUF_INIT;
    for (int i = 0; i < chooser->columns; i++)
        buf_adds(&rule, "─");
    strip_adds(&chooser->strip, STYLE_RULE, buf_str(&rule), chooser->columns);
    buf_clear(&rule);
}

static void glimpse_line(const struct chooser *chooser, int row, struct line *line)
{
    int rows = chooser->rows - HEAD - chooser->list_rows - 1;
    size_t all = chooser->wrap.solid;
    size_t number = (all > (size_t)rows ? all - (size_t)rows : 0) + (size_t)row;
    *line = (struct line){0};
    if (number < all)
        styled_line(&chooser->told, chooser->wrap.starts[number],
                    wrap_end(&chooser->wrap, chooser->told.text.data, number),
                    chooser->columns > GUTTER, line);
}

void chooser_line(struct chooser *chooser, int row, struct line *line)
{
    int nth = row - HEAD;
    if (nth > chooser->list_rows) {
        glimpse_line(chooser, nth - chooser->list_rows - 1, line);
        return;
    }
    strip_reset(&chooser->strip);
    size_t number = chooser->first + (size_t)(nth > 0 ? nth : 0);
    const struct session_info *info = shelf_nth(&chooser->shelf, number);
    if (row < HEAD)
        add_head(chooser);
    else if (nth == chooser->list_rows)
        add_rule(chooser);
    else if (info)
        add_session(chooser, info, number == chooser->chosen);
    strip_line(&chooser->strip, line);
}
