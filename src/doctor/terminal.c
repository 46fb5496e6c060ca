/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal: what it calls itself, and, where stdin and stdout are one, what it says when it is asked.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

/* term.h makes macros of these words. */
#undef columns
#undef lines

#include "base/buf.h"
#include "base/filter.h"
#include "base/mem.h"
#include "doctor/chart.h"
#include "doctor/doctor.h"
#include "doctor/interview.h"
#include "text/cell.h"

enum { COLUMNS_MIN = 40, ROWS_MIN = 10, SYNCHRONIZED_OUTPUT = 2026 };

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

/* ---- What it calls itself ---- */

static void check_type(struct chart *chart)
{
    const char *type = variable("TERM");
    int found = 0, colors;
    if (!*type && !isatty(STDOUT_FILENO)) {
        chart_add(chart, VERDICT_OK, "type", "", "there is none");
    } else if (!*type || strcmp(type, "dumb") == 0) {
        chart_add(chart, VERDICT_WARNING, "type",
                  "A chat runs without a screen here, as with --plain. In a terminal with a screen "
                  "TERM names it.",
                  *type ? "TERM is dumb" : "TERM is not set");
    } else if (setupterm(NULL, STDOUT_FILENO, &found) != OK) {
        chart_add(chart, VERDICT_WARNING, "type",
                  "Install its description (Debian: ncurses-term, kitty-terminfo, ...), or set "
                  "TERM=xterm-256color, which most terminals are like.",
                  "this machine does not know a terminal %s", type);
    } else {
        colors = tigetnum("colors");
        chart_add(chart, VERDICT_OK, "type", "", "%s, %d colours%s", type, colors > 0 ? colors : 0,
                  *variable("NO_COLOR") ? ", but NO_COLOR asks for none" : "");
        del_curterm(cur_term);
    }
}

static void check_locale(struct chart *chart)
{
    const char *name = *variable("LC_ALL")     ? variable("LC_ALL")
                       : *variable("LC_CTYPE") ? variable("LC_CTYPE")
                                               : variable("LANG");
    locale_t given = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    bool is_utf8 = given && strcmp(nl_langinfo_l(CODESET, given), "UTF-8") == 0;
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        chart_add(chart, VERDICT_BROKEN, "locale", "Install a UTF-8 locale, and name it in LANG.",
                  "there is no UTF-8 here, not even C.UTF-8");
    else if (is_utf8)
        chart_add(chart, VERDICT_OK, "locale", "", "%s", name);
    else if (!*name)
        chart_add(chart, VERDICT_OK, "locale", "", "none is set: runnel takes C.UTF-8");
    else
        chart_add(chart, VERDICT_WARNING, "locale",
                  "Set LANG to a UTF-8 locale that is there (locale -a lists them).",
                  "%s is %s: runnel takes C.UTF-8, which the terminal may not show", name,
                  given ? "not UTF-8" : "not installed");
    if (given)
        freelocale(given);
}

static void check_size(struct chart *chart)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return;
    bool is_small = size.ws_col < COLUMNS_MIN || size.ws_row < ROWS_MIN;
    chart_add(chart, is_small ? VERDICT_WARNING : VERDICT_OK, "size",
              is_small ? "There is little room: from 40 columns and 10 rows on it reads well." : "",
              "%d columns, %d rows", size.ws_col, size.ws_row);
}

/* ---- The clipboard ---- */

static bool is_in_path(const char *program)
{
    char *path = xstrdup(variable("PATH")), *rest = path;
    bool found = false;
    for (const char *folder; !found && (folder = strsep(&rest, ":"));) {
        char *file = xasprintf("%s/%s", *folder ? folder : ".", program);
        found = access(file, X_OK) == 0;
        free(file);
    }
    free(path);
    return found;
}

/* Each speaks with the display that its variable names; those that need none are of other systems. */
static const struct {
    const char *program, *display;
} clipboards[] = {
    {"wl-copy", "WAYLAND_DISPLAY"},
    {"xclip", "DISPLAY"},
    {"xsel", "DISPLAY"},
    {"pbcopy", NULL},
    {"clip.exe", NULL},
};

static void check_clipboard(struct chart *chart)
{
    for (size_t i = 0; i < sizeof(clipboards) / sizeof(clipboards[0]); i++) {
        const char *display = clipboards[i].display;
        if ((!display || *variable(display)) && is_in_path(clipboards[i].program)) {
            chart_add(chart, VERDICT_OK, "clipboard", "", "%s", clipboards[i].program);
            return;
        }
    }
    chart_add(chart, VERDICT_OK, "clipboard", "",
              "no program for it (wl-copy, xclip, xsel): only what the terminal itself does");
}

/* ---- What it says when it is asked ---- */

/* As runnel would write them: what terminals cannot agree on is left out by then. */
static const char *const clusters[] = {
    "e\u0301",                    /* a letter and its accent */
    "\u6f22",                     /* Han */
    "\u1112\u1161\u11ab",         /* Hangul by its parts */
    "\u0e01\u0e33",               /* Thai */
    "\u00b1",                     /* ambiguous: wide in some East Asian settings */
    "\u2502",                     /* a line */
    "\U0001f44d\U0001f3fd",       /* a thumb with its colour */
    "\u2764\ufe0f",               /* a heart that asks to be an emoji */
    "\U0001f1eb\U0001f1f7",       /* a flag */
    "\U0001f468\u200d\U0001f4bb", /* two people made one */
};

/* Add the cluster if it is drawn otherwise than counted; false when the terminal does not say. */
static bool measure(struct interview *interview, const char *cluster, struct buf *wrong)
{
    struct buf shown = BUF_INIT;
    filter_line(&shown, cluster, strlen(cluster));
    int counted = cell_columns(shown.data, shown.len);
    int drawn = interview_columns(interview, shown.data);
    if (drawn >= 0 && drawn != counted)
        buf_addf(wrong, "%s%s (%d, not %d)", wrong->len > 0 ? ", " : "", shown.data, drawn,
                 counted);
    buf_clear(&shown);
    return drawn >= 0;
}

static bool check_width(struct interview *interview, struct chart *chart)
{
    struct buf wrong = BUF_INIT;
    bool answers = true;
    size_t count = sizeof(clusters) / sizeof(clusters[0]);
    for (size_t i = 0; i < count && answers; i++)
        answers = measure(interview, clusters[i], &wrong);
    if (!answers)
        chart_add(chart, VERDICT_WARNING, "width", "",
                  "the terminal does not say where its cursor is, so nothing more is asked");
    else if (wrong.len > 0)
        chart_add(
            chart, VERDICT_WARNING, "width",
            "Rows with these may look out of step. It is the terminal's setting for ambiguous "
            "width or Unicode version; inside tmux or screen, theirs.",
            "columns otherwise than counted: %s", wrong.data);
    else
        chart_add(chart, VERDICT_OK, "width", "", "%zu kinds of characters as wide as counted",
                  count);
    buf_clear(&wrong);
    return answers;
}

static void check_frames(struct interview *interview, struct chart *chart)
{
    int knows = interview_knows_mode(interview, SYNCHRONIZED_OUTPUT);
    chart_add(chart, VERDICT_OK, "frames", "",
              knows > 0 ? "whole: it has synchronized output"
                        : "it has no synchronized output: a large change may flicker");
}

static void ask(struct chart *chart)
{
    struct interview *interview = interview_begin(STDIN_FILENO, STDOUT_FILENO);
    if (!interview) {
        chart_add(chart, VERDICT_OK, "answers", "",
                  "it is not asked: stdin and stdout are not both a terminal");
        return;
    }
    if (check_width(interview, chart))
        check_frames(interview, chart);
    interview_end(interview);
}

void terminal_check(struct chart *chart)
{
    chart_group(chart, "terminal");
    check_type(chart);
    check_locale(chart);
    check_size(chart);
    check_clipboard(chart);
    ask(chart);
}
