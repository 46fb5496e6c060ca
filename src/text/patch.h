/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Differences as diff(1) and git write them, told by their lines.
 */
#ifndef TEXT_PATCH_H
#define TEXT_PATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "text/line.h"

/* Is there one in the text: lines that begin with "--- ", "+++ " and "@@ ", one after the other? */
bool patch_is(const char *text, size_t len);
/* Of a line of such a text; `otherwise` where nothing changes. */
enum style patch_style(const char *line, size_t len, enum style otherwise);

#endif
