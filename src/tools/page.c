/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/page.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { NAME_MAX = 16 };

struct page {
    const char *at, *end;
    struct buf *out;
    int newlines;   /* wanted before the next text: 1, or 2 for an empty line */
    bool has_space; /* wanted before the next text */
    bool in_line;   /* this line has text */
    int kept;       /* in so many <pre>, where blanks count */
};

/* ---- Text out ---- */

static void want_lines(struct page *page, int count)
{
    if (page->newlines < count)
        page->newlines = count;
}

static void begin_text(struct page *page)
{
    if (page->newlines > 0 && page->out->len > 0) {
        buf_add(page->out, "\n\n", (size_t)page->newlines);
        page->in_line = false;
    }
    if (page->has_space && page->in_line)
        buf_addc(page->out, ' ');
    page->newlines = 0;
    page->has_space = false;
}

static void add_text(struct page *page, const char *text, size_t len)
{
    begin_text(page);
    buf_add(page->out, text, len);
    page->in_line = true;
}

static void add_char(struct page *page, char c)
{
    bool is_blank = strchr(" \t\r\n\f", c) != NULL;
    if (!is_blank || !c) {
        if (c)
            add_text(page, &c, 1);
    } else if (page->kept == 0) {
        page->has_space = true;
    } else if (c == '\n') {
        begin_text(page);
        buf_addc(page->out, '\n');
        page->in_line = false;
    } else if (c != '\r') {
        add_text(page, &c, 1);
    }
}

/* ---- Entities ---- */

/* U+00A0 to U+00FF, in order. */
static const char *const latin[] = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",
    "copy",   "ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn",
    "sup2",   "sup3",   "acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",
    "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
    "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave",
    "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde",
    "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
    "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
    "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",
    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
    "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml",
};

static const struct {
    const char *name;
    uint32_t code;
} entities[] = {
    {"amp", '&'},       {"lt", '<'},        {"gt", '>'},        {"quot", '"'},
    {"apos", '\''},     {"ndash", 0x2013},  {"mdash", 0x2014},  {"lsquo", 0x2018},
    {"rsquo", 0x2019},  {"sbquo", 0x201a},  {"ldquo", 0x201c},  {"rdquo", 0x201d},
    {"bdquo", 0x201e},  {"bull", 0x2022},   {"hellip", 0x2026}, {"prime", 0x2032},
    {"lsaquo", 0x2039}, {"rsaquo", 0x203a}, {"euro", 0x20ac},   {"trade", 0x2122},
    {"larr", 0x2190},   {"rarr", 0x2192},   {"minus", 0x2212},  {"ne", 0x2260},
    {"le", 0x2264},     {"ge", 0x2265},     {"infin", 0x221e},  {"OElig", 0x152},
    {"oelig", 0x153},   {"Scaron", 0x160},  {"scaron", 0x161},  {"ensp", ' '},
    {"emsp", ' '},      {"thinsp", ' '},
};

static uint32_t find_entity(const char *name)
{
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
        if (strcmp(entities[i].name, name) == 0)
            return entities[i].code;
    for (size_t i = 0; i < sizeof(latin) / sizeof(latin[0]); i++)
        if (strcmp(latin[i], name) == 0)
            return i == 0 ? ' ' : 0xa0 + (uint32_t)i;
    return 0;
}

static uint32_t read_code(const char *digits)
{
    char *end;
    bool is_hex = *digits == 'x' || *digits == 'X';
    unsigned long code = strtoul(digits + is_hex, &end, is_hex ? 16 : 10);
    bool is_bad = end == digits + is_hex || *end || code == 0 || code > 0x10ffff ||
                  (code >= 0xd800 && code <= 0xdfff);
    return is_bad ? UTF8_REPLACEMENT : (uint32_t)code;
}

/* At an ampersand, which is often no entity's. */
static void add_entity(struct page *page)
{
    char name[NAME_MAX] = "", text[UTF8_MAX];
    const char *stop = memchr(page->at, ';', (size_t)(page->end - page->at));
    size_t len = stop ? (size_t)(stop - page->at) - 1 : NAME_MAX;
    if (len >= NAME_MAX) {
        add_char(page, *page->at++);
        return;
    }
    memcpy(name, page->at + 1, len);
    uint32_t code = *name == '#' ? read_code(name + 1) : find_entity(name);
    if (code == 0) {
        add_char(page, *page->at++);
        return;
    }
    page->at = stop + 1;
    if (code < 0x80)
        add_char(page, (char)code);
    else
        add_text(page, text, (size_t)utf8_encode(code, text));
}

/* ---- Tags ---- */

/* How many newlines a tag is worth. */
static const struct {
    const char *name;
    int lines;
} blocks[] = {
    {"p", 2},       {"h1", 2},      {"h2", 2},         {"h3", 2},         {"h4", 2},
    {"h5", 2},      {"h6", 2},      {"pre", 2},        {"blockquote", 2}, {"table", 2},
    {"ul", 2},      {"ol", 2},      {"dl", 2},         {"section", 2},    {"article", 2},
    {"title", 2},   {"figure", 2},  {"hr", 2},         {"br", 1},         {"div", 1},
    {"li", 1},      {"tr", 1},      {"dt", 1},         {"dd", 1},         {"header", 1},
    {"footer", 1},  {"nav", 1},     {"aside", 1},      {"main", 1},       {"form", 1},
    {"option", 1},  {"caption", 1}, {"figcaption", 1}, {"fieldset", 1},   {"address", 1},
    {"summary", 1},
};

/* Their content is no text. */
static const char *const silent[] = {"script", "style", "template", "svg", "noscript", "iframe"};

/* Past the tag's end, over quoted values that may hold one. */
static void skip_tag(struct page *page)
{
    char quote = 0;
    for (; page->at < page->end; page->at++) {
        if (quote) {
            quote = *page->at == quote ? 0 : quote;
        } else if (*page->at == '>') {
            page->at++;
            return;
        } else if ((*page->at == '"' || *page->at == '\'') && page->at[-1] == '=') {
            quote = *page->at;
        }
    }
}

static void skip_past(struct page *page, const char *mark)
{
    const char *found = memmem(page->at, (size_t)(page->end - page->at), mark, strlen(mark));
    page->at = found ? found + strlen(mark) : page->end;
}

/* To the closing tag, whatever is in between. */
static void skip_element(struct page *page, const char *name)
{
    size_t len = strlen(name);
    while (page->at < page->end) {
        skip_past(page, "</");
        if ((size_t)(page->end - page->at) >= len && strncasecmp(page->at, name, len) == 0) {
            skip_tag(page);
            return;
        }
    }
}

static void apply_tag(struct page *page, const char *name, bool closes)
{
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
        if (strcmp(blocks[i].name, name) == 0)
            want_lines(page, blocks[i].lines);
    if (strcmp(name, "pre") == 0)
        page->kept += closes ? -(page->kept > 0) : 1;
    if (!closes && strcmp(name, "li") == 0) {
        add_text(page, "-", 1);
        page->has_space = true;
    }
    if (!closes && (strcmp(name, "td") == 0 || strcmp(name, "th") == 0) && page->newlines == 0 &&
        page->in_line) {
        page->has_space = true;
        add_text(page, "|", 1);
        page->has_space = true;
    }
}

static void read_tag(struct page *page)
{
    char name[NAME_MAX] = "";
    bool closes = page->at[1] == '/';
    page->at += 1 + closes;
    for (size_t len = 0; page->at < page->end && isalnum((unsigned char)*page->at); page->at++)
        if (len < NAME_MAX - 1)
            name[len++] = (char)tolower((unsigned char)*page->at);
    skip_tag(page);
    for (size_t i = 0; !closes && i < sizeof(silent) / sizeof(silent[0]); i++) {
        if (strcmp(silent[i], name) == 0) {
            skip_element(page, name);
            return;
        }
    }
    apply_tag(page, name, closes);
}

/* At a "<", which is not always a tag's. */
static void read_markup(struct page *page)
{
    size_t left = (size_t)(page->end - page->at);
    char next = left > 1 ? page->at[1] : ' ';
    if (next == '/' && left > 2)
        next = page->at[2];
    if (left >= 4 && strncmp(page->at, "<!--", 4) == 0)
        skip_past(page, "-->");
    else if (next == '!' || next == '?')
        skip_past(page, ">");
    else if (isalpha((unsigned char)next))
        read_tag(page);
    else
        add_char(page, *page->at++);
}

void page_text(const char *html, size_t len, struct buf *out)
{
    struct page page = {.at = html, .end = html + len, .out = out};
    while (page.at < page.end) {
        if (*page.at == '<')
            read_markup(&page);
        else if (*page.at == '&')
            add_entity(&page);
        else
            add_char(&page, *page.at++);
    }
    if (page.in_line)
        buf_addc(out, '\n');
}
