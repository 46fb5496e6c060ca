/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Formulas in Markdown, which are left as they are: $...$, $$...$$, \(...\) and \[...\].
 */
#ifndef TEXT_MATH_H
#define TEXT_MATH_H

#include <stddef.h>

/* Write something in their place that means nothing in Markdown and is as long. */
void math_mask(char *text, size_t len);

#endif
