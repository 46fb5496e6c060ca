/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON Schema, as far as requests to models use it: type, enum, const, properties, required,
 * additionalProperties, items, the limits of numbers, strings and arrays, anyOf, oneOf, allOf, and $ref
 * within the schema.  Of oneOf it is enough that one fits.  Other keywords are left to the provider.
 */
#ifndef BASE_SCHEMA_H
#define BASE_SCHEMA_H

#include <jansson.h>
#include <stddef.h>

struct error;

/* Hold a value against a schema.  -1 with an error that names the place, where `root` stands for the
 * whole: "$.items[2].name: a string was expected, a number was given". */
int schema_check(const json_t *schema, const json_t *value, const char *root, struct error *error);
/* The same of texts.  The schema is known to be sound; a text that is no JSON does not fit. */
int schema_check_text(const char *schema, const char *text, size_t len, struct error *error);

/* Whether a text is a schema: a JSON object, and what is said in the keywords above has its form.  -1
 * with an error: "line 3: ...", or the place in it. */
int schema_check_sound(const char *text, size_t len, struct error *error);
/* What a $ref leads to: "#", "#/$defs/node".  NULL when it leads nowhere. */
const json_t *schema_follow(const json_t *root, const char *ref);

/* What a value is called: "a string", "a number". */
const char *schema_kind(const json_t *value);
/* What a type of a schema is called; NULL when there is no such type. */
const char *schema_type(const char *type);

#endif
