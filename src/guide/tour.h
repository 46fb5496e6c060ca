/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guide's tours: a few short steps each, with something to try.  Where one is stands in what the
 * guide has said, so that nobody has to remember it.
 */
#ifndef GUIDE_TOUR_H
#define GUIDE_TOUR_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

struct place {
    size_t tour, step;
};

/* The tour that is meant by these words (words_plain): by its number or its whole name, or, when the
 * word tour is among them, by one of its topics. */
bool tour_find(const char *plain, struct place *place);
/* The last step that this text of the guide's is; false when it is none. */
bool tour_seen(const char *said, struct place *place);
/* The step after it; false after the last step of all. */
bool tour_next(struct place *place);
void tour_say(struct place place, struct buf *out);
void tour_list(struct buf *out);

#endif
