/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Figures in the columns of a table, each at the right of its own: "-" where it is not known.
 */
#ifndef CHAT_COLUMN_H
#define CHAT_COLUMN_H

#include <stdint.h>

struct buf;

/* What has been written into `figure`, which is empty afterwards; nothing: it is not known. */
void column_add(struct buf *out, int columns, struct buf *figure);
/* A negative one is not known. */
void column_count(struct buf *out, int columns, int64_t count);
void column_cost(struct buf *out, int columns, double dollars);

#endif
