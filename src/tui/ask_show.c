/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a question looks like: a row that says what wants to run, then all of what would run as far as
 * there is room, then a row with the keys.
 */
#include "tui/ask.h"

#include <string.h>

#include "text/cell.h"
#include "text/fields.h"
#include "text/line.h"
#include "text/patch.h"
#include "text/visible.h"

/* ---- What is asked */

static const struct gutter bar = {"┃ ", "┃ ", STYLE_WARNING};

static size_t add_preview(struct styled *out, const char *text)
{
    size_t marked = 0, len = strlen(text);
    bool is_patch = patch_is(text, len);
    while (len > 0 && text[len - 1] == '\n')
        len--;
    for (const char *end = text + len; text < end;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t line = (size_t)((newline ? newline : end) - text);
        marked += visible_add(out, is_patch ? patch_style(text, line, STYLE_TEXT) : STYLE_CHOSEN,
                              text, line);
        styled_adds(out, STYLE_TEXT, "\n");
        text += line + (newline != NULL);
    }
    return marked;
}

static size_t add_args(struct styled *out, const struct asked *asked)
{
    struct buf text = BUF_INIT;
    if (asked->tells_all)
        return 0;
    if (out->text.len > 0)
        styled_adds(out, STYLE_FAINT, "\nIts arguments:\n");
    fields_text(&text, asked->args);
    size_t marked = visible_add(out, STYLE_TEXT, buf_str(&text), text.len);
    if (text.len == 0)
        styled_adds(out, STYLE_FAINT, "It has no arguments.\n");
    buf_clear(&text);
    return marked;
}

static size_t add_pattern(struct styled *out, const struct asked *asked)
{
    if (!asked->pattern)
        return 0;
    styled_adds(out, STYLE_FAINT, "\n\"Always like this\" (p) is ");
    return visible_add(out, STYLE_CHOSEN, asked->pattern, strlen(asked->pattern));
}

static void add_warning(struct styled *out, size_t marked)
{
    if (marked == 0)
        return;
    styled_turn(out, STYLE_WARNING);
    buf_addf(&out->text,
             marked == 1 ? "! %zu character is not plain ASCII: it is marked, as <U+0430>.\n"
                         : "! %zu characters are not plain ASCII: they are marked, as <U+0430>.\n",
             marked);
}

/* What is marked is counted first, and told first. */
static void write_body(struct ask *ask)
{
    const struct asked *asked = ask_first(ask);
    struct styled text = {0};
    size_t marked = add_preview(&text, asked->preview);
    marked += add_args(&text, asked);
    marked += add_pattern(&text, asked);
    styled_reset(&ask->body);
    styled_gutter(&ask->body, &bar);
    if (*asked->why) {
        styled_adds(&ask->body, STYLE_FAINT, "Asked because ");
        visible_add(&ask->body, STYLE_FAINT, asked->why, strlen(asked->why));
        styled_adds(&ask->body, STYLE_FAINT, ".\n");
    }
    add_warning(&ask->body, marked);
    if (ask->body.text.len > 0)
        styled_adds(&ask->body, STYLE_TEXT, "\n");
    styled_append(&ask->body, &text);
    styled_clear(&text);
    wrap_clear(&ask->wrap);
    ask->is_written = true;
}

/* ---- Rows */

/* With an empty one at its end, where there is room for it. */
static int body_rows(const struct ask *ask)
{
    return ask->rows >= 3 ? ask->rows - 2 : ask->rows - 1;
}

static bool is_long(const struct ask *ask)
{
    return (int)ask->wrap.solid > body_rows(ask);
}

static void limit_scroll(struct ask *ask)
{
    int most = (int)ask->wrap.solid - body_rows(ask);
    if ((int)ask->first > most)
        ask->first = most > 0 ? (size_t)most : 0;
}

bool ask_scroll(struct ask *ask, int pages)
{
    int page = body_rows(ask) > 1 ? body_rows(ask) - 1 : 1;
    if (!ask_is_open(ask) || !is_long(ask))
        return false;
    long first = (long)ask->first + (long)pages * page;
    ask->first = first > 0 ? (size_t)first : 0;
    limit_scroll(ask);
    return true;
}

bool ask_is_legible(const struct ask *ask)
{
    return body_rows(ask) > 0;
}

/* ---- The row above: what wants to run, and how much of it is seen */

static void add_place(const struct ask *ask, const char *format, struct buf *out)
{
    int last = (int)ask->first + body_rows(ask), all = (int)ask->wrap.solid;
    if (is_long(ask))
        buf_addf(out, format, (int)ask->first + 1, last < all ? last : all, all,
                 last < all ? "PgDn" : "PgUp");
}

/* From the longest form to the shortest; the place is never left out. */
static void write_forms(const struct ask *ask, const char *tool, int form, struct buf *left,
                        struct buf *right)
{
    buf_reset(left);
    buf_reset(right);
    buf_addf(left, form < 2 ? "May %s run?" : "%s?", tool);
    if (ask->count > 1)
        buf_addf(right, form < 1 ? "question 1 of %zu" : "1 of %zu", ask->count);
    if (ask->count > 1 && is_long(ask))
        buf_adds(right, " · ");
    if (form == 3)
        buf_reset(right);
    add_place(ask, form < 1 ? "rows %d-%d of %d, %s" : "%d-%d/%d %s", right);
}

static void write_head(struct ask *ask)
{
    struct buf left = BUF_INIT, right = BUF_INIT;
    struct styled tool = {0};
    int room = ask->columns - GUTTER, columns = 0, form = 0;
    visible_add(&tool, STYLE_CHOSEN, ask_first(ask)->tool, strlen(ask_first(ask)->tool));
    for (; form < 4; form++) {
        write_forms(ask, buf_str(&tool.text), form, &left, &right);
        columns = cell_columns(left.data, left.len) + cell_columns(buf_str(&right), right.len);
        if (columns + 1 <= room)
            break;
    }
    if (form == 4) /* it is the tool's name that gives way: it is in the status line, too */
        buf_reset(&left);
    styled_reset(&ask->head);
    styled_gutter(&ask->head, &bar);
    styled_add(&ask->head, STYLE_CHOSEN, buf_str(&left), left.len);
    styled_turn(&ask->head, STYLE_FAINT);
    for (; form < 4 && right.len > 0 && columns < room; columns++)
        buf_addc(&ask->head.text, ' ');
    styled_add(&ask->head, STYLE_WARNING, buf_str(&right), right.len);
    styled_clear(&tool);
    buf_clear(&left);
    buf_clear(&right);
}

/* ---- The row below: what may be typed */

static const struct choice {
    const char *key, *words[3]; /* from the longest to the shortest */
} choices[] = {
    {"y", {"yes, once", "yes", ""}},
    {"a", {"always this tool", "always", ""}},
    {"p", {"always like this", "like this", ""}},
    {"n", {"no", "no", ""}},
    {"w", {"no, and why", "why", ""}},
    {"e", {"edit", "edit", ""}},
    {"Esc", {"stop", "stop", ""}},
};

static void add_choices(struct ask *ask, int form)
{
    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        const struct choice *choice = &choices[i];
        if (choice->key[0] == 'p' && !ask_first(ask)->pattern)
            continue;
        if (i > 0)
            styled_adds(&ask->keys, STYLE_FAINT, form < 2 ? "   " : " ");
        styled_adds(&ask->keys, STYLE_WARNING, choice->key);
        styled_adds(&ask->keys, STYLE_TEXT, form < 2 ? " " : "");
        styled_adds(&ask->keys, STYLE_TEXT, choice->words[form]);
    }
}

static void write_choices(struct ask *ask)
{
    for (int form = 0; form < 3; form++) {
        styled_reset(&ask->keys);
        styled_gutter(&ask->keys, &bar);
        add_choices(ask, form);
        if (cell_columns(ask->keys.text.data, ask->keys.text.len) + GUTTER <= ask->columns)
            return;
    }
}

static void write_keys(struct ask *ask)
{
    static const char *const lines[] = {
        [ASK_WHY] = "Why not?  Enter says no, Esc goes back.",
        [ASK_EDIT] = "The arguments:  Enter runs it with them, Esc goes back.",
    };
    styled_reset(&ask->keys);
    styled_gutter(&ask->keys, &bar);
    if (!ask_is_legible(ask))
        styled_adds(&ask->keys, STYLE_WARNING, "n no  Esc stop");
    else if (ask->mode == ASK_KEY && ask->is_ready)
        write_choices(ask);
    else if (ask->mode == ASK_KEY)
        styled_adds(&ask->keys, STYLE_FAINT, "…");
    else
        styled_adds(&ask->keys, STYLE_TEXT, ask->trouble ? ask->trouble : lines[ask->mode]);
}

/* ---- For the screen */

int ask_lay_out(struct ask *ask, int columns, int max_rows)
{
    ask->columns = columns;
    ask->rows = 0;
    if (!ask_is_open(ask) || max_rows < 1)
        return 0;
    if (!ask->is_written)
        write_body(ask);
    const struct buf *text = &ask->body.text;
    int width = columns - GUTTER;
    wrap_update(&ask->wrap, buf_str(text), text->len, width < 1 ? 1 : width);
    ask->rows = (int)ask->wrap.solid + 3;
    if (ask->rows > max_rows)
        ask->rows = max_rows;
    limit_scroll(ask);
    write_head(ask);
    write_keys(ask);
    return ask->rows;
}

void ask_line(const struct ask *ask, int row, struct line *line)
{
    bool has_head = ask->rows >= 3;
    size_t number = ask->first + (size_t)(row - has_head);
    if (row == ask->rows - 1) {
        styled_line(&ask->keys, 0, ask->keys.text.len, true, line);
    } else if (has_head && row == 0) {
        styled_line(&ask->head, 0, ask->head.text.len, true, line);
    } else if (number < ask->wrap.solid) {
        styled_line(&ask->body, ask->wrap.starts[number],
                    wrap_end(&ask->wrap, ask->body.text.data, number), true, line);
    } else {
        styled_line(&ask->head, 0, 0, true, line);
    }
}

void ask_cursor(const struct ask *ask, int *row, int *column)
{
    *row = ask->rows - 1;
    *column = GUTTER + cell_columns(buf_str(&ask->keys.text), ask->keys.text.len);
}
