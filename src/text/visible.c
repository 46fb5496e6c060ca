/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/visible.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/filter.h"
#include "base/utf8.h"
#include "text/styled.h"

static bool is_plain(char c)
{
    return (c >= ' ' && c <= '~') || c == '\n';
}

enum { CONTROL_PICTURES = 0x2400, DELETE = 0x7F, DELETE_SIGN = 0x2421 };

static void add_control(struct styled *out, enum style style, char byte)
{
    styled_turn(out, STYLE_WARNING);
    utf8_add(&out->text, byte == DELETE ? DELETE_SIGN : CONTROL_PICTURES + (uint32_t)byte);
    if (byte == '\t') /* what stands in columns stays in them */
        styled_adds(out, style, "\t");
}

static void add_byte(struct styled *out, unsigned char byte)
{
    styled_turn(out, STYLE_WARNING);
    buf_addf(&out->text, "<%02X>", byte);
}

/* The filter takes a character of its own for what it is; marks get a base, which is not theirs. */
static void add_character(struct styled *out, enum style style, const char *bytes, size_t len,
                          uint32_t code)
{
    static const char dotted_circle[] = "\u25CC";
    struct buf shown = BUF_INIT;
    filter_line(&shown, bytes, len);
    bool has_look = shown.len == len && memcmp(shown.data, bytes, len) == 0 &&
                    (code == 0x25CC || strncmp(shown.data, dotted_circle, 3) != 0);
    if (has_look)
        styled_add(out, style, bytes, len);
    buf_clear(&shown);
    styled_turn(out, STYLE_WARNING);
    buf_addf(&out->text, "<U+%04X>", (unsigned)code);
}

/* Adds what is at the beginning of the text, which is not plain; returns its bytes. */
static size_t add_marked(struct styled *out, enum style style, const char *text, size_t len)
{
    uint32_t code;
    if ((unsigned char)text[0] < 0x80) {
        add_control(out, style, text[0]);
        return 1;
    }
    int n = utf8_decode(text, len, &code);
    if (n > 0) {
        add_character(out, style, text, (size_t)n, code);
        return (size_t)n;
    }
    add_byte(out, (unsigned char)text[0]);
    return 1;
}

size_t visible_add(struct styled *out, enum style style, const char *text, size_t len)
{
    size_t marked = 0;
    for (size_t at = 0; at < len;) {
        size_t plain = at;
        while (plain < len && is_plain(text[plain]))
            plain++;
        styled_add(out, style, text + at, plain - at);
        at = plain;
        if (at == len)
            break;
        marked += text[at] != '\t';
        at += add_marked(out, style, text + at, len - at);
    }
    return marked;
}
