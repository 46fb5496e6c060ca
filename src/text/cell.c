/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/cell.h"

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

#include "base/utf8.h"

static size_t decode(const char *text, size_t len, uint32_t *code)
{
    int n = utf8_decode(text, len, code);
    if (n > 0)
        return (size_t)n;
    *code = UTF8_REPLACEMENT;
    return n < 0 ? (size_t)-n : len;
}

static bool is_regional(uint32_t code)
{
    return code >= 0x1F1E6 && code <= 0x1F1FF;
}

static size_t marks_len(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        uint32_t code;
        size_t n = decode(text + at, len - at, &code);
        if (code < 0x80 || wcwidth((wchar_t)code) != 0)
            break;
        at += n;
    }
    return at;
}

/* Two regional indicators are a flag: one column each for libc, and never to be parted. */
static struct cell flag_at(const char *text, size_t len, size_t first)
{
    uint32_t second;
    size_t n = first < len ? decode(text + first, len - first, &second) : 0;
    if (n > 0 && is_regional(second))
        return (struct cell){.len = first + n, .width = 2};
    return (struct cell){.len = first, .width = 1};
}

struct cell cell_at(const char *text, size_t len, int column)
{
    unsigned char byte = (unsigned char)text[0];
    if (byte == '\n')
        return (struct cell){.len = 1, .width = 0};
    if (byte == '\t')
        return (struct cell){.len = 1, .width = CELL_TAB - column % CELL_TAB};
    if (byte < 0x80 && (len == 1 || (unsigned char)text[1] < 0x80))
        return (struct cell){.len = 1, .width = 1};

    uint32_t code;
    size_t n = decode(text, len, &code);
    if (is_regional(code))
        return flag_at(text, len, n);
    int width = wcwidth((wchar_t)code);
    return (struct cell){.len = n + marks_len(text + n, len - n), .width = width < 0 ? 1 : width};
}

int cell_columns(const char *text, size_t len)
{
    int column = 0;
    while (len > 0) {
        struct cell cell = cell_at(text, len, column);
        column += cell.width;
        text += cell.len;
        len -= cell.len;
    }
    return column;
}

size_t cell_fit(const char *text, size_t len, int columns)
{
    size_t at = 0;
    int column = 0;
    while (at < len) {
        struct cell cell = cell_at(text + at, len - at, column);
        if (column + cell.width > columns)
            break;
        column += cell.width;
        at += cell.len;
    }
    return at;
}
