/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/leave.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/utf8.h"
#include "chat/appearance.h"
#include "config/settings.h"
#include "text/brush.h"
#include "text/line.h"
#include "tui/glyphs.h"
#include "tui/transcript.h"

enum {
    ROWS_MAX = 20000, /* more than most terminals keep */
    PIECE = 64 * 1024,
};

static struct brush brush_of(const struct settings *settings, int colors)
{
    struct error error = ERROR_INIT;
    struct brush brush = {.colors = colors,
                          .hyperlinks = settings_flag(settings, "screen", "hyperlinks")};
    if (appearance_theme(settings, NULL, colors, &brush.theme, &error) < 0)
        brush.theme = *theme_find("none");
    return brush;
}

/* Signs that the terminal cannot show; its sequences are ASCII, and stay. */
static void make_plain(struct buf *text)
{
    struct buf plain = BUF_INIT;
    for (size_t at = 0; at < text->len;) {
        uint32_t code = UTF8_REPLACEMENT;
        int n = utf8_decode(text->data + at, text->len - at, &code);
        utf8_add(&plain, (uint32_t)glyph_plain((wchar_t)code));
        at += n > 0 ? (size_t)n : 1;
    }
    buf_clear(text);
    *text = plain;
}

static void write_out(struct buf *text)
{
    if (glyphs_are_plain())
        make_plain(text);
    fd_write_all(STDOUT_FILENO, buf_str(text), text->len);
    buf_reset(text);
}

/* ---- Being told to stop: the terminal may be slow, or halted */

static int nowhere = -1; /* here, since a handler is given nothing of ours */

/* The write under way ends, and what is still to be written goes nowhere. */
static void on_stop(int signal)
{
    (void)signal;
    dup2(nowhere, STDOUT_FILENO);
}

static const int stops[] = {SIGINT, SIGTERM, SIGHUP};

enum { STOPS = sizeof(stops) / sizeof(*stops) };

/* How it was before, to be put back: the session is still to be closed, and nothing may end that. */
struct stopping {
    struct sigaction actions[STOPS];
    sigset_t mask;
};

static void allow_stopping(struct stopping *before)
{
    struct sigaction action = {.sa_handler = on_stop};
    sigset_t set;
    sigemptyset(&set);
    nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (int i = 0; i < STOPS; i++) {
        sigaction(stops[i], &action, &before->actions[i]);
        sigaddset(&set, stops[i]);
    }
    sigprocmask(SIG_UNBLOCK, &set, &before->mask);
}

static void forbid_stopping(const struct stopping *before)
{
    sigprocmask(SIG_SETMASK, &before->mask, NULL);
    for (int i = 0; i < STOPS; i++)
        sigaction(stops[i], &before->actions[i], NULL);
    close(nowhere);
}

/* ---- All of it */

static void write_rows(struct transcript *transcript, const struct brush *brush,
                       const struct row *rows, size_t count, struct buf *text)
{
    for (size_t i = 0; i < count; i++) {
        struct line line;
        transcript_line(transcript, &rows[i], &line);
        brush_row(brush, &line, text);
        if (text->len >= PIECE)
            write_out(text);
    }
    write_out(text);
}

void leave_behind(struct transcript *transcript, const struct settings *settings, int colors)
{
    const char *how_much = settings_get(settings, "screen", "leave");
    struct brush brush = brush_of(settings, colors);
    struct buf text = BUF_INIT;
    struct stopping before;
    struct row *rows;
    if (strcmp(how_much, "none") == 0)
        return;
    size_t count = transcript_tail(transcript, strcmp(how_much, "all") == 0, ROWS_MAX + 1, &rows);
    size_t skipped = count > ROWS_MAX;
    if (skipped > 0)
        buf_addf(&text, "[the last %d rows]\n\n", ROWS_MAX);
    allow_stopping(&before);
    write_rows(transcript, &brush, rows + skipped, count - skipped, &text);
    forbid_stopping(&before);
    free(rows);
    buf_clear(&text);
}
