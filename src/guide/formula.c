/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words become signs first; then the signs are checked, from operand to operand.
 */
#include "guide/formula.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "guide/words.h"

enum { DEPTH_MAX = 32 };

/* The longer ones stand before those that they begin with. */
static const struct {
    const char *words, *sign;
} signs[] = {
    {"raised to the power of", "^"},
    {"to the power of", "^"},
    {"square root of", "sqrt"},
    {"cube root of", "cbrt"},
    {"root of", "sqrt"},
    {"multiplied by", "*"},
    {"divided by", "/"},
    {"percent of", "/100*"},
    {"% of", "/100*"},
    {"squared", "^2"},
    {"cubed", "^3"},
    {"modulo", "%"},
    {"minus", "-"},
    {"times", "*"},
    {"plus", "+"},
    {"over", "/"},
    {"mod", "%"},
    {"x", "*"},
    {"**", "^"},
    {"\xc3\x97", "*"},     /* U+00D7, the cross */
    {"\xc2\xb7", "*"},     /* U+00B7, the dot */
    {"\xc3\xb7", "/"},     /* U+00F7 */
    {"\xe2\x88\x92", "-"}, /* U+2212, the minus sign */
    {"\xcf\x80", "pi"},
};

static const char functions[] =
    "sqrt cbrt abs min max floor ceil round trunc exp ln log2 log10 sin "
    "cos tan asin acos atan";
static const char constants[] = "pi e";
/* What may stand before a formula and behind it without being a part of it. */
static const char quotes[] = " \t\n\"'`", around[] = " \t\n\"'`?!=.,;:";

/* ---- Words ---- */

static bool is_at(const char *begin, const char *at, const char *end, const char *words)
{
    size_t len = strlen(words);
    if ((size_t)(end - at) < len || strncasecmp(at, words, len) != 0)
        return false;
    bool joined = isalpha((unsigned char)words[0]) && at > begin && isalpha((unsigned char)at[-1]);
    bool goes_on =
        isalpha((unsigned char)words[len - 1]) && at + len < end && isalpha((unsigned char)at[len]);
    return !joined && !goes_on;
}

static void write_signs(struct buf *out, const char *text, const char *end)
{
    for (const char *at = text; at < end;) {
        size_t i = 0, count = sizeof(signs) / sizeof(signs[0]);
        while (i < count && !is_at(text, at, end, signs[i].words))
            i++;
        if (i < count) {
            buf_adds(out, signs[i].sign);
            at += strlen(signs[i].words);
        } else {
            buf_addc(out, (char)tolower((unsigned char)*at++));
        }
    }
}

/* ---- Signs ---- */

struct formula {
    const char *at;
    struct buf *out;
    bool has_operand; /* what comes next goes on with one */
    size_t operations, depth;
    bool is_root[DEPTH_MAX]; /* opened by us, to be closed behind its operand */
};

static void close_roots(struct formula *formula)
{
    while (formula->depth > 0 && formula->is_root[formula->depth - 1]) {
        buf_addc(formula->out, ')');
        formula->depth--;
    }
}

static void end_operand(struct formula *formula)
{
    formula->has_operand = true;
    close_roots(formula);
}

static bool open_parenthesis(struct formula *formula, bool is_root)
{
    if (formula->has_operand || formula->depth == DEPTH_MAX)
        return false;
    formula->is_root[formula->depth++] = is_root;
    buf_addc(formula->out, '(');
    return true;
}

static bool close_parenthesis(struct formula *formula)
{
    if (!formula->has_operand || formula->depth == 0)
        return false;
    formula->depth--;
    buf_addc(formula->out, ')');
    end_operand(formula);
    return true;
}

/* 1,000 is a thousand, except between parentheses, where a comma parts arguments. */
static bool is_thousand(const struct formula *formula, const char *at)
{
    return *at == ',' && formula->depth == 0 && strspn(at + 1, "0123456789") == 3;
}

/* A date or a version looks like arithmetic, but numbers do not begin with 0, nor have two points. */
static bool read_number(struct formula *formula)
{
    const char *begin = formula->at;
    size_t points = 0;
    for (; isdigit((unsigned char)*formula->at) || *formula->at == '.' ||
           is_thousand(formula, formula->at);
         formula->at++) {
        points += *formula->at == '.';
        if (*formula->at != ',')
            buf_addc(formula->out, *formula->at);
    }
    bool padded = begin[0] == '0' && isdigit((unsigned char)begin[1]);
    if (formula->has_operand || padded || points > 1 || formula->at == begin + points)
        return false;
    end_operand(formula);
    return true;
}

static bool read_name(struct formula *formula)
{
    char name[WORD_SIZE] = "";
    size_t len = 0;
    while (isalnum((unsigned char)*formula->at) && len < sizeof(name) - 1)
        name[len++] = *formula->at++;
    bool is_constant = word_is_in(constants, name);
    if (formula->has_operand || (!is_constant && !word_is_in(functions, name)))
        return false;
    buf_adds(formula->out, name);
    if (is_constant) {
        end_operand(formula);
        return true;
    }
    formula->operations++;
    formula->at += strspn(formula->at, " ");
    return *formula->at == '(' || open_parenthesis(formula, true);
}

static bool read_sign(struct formula *formula)
{
    char sign = *formula->at++;
    if (sign == '(')
        return open_parenthesis(formula, false);
    if (sign == ')')
        return close_parenthesis(formula);
    buf_addc(formula->out, sign);
    if (!formula->has_operand)
        return sign == '-' || sign == '+';
    formula->has_operand = false;
    formula->operations += sign != ',';
    return sign == ',' ? formula->depth > 0 : strchr("+-*/%^", sign) != NULL;
}

static bool read_part(struct formula *formula)
{
    if (isdigit((unsigned char)*formula->at) || *formula->at == '.')
        return read_number(formula);
    if (isalpha((unsigned char)*formula->at))
        return read_name(formula);
    return read_sign(formula);
}

static bool read_signs(const char *text, struct buf *out)
{
    struct formula formula = {.at = text, .out = out};
    for (formula.at += strspn(text, " "); *formula.at; formula.at += strspn(formula.at, " ")) {
        if (!read_part(&formula))
            return false;
    }
    return formula.has_operand && formula.depth == 0 && formula.operations > 0;
}

bool formula_read(const char *text, size_t len, struct buf *out)
{
    struct buf written = BUF_INIT, checked = BUF_INIT;
    while (len > 0 && strchr(around, text[len - 1]))
        len--;
    for (; len > 0 && strchr(quotes, *text); len--)
        text++;
    write_signs(&written, text, text + len);
    bool is_formula = read_signs(buf_str(&written), &checked);
    if (is_formula)
        buf_adds(out, buf_str(&checked));
    buf_clear(&written);
    buf_clear(&checked);
    return is_formula;
}
