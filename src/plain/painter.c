/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain/painter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/appearance.h"
#include "config/settings.h"
#include "plain/sink.h"
#include "plain/tell.h"
#include "text/line.h"
#include "text/markdown.h"

enum {
    WIDTH = 80,     /* of a terminal that does not tell */
    WIDTH_MIN = 12, /* in less room words are better cut by the terminal than by us */
};

static int width_of(const struct sink *sink)
{
    struct winsize size;
    return ioctl(sink->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : WIDTH;
}

static void choose_theme(struct painter *painter, const struct settings *settings)
{
    struct error error = ERROR_INIT;
    if (appearance_theme(settings, NULL, painter->brush.colors, &painter->brush.theme, &error) == 0)
        return;
    tell("%s", error.text);
    appearance_theme(settings, "auto", painter->brush.colors, &painter->brush.theme, &error);
}

struct painter *painter_new(const struct sink *sink, const struct settings *settings)
{
    int colors = appearance_colors();
    if (!sink->is_terminal || colors < 0 || width_of(sink) < WIDTH_MIN)
        return NULL;
    struct painter *painter = xnew(struct painter);
    painter->brush.colors = colors;
    painter->brush.hyperlinks = settings_flag(settings, "screen", "hyperlinks");
    choose_theme(painter, settings);
    return painter;
}

void painter_free(struct painter *painter)
{
    if (painter)
        markdown_free(painter->markdown);
    free(painter);
}

/* ---- Rows */

static void write_final(struct painter *painter, struct sink *sink)
{
    struct buf rows = BUF_INIT;
    markdown_update(painter->markdown, painter->width);
    for (size_t final = markdown_final(painter->markdown); painter->written < final;) {
        struct line line;
        markdown_line(painter->markdown, painter->written++, &line);
        brush_row(&painter->brush, &line, &rows);
    }
    sink_rows(sink, buf_str(&rows), rows.len);
    buf_clear(&rows);
}

/* A terminal that has been made wider or narrower is so for the next text: what is written stays. */
void painter_text(struct painter *painter, struct sink *sink, const char *text, size_t len)
{
    if (len == 0)
        return;
    if (!painter->markdown) {
        painter->markdown = markdown_new();
        painter->width = width_of(sink);
        painter->written = 0;
    }
    markdown_add(painter->markdown, text, len);
    write_final(painter, sink);
}

void painter_end(struct painter *painter, struct sink *sink)
{
    if (!painter->markdown)
        return;
    markdown_end(painter->markdown);
    write_final(painter, sink);
    markdown_free(painter->markdown);
    painter->markdown = NULL;
}
