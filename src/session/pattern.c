/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON may write a character in several ways, but nobody writes an ASCII letter in another way than as
 * itself.  So the longest part of the pattern that is of such characters must stand in the raw bytes, and is
 * looked for by its rarest one, which memchr(3) finds at the speed of memory.
 *
 * Other letters some programs write as themselves, some as \uXXXX.  Where they have no case, as in Chinese,
 * they are looked for as themselves, and wherever there is a \u they may be, too.
 */
#include "session/pattern.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wctype.h>

#include "base/mem.h"
#include "base/utf8.h"

struct pattern {
    char *text; /* lower case when case means nothing */
    size_t len;
    bool any_case;
    size_t plain, plain_len; /* the part that stands in JSON as it is; 0 long: there is none */
    size_t rare;             /* its rarest byte, from its beginning */
    bool has_no_case;        /* no character but ASCII has a small and a capital form */
    bool may_be_escaped;     /* the plain part may stand there as \u... */
};

/* ---- Code points ---- */

/* What is not UTF-8 is its own first byte. */
static size_t next_code(const char *text, size_t len, uint32_t *code)
{
    int n = utf8_decode(text, len, code);
    if (n > 0)
        return (size_t)n;
    *code = (unsigned char)text[0];
    return 1;
}

static bool has_capital(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t code;
        at += next_code(text + at, len - at, &code);
        if (iswupper((wint_t)code))
            return true;
    }
    return false;
}

/* ---- The part that is looked for in JSON ---- */

static bool is_plain(char c)
{
    return c >= ' ' && c < 0x7F && !strchr("\"\\/", c);
}

/* The more common a character is in what people and programs write, the later it comes here. */
static size_t commonness(char c)
{
    static const char common[] = "zqjxkvbywgpfmucdlhrsnioate ";
    const char *at = strchr(common, tolower((unsigned char)c));
    return at && *at ? (size_t)(at - common) + 1 : 0;
}

static bool has_no_case(const struct pattern *pattern)
{
    for (size_t at = 0; at < pattern->len;) {
        uint32_t code;
        at += next_code(pattern->text + at, pattern->len - at, &code);
        if (code >= 0x80 && towlower((wint_t)code) != towupper((wint_t)code))
            return false;
    }
    return true;
}

static bool is_as_itself(const struct pattern *pattern, char c)
{
    return is_plain(c) || (pattern->has_no_case && (unsigned char)c >= 0x80);
}

static void choose_plain(struct pattern *pattern)
{
    for (size_t at = 0; at < pattern->len; at++) {
        size_t n = 0;
        while (at + n < pattern->len && is_as_itself(pattern, pattern->text[at + n]))
            n++;
        if (n > pattern->plain_len) {
            pattern->plain = at;
            pattern->plain_len = n;
        }
        at += n;
    }
    const char *plain = pattern->text + pattern->plain;
    for (size_t i = 0; i < pattern->plain_len; i++)
        pattern->may_be_escaped |= (unsigned char)plain[i] >= 0x80;
    for (size_t i = 1; i < pattern->plain_len; i++)
        if (commonness(plain[i]) < commonness(plain[pattern->rare]))
            pattern->rare = i;
}

struct pattern *pattern_new(const char *text)
{
    struct pattern *pattern = xnew(struct pattern);
    pattern->text = xstrdup(text);
    pattern->len = strlen(text);
    pattern->any_case = !has_capital(text, pattern->len);
    pattern->has_no_case = has_no_case(pattern);
    choose_plain(pattern);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    free(pattern->text);
    free(pattern);
}

/* ---- In text ---- */

/* How long the match is that begins at a text's beginning; 0: none does. */
static size_t match_length(const struct pattern *pattern, const char *text, size_t len)
{
    size_t at = 0;
    for (size_t i = 0; i < pattern->len;) {
        uint32_t wanted, code;
        if (at >= len)
            return 0;
        i += next_code(pattern->text + i, pattern->len - i, &wanted);
        at += next_code(text + at, len - at, &code);
        if (code != wanted && towlower((wint_t)code) != wanted)
            return 0;
    }
    return at;
}

bool pattern_find(const struct pattern *pattern, const char *text, size_t len, size_t from,
                  size_t *start, size_t *end)
{
    if (!pattern->any_case) {
        const char *found = memmem(text + from, len - from, pattern->text, pattern->len);
        *start = found ? (size_t)(found - text) : 0;
        *end = *start + pattern->len;
        return found;
    }
    for (uint32_t code; from < len; from += next_code(text + from, len - from, &code)) {
        size_t n = match_length(pattern, text + from, len - from);
        if (n > 0) {
            *start = from;
            *end = from + n;
            return true;
        }
    }
    return false;
}

/* ---- In JSON ---- */

static const char *find_byte(const char *at, const char *end, char byte)
{
    const char *found = at < end ? memchr(at, byte, (size_t)(end - at)) : NULL;
    return found ? found : end;
}

static const char *next_rare(const struct pattern *pattern, struct pattern_hints *hints,
                             const char *at, const char *end)
{
    char lower = pattern->text[pattern->plain + pattern->rare];
    char upper = (char)toupper((unsigned char)lower);
    if (!hints->lower || hints->lower < at)
        hints->lower = find_byte(at, end, lower);
    if (upper == lower)
        return hints->lower;
    if (!hints->upper || hints->upper < at)
        hints->upper = find_byte(at, end, upper);
    return hints->lower < hints->upper ? hints->lower : hints->upper;
}

static const char *find_any_case(const struct pattern *pattern, struct pattern_hints *hints,
                                 const char *json, const char *end)
{
    const char *plain = pattern->text + pattern->plain;
    const char *at = json + pattern->rare;
    while ((at = next_rare(pattern, hints, at, end)) < end) {
        const char *start = at - pattern->rare;
        if ((size_t)(end - start) < pattern->plain_len)
            break;
        if (strncasecmp(start, plain, pattern->plain_len) == 0)
            return start;
        at++;
    }
    return end;
}

static const char *find_exact(const char *json, const char *end, const char *bytes, size_t len)
{
    const char *found = memmem(json, (size_t)(end - json), bytes, len);
    return found ? found : end;
}

static const char *find_plain(const struct pattern *pattern, struct pattern_hints *hints,
                              const char *json, const char *end)
{
    if ((size_t)(end - json) < pattern->plain_len)
        return end;
    if (hints->plain && hints->plain >= json)
        return hints->plain;
    hints->plain = pattern->any_case
                       ? find_any_case(pattern, hints, json, end)
                       : find_exact(json, end, pattern->text + pattern->plain, pattern->plain_len);
    return hints->plain;
}

const char *pattern_hint(const struct pattern *pattern, struct pattern_hints *hints,
                         const char *json, const char *end)
{
    if (json >= end)
        return NULL;
    if (pattern->plain_len == 0)
        return json;
    const char *found = find_plain(pattern, hints, json, end);
    if (pattern->may_be_escaped) {
        if (!hints->escape || hints->escape < json)
            hints->escape = find_exact(json, end, "\\u", 2);
        found = hints->escape < found ? hints->escape : found;
    }
    return found < end ? found : NULL;
}
