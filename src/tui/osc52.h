/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OSC 52: the sequence that asks a terminal to put a text on its clipboard.  It only ever writes; the
 * form that asks what is there is not made here.
 *
 * What runs in tmux or GNU screen must tell these to hand a sequence on: each has its own wrapping.
 */
#ifndef TUI_OSC52_H
#define TUI_OSC52_H

#include <stddef.h>

struct buf;

enum osc52_road { OSC52_DIRECT, OSC52_TMUX, OSC52_SCREEN };

enum { OSC52_MAX = 100 * 1024 }; /* bytes of text: of more, terminals drop all or a part */

/* What stands between us and the terminal, by $TMUX, $STY and $TERM. */
enum osc52_road osc52_road(void);
/* Add what is to be written to the terminal. */
void osc52_add(struct buf *out, const char *text, size_t len, enum osc52_road road);

#endif
