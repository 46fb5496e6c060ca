/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The offer to attach a file: its path was pasted and is all there is in the line, which is what
 * dragging a file onto a terminal does.  Tab accepts it, any other key goes on as if nothing were said.
 */
#ifndef TUI_OFFER_H
#define TUI_OFFER_H

#include <stdbool.h>

struct offer { /* zero is none */
    char *path;
    char *hint;
};

void offer_clear(struct offer *offer);
/* What stands in the line after a paste; true when there is something to offer. */
bool offer_consider(struct offer *offer, const char *line);
/* The command that attaches it, for which the line is to make place: the caller's.  There is no offer
 * any more. */
char *offer_accept(struct offer *offer);

#endif
