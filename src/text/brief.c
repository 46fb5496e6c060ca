/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/brief.h"

#include <string.h>

#include "text/figures.h"
#include "text/styled.h"

enum { VALUE_MAX = 120, WHOLE_MAX = 400, RECENT_LINES = 3, RECENT_MAX = 200 };

static const char ellipsis[] = "…";

void brief_clear(struct brief *brief)
{
    buf_clear(&brief->recent);
    *brief = (struct brief){0};
}

/* What a shell would not ask quotes for. */
static bool is_simple(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr("_-./:@%+,~", c));
}

/* At the beginning of the value, which is at the end of the text. */
static void put_quote(struct brief *brief, struct buf *text)
{
    if (brief->is_quoted)
        return;
    brief->is_quoted = true;
    buf_addc(text, '"');
    memmove(text->data + brief->value + 1, text->data + brief->value, text->len - brief->value - 1);
    text->data[brief->value] = '"';
}

static void show(struct brief *brief, struct buf *text, char c)
{
    if (brief->is_string && !is_simple(c))
        put_quote(brief, text);
    if (brief->is_string && (c == '"' || c == '\\'))
        buf_addc(text, '\\');
    filter_add(&brief->filter, text, &c, 1);
}

/* Only what follows a newline makes it worth a word. */
static void show_newline(struct brief *brief, struct buf *text)
{
    brief->has_newline = false;
    filter_end(&brief->filter, text);
    put_quote(brief, text);
    buf_adds(text, "\\n");
}

static void cut(struct brief *brief, struct styled *shown)
{
    filter_end(&brief->filter, &shown->text);
    if (brief->is_string)
        put_quote(brief, &shown->text);
    brief->has_newline = false;
    styled_adds(shown, STYLE_FAINT, ellipsis);
    brief->is_cut = brief->has_cut = true;
}

/* Of the part that is not shown only the last lines are kept, and of each the beginning. */
static void keep(struct brief *brief, char c)
{
    struct buf *recent = &brief->recent;
    if (c == '\n' && brief->recent_lines + 1 == RECENT_LINES) {
        const char *newline = memchr(recent->data, '\n', recent->len);
        buf_drop(recent, (size_t)(newline + 1 - recent->data));
    } else if (c == '\n') {
        brief->recent_lines++;
    }
    if (c == '\n' || brief->line_len < RECENT_MAX)
        buf_addc(recent, c);
    brief->line_len = c == '\n' ? 0 : brief->line_len + 1;
}

static void add_text(struct brief *brief, struct styled *shown, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        brief->bytes++;
        brief->lines += c == '\n';
        if (brief->is_string && !brief->has_begun && (c == ' ' || c == '\t')) {
            brief->has_cut = true; /* how far it is indented does not matter in brief */
            continue;
        }
        brief->has_begun = true;
        bool begins_character = (unsigned char)c < 0x80 || (unsigned char)c >= 0xC0;
        bool is_long = brief->bytes > VALUE_MAX && begins_character;
        if (!brief->is_cut && (brief->has_newline || is_long))
            cut(brief, shown);
        if (brief->is_cut)
            keep(brief, c);
        else if (c == '\n')
            brief->has_newline = true;
        else
            show(brief, &shown->text, c);
    }
}

static void open_field(struct brief *brief, struct styled *shown)
{
    if (shown->text.len > WHOLE_MAX && !brief->is_full) {
        styled_adds(shown, STYLE_FAINT, " …");
        brief->is_full = brief->has_cut = true;
    }
    if (brief->is_full)
        return;
    styled_turn(shown, STYLE_FAINT);
    if (shown->text.len > 0)
        buf_addc(&shown->text, ' ');
    brief->filter = (struct filter){.one_line = true};
    brief->bytes = 0;
}

static void add_name(struct brief *brief, struct styled *shown, const char *name, size_t len)
{
    for (size_t i = 0; i < len && !brief->is_full && brief->bytes < VALUE_MAX; i++, brief->bytes++)
        filter_add(&brief->filter, &shown->text, name + i, 1);
}

static void open_value(struct brief *brief, struct styled *shown, bool is_string)
{
    filter_end(&brief->filter, &shown->text);
    if (shown->text.len > 0 && !brief->is_full)
        buf_addc(&shown->text, '=');
    styled_turn(shown, STYLE_TEXT);
    brief->value = shown->text.len;
    brief->is_string = is_string;
    brief->is_quoted = brief->has_newline = brief->has_begun = false;
    brief->is_cut = brief->is_full;
    brief->bytes = brief->lines = 0;
    brief->filter = (struct filter){.one_line = true};
    buf_reset(&brief->recent);
    brief->recent_lines = 0;
    brief->line_len = 0;
}

static void close_value(struct brief *brief, struct styled *shown)
{
    filter_end(&brief->filter, &shown->text);
    if (brief->is_full)
        return;
    if (brief->has_newline)
        show_newline(brief, &shown->text);
    if (brief->bytes > 0 && !brief->has_begun)
        cut(brief, shown);
    if (brief->is_string && brief->bytes == 0)
        put_quote(brief, &shown->text);
    if (brief->is_quoted)
        styled_adds(shown, STYLE_TEXT, "\"");
    if (!brief->is_cut)
        return;
    styled_turn(shown, STYLE_FAINT);
    buf_adds(&shown->text, " (");
    if (brief->lines > 0) {
        figures_count(&shown->text, (int64_t)brief->lines + (brief->line_len > 0));
        buf_adds(&shown->text, " lines, ");
    }
    figures_bytes(&shown->text, brief->bytes);
    buf_adds(&shown->text, ")");
}

void brief_add(struct brief *brief, struct styled *shown, const char *json, size_t len)
{
    struct field_piece piece;
    while (fields_next(&brief->fields, &json, &len, &piece)) {
        switch (piece.kind) {
        case FIELD_OPEN:
            open_field(brief, shown);
            break;
        case FIELD_NAME:
            add_name(brief, shown, piece.bytes, piece.len);
            break;
        case FIELD_STRING:
        case FIELD_OTHER:
            open_value(brief, shown, piece.kind == FIELD_STRING);
            break;
        case FIELD_TEXT:
            add_text(brief, shown, piece.bytes, piece.len);
            break;
        case FIELD_CLOSE:
            close_value(brief, shown);
            break;
        }
    }
}
