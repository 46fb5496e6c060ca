/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Figures as people read them.
 */
#ifndef TEXT_FIGURES_H
#define TEXT_FIGURES_H

#include <stddef.h>
#include <stdint.h>

struct buf;

void figures_duration(struct buf *text, int64_t ms); /* 3 ms, 0.2 s, 12 s, 1 min 05 s */
void figures_clock(struct buf *text, int64_t ms);    /* the same for a clock that runs: 0.0 s */
void figures_count(struct buf *text, int64_t count); /* 1,234,567 */
void figures_cost(struct buf *text, double dollars); /* $0.0123, $1.23 */
void figures_bytes(struct buf *text, size_t bytes);  /* 24 bytes, 3.4 KB, 12 MB */
void figures_age(struct buf *text, int64_t then, int64_t now); /* now, 5 min, 3 h, 2 d, 2026-01-31; seconds */
/* How much a text is: "24 bytes", or "240 lines, 12 KB". */
void figures_size(struct buf *text, const char *of, size_t len);

#endif
