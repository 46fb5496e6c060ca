/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is looked for: in text, and in JSON that has not been parsed.
 */
#ifndef SESSION_PATTERN_H
#define SESSION_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

struct pattern;

/* Small letters mean capitals too, unless it has a capital. */
struct pattern *pattern_new(const char *text);
void pattern_free(struct pattern *pattern);

/* The first match in a text, from a place on; false when there is none. */
bool pattern_find(const struct pattern *pattern, const char *text, size_t len, size_t from,
                  size_t *start, size_t *end);
/* Where a byte of the pattern is next, in either case: what was found stays good until it is passed. */
struct pattern_hints { /* zero is at the beginning of a file */
    const char *lower, *upper;
    const char *plain, *escape; /* the part that stands in JSON as it is; a character by its number */
};

/* The first place in JSON, from one on, before which no string of it matches; NULL when there is none up
 * to the end.  It can be a place where nothing matches. */
const char *pattern_hint(const struct pattern *pattern, struct pattern_hints *hints,
                         const char *json, const char *end);

#endif
