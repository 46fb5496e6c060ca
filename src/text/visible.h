/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text in which nothing hides, for somebody who is to say yes to it.  Plain ASCII is as it is.  Every
 * other character has its code behind it, an a that is Cyrillic as well as a space that has no width;
 * one that has no look of its own is its code alone.  Control characters are the signs of
 * base/filter.h.
 *
 * The codes keep characters apart that a terminal would melt together or let run backwards.
 */
#ifndef TEXT_VISIBLE_H
#define TEXT_VISIBLE_H

#include <stddef.h>

#include "text/line.h"

struct styled;

/* Add it; newlines stay.  Returns how many characters had to be marked. */
size_t visible_add(struct styled *out, enum style style, const char *text, size_t len);

#endif
