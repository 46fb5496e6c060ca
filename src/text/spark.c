/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/spark.h"

#include <math.h>

#include "base/buf.h"

static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

enum { BARS = sizeof(bars) / sizeof(bars[0]) };

static int32_t largest(const int32_t *values, size_t from, size_t to)
{
    int32_t most = 0;
    for (size_t i = from; i < to; i++)
        most = values[i] > most ? values[i] : most;
    return most;
}

static size_t bars_for(size_t count, size_t columns)
{
    return count < columns ? count : columns;
}

/* The largest number that a bar stands for. */
static int32_t bar_value(const int32_t *values, size_t count, size_t bar, size_t bar_count)
{
    return largest(values, bar * count / bar_count, (bar + 1) * count / bar_count);
}

static size_t height_of(int32_t value, int32_t full)
{
    if (value >= full)
        return BARS - 1;
    return (size_t)lround((BARS - 1) * log1p(value) / log1p(full));
}

void spark_line(struct buf *out, const int32_t *values, size_t count, size_t columns, int32_t full)
{
    size_t bar_count = bars_for(count, columns);
    for (size_t bar = 0; bar < bar_count; bar++)
        buf_adds(out, bars[height_of(bar_value(values, count, bar, bar_count), full)]);
}

size_t spark_marks(struct buf *out, const int32_t *values, size_t count, size_t columns,
                   int32_t from)
{
    size_t bar_count = bars_for(count, columns), marked = 0, blanks = 0;
    for (size_t i = 0; i < count; i++)
        marked += values[i] >= from;
    for (size_t bar = 0; marked > 0 && bar < bar_count; bar++) {
        if (bar_value(values, count, bar, bar_count) < from) {
            blanks++;
            continue;
        }
        for (; blanks > 0; blanks--)
            buf_addc(out, ' ');
        buf_addc(out, '^');
    }
    return marked;
}
