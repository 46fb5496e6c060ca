/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a tool's schema says of its arguments, for a reader.  Its owner clears it.
 */
#ifndef TOOLS_PARAMETERS_H
#define TOOLS_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

struct parameter {
    char *name, *kind, *description; /* "path", "a string", "The file."; the last two may be "" */
    bool is_required;
};

struct parameters { /* zero: none */
    struct parameter *items;
    size_t count;
};

/* In the order of the schema.  There are none in NULL, nor in what is no schema of an object. */
void parameters_read(struct parameters *parameters, const char *schema);
void parameters_clear(struct parameters *parameters);

#endif
