/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/cell.h"
#include "text/page.h"
#include "text/sheet.h"
#include "text/wrap.h"

enum { BORDER = 3 /* " │ " */, NARROWEST = 4 };

static const struct ink rule_ink = {.style = STYLE_RULE}, text_ink = {.style = STYLE_TEXT};

void table_clear(struct table *table)
{
    flow_clear(&table->flow);
    free(table->cells);
    *table = (struct table){0};
}

bool table_begin(struct table *table, size_t columns)
{
    flow_reset(&table->flow);
    table->count = 0;
    table->columns = columns;
    return columns > 0 && columns <= TABLE_COLUMNS;
}

void table_cell(struct table *table, enum table_align align)
{
    if (table->count == table->cap) {
        table->cap = table->cap ? table->cap * 2 : 16;
        table->cells = xrealloc(table->cells, table->cap * sizeof(*table->cells));
    }
    if (table->count > 0)
        flow_insert(&table->flow, text_ink, 0, "\t", 1);
    table->aligns[table->count % table->columns] = align;
    table->cells[table->count++] = table->flow.text.len;
}

static size_t cell_end(const struct table *table, size_t cell)
{
    return cell + 1 < table->count ? table->cells[cell + 1] - 1 : table->flow.text.len;
}

static const char *cell_text(const struct table *table, size_t cell, size_t *len)
{
    *len = cell_end(table, cell) - table->cells[cell];
    return buf_str(&table->flow.text) + table->cells[cell];
}

/* ---- Columns */

static int sum_up_to(const struct table_shape *shape, int most)
{
    int sum = (int)(shape->columns - 1) * BORDER;
    for (size_t i = 0; i < shape->columns; i++)
        sum += shape->widths[i] < most ? shape->widths[i] : most;
    return sum;
}

/* No column wider than what lets all of them fit; what is left over goes to those that were cut. */
static void narrow(struct table_shape *shape, int columns)
{
    int most = columns;
    while (most > 0 && sum_up_to(shape, most) > columns)
        most--;
    int left = columns - sum_up_to(shape, most);
    shape->is_list = most < NARROWEST;
    for (size_t i = 0; i < shape->columns; i++) {
        if (shape->widths[i] <= most)
            continue;
        shape->is_ruled = true;
        shape->widths[i] = most + (left > 0);
        left -= left > 0;
    }
}

static void measure(const struct table *table, struct table_shape *shape, int columns)
{
    *shape = (struct table_shape){.columns = table->columns};
    for (size_t i = 0; i < table->count; i++) {
        size_t len;
        const char *text = cell_text(table, i, &len);
        int wide = cell_columns(text, len);
        int *width = &shape->widths[i % table->columns];
        *width = wide > *width ? wide : *width;
    }
    for (size_t i = 0; i < shape->columns; i++)
        shape->widths[i] = shape->widths[i] > 0 ? shape->widths[i] : 1;
    /* A column wider than all the room counts as one that is: a table may have no other. */
    if (sum_up_to(shape, columns + 1) > columns)
        narrow(shape, columns);
}

/* ---- Rows */

static void add_blanks(struct flow *out, size_t source, int count)
{
    static const char blanks[] = "                ";
    for (int n; count > 0; count -= n) {
        n = count < (int)sizeof(blanks) - 1 ? count : (int)sizeof(blanks) - 1;
        flow_insert(out, text_ink, source, blanks, (size_t)n);
    }
}

static void write_rule(const struct table_shape *shape, struct page *page, size_t source)
{
    struct flow *out = &page->sheet->flow;
    page_row(page, source);
    for (size_t i = 0; i < shape->columns; i++) {
        if (i > 0)
            flow_insert(out, rule_ink, source, "─┼─", strlen("─┼─"));
        for (int n = 0; n < shape->widths[i]; n++)
            flow_insert(out, rule_ink, source, "─", strlen("─"));
    }
}

/* A line of a cell, and the blanks around it; none at the end of the row. */
static void write_cell(const struct table *table, const struct table_shape *shape, size_t cell,
                       const struct wrap *wrap, size_t line, struct flow *out)
{
    size_t len, column = cell % table->columns;
    const char *text = cell_text(table, cell, &len);
    bool has = line < wrap->count;
    size_t start = has ? wrap->starts[line] : 0, end = has ? wrap_end(wrap, text, line) : 0;
    int blanks = shape->widths[column] - cell_columns(text + start, end - start);
    enum table_align align = table->aligns[column];
    int before = align == ALIGN_RIGHT ? blanks : align == ALIGN_CENTER ? blanks / 2 : 0;
    size_t source = end > start ? flow_source(&table->flow, table->cells[cell] + start) : 0;
    add_blanks(out, source, end > start ? before : 0);
    flow_append(out, &table->flow, table->cells[cell] + start, table->cells[cell] + end);
    if (column + 1 < table->columns)
        add_blanks(out, source, end > start ? blanks - before : blanks);
}

/* Of the row's first cell that has a text; else it is where the row above is. */
static size_t row_source(const struct table *table, size_t first)
{
    for (size_t i = first; i < first + table->columns; i++)
        if (cell_end(table, i) > table->cells[i])
            return flow_source(&table->flow, table->cells[i]);
    return 0;
}

static void write_row(const struct table *table, const struct table_shape *shape, size_t first,
                      struct wrap *wraps, struct page *page)
{
    size_t lines = 1, source = row_source(table, first);
    for (size_t i = 0; i < table->columns; i++) {
        size_t len;
        const char *text = cell_text(table, first + i, &len);
        wrap_reset(&wraps[i]);
        wrap_update(&wraps[i], text, len, shape->widths[i]);
        lines = wraps[i].count > lines ? wraps[i].count : lines;
    }
    for (size_t line = 0; line < lines; line++) {
        page_row(page, source);
        struct flow *out = &page->sheet->flow;
        for (size_t i = 0; i < table->columns; i++) {
            if (i > 0)
                flow_insert(out, rule_ink, source, " │ ", strlen(" │ "));
            write_cell(table, shape, first + i, &wraps[i], line, out);
        }
    }
}

static void write_columns(const struct table *table, const struct table_shape *shape, size_t first,
                          struct page *page)
{
    struct wrap wraps[TABLE_COLUMNS] = {0};
    for (size_t i = first; i + table->columns <= table->count; i += table->columns) {
        if (i == table->columns || (i > 0 && shape->is_ruled))
            write_rule(shape, page, row_source(table, i));
        write_row(table, shape, i, wraps, page);
    }
    for (size_t i = 0; i < table->columns; i++)
        wrap_clear(&wraps[i]);
}

/* ---- As a list */

static void write_list(const struct table *table, size_t first, struct page *page)
{
    struct flow item = {0};
    for (size_t i = first; i < table->count; i++) {
        size_t heading = i % table->columns;
        if (i % table->columns == 0 && i > table->columns)
            page_row(page, row_source(table, i));
        flow_reset(&item);
        flow_append(&item, &table->flow, table->cells[heading], cell_end(table, heading));
        flow_insert(&item, text_ink, 0, ": ", 2);
        flow_append(&item, &table->flow, table->cells[i], cell_end(table, i));
        page_flow(page, &item, 0, item.text.len, false);
    }
    flow_clear(&item);
}

void table_write(struct table *table, struct table_shape *shape, struct page *page)
{
    bool goes_on = shape->columns > 0;
    if (table->count < table->columns || (goes_on && shape->columns != table->columns))
        return;
    if (!goes_on)
        measure(table, shape, page_columns(page));
    size_t first = goes_on ? table->columns : 0;
    if (first < table->count)
        sheet_say(page->sheet, &table->flow, table->cells[first]);
    if (shape->is_list)
        write_list(table, table->columns, page);
    else
        write_columns(table, shape, first, page);
}
