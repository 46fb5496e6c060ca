/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/entity.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "base/utf8.h"

/* HTML has two thousand; these are what people write. */
static const struct {
    const char *name;
    uint32_t code;
} entities[] = {
    {"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
    {"nbsp", 0xA0},    {"copy", 0xA9},     {"reg", 0xAE},     {"trade", 0x2122}, {"hellip", 0x2026},
    {"mdash", 0x2014}, {"ndash", 0x2013},  {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C},
    {"rdquo", 0x201D}, {"laquo", 0xAB},    {"raquo", 0xBB},   {"bull", 0x2022},  {"middot", 0xB7},
    {"times", 0xD7},   {"divide", 0xF7},   {"plusmn", 0xB1},  {"minus", 0x2212}, {"deg", 0xB0},
    {"sect", 0xA7},    {"para", 0xB6},     {"micro", 0xB5},   {"frac12", 0xBD},  {"frac14", 0xBC},
    {"frac34", 0xBE},  {"sup2", 0xB2},     {"sup3", 0xB3},    {"euro", 0x20AC},  {"pound", 0xA3},
    {"yen", 0xA5},     {"cent", 0xA2},     {"larr", 0x2190},  {"uarr", 0x2191},  {"rarr", 0x2192},
    {"darr", 0x2193},  {"harr", 0x2194},   {"rArr", 0x21D2},  {"hArr", 0x21D4},  {"forall", 0x2200},
    {"exist", 0x2203}, {"empty", 0x2205},  {"isin", 0x2208},  {"sum", 0x2211},   {"prod", 0x220F},
    {"radic", 0x221A}, {"infin", 0x221E},  {"cap", 0x2229},   {"cup", 0x222A},   {"int", 0x222B},
    {"asymp", 0x2248}, {"ne", 0x2260},     {"equiv", 0x2261}, {"le", 0x2264},    {"ge", 0x2265},
    {"sub", 0x2282},   {"sup", 0x2283},    {"alpha", 0x3B1},  {"beta", 0x3B2},   {"gamma", 0x3B3},
    {"delta", 0x3B4},  {"lambda", 0x3BB},  {"mu", 0x3BC},     {"pi", 0x3C0},     {"sigma", 0x3C3},
    {"omega", 0x3C9},  {"theta", 0x3B8},   {"Delta", 0x394},  {"Omega", 0x3A9},  {"Sigma", 0x3A3},
    {"auml", 0xE4},    {"ouml", 0xF6},     {"uuml", 0xFC},    {"Auml", 0xC4},    {"Ouml", 0xD6},
    {"Uuml", 0xDC},    {"szlig", 0xDF},    {"eacute", 0xE9},  {"egrave", 0xE8},  {"agrave", 0xE0},
    {"ccedil", 0xE7},  {"ntilde", 0xF1},   {"aring", 0xE5},   {"oslash", 0xF8},  {"check", 0x2713},
    {"star", 0x2606},  {"hearts", 0x2665},
};

static uint32_t number(const char *digits, size_t len)
{
    bool hex = len > 0 && (digits[0] == 'x' || digits[0] == 'X');
    uint32_t code = 0;
    for (size_t i = hex; i < len && code <= 0x10FFFF; i++) {
        uint32_t digit =
            (uint32_t)(digits[i] <= '9' ? digits[i] - '0' : (digits[i] | 32) - 'a' + 10);
        code = code * (hex ? 16 : 10) + digit;
    }
    bool is_character = code > 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    return is_character ? code : UTF8_REPLACEMENT;
}

static uint32_t named(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
        if (strlen(entities[i].name) == len && memcmp(entities[i].name, name, len) == 0)
            return entities[i].code;
    return 0;
}

void entity_add(struct buf *out, const char *entity, size_t len)
{
    bool whole = len > 2 && entity[0] == '&' && entity[len - 1] == ';';
    uint32_t code = !whole             ? 0
                    : entity[1] == '#' ? number(entity + 2, len - 3)
                                       : named(entity + 1, len - 2);
    char bytes[UTF8_MAX];
    if (code == 0)
        buf_add(out, entity, len);
    else
        filter_line(out, bytes, (size_t)utf8_encode(code, bytes));
}
