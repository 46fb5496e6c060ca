/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/figures.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"

void figures_clock(struct buf *text, int64_t ms)
{
    if (ms < 10000)
        buf_addf(text, "%.1f s", (double)ms / 1000);
    else if (ms < 60000)
        buf_addf(text, "%" PRId64 " s", ms / 1000);
    else
        buf_addf(text, "%" PRId64 " min %02d s", ms / 60000, (int)(ms / 1000 % 60));
}

void figures_duration(struct buf *text, int64_t ms)
{
    if (ms >= 0 && ms < 100)
        buf_addf(text, "%d ms", (int)ms);
    else
        figures_clock(text, ms);
}

void figures_count(struct buf *text, int64_t count)
{
    if (count >= 1000)
        figures_count(text, count / 1000);
    buf_addf(text, count >= 1000 ? ",%03d" : "%d", (int)(count % 1000));
}

void figures_cost(struct buf *text, double dollars)
{
    const double least = 0.0001;
    if (dollars > 0 && dollars < least)
        buf_adds(text, "<$0.0001");
    else
        buf_addf(text, dollars == 0 ? "$0" : dollars < 1 ? "$%.4f" : "$%.2f", dollars);
}

void figures_bytes(struct buf *text, size_t bytes)
{
    static const char *const units[] = {"KB", "MB", "GB"};
    double amount = (double)bytes / 1000;
    size_t unit = 0;
    if (bytes < 1000) {
        buf_addf(text, bytes == 1 ? "1 byte" : "%zu bytes", bytes);
        return;
    }
    for (; amount >= 999.5 && unit < 2; unit++)
        amount /= 1000;
    buf_addf(text, amount < 9.95 ? "%.1f %s" : "%.0f %s", amount, units[unit]);
}

void figures_age(struct buf *text, int64_t then, int64_t now)
{
    enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, DAYS = 30 };
    int64_t age = now - then;
    time_t time = (time_t)then;
    struct tm local = {0};
    if (age >= 0 && age < MINUTE)
        buf_adds(text, "now");
    else if (age >= 0 && age < HOUR)
        buf_addf(text, "%" PRId64 " min", age / MINUTE);
    else if (age >= 0 && age < DAY)
        buf_addf(text, "%" PRId64 " h", age / HOUR);
    else if (age >= 0 && age < (int64_t)DAYS * DAY)
        buf_addf(text, "%" PRId64 " d", age / DAY);
    else if (localtime_r(&time, &local))
        buf_addf(text, "%04d-%02d-%02d", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

static size_t count_lines(const char *text, size_t len)
{
    size_t lines = 0;
    const char *end = text + len;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        text = newline ? newline + 1 : end;
        lines++;
    }
    return lines;
}

void figures_size(struct buf *text, const char *of, size_t len)
{
    size_t lines = count_lines(of, len);
    if (lines > 1) {
        figures_count(text, (int64_t)lines);
        buf_adds(text, " lines, ");
    }
    figures_bytes(text, len);
}
