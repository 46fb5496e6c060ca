/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/duration.h"

#include <string.h>

static const struct {
    const char *name;
    double ms;
} units[] = {
    /* "ms" before "m" */
    {"ms", 1},    {"us", 1e-3},   {"\u00B5s", 1e-3}, {"\u03BCs", 1e-3},
    {"ns", 1e-6}, {"h", 3600000}, {"m", 60000},      {"s", 1000},
};

/* Digits with at most one point among them, and what follows them.  Not strtod, which the locale tells
 * what a point is, and which takes "inf" and "0x1p3". */
static const char *read_number(const char *text, double *number)
{
    double unit = 1;
    size_t count = 0;
    *number = 0;
    for (; *text >= '0' && *text <= '9'; text++, count++)
        *number = *number * 10 + (*text - '0');
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9'; text++, count++)
            *number += (*text - '0') * (unit /= 10);
    return count > 0 ? text : NULL;
}

static const char *read_unit(const char *text, double *ms)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        size_t len = strlen(units[i].name);
        *ms = units[i].ms;
        if (strncmp(text, units[i].name, len) == 0)
            return text + len;
    }
    return NULL;
}

int64_t duration_read(const char *text)
{
    const double most = 1e15; /* thirty thousand years */
    double all = 0, number, ms;
    if (!*text)
        return -1;
    while (*text) {
        text = read_number(text, &number);
        text = text ? read_unit(text, &ms) : NULL;
        if (!text)
            return -1;
        all += number * ms;
    }
    return all < most ? (int64_t)(all + 1e-6) : -1;
}
