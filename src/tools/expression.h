/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arithmetic as people write it.  Pure.
 *
 *      sum      = product { ("+" | "-") product }
 *      product  = sign { ("*" | "/" | "%") sign }
 *      sign     = { "+" | "-" } power
 *      power    = value [ "^" sign ]               -2^2 is -4, 2^3^2 is 2^9
 *      value    = number | "(" sum ")" | constant | function "(" sum { "," sum } ")"
 *
 * "**" is "^", as many write it.  Whole numbers stay exact while they fit in 64 bits.
 */
#ifndef TOOLS_EXPRESSION_H
#define TOOLS_EXPRESSION_H

struct buf;
struct error;

enum { EXPRESSION_MAX = 10 * 1000, EXPRESSION_DEPTH_MAX = 200 };

/* Add the value as a decimal number; or -1 with an error that says what and where. */
int expression_value(const char *text, struct buf *out, struct error *error);

#endif
