/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * At each place of a line the first rule that fits makes a token; what no rule wants is plain up to
 * where one could begin.
 */
#include "text/highlight.h"

#include <ctype.h>
#include <string.h>

#include "text/language.h"
#include "text/patch.h"

enum { IN_COMMENT = LANGUAGE_QUOTES + 1, IN_TAG };

/* A line, and where in it. */
struct place {
    struct highlight *highlight;
    const struct language *language;
    const char *line;
    size_t len, at;
};

struct highlight highlight_begin(const char *name, size_t len)
{
    return (struct highlight){.language = language_find(name, len)};
}

static bool has(const struct place *place, unsigned trait)
{
    return place->language->traits & trait;
}

static bool stands_at(const struct place *place, size_t at, const char *what)
{
    size_t n = strlen(what);
    return place->len - at >= n && memcmp(place->line + at, what, n) == 0;
}

static size_t rest(const struct place *place)
{
    return place->len - place->at;
}

static bool is_first(const struct place *place)
{
    for (size_t i = 0; i < place->at; i++)
        if (place->line[i] != ' ' && place->line[i] != '\t')
            return false;
    return true;
}

static bool is_word(const struct place *place, char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80 ||
           (c == '-' && has(place, LANGUAGE_DASHES));
}

static size_t word_end(const struct place *place, size_t at)
{
    while (at < place->len && is_word(place, place->line[at]))
        at++;
    return at;
}

/* ---- Quotes and comments */

/* From `at` on, inside, to behind what closes it; it stays open at the end of the line if it
 * may. */
static size_t quote_rest(const struct place *place, const struct quote *quote, size_t at)
{
    for (; at < place->len; at++) {
        if (quote->escapes && place->line[at] == '\\')
            at++;
        else if (stands_at(place, at, quote->close)) {
            place->highlight->open = 0;
            return at + strlen(quote->close) - place->at;
        }
    }
    if (!quote->lines)
        place->highlight->open = 0;
    return rest(place);
}

static size_t comment_rest(const struct place *place, size_t at)
{
    const struct language *language = place->language;
    for (; at < place->len; at++) {
        if (stands_at(place, at, language->comment_close)) {
            at += strlen(language->comment_close) - 1;
            if (place->highlight->depth-- == 0) {
                place->highlight->depth = place->highlight->open = 0;
                return at + 1 - place->at;
            }
        } else if (has(place, LANGUAGE_NESTS) && stands_at(place, at, language->comment_open) &&
                   place->highlight->depth < 200) {
            place->highlight->depth++;
            at += strlen(language->comment_open) - 1;
        }
    }
    return rest(place);
}

static size_t comment(const struct place *place, enum style *style)
{
    const struct language *language = place->language;
    *style = STYLE_COMMENT;
    if (language->comment_open && stands_at(place, place->at, language->comment_open)) {
        place->highlight->open = IN_COMMENT;
        return comment_rest(place, place->at + strlen(language->comment_open));
    }
    if (has(place, LANGUAGE_BLANK_COMMENTS) && place->at > 0 &&
        !isspace((unsigned char)place->line[place->at - 1]))
        return 0;
    for (size_t i = 0; i < LANGUAGE_COMMENTS && language->comments[i]; i++)
        if (stands_at(place, place->at, language->comments[i]))
            return rest(place);
    return 0;
}

/* In Rust and Haskell 'a is a lifetime or a part of a name unless another tick follows its
 * letter. */
static bool is_lone_tick(const struct place *place)
{
    const char *at = place->line + place->at;
    return has(place, LANGUAGE_TICKS) && at[0] == '\'' &&
           !(rest(place) > 2 && (at[1] == '\\' || (unsigned char)at[1] >= 0x80 || at[2] == '\''));
}

static bool is_followed_by(const struct place *place, size_t at, const char *any)
{
    while (at < place->len && place->line[at] == ' ')
        at++;
    return at < place->len && strchr(any, place->line[at]);
}

static size_t quote(const struct place *place, enum style *style)
{
    const struct language *language = place->language;
    if (is_lone_tick(place) || (has(place, LANGUAGE_TAGS) && place->highlight->open != IN_TAG))
        return 0;
    for (size_t i = 0; i < LANGUAGE_QUOTES && language->quotes[i].open; i++) {
        const struct quote *quote = &language->quotes[i];
        if (!stands_at(place, place->at, quote->open))
            continue;
        unsigned char outside = place->highlight->open;
        place->highlight->open = (unsigned char)(i + 1);
        size_t len = quote_rest(place, quote, place->at + strlen(quote->open));
        if (place->highlight->open == 0)
            place->highlight->open = outside;
        bool is_key =
            has(place, LANGUAGE_STRING_KEYS) && is_followed_by(place, place->at + len, ":=");
        *style = is_key ? STYLE_ATTRIBUTE : STYLE_STRING;
        return len;
    }
    return 0;
}

/* What the line began in. */
static size_t carried(const struct place *place, enum style *style)
{
    if (place->highlight->open == IN_COMMENT) {
        *style = STYLE_COMMENT;
        return comment_rest(place, place->at);
    }
    if (place->highlight->open == 0 || place->highlight->open > LANGUAGE_QUOTES)
        return 0;
    *style = STYLE_STRING;
    return quote_rest(place, &place->language->quotes[place->highlight->open - 1], place->at);
}

/* ---- Words */

static size_t number(const struct place *place, enum style *style)
{
    const char *at = place->line + place->at;
    bool begins = isdigit((unsigned char)at[0]) ||
                  (at[0] == '.' && rest(place) > 1 && isdigit((unsigned char)at[1]));
    if (!begins || has(place, LANGUAGE_TAGS))
        return 0;
    size_t len = 1;
    while (len < rest(place) &&
           (isalnum((unsigned char)at[len]) || at[len] == '_' || at[len] == '.' ||
            ((at[len] == '+' || at[len] == '-') && strchr("eEpP", at[len - 1]) && at[1] != 'x')))
        len++;
    *style = STYLE_NUMBER;
    return len;
}

static enum style word_style(const struct place *place, const char *word, size_t len)
{
    const struct language *language = place->language;
    char lower[32];
    if (len > sizeof(lower))
        return STYLE_TEXT;
    for (size_t i = 0; i < len; i++)
        lower[i] =
            (char)(has(place, LANGUAGE_CASELESS) ? tolower((unsigned char)word[i]) : word[i]);
    if (words_have(&language->keywords, lower, len))
        return STYLE_KEYWORD;
    if (words_have(&language->types, lower, len))
        return STYLE_TYPE;
    return words_have(&language->constants, lower, len) ? STYLE_NUMBER : STYLE_TEXT;
}

static bool is_key(const struct place *place, size_t end)
{
    return has(place, LANGUAGE_KEYS) && is_followed_by(place, end, ":=");
}

static size_t word(const struct place *place, enum style *style)
{
    size_t end = word_end(place, place->at);
    if (end == place->at)
        return 0;
    if (has(place, LANGUAGE_TAGS))
        *style = place->highlight->open == IN_TAG ? STYLE_ATTRIBUTE : STYLE_TEXT;
    else
        *style = is_key(place, end) ? STYLE_ATTRIBUTE
                                    : word_style(place, place->line + place->at, end - place->at);
    return end - place->at;
}

/* ---- What only some languages have */

/* <name, </name and <!NAME open a tag, > closes it. */
static size_t tag(const struct place *place, enum style *style)
{
    if (!has(place, LANGUAGE_TAGS))
        return 0;
    const char *at = place->line + place->at;
    *style = STYLE_KEYWORD;
    if (place->highlight->open == IN_TAG && at[0] == '>') {
        place->highlight->open = 0;
        return 1;
    }
    size_t name = at[0] == '<' ? 1 + (rest(place) > 1 && strchr("/!?", at[1])) : 0;
    size_t end = name ? word_end(place, place->at + name) : 0;
    if (end <= place->at + name)
        return 0;
    place->highlight->open = IN_TAG;
    return end - place->at;
}

/* $name, ${name}, $(NAME), $1 */
static size_t variable(const struct place *place)
{
    const char *at = place->line + place->at;
    if (at[0] != '$' || !has(place, LANGUAGE_DOLLARS) || rest(place) < 2)
        return 0;
    if (at[1] == '{' || at[1] == '(') {
        size_t end = word_end(place, place->at + 2);
        char close = at[1] == '{' ? '}' : ')';
        return end < place->len && place->line[end] == close ? end + 1 - place->at : 2;
    }
    size_t end = word_end(place, place->at + 1);
    return end > place->at + 1 ? end - place->at : 2;
}

static size_t attribute(const struct place *place, enum style *style)
{
    const char *at = place->line + place->at;
    *style = STYLE_ATTRIBUTE;
    if (at[0] == '@' && has(place, LANGUAGE_ATS)) {
        size_t end = word_end(place, place->at + 1);
        return end > place->at + 1 ? end - place->at : 0;
    }
    if (at[0] == '#' && has(place, LANGUAGE_HASHES) && is_first(place)) {
        size_t name = place->at + 1;
        while (name < place->len && place->line[name] == ' ')
            name++;
        return rest(place) > 1 && (at[1] == '[' || at[1] == '!')
                   ? rest(place)
                   : word_end(place, name) - place->at;
    }
    if (at[0] == '[' && has(place, LANGUAGE_SECTIONS) && is_first(place))
        return rest(place);
    return variable(place);
}

/* ---- A token */

static size_t plain(const struct place *place, enum style *style)
{
    *style = STYLE_TEXT;
    size_t len = 1;
    while (len < rest(place) && place->line[place->at + len] == ' ')
        len++;
    return len;
}

size_t highlight_next(struct highlight *highlight, const char *line, size_t len, size_t at,
                      enum style *style)
{
    struct place place = {highlight, highlight->language, line, len, at};
    *style = STYLE_TEXT;
    if (at >= len || !place.language)
        return len - at;
    if (has(&place, LANGUAGE_PATCH)) {
        *style = patch_style(line, len, STYLE_TEXT);
        return len - at;
    }
    size_t taken;
    if ((taken = carried(&place, style)) || (taken = comment(&place, style)) ||
        (taken = tag(&place, style)) || (taken = attribute(&place, style)) ||
        (taken = quote(&place, style)) || (taken = number(&place, style)) ||
        (taken = word(&place, style)))
        return taken;
    return plain(&place, style);
}

void highlight_skip(struct highlight *highlight, const char *line, size_t len)
{
    enum style style;
    for (size_t at = 0; at < len;)
        at += highlight_next(highlight, line, len, at, &style);
}
