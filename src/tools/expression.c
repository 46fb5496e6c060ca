/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/expression.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tools/number.h"

enum { PARAMETERS_MAX = 16, NAME_MAX = 8 };

struct reader {
    const char *text, *at;
    int depth;
    struct error *error;
};

typedef int read_fn(struct reader *reader, struct number *value);

static int fail(const struct reader *reader, const char *at, const char *what)
{
    return error_set(reader->error, RN_EPROTOCOL, "at character %d: %s",
                     (int)(at - reader->text) + 1, what);
}

/* `problem` is what a calculation said: NULL when all is well. */
static int check(const struct reader *reader, const char *at, const char *problem)
{
    return problem ? fail(reader, at, problem) : 0;
}

static char peek(struct reader *reader)
{
    while (isspace((unsigned char)*reader->at))
        reader->at++;
    return *reader->at;
}

static bool skip(struct reader *reader, char c)
{
    if (peek(reader) != c)
        return false;
    reader->at++;
    return true;
}

/* ---- Values ---- */

static read_fn read_sum, read_sign;

static int read_number(struct reader *reader, struct number *value)
{
    const char *from = reader->at;
    char *end, *whole_end;
    bool is_hex = from[0] == '0' && (from[1] == 'x' || from[1] == 'X');
    *value = number_real(strtod(from, &end));
    errno = 0;
    long long whole = strtoll(from, &whole_end, is_hex ? 16 : 10);
    if (whole_end == end && errno == 0)
        *value = number_whole(whole);
    if (end == from)
        return fail(reader, from, "this is no number");
    reader->at = end;
    return check(reader, from, number_check(*value));
}

static int read_call(struct reader *reader, const char *at, const char *name, struct number *value)
{
    struct number parameters[PARAMETERS_MAX];
    int count = 0;
    do {
        if (count == PARAMETERS_MAX)
            return fail(reader, reader->at, "there are too many parameters");
        if (read_sum(reader, &parameters[count++]) < 0)
            return -1;
    } while (skip(reader, ','));
    if (!skip(reader, ')'))
        return fail(reader, reader->at, "a ) is missing");
    return check(reader, at, number_call(name, parameters, count, value));
}

static int read_name(struct reader *reader, struct number *value)
{
    const char *at = reader->at;
    char name[NAME_MAX] = "";
    while (isalnum((unsigned char)*reader->at))
        reader->at++;
    size_t len = (size_t)(reader->at - at);
    if (len < sizeof(name))
        memcpy(name, at, len);
    if (skip(reader, '('))
        return read_call(reader, at, name, value);
    if (strcmp(name, "pi") == 0)
        *value = number_real(M_PI);
    else if (strcmp(name, "e") == 0)
        *value = number_real(M_E);
    else
        return fail(reader, at,
                    "this name is not known; there are pi, e, and with parameters in "
                    "parentheses " NUMBER_FUNCTIONS);
    return 0;
}

static int read_value(struct reader *reader, struct number *value)
{
    char c = peek(reader);
    if (isdigit((unsigned char)c) || c == '.')
        return read_number(reader, value);
    if (isalpha((unsigned char)c))
        return read_name(reader, value);
    if (!c)
        return fail(reader, reader->at, "it ends where a number is wanted");
    if (!skip(reader, '('))
        return fail(reader, reader->at, "a number is wanted here");
    if (read_sum(reader, value) < 0)
        return -1;
    return skip(reader, ')') ? 0 : fail(reader, reader->at, "a ) is missing");
}

/* ---- Signs ---- */

static bool skip_power(struct reader *reader)
{
    if (peek(reader) == '*' && reader->at[1] == '*') {
        reader->at += 2;
        return true;
    }
    return skip(reader, '^');
}

static int read_power(struct reader *reader, struct number *value)
{
    struct number exponent;
    const char *at = reader->at;
    if (read_value(reader, value) < 0)
        return -1;
    if (!skip_power(reader))
        return 0;
    if (read_sign(reader, &exponent) < 0)
        return -1;
    return check(reader, at, number_apply(value, '^', exponent));
}

/* All recursion passes here. */
static int read_sign(struct reader *reader, struct number *value)
{
    bool is_negative = false;
    for (char c; (c = peek(reader)) == '-' || c == '+'; reader->at++)
        is_negative ^= c == '-';
    if (++reader->depth > EXPRESSION_DEPTH_MAX)
        return fail(reader, reader->at, "this is nested too deep");
    if (read_power(reader, value) < 0)
        return -1;
    reader->depth--;
    return is_negative ? check(reader, reader->at, number_apply(value, '*', number_whole(-1))) : 0;
}

static int read_chain(struct reader *reader, const char *signs, read_fn *read, struct number *value)
{
    if (read(reader, value) < 0)
        return -1;
    while (peek(reader) && strchr(signs, *reader->at)) {
        struct number right;
        const char *at = reader->at++;
        if (read(reader, &right) < 0 || check(reader, at, number_apply(value, *at, right)) < 0)
            return -1;
    }
    return 0;
}

static int read_product(struct reader *reader, struct number *value)
{
    return read_chain(reader, "*/%", read_sign, value);
}

static int read_sum(struct reader *reader, struct number *value)
{
    return read_chain(reader, "+-", read_product, value);
}

int expression_value(const char *text, struct buf *out, struct error *error)
{
    struct reader reader = {text, text, 0, error};
    struct number value;
    if (strlen(text) > EXPRESSION_MAX)
        return error_set(error, RN_ELIMIT, "it is longer than %d characters", EXPRESSION_MAX);
    if (read_sum(&reader, &value) < 0)
        return -1;
    if (peek(&reader))
        return fail(&reader, reader.at, "this is not understood; + - * / % ^ or the end is wanted");
    number_print(value, out);
    return 0;
}
