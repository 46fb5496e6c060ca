/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A call's arguments, read and held against the tool's schema.  What is wrong is told in one sentence
 * that a model can act on.
 */
#ifndef TOOLS_ARGUMENTS_H
#define TOOLS_ARGUMENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct error;

/* What a call may bring: the content of a file, and what JSON's escapes add to it. */
enum { ARGUMENTS_MAX = 16 * 1024 * 1024 };

/* A new reference to an object that fits the schema and holds no NUL; or NULL with an error.  Nothing at
 * all is an empty object. */
json_t *arguments_read(const char *text, size_t len, const char *schema, struct error *error);

/* The boolean under a key; false when it is not there. */
bool arguments_has(const json_t *args, const char *key);

#endif
