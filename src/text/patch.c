/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/patch.h"

#include <string.h>

static bool begins(const char *line, size_t len, const char *with)
{
    size_t n = strlen(with);
    return len >= n && memcmp(line, with, n) == 0;
}

bool patch_is(const char *text, size_t len)
{
    static const char *const heads[] = {"--- ", "+++ ", "@@ "};
    size_t seen = 0;
    const char *end = text + len;
    while (text < end && seen < 3) {
        size_t left = (size_t)(end - text);
        const char *newline = memchr(text, '\n', left);
        seen = begins(text, left, heads[seen]) ? seen + 1 : begins(text, left, heads[0]);
        text = newline ? newline + 1 : end;
    }
    return seen == 3;
}

enum style patch_style(const char *line, size_t len, enum style otherwise)
{
    if (begins(line, len, "--- ") || begins(line, len, "+++ "))
        return STYLE_CHOSEN;
    if (begins(line, len, "@@ "))
        return STYLE_ACCENT;
    if (begins(line, len, "+"))
        return STYLE_GOOD;
    return begins(line, len, "-") ? STYLE_BAD : otherwise;
}
