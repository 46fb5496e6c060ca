/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/fields.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

enum state {
    BEFORE,      /* the object */
    BEFORE_NAME, /* or after the last field */
    NAME,
    BEFORE_COLON,
    BEFORE_VALUE,
    STRING,
    OTHER,
    NO_OBJECT,
};

enum escape { NONE, AFTER_BACKSLASH, FIRST_DIGIT, LAST_DIGIT = FIRST_DIGIT + 3 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool give(struct field_piece *piece, enum field_kind kind, const char *bytes, size_t len)
{
    *piece = (struct field_piece){.kind = kind, .bytes = bytes, .len = len};
    return true;
}

/* ---- Strings */

static enum field_kind kind_of_text(const struct fields *fields)
{
    return fields->state == NAME ? FIELD_NAME : FIELD_TEXT;
}

/* Give characters; half a pair that waited for its other half comes before. */
static bool give_code(struct fields *fields, uint32_t code, bool has_code,
                      struct field_piece *piece)
{
    size_t len = 0;
    if (fields->half)
        len += (size_t)utf8_encode(UTF8_REPLACEMENT, fields->decoded);
    if (has_code)
        len += (size_t)utf8_encode(code, fields->decoded + len);
    fields->half = 0;
    return give(piece, kind_of_text(fields), fields->decoded, len);
}

static bool end_code(struct fields *fields, struct field_piece *piece)
{
    uint32_t code = fields->code;
    bool is_first = code >= 0xD800 && code < 0xDC00, is_second = code >= 0xDC00 && code < 0xE000;
    fields->escape = NONE;
    if (is_second && fields->half) {
        code = 0x10000 + ((fields->half - 0xD800) << 10) + (code - 0xDC00);
        fields->half = 0;
    } else if (is_second) {
        code = UTF8_REPLACEMENT;
    }
    if (!is_first)
        return give_code(fields, code, true, piece);
    bool had_half = fields->half;
    if (had_half)
        give_code(fields, 0, false, piece);
    fields->half = code;
    return had_half;
}

static uint32_t digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit = c ? strchr(digits, c | 0x20) : NULL;
    return digit ? (uint32_t)(digit - digits) : 0;
}

static bool take_escape(struct fields *fields, char c, struct field_piece *piece)
{
    static const char letters[] = "bfnrt", codes[] = "\b\f\n\r\t";
    if (fields->escape >= FIRST_DIGIT) {
        fields->code = fields->code << 4 | digit_of(c);
        return fields->escape++ == LAST_DIGIT && end_code(fields, piece);
    }
    fields->escape = c == 'u' ? FIRST_DIGIT : NONE;
    fields->code = 0;
    if (c == 'u')
        return false;
    const char *letter = c ? strchr(letters, c) : NULL;
    return give_code(fields, letter ? (uint32_t)codes[letter - letters] : (unsigned char)c, true,
                     piece);
}

static bool end_string(struct fields *fields, struct field_piece *piece)
{
    bool is_name = fields->state == NAME;
    fields->state = is_name ? BEFORE_COLON : BEFORE_NAME;
    return !is_name && give(piece, FIELD_CLOSE, "", 0);
}

static size_t plain_len(const char *json, size_t len)
{
    size_t n = 0;
    while (n < len && json[n] != '"' && json[n] != '\\')
        n++;
    return n;
}

/* At most one step; false when it gave nothing. */
static bool in_string(struct fields *fields, const char **json, size_t *len,
                      struct field_piece *piece)
{
    const char *at = *json;
    size_t plain = fields->escape ? 0 : plain_len(at, *len);
    bool is_escape = fields->escape || *at == '\\';
    if (fields->half && !is_escape)
        return give_code(fields, 0, false, piece);
    *json += plain ? plain : 1;
    *len -= plain ? plain : 1;
    if (plain > 0)
        return give(piece, kind_of_text(fields), at, plain);
    if (fields->escape)
        return take_escape(fields, *at, piece);
    if (*at == '"')
        return end_string(fields, piece);
    fields->escape = AFTER_BACKSLASH;
    return false;
}

/* ---- Other values: as they are written, without blanks */

/* Whether the byte is still of the value. */
static bool belongs(struct fields *fields, char c)
{
    if (fields->in_string) {
        fields->in_string = fields->escape || c != '"';
        fields->escape = !fields->escape && c == '\\';
        return true;
    }
    fields->in_string = c == '"';
    if (fields->depth == 0 && (c == ',' || c == '}'))
        return false;
    if (c == '{' || c == '[')
        fields->depth++;
    else if ((c == '}' || c == ']') && fields->depth > 0)
        fields->depth--;
    return true;
}

static bool in_other(struct fields *fields, const char **json, size_t *len,
                     struct field_piece *piece)
{
    const char *at = *json;
    bool is_blank = !fields->in_string && is_space(*at);
    (*json)++, (*len)--;
    if (is_blank)
        return false;
    if (belongs(fields, *at))
        return give(piece, FIELD_TEXT, at, 1);
    fields->state = BEFORE_NAME;
    return give(piece, FIELD_CLOSE, "", 0);
}

/* ---- Between */

static void take(const char **json, size_t *len)
{
    (*json)++;
    (*len)--;
}

static bool before_object(struct fields *fields, const char **json, size_t *len,
                          struct field_piece *piece)
{
    fields->state = **json == '{' ? BEFORE_NAME : NO_OBJECT;
    if (fields->state == NO_OBJECT)
        return give(piece, FIELD_OTHER, "", 0);
    take(json, len);
    return false;
}

static bool before_value(struct fields *fields, const char **json, size_t *len,
                         struct field_piece *piece)
{
    fields->state = **json == '"' ? STRING : OTHER;
    fields->depth = 0;
    if (fields->state == OTHER)
        return give(piece, FIELD_OTHER, "", 0);
    take(json, len);
    return give(piece, FIELD_STRING, "", 0);
}

static bool between(struct fields *fields, const char **json, size_t *len,
                    struct field_piece *piece)
{
    char c = **json;
    if (!is_space(c) && fields->state == BEFORE)
        return before_object(fields, json, len, piece);
    if (!is_space(c) && fields->state == BEFORE_VALUE)
        return before_value(fields, json, len, piece);
    take(json, len);
    if (c == ':' && fields->state == BEFORE_COLON)
        fields->state = BEFORE_VALUE;
    if (c != '"' || fields->state != BEFORE_NAME)
        return false;
    fields->state = NAME;
    return give(piece, FIELD_OPEN, "", 0);
}

/* At most one step; false when it gave nothing. */
static bool step(struct fields *fields, const char **json, size_t *len, struct field_piece *piece)
{
    switch ((enum state)fields->state) {
    case NAME:
    case STRING:
        return in_string(fields, json, len, piece);
    case OTHER:
        return in_other(fields, json, len, piece);
    case NO_OBJECT:
        give(piece, FIELD_TEXT, *json, *len);
        *json += *len;
        *len = 0;
        return true;
    default:
        return between(fields, json, len, piece);
    }
}

bool fields_next(struct fields *fields, const char **json, size_t *len, struct field_piece *piece)
{
    while (*len > 0)
        if (step(fields, json, len, piece))
            return true;
    return false;
}

/* ---- As lines */

static void add_indented(struct buf *out, const struct buf *text)
{
    buf_adds(out, "\n  ");
    for (size_t i = 0; i < text->len; i++) {
        buf_addc(out, text->data[i]);
        if (text->data[i] == '\n')
            buf_adds(out, "  ");
    }
}

static void add_value(struct buf *out, const struct buf *text, bool is_string)
{
    if (is_string && memchr(buf_str(text), '\n', text->len)) {
        add_indented(out, text);
        return;
    }
    buf_adds(out, is_string ? " \"" : " ");
    buf_add(out, buf_str(text), text->len);
    buf_adds(out, is_string ? "\"" : "");
}

/* A newline in a name would make it look like two fields. */
static void add_name(struct buf *out, const struct buf *name)
{
    for (size_t i = 0; i < name->len; i++) {
        if (name->data[i] == '\n')
            buf_adds(out, "\u240A");
        else
            buf_addc(out, name->data[i]);
    }
    buf_addc(out, ':');
}

void fields_text(struct buf *out, const char *json)
{
    struct fields fields = {0};
    struct field_piece piece;
    struct buf text = BUF_INIT;
    size_t len = strlen(json);
    bool is_string = false;
    while (fields_next(&fields, &json, &len, &piece)) {
        if (piece.kind == FIELD_STRING || piece.kind == FIELD_OTHER) {
            is_string = piece.kind == FIELD_STRING;
            add_name(out, &text);
        } else if (piece.kind == FIELD_CLOSE) {
            add_value(out, &text, is_string);
            buf_addc(out, '\n');
        } else {
            buf_add(&text, piece.bytes, piece.len);
        }
        if (piece.kind & (FIELD_OPEN | FIELD_STRING | FIELD_OTHER | FIELD_CLOSE))
            buf_reset(&text);
    }
    buf_clear(&text);
}
