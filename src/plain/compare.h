/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison without a screen: its events as they come, or what it came to.
 */
#ifndef PLAIN_COMPARE_H
#define PLAIN_COMPARE_H

#include "plain/plain.h"

struct race;

/* Follow a race that has been started to its end; text is the table.  Returns the exit status. */
int plain_compare(struct race *race, enum plain_format format);

#endif
