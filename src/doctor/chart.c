/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "doctor/chart.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/filter.h"
#include "base/json.h"
#include "base/mem.h"
#include "text/cell.h"

enum { CHECK_COLUMNS = 13, INDENT = 2 + 9 + CHECK_COLUMNS, TEXT_COLUMNS_MIN = 20 };

static const struct {
    const char *word, *color;
} verdicts[] = {
    [VERDICT_OK] = {"ok", "\033[32m"},
    [VERDICT_WARNING] = {"warning", "\033[33m"},
    [VERDICT_BROKEN] = {"broken", "\033[1;31m"},
};

struct chart {
    int fd, columns;
    bool is_json, is_colored;
    char *group;
    bool has_group;  /* it has been shown */
    bool is_waiting; /* the last row says so, and is not ended */
    unsigned counts[VERDICT_BROKEN + 1];
    struct buf findings; /* as JSON, with a comma behind each */
    int failure;         /* errno of the first write that failed */
};

struct chart *chart_new(int out_fd, bool is_json, bool is_colored, int columns)
{
    struct chart *chart = xnew(struct chart);
    chart->fd = out_fd;
    chart->is_json = is_json;
    chart->is_colored = is_colored;
    chart->columns = columns;
    chart->group = xstrdup("");
    return chart;
}

void chart_free(struct chart *chart)
{
    if (!chart)
        return;
    free(chart->group);
    buf_clear(&chart->findings);
    free(chart);
}

void chart_group(struct chart *chart, const char *name)
{
    free(chart->group);
    chart->group = xstrdup(name);
    chart->has_group = false;
}

static void put(struct chart *chart, struct buf *text)
{
    if (!chart->failure && fd_write_all(chart->fd, buf_str(text), text->len) < 0)
        chart->failure = errno;
    buf_clear(text);
}

/* ---- As text ---- */

static void add_colored(const struct chart *chart, struct buf *line, const char *color,
                        const char *text)
{
    if (chart->is_colored)
        buf_addf(line, "%s%s\033[m", color, text);
    else
        buf_adds(line, text);
}

/* How much of a text is the next row: up to the last space that fits, or all that fits of a long word. */
static size_t row_len(const char *text, size_t len, int columns)
{
    size_t fits = columns > 0 ? cell_fit(text, len, columns) : len;
    if (fits >= len || text[fits] == ' ')
        return fits < len ? fits : len;
    for (size_t at = fits; at > 0; at--)
        if (text[at - 1] == ' ')
            return at - 1;
    return fits > 0 ? fits : len;
}

/* Add a text in rows that hang below each other. */
static void add_rows(const struct chart *chart, struct buf *out, const char *text)
{
    struct buf clean = BUF_INIT;
    filter_line(&clean, text, strlen(text));
    int columns = chart->columns > INDENT + TEXT_COLUMNS_MIN ? chart->columns - INDENT : 0;
    const char *at = buf_str(&clean);
    for (size_t rest = clean.len; rest > 0;) {
        size_t len = row_len(at, rest, columns);
        buf_add(out, at, len);
        buf_addc(out, '\n');
        at += len, rest -= len;
        while (rest > 0 && *at == ' ')
            at++, rest--;
        if (rest > 0)
            buf_addf(out, "%*s", INDENT, "");
    }
    buf_clear(&clean);
}

static void show_group(struct chart *chart)
{
    struct buf line = BUF_INIT;
    char *title = xstrdup(chart->group);
    unsigned shown = chart->counts[0] + chart->counts[1] + chart->counts[2];
    title[0] = (char)toupper((unsigned char)title[0]);
    buf_adds(&line, shown > 0 ? "\n" : "");
    add_colored(chart, &line, "\033[1m", title);
    buf_addc(&line, '\n');
    put(chart, &line);
    free(title);
}

static void show_waiting(struct chart *chart, const char *check, const char *what)
{
    struct buf text = BUF_INIT, line = BUF_INIT;
    if (!chart->has_group)
        show_group(chart);
    chart->has_group = chart->is_waiting = true;
    buf_addf(&text, "  ...      %-*s", CHECK_COLUMNS, check);
    filter_line(&text, what, strlen(what));
    buf_add(&line, text.data, cell_fit(text.data, text.len, chart->columns - 1));
    put(chart, &line);
    buf_clear(&text);
    buf_clear(&line);
}

static void show(struct chart *chart, enum verdict verdict, const char *check, const char *advice,
                 const char *text)
{
    struct buf line = BUF_INIT;
    const char *word = verdicts[verdict].word;
    if (chart->is_waiting)
        buf_adds(&line, "\r\033[K");
    chart->is_waiting = false;
    if (!chart->has_group)
        show_group(chart);
    buf_adds(&line, "  ");
    add_colored(chart, &line, verdicts[verdict].color, word);
    buf_addf(&line, "%*s%-*s", 9 - (int)strlen(word), "", CHECK_COLUMNS, check);
    add_rows(chart, &line, text);
    if (*advice) {
        buf_addf(&line, "%*s", INDENT, "");
        add_rows(chart, &line, advice);
    }
    put(chart, &line);
}

/* ---- As JSON ---- */

static void add_text(struct buf *object, const char *key, const char *text)
{
    json_add_key(object, key);
    json_add_string(object, text, strlen(text));
}

static void keep(struct chart *chart, enum verdict verdict, const char *check, const char *advice,
                 const char *text)
{
    struct buf *findings = &chart->findings;
    buf_addc(findings, '{');
    add_text(findings, "group", chart->group);
    add_text(findings, "check", check);
    add_text(findings, "verdict", verdicts[verdict].word);
    add_text(findings, "text", text);
    if (*advice)
        add_text(findings, "advice", advice);
    buf_adds(findings, "},");
}

/* ---- Both ---- */

void chart_add(struct chart *chart, enum verdict verdict, const char *check, const char *advice,
               const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    if (chart->is_json)
        keep(chart, verdict, check, advice, buf_str(&text));
    else
        show(chart, verdict, check, advice, buf_str(&text));
    chart->has_group = true;
    chart->counts[verdict]++;
    buf_clear(&text);
}

void chart_wait(struct chart *chart, const char *check, const char *what)
{
    if (!chart->is_json && chart->columns > 0 && !chart->is_waiting)
        show_waiting(chart, check, what);
}

bool chart_is_well(const struct chart *chart)
{
    return chart->counts[VERDICT_BROKEN] == 0;
}

static void add_object(const struct chart *chart, struct buf *out)
{
    size_t len = chart->findings.len;
    buf_addf(out, "{\"ok\":%s,\"warnings\":%u,\"broken\":%u,\"findings\":[",
             chart_is_well(chart) ? "true" : "false", chart->counts[VERDICT_WARNING],
             chart->counts[VERDICT_BROKEN]);
    buf_add(out, buf_str(&chart->findings), len > 0 ? len - 1 : 0);
    buf_adds(out, "]}\n");
}

static void add_summary(const struct chart *chart, struct buf *out)
{
    unsigned warnings = chart->counts[VERDICT_WARNING], broken = chart->counts[VERDICT_BROKEN];
    buf_addc(out, '\n');
    if (broken > 0)
        buf_addf(out, "%u broken, ", broken);
    if (warnings > 0)
        buf_addf(out, "%u warning%s, ", warnings, warnings == 1 ? "" : "s");
    buf_addf(out, "%s%u ok.\n",
             broken + warnings > 0 ? "" : "All is well: ", chart->counts[VERDICT_OK]);
}

int chart_end(struct chart *chart)
{
    struct buf out = BUF_INIT;
    if (chart->is_json)
        add_object(chart, &out);
    else
        add_summary(chart, &out);
    put(chart, &out);
    errno = chart->failure;
    return chart->failure ? -1 : 0;
}
