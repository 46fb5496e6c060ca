/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON in tests, written with ' for ".
 */
#ifndef TESTS_QUOTED_H
#define TESTS_QUOTED_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static inline char *quoted(const char *text)
{
    char *copy = strdup(text);
    for (char *at = copy; (at = strchr(at, '\'')); at++)
        *at = '"';
    return copy;
}

static inline json_t *quoted_json(const char *text)
{
    char *copy = quoted(text);
    json_t *json = json_loads(copy, JSON_DECODE_ANY, NULL);
    free(copy);
    return json;
}

#endif
