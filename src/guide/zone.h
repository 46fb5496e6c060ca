/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Time zones as people name them: by a city that everybody knows, or as the tool `time` does.
 */
#ifndef GUIDE_ZONE_H
#define GUIDE_ZONE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Add the zone's name in the IANA list; false when these words are no zone. */
bool zone_read(const char *text, size_t len, struct buf *zone);

#endif
