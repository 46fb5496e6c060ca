/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/column.h"

#include "base/buf.h"
#include "text/figures.h"

void column_add(struct buf *out, int columns, struct buf *figure)
{
    buf_addf(out, "%*s", columns, figure->len > 0 ? figure->data : "-");
    buf_clear(figure);
}

void column_count(struct buf *out, int columns, int64_t count)
{
    struct buf figure = BUF_INIT;
    if (count >= 0)
        figures_count(&figure, count);
    column_add(out, columns, &figure);
}

void column_cost(struct buf *out, int columns, double dollars)
{
    struct buf figure = BUF_INIT;
    if (dollars >= 0)
        figures_cost(&figure, dollars);
    column_add(out, columns, &figure);
}
