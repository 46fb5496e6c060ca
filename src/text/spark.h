/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of numbers as a row of small bars.  Where there are more numbers than columns a bar stands for
 * several, and is the largest of them: what is rare is what one looks for.
 */
#ifndef TEXT_SPARK_H
#define TEXT_SPARK_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* The height tells the order of magnitude, so that one large number leaves the others their shape; a
 * number of `full` or more is as high as can be. */
void spark_line(struct buf *out, const int32_t *values, size_t count, size_t columns, int32_t full);
/* For the row below: a ^ where a number is `from` or more.  Returns how many are; with none nothing is
 * added. */
size_t spark_marks(struct buf *out, const int32_t *values, size_t count, size_t columns,
                   int32_t from);

#endif
