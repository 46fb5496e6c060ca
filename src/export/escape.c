/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "text/highlight.h"

enum { CONTROL_PICTURES = 0x2400, DELETE = 0x7F, DELETE_SIGN = 0x2421 };

static bool turns_direction(uint32_t code)
{
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

static void add_code_point(struct buf *out, uint32_t code)
{
    if (code == '&')
        buf_adds(out, "&amp;");
    else if (code == '<')
        buf_adds(out, "&lt;");
    else if (code == '>')
        buf_adds(out, "&gt;");
    else if (code == '"')
        buf_adds(out, "&quot;");
    else if (code == '\'')
        buf_adds(out, "&#39;");
    else if (code < 0x20 && code != '\n' && code != '\t')
        utf8_add(out, CONTROL_PICTURES + code);
    else if (code == DELETE)
        utf8_add(out, DELETE_SIGN);
    else if ((code > DELETE && code < 0xA0) || turns_direction(code))
        buf_addf(out, "&lt;U+%04X&gt;", (unsigned)code);
    else
        utf8_add(out, code);
}

/* A CR before a newline is part of it. */
void escape_add(struct buf *out, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t code;
        int n = utf8_decode(text + at, len - at, &code);
        bool ends_line = text[at] == '\r' && at + 1 < len && text[at + 1] == '\n';
        if (!ends_line)
            add_code_point(out, n > 0 ? code : UTF8_REPLACEMENT);
        at += n > 0 ? (size_t)n : n < 0 ? (size_t)-n : len - at;
    }
}

void escape_adds(struct buf *out, const char *text)
{
    escape_add(out, text, strlen(text));
}

/* ---- Addresses ---- */

void escape_add_address(struct buf *out, const char *address, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)address[i];
        if (byte <= 0x20 || byte >= DELETE || strchr("\"'<>\\^`{|}", byte))
            buf_addf(out, "%%%02X", byte);
        else
            escape_add(out, address + i, 1);
    }
}

/* ---- Code ---- */

/* The classes are the style sheet's. */
static const char *const classes[STYLE_COUNT] = {
    [STYLE_KEYWORD] = "k", [STYLE_TYPE] = "t",      [STYLE_STRING] = "s",  [STYLE_NUMBER] = "n",
    [STYLE_COMMENT] = "c", [STYLE_ATTRIBUTE] = "a", [STYLE_GOOD] = "good", [STYLE_BAD] = "bad",
    [STYLE_ACCENT] = "k",  [STYLE_FAINT] = "c",     [STYLE_HEADING] = "k",
};

static void add_token(struct buf *out, enum style style, const char *text, size_t len)
{
    if (!classes[style]) {
        escape_add(out, text, len);
        return;
    }
    buf_addf(out, "<span class=\"%s\">", classes[style]);
    escape_add(out, text, len);
    buf_adds(out, "</span>");
}

static void add_line(struct buf *out, struct highlight *highlight, const char *line, size_t len)
{
    for (size_t at = 0; at < len;) {
        enum style style;
        size_t n = highlight_next(highlight, line, len, at, &style);
        add_token(out, style, line + at, n);
        at += n;
    }
}

void escape_add_code(struct buf *out, const char *language, size_t language_len, const char *code,
                     size_t len)
{
    struct highlight highlight = highlight_begin(language, language_len);
    const char *end = code + len;
    while (code < end) {
        const char *newline = memchr(code, '\n', (size_t)(end - code));
        const char *stop = newline ? newline : end;
        add_line(out, &highlight, code, (size_t)(stop - code));
        if (newline)
            buf_addc(out, '\n');
        code = stop + 1;
    }
}
