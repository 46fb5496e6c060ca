/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel sessions list.  On a terminal a line is as long as a row and says how long ago it was; in a pipe
 * nothing is cut, and it says when.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/filter.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/sessions.h"
#include "plain/tell.h"
#include "session/store.h"
#include "text/cell.h"
#include "text/figures.h"

enum { COLUMN_ID, COLUMN_AGE, COLUMN_SIZE, COLUMN_MODEL, COLUMN_TITLE, COLUMNS };
enum { GAP = 2, MODEL_MOST = 28, TITLE_LEAST = 30 };

/* ---- When ---- */

static char *when(int64_t seconds, const char *format)
{
    char text[32] = "";
    time_t time = (time_t)seconds;
    struct tm local;
    if (localtime_r(&time, &local))
        strftime(text, sizeof(text), format, &local);
    return xstrdup(text);
}

static char *age_of(const struct session_info *info, int64_t now)
{
    struct buf age = BUF_INIT;
    figures_age(&age, info->changed, now);
    return age.data ? buf_take(&age) : xstrdup("");
}

/* ---- As a table ---- */

/* What a file says of itself is untrusted, and the list may be read on a terminal. */
static char *filtered(const char *text)
{
    struct buf line = BUF_INIT;
    filter_line(&line, text, strlen(text));
    return line.data ? buf_take(&line) : xstrdup("");
}

/* The name first, since that can be typed; and the prompt where nothing else says what it is about. */
static char *title_of(const struct session_info *info)
{
    const char *called = session_called(info);
    const char *first = *info->name ? info->name : called;
    const char *more = strcmp(first, called) != 0 ? called : info->prompt;
    if (!*more || strcmp(first, more) == 0)
        return filtered(first);
    char *both = xasprintf("%s: %s", first, more);
    char *line = filtered(both);
    free(both);
    return line;
}

static char *size_of(const struct session_info *info)
{
    struct buf size = BUF_INIT;
    figures_bytes(&size, (size_t)info->size);
    return buf_take(&size);
}

static char *model_of(const struct session_info *info)
{
    char *model = filtered(info->model);
    size_t fits = cell_fit(model, strlen(model), MODEL_MOST);
    model[fits] = '\0';
    return model;
}

enum { LEFT_OUT = -1 }; /* the width of a column for which there is no room */

struct table {
    char *(*cells)[COLUMNS];
    size_t count;
    int widths[COLUMNS];
};

static void table_fill(struct table *table, const struct session_list *list, bool is_terminal)
{
    int64_t now = time(NULL);
    table->cells = xcalloc(list->count + 1, sizeof(*table->cells));
    table->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const struct session_info *info = &list->items[i];
        char **row = table->cells[i];
        row[COLUMN_ID] = filtered(info->id);
        row[COLUMN_AGE] = is_terminal ? age_of(info, now) : when(info->changed, "%Y-%m-%d %H:%M");
        row[COLUMN_SIZE] = size_of(info);
        row[COLUMN_MODEL] = model_of(info);
        row[COLUMN_TITLE] = title_of(info);
        for (int k = 0; k < COLUMNS; k++) {
            int width = cell_columns(row[k], strlen(row[k]));
            if (width > table->widths[k])
                table->widths[k] = width;
        }
    }
}

static void table_clear(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        for (int k = 0; k < COLUMNS; k++)
            free(table->cells[i][k]);
    free(table->cells);
}

static void add_blanks(struct buf *out, int count)
{
    if (count > 0)
        buf_addf(out, "%*s", count, "");
}

static int columns_before_title(const struct table *table)
{
    int used = 0;
    for (int k = 0; k < COLUMN_TITLE; k++)
        used += table->widths[k] == LEFT_OUT ? 0 : table->widths[k] + GAP;
    return used;
}

/* A session is known by its title and typed by its id: the others give way to them. */
static void table_narrow(struct table *table, int columns)
{
    static const int least_first[] = {COLUMN_SIZE, COLUMN_MODEL, COLUMN_AGE};
    int title =
        table->widths[COLUMN_TITLE] < TITLE_LEAST ? table->widths[COLUMN_TITLE] : TITLE_LEAST;
    for (size_t i = 0; i < sizeof(least_first) / sizeof(*least_first); i++)
        if (columns > 0 && columns_before_title(table) + title > columns)
            table->widths[least_first[i]] = LEFT_OUT;
}

static void add_row(struct buf *out, const struct table *table, char **row, int columns)
{
    int used = columns_before_title(table);
    for (int k = 0; k < COLUMN_TITLE; k++) {
        if (table->widths[k] == LEFT_OUT)
            continue;
        int pad = table->widths[k] - cell_columns(row[k], strlen(row[k]));
        bool is_figure = k == COLUMN_SIZE || k == COLUMN_AGE;
        add_blanks(out, is_figure ? pad : 0);
        buf_adds(out, row[k]);
        add_blanks(out, (is_figure ? 0 : pad) + GAP);
    }
    const char *title = row[COLUMN_TITLE];
    size_t len = strlen(title);
    if (columns > 0)
        len = columns > used ? cell_fit(title, len, columns - used) : 0;
    buf_add(out, title, len);
    while (out->data[out->len - 1] == ' ')
        buf_drop_end(out, 1);
    buf_addc(out, '\n');
}

static void add_table(struct buf *out, const struct session_list *list)
{
    struct table table = {0};
    int columns = cli_columns();
    table_fill(&table, list, isatty(STDOUT_FILENO));
    table_narrow(&table, columns);
    for (size_t i = 0; i < table.count; i++)
        add_row(out, &table, table.cells[i], columns);
    table_clear(&table);
}

/* ---- As JSON ---- */

static void add_text(struct buf *out, const char *key, const char *text)
{
    if (!*text)
        return;
    json_add_key(out, key);
    json_add_string(out, text, strlen(text));
}

static void add_time(struct buf *out, int64_t seconds)
{
    char text[32] = "";
    time_t when = (time_t)seconds;
    struct tm utc;
    if (gmtime_r(&when, &utc))
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    add_text(out, "changed", text);
}

static void add_object(struct buf *out, const struct session_info *info)
{
    buf_addc(out, '{');
    add_text(out, "id", info->id);
    add_text(out, "name", info->name);
    add_text(out, "title", info->title);
    add_text(out, "prompt", info->prompt);
    add_text(out, "model", info->model);
    add_time(out, info->changed);
    buf_addf(out, ",\"size\":%" PRId64, info->size);
    add_text(out, "path", info->path);
    buf_addc(out, '}');
}

static void add_array(struct buf *out, const struct session_list *list)
{
    buf_addc(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        buf_adds(out, i > 0 ? ",\n" : "\n");
        add_object(out, &list->items[i]);
    }
    buf_adds(out, list->count > 0 ? "\n]\n" : "]\n");
}

/* ---- The list ---- */

int sessions_list(const struct errand *errand, struct error *error)
{
    struct session_list list;
    struct buf out = BUF_INIT;
    if (store_list(errand->dir, &list, error) < 0)
        return -1;
    if (options_format(errand->options) == PLAIN_TEXT)
        add_table(&out, &list);
    else
        add_array(&out, &list);
    if (list.count == 0)
        tell("no sessions are in %s yet", errand->dir);
    int status = cli_print(buf_str(&out), out.len);
    buf_clear(&out);
    session_list_clear(&list);
    return status;
}
