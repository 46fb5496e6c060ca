/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/arguments.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/schema.h"

/* null is what some models write for an argument that they leave out. */
static void drop_nulls(json_t *args)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(args, next, key, value) if (json_is_null(value))
        json_object_del(args, key);
}

/* Names and paths end at a NUL: what stands after it would be seen by the user and not be used. */
static int check_nul(const json_t *args, struct error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)args, key, value)
        if (json_is_string(value) && strlen(json_string_value(value)) != json_string_length(value))
            return error_set(error, RN_EPROTOCOL, "arguments.%s: it may not hold a NUL character",
                             key);
    return 0;
}

static json_t *read_object(const char *text, size_t len, struct error *error)
{
    if (strspn(text, " \t\r\n") == len)
        return json_object();
    json_t *args = json_read(text, len, NULL, error);
    if (!args) {
        error_prefix(error, error->code == RN_ETRUNCATED ? "the arguments end too early"
                                                         : "the arguments cannot be read");
        return NULL;
    }
    if (json_is_object(args))
        return args;
    error_set(error, RN_EPROTOCOL, "the arguments must be one JSON object, not %s",
              schema_kind(args));
    json_decref(args);
    return NULL;
}

json_t *arguments_read(const char *text, size_t len, const char *schema, struct error *error)
{
    json_t *args = read_object(text, len, error);
    if (!args)
        return NULL;
    json_t *rules = json_loads(schema, 0, NULL);
    assert(rules);
    drop_nulls(args);
    if (schema_check(rules, args, "arguments", error) < 0 || check_nul(args, error) < 0) {
        json_decref(args);
        args = NULL;
    }
    json_decref(rules);
    return args;
}

bool arguments_has(const json_t *args, const char *key)
{
    return json_is_true(json_object_get(args, key));
}
