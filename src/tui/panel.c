/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/panel.h"

#include <stdlib.h>
#include <string.h>

#include "base/filter.h"
#include "base/mem.h"
#include "text/cell.h"
#include "text/line.h"

enum { INDENT = 2 };

void panel_clear(struct panel *panel)
{
    for (size_t i = 0; i < PANEL_MAX; i++)
        buf_clear(&panel->rows[i].text);
    panel->count = 0;
}

void panel_reset(struct panel *panel)
{
    panel->count = 0;
}

static struct buf *add_row(struct panel *panel, bool chosen)
{
    if (panel->count == PANEL_MAX)
        return NULL;
    panel->rows[panel->count].chosen = chosen;
    struct buf *text = &panel->rows[panel->count++].text;
    buf_reset(text);
    return text;
}

void panel_add(struct panel *panel, const char *label, const char *text, bool chosen, int width)
{
    struct buf *row = add_row(panel, chosen);
    if (!row)
        return;
    struct buf whole = BUF_INIT;
    filter_line(&whole, label, strlen(label));
    filter_line(&whole, text, strlen(text));
    size_t fits = cell_fit(whole.data, whole.len, width - INDENT);
    if (fits < whole.len)
        fits = cell_fit(whole.data, whole.len, width - INDENT - 1);
    buf_add(row, whole.data, fits);
    buf_adds(row, fits < whole.len ? "…" : "");
    buf_clear(&whole);
}

static int columns_of(const char *name)
{
    struct buf shown = BUF_INIT;
    filter_line(&shown, name, strlen(name));
    int columns = cell_columns(buf_str(&shown), shown.len);
    buf_clear(&shown);
    return columns;
}

static void add_padded(struct buf *row, const char *name, int columns)
{
    filter_line(row, name, strlen(name));
    for (int i = columns_of(name); i < columns; i++)
        buf_addc(row, ' ');
}

void panel_add_columns(struct panel *panel, char *const *names, size_t count, int width)
{
    int widest = 1;
    for (size_t i = 0; i < count; i++)
        widest = columns_of(names[i]) > widest ? columns_of(names[i]) : widest;
    size_t across =
        (size_t)((width - INDENT) / (widest + 2) > 0 ? (width - INDENT) / (widest + 2) : 1);
    size_t room = PANEL_MAX - panel->count;
    size_t down = (count + across - 1) / across;
    bool too_many = down > room;
    if (room == 0)
        return;
    if (too_many)
        down = room - 1;
    for (size_t y = 0; y < down; y++) {
        struct buf row = BUF_INIT;
        for (size_t x = 0; x < across && x * down + y < count; x++)
            add_padded(&row, names[x * down + y], widest + 2);
        panel_add(panel, "", buf_str(&row), false, width);
        buf_clear(&row);
    }
    if (too_many) {
        char *rest = xasprintf("… and %zu more", count - across * down);
        panel_add(panel, "", rest, false, width);
        free(rest);
    }
}

static size_t chosen_row(const struct panel *panel)
{
    for (size_t i = 0; i < panel->count; i++)
        if (panel->rows[i].chosen)
            return i;
    return 0;
}

static void drop_first(struct panel *panel)
{
    struct buf text = panel->rows[0].text;
    for (size_t i = 1; i < panel->count; i++)
        panel->rows[i - 1] = panel->rows[i];
    panel->rows[--panel->count].text = text;
}

void panel_fit(struct panel *panel, size_t rows)
{
    while (rows > 0 && chosen_row(panel) >= rows)
        drop_first(panel);
    if (panel->count > rows)
        panel->count = rows;
}

void panel_line(const struct panel *panel, size_t row, struct line *line)
{
    *line = (struct line){.margin = INDENT};
    bool chosen = panel->rows[row].chosen;
    const struct buf *text = &panel->rows[row].text;
    line_add(line, STYLE_ACCENT, chosen ? "▸ " : "  ", chosen ? sizeof("▸ ") - 1 : 2);
    line_add(line, chosen ? STYLE_CHOSEN : STYLE_FAINT, buf_str(text), text->len);
}
