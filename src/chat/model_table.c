/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of models in columns, for people and for fzf: the first word of a line is what -m takes.
 */
#include "chat/model_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "base/mem.h"

enum { COLUMNS = 4, COLUMN_MAX = 60 };

struct row {
    struct buf cells[COLUMNS]; /* who, context, abilities, prices; then the title */
    const char *title;
};

/* "128k" and "200k" are what people call 131072 and 200000 tokens. */
static void add_tokens(struct buf *cell, int64_t tokens)
{
    enum { KIBI = 1024, KILO = 1000 };
    int64_t unit = tokens % KILO != 0 && tokens % KIBI == 0 ? KIBI : KILO;
    if (tokens < 0)
        return;
    if (tokens < KILO)
        buf_addf(cell, "%" PRId64, tokens);
    else if (tokens < unit * unit)
        buf_addf(cell, "%" PRId64 "k", (tokens + unit / 2) / unit);
    else
        buf_addf(cell, "%.3gM", (double)tokens / (double)(unit * unit));
}

static void add_ability(struct buf *cell, int ability, const char *word)
{
    if (ability == 1)
        buf_addf(cell, "%s%s", cell->len > 0 ? " " : "", word);
}

static void add_prices(struct buf *cell, const rn_prices *prices)
{
    if (prices->input == 0 && prices->output == 0)
        buf_adds(cell, "free");
    else if (prices->input >= 0 && prices->output >= 0)
        buf_addf(cell, "$%.4g/$%.4g", prices->input, prices->output);
}

static void fill(struct row *row, const char *provider, const rn_listed *model)
{
    char *name = xasprintf("%s:%s", provider, model->name);
    filter_line(&row->cells[0], name, strlen(name));
    add_tokens(&row->cells[1], model->context);
    add_ability(&row->cells[2], model->tools, "tools");
    add_ability(&row->cells[2], model->images, "images");
    add_ability(&row->cells[2], model->reasoning, "reasoning");
    add_prices(&row->cells[3], &model->prices);
    row->title = strcmp(model->title, model->name) == 0 ? "" : model->title;
    free(name);
}

static void add_row(struct buf *out, const struct row *row, const size_t *widths)
{
    size_t begin = out->len;
    for (size_t i = 0; i < COLUMNS; i++)
        if (widths[i] > 0)
            buf_addf(out, "%-*s  ", (int)widths[i], buf_str(&row->cells[i]));
    filter_line(out, row->title, strlen(row->title));
    while (out->len > begin && out->data[out->len - 1] == ' ')
        buf_drop_end(out, 1);
    buf_addc(out, '\n');
}

static int by_name(const void *a, const void *b)
{
    const struct row *one = a, *other = b;
    return strcmp(buf_str(&one->cells[0]), buf_str(&other->cells[0]));
}

void model_list_table(const struct model_list *list, size_t most, struct buf *out)
{
    size_t widths[COLUMNS] = {0};
    struct row *rows = xcalloc(list->count + 1, sizeof(*rows));
    for (size_t i = 0; i < list->count; i++) {
        fill(&rows[i], list->provider, &list->models[i]);
        for (size_t k = 0; k < COLUMNS; k++) {
            size_t len = rows[i].cells[k].len;
            if (len > widths[k])
                widths[k] = len < COLUMN_MAX ? len : COLUMN_MAX;
        }
    }
    qsort(rows, list->count, sizeof(*rows), by_name);
    for (size_t i = 0; i < list->count; i++) {
        if (most == 0 || i < most)
            add_row(out, &rows[i], widths);
        for (size_t k = 0; k < COLUMNS; k++)
            buf_clear(&rows[i].cells[k]);
    }
    if (most > 0 && list->count > most)
        buf_addf(out, "... and %zu more\n", list->count - most);
    free(rows);
}
