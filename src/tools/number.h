/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A number to calculate with: whole and exact while it fits in 64 bits, else real.  Pure.
 */
#ifndef TOOLS_NUMBER_H
#define TOOLS_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

struct number {
    bool is_whole;
    int64_t whole;
    double real;            /* also of a whole one */
};

struct number number_whole(int64_t whole);
struct number number_real(double real);

/* Put `left SIGN right` into `left`, SIGN being one of + - * / % ^.  NULL, or why that has no value. */
const char *number_apply(struct number *left, char sign, struct number right);
/* The value of a function.  NULL, or what is wrong. */
const char *number_call(const char *function, const struct number *parameters, int count,
                        struct number *value);
/* Why there is no such number; NULL: it is one. */
const char *number_check(struct number number);
/* In decimal: a whole number in full, a real one to 15 digits. */
void number_print(struct number number, struct buf *out);

#define NUMBER_FUNCTIONS \
    "sqrt cbrt abs min max floor ceil round trunc exp ln log2 log10 sin cos tan asin acos atan"

#endif
