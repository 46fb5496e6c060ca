/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/strict.h"

#include <string.h>

#include "base/json.h"

enum { DEPTH_MAX = 10 };

static bool fits(const json_t *schema, int depth);

static bool all_fit(const json_t *schemas, int depth)
{
    size_t i;
    json_t *schema;
    json_array_foreach (schemas, i, schema)
        if (!fits(schema, depth))
            return false;
    return json_is_array(schemas);
}

/* Schemas under names of their own. */
static bool named_fit(const json_t *schemas, int depth)
{
    const char *name;
    json_t *schema;
    json_object_foreach ((json_t *)schemas, name, schema)
        if (!fits(schema, depth))
            return false;
    return json_is_object(schemas);
}

static bool value_fits(const char *word, const json_t *value, int depth)
{
    static const char *const plain[] = {"type",
                                        "enum",
                                        "const",
                                        "required",
                                        "description",
                                        "title",
                                        "$schema",
                                        "$id",
                                        "$ref",
                                        "pattern",
                                        "format",
                                        "minItems",
                                        "maxItems",
                                        "minimum",
                                        "exclusiveMinimum",
                                        "exclusiveMaximum",
                                        "maximum",
                                        "multipleOf"};
    if (strcmp(word, "properties") == 0)
        return named_fit(value, depth + 1);
    if (strcmp(word, "$defs") == 0 || strcmp(word, "definitions") == 0)
        return named_fit(value, depth);
    if (strcmp(word, "items") == 0)
        return fits(value, depth + 1);
    if (strcmp(word, "anyOf") == 0)
        return all_fit(value, depth);
    if (strcmp(word, "additionalProperties") == 0)
        return json_is_false(value);
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (strcmp(word, plain[i]) == 0)
            return true;
    return false;
}

/* An object tells all its members, requires each of them and allows no other. */
static bool is_closed(const json_t *schema)
{
    const json_t *required = json_object_get(schema, "required");
    const char *name;
    json_t *ignored;
    json_object_foreach (json_object_get(schema, "properties"), name, ignored)
        if (!json_has_text(required, name))
            return false;
    return json_is_false(json_object_get(schema, "additionalProperties"));
}

/* {"type":"object"}, {"type":["object","null"]}, or one that says so by its members. */
static bool is_object(const json_t *schema)
{
    return strcmp(json_get_text(schema, "type"), "object") == 0 ||
           json_has_text(json_object_get(schema, "type"), "object") ||
           json_object_get(schema, "properties");
}

static bool fits(const json_t *schema, int depth)
{
    const char *word;
    json_t *value;
    if (!json_is_object(schema) || depth > DEPTH_MAX)
        return false;
    json_object_foreach ((json_t *)schema, word, value)
        if (!value_fits(word, value, depth))
            return false;
    return !is_object(schema) || is_closed(schema);
}

bool schema_is_strict(const json_t *schema)
{
    return strcmp(json_get_text(schema, "type"), "object") == 0 && fits(schema, 0);
}
