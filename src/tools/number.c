/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/number.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"

struct number number_whole(int64_t whole)
{
    return (struct number){true, whole, (double)whole};
}

struct number number_real(double real)
{
    return (struct number){false, 0, real};
}

const char *number_check(struct number number)
{
    if (isnan(number.real))
        return "this has no real value";
    return isinf(number.real) ? "this is too large" : NULL;
}

void number_print(struct number number, struct buf *out)
{
    if (number.is_whole)
        buf_addf(out, "%" PRId64, number.whole);
    else
        buf_addf(out, "%.15g", number.real == 0 ? 0.0 : number.real); /* no -0 */
}

/* ---- Signs: exactly, if that can be done ---- */

/* INT64_MIN / -1 does not fit, and traps: it is 0 - INT64_MIN. */
static bool divide_exactly(int64_t left, int64_t right, int64_t *result)
{
    if (right == -1)
        return !__builtin_sub_overflow((int64_t)0, left, result);
    *result = left / right;
    return left % right == 0;
}

static bool raise_exactly(int64_t base, int64_t exponent, int64_t *result)
{
    if (exponent < 0)
        return false;
    for (*result = 1; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) && __builtin_mul_overflow(*result, base, result))
            return false;
        if (exponent > 1 && __builtin_mul_overflow(base, base, &base))
            return false;
    }
    return true;
}

static bool apply_exactly(int64_t left, char sign, int64_t right, int64_t *result)
{
    switch (sign) {
    case '+':
        return !__builtin_add_overflow(left, right, result);
    case '-':
        return !__builtin_sub_overflow(left, right, result);
    case '*':
        return !__builtin_mul_overflow(left, right, result);
    case '/':
        return divide_exactly(left, right, result);
    case '%':
        *result = right == -1 ? 0 : left % right;
        return true;
    default:
        return raise_exactly(left, right, result);
    }
}

static double apply_really(double left, char sign, double right)
{
    switch (sign) {
    case '+':
        return left + right;
    case '-':
        return left - right;
    case '*':
        return left * right;
    case '/':
        return left / right;
    case '%':
        return fmod(left, right);
    default:
        return pow(left, right);
    }
}

const char *number_apply(struct number *left, char sign, struct number right)
{
    int64_t whole;
    if (((sign == '/' || sign == '%') && right.real == 0) ||
        (sign == '^' && left->real == 0 && right.real < 0))
        return "this divides by zero";
    if (left->is_whole && right.is_whole && apply_exactly(left->whole, sign, right.whole, &whole))
        *left = number_whole(whole);
    else
        *left = number_real(apply_really(left->real, sign, right.real));
    return number_check(*left);
}

/* ---- Functions ---- */

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
    bool fits = function->rounds && fabs(real) < 9223372036854775808.0; /* 2^63 */
    return fits ? number_whole((int64_t)real) : number_real(real);
}

static bool is_less(const struct number *a, const struct number *b)
{
    return a->is_whole && b->is_whole ? a->whole < b->whole : a->real < b->real;
}

static struct number find_extreme(const struct number *of, int count, bool is_max)
{
    struct number found = of[0];
    for (int i = 1; i < count; i++)
        if (is_max ? is_less(&found, &of[i]) : is_less(&of[i], &found))
            found = of[i];
    return found;
}

const char *number_call(const char *function, const struct number *parameters, int count,
                        struct number *value)
{
    const struct function *found = find_function(function);
    bool is_abs = strcmp(function, "abs") == 0, is_max = strcmp(function, "max") == 0;
    bool is_extreme = is_max || strcmp(function, "min") == 0;
    if (!found && !is_abs && !is_extreme)
        return "this function is not known; there are " NUMBER_FUNCTIONS;
    if (count > 1 && !is_extreme)
        return "this function takes one parameter";
    *value = parameters[0];
    if (is_extreme)
        *value = find_extreme(parameters, count, is_max);
    else if (found)
        *value = apply_function(found, *value);
    else if (value->real < 0)
        return number_apply(value, '*', number_whole(-1));
    return number_check(*value);
}
