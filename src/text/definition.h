/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line that says where [label] leads, for the links of the whole text.
 */
#ifndef TEXT_DEFINITION_H
#define TEXT_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>

struct definition { /* borrows from the line */
    const char *label;
    size_t len;
};

/* Is it one, all by itself? */
bool definition_read(struct definition *definition, const char *line, size_t len);
/* Does a text refer to it? */
bool definition_concerns(const struct definition *definition, const char *text, size_t len);

#endif
