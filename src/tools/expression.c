/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/expression.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"

enum { PARAMETERS_MAX = 16 };

struct number {
    bool is_whole;
    int64_t whole;
    double real; /* also of a whole one */
};

struct reader {
    const char *text, *at;
    int depth;
    struct error *error;
};

/* ---- Numbers ---- */

static struct number of_whole(int64_t whole)
{
    return (struct number){true, whole, (double)whole};
}

static struct number of_real(double real)
{
    return (struct number){false, 0, real};
}

/* A rounded number, whole again where that is exact. */
static struct number of_rounded(double real)
{
    return fabs(real) < 9007199254740992.0 ? of_whole((int64_t)real) : of_real(real);
}

static struct number add(struct number a, struct number b)
{
    int64_t whole;
    if (a.is_whole && b.is_whole && !__builtin_add_overflow(a.whole, b.whole, &whole))
        return of_whole(whole);
    return of_real(a.real + b.real);
}

static struct number subtract(struct number a, struct number b)
{
    int64_t whole;
    if (a.is_whole && b.is_whole && !__builtin_sub_overflow(a.whole, b.whole, &whole))
        return of_whole(whole);
    return of_real(a.real - b.real);
}

static struct number multiply(struct number a, struct number b)
{
    int64_t whole;
    if (a.is_whole && b.is_whole && !__builtin_mul_overflow(a.whole, b.whole, &whole))
        return of_whole(whole);
    return of_real(a.real * b.real);
}

/* INT64_MIN / -1 does not fit: it traps. */
static bool divides(struct number a, struct number b)
{
    return a.is_whole && b.is_whole && b.whole != 0 && b.whole != -1;
}

static struct number divide(struct number a, struct number b)
{
    if (divides(a, b) && a.whole % b.whole == 0)
        return of_whole(a.whole / b.whole);
    if (a.is_whole && b.is_whole && b.whole == -1)
        return subtract(of_whole(0), a);
    return of_real(a.real / b.real);
}

static struct number rest(struct number a, struct number b)
{
    if (divides(a, b))
        return of_whole(a.whole % b.whole);
    if (a.is_whole && b.is_whole)
        return of_whole(0);
    return of_real(fmod(a.real, b.real));
}

static bool raise_exactly(int64_t base, int64_t exponent, int64_t *result)
{
    for (*result = 1; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) && __builtin_mul_overflow(*result, base, result))
            return false;
        if (exponent > 1 && __builtin_mul_overflow(base, base, &base))
            return false;
    }
    return exponent == 0;
}

static struct number raise(struct number base, struct number exponent)
{
    int64_t whole;
    if (base.is_whole && exponent.is_whole && raise_exactly(base.whole, exponent.whole, &whole))
        return of_whole(whole);
    return of_real(pow(base.real, exponent.real));
}

static bool is_less(const struct number *a, const struct number *b)
{
    return a->is_whole && b->is_whole ? a->whole < b->whole : a->real < b->real;
}

static void print(const struct number *number, struct buf *out)
{
    if (number->is_whole)
        buf_addf(out, "%" PRId64, number->whole);
    else
        buf_addf(out, "%.15g", number->real == 0 ? 0.0 : number->real); /* no -0 */
}

/* ---- Functions ---- */

#define FUNCTION_NAMES \
    "sqrt cbrt abs min max floor ceil round trunc exp ln log2 log10 sin cos tan asin acos atan"

/* Of one parameter.  abs, min and max are apart: they keep whole numbers whole. */
static const struct function {
    const char *name;
    double (*apply)(double x);
    bool rounds;
} functions[] = {
    {"sqrt", sqrt, false},  {"cbrt", cbrt, false},   {"exp", exp, false},    {"ln", log, false},
    {"log2", log2, false},  {"log10", log10, false}, {"sin", sin, false},    {"cos", cos, false},
    {"tan", tan, false},    {"asin", asin, false},   {"acos", acos, false},  {"atan", atan, false},
    {"floor", floor, true}, {"ceil", ceil, true},    {"round", round, true}, {"trunc", trunc, true},
};

/* What was read between the parentheses of a function. */
struct parameters {
    struct number number[PARAMETERS_MAX];
    int count;
};

static const struct function *find_function(const char *name)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

static struct number apply_function(const struct function *function, struct number x)
{
    if (x.is_whole && function->rounds)
        return x;
    double real = function->apply(x.real);
    return function->rounds ? of_rounded(real) : of_real(real);
}

static struct number extreme(const struct parameters *of, bool is_max)
{
    struct number found = of->number[0];
    for (int i = 1; i < of->count; i++)
        if (is_max ? is_less(&found, &of->number[i]) : is_less(&of->number[i], &found))
            found = of->number[i];
    return found;
}

/* ---- Reading ---- */

static int fail(const struct reader *reader, const char *at, const char *what)
{
    return error_set(reader->error, RN_EPROTOCOL, "at character %d: %s",
                     (int)(at - reader->text) + 1, what);
}

static int check(const struct reader *reader, const char *at, const struct number *number)
{
    if (isnan(number->real))
        return fail(reader, at, "this has no real value");
    return isinf(number->real) ? fail(reader, at, "this is too large") : 0;
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

static int read_sum(struct reader *reader, struct number *value);

static int read_number(struct reader *reader, struct number *value)
{
    const char *from = reader->at;
    char *end, *whole_end;
    bool is_hex = from[0] == '0' && (from[1] == 'x' || from[1] == 'X');
    *value = of_real(strtod(from, &end));
    errno = 0;
    long long whole = strtoll(from, &whole_end, is_hex ? 16 : 10);
    if (whole_end == end && errno == 0)
        *value = of_whole(whole);
    if (end == from)
        return fail(reader, from, "this is no number");
    reader->at = end;
    return check(reader, from, value);
}

static int read_parameters(struct reader *reader, struct parameters *parameters)
{
    do {
        if (parameters->count == PARAMETERS_MAX)
            return fail(reader, reader->at, "there are too many parameters");
        if (read_sum(reader, &parameters->number[parameters->count++]) < 0)
            return -1;
    } while (skip(reader, ','));
    return skip(reader, ')') ? 0 : fail(reader, reader->at, "a ) is missing");
}

static int read_function(struct reader *reader, const char *at, const char *name,
                         struct number *value)
{
    struct parameters parameters = {.count = 0};
    const struct function *function = find_function(name);
    bool is_abs = strcmp(name, "abs") == 0, is_max = strcmp(name, "max") == 0;
    bool is_extreme = is_max || strcmp(name, "min") == 0;
    if (!function && !is_abs && !is_extreme)
        return fail(reader, at, "this function is not known; there are " FUNCTION_NAMES);
    if (read_parameters(reader, &parameters) < 0)
        return -1;
    if (parameters.count > 1 && !is_extreme)
        return fail(reader, at, "this function takes one parameter");
    *value = parameters.number[0];
    if (is_extreme)
        *value = extreme(&parameters, is_max);
    else if (function)
        *value = apply_function(function, *value);
    else if (value->real < 0)
        *value = subtract(of_whole(0), *value);
    return check(reader, at, value);
}

static int read_name(struct reader *reader, struct number *value)
{
    const char *at = reader->at;
    char name[8] = "";
    while (isalnum((unsigned char)*reader->at))
        reader->at++;
    size_t len = (size_t)(reader->at - at);
    if (len < sizeof(name))
        memcpy(name, at, len);
    if (skip(reader, '('))
        return read_function(reader, at, name, value);
    if (strcmp(name, "pi") == 0)
        *value = of_real(M_PI);
    else if (strcmp(name, "e") == 0)
        *value = of_real(M_E);
    else
        return fail(reader, at,
                    "this name is not known; there are pi, e and functions with their "
                    "parameters in parentheses: " FUNCTION_NAMES);
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

static int read_sign(struct reader *reader, struct number *value);

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
    if (value->real == 0 && exponent.real < 0)
        return fail(reader, at, "this divides by zero");
    *value = raise(*value, exponent);
    return check(reader, at, value);
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
    if (is_negative)
        *value = subtract(of_whole(0), *value);
    return 0;
}

static int combine(const struct reader *reader, const char *at, struct number *value,
                   const struct number *right)
{
    if ((*at == '/' || *at == '%') && right->real == 0)
        return fail(reader, at, "this divides by zero");
    switch (*at) {
    case '*':
        *value = multiply(*value, *right);
        break;
    case '/':
        *value = divide(*value, *right);
        break;
    case '%':
        *value = rest(*value, *right);
        break;
    case '+':
        *value = add(*value, *right);
        break;
    default:
        *value = subtract(*value, *right);
    }
    return check(reader, at, value);
}

typedef int read_fn(struct reader *reader, struct number *value);

static int read_chain(struct reader *reader, const char *signs, read_fn *read, struct number *value)
{
    if (read(reader, value) < 0)
        return -1;
    while (peek(reader) && strchr(signs, *reader->at)) {
        struct number right;
        const char *at = reader->at++;
        if (read(reader, &right) < 0 || combine(reader, at, value, &right) < 0)
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
    print(&value, out);
    return 0;
}
