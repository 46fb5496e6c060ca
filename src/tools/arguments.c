/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of JSON Schema this knows what our own schemas use: type, required, properties, minimum and maximum.
 */
#include "tools/arguments.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

static bool is_whole(const json_t *value)
{
    if (json_is_real(value))
        return fabs(json_real_value(value)) < 1e15 &&
               json_real_value(value) == floor(json_real_value(value));
    return json_is_integer(value);
}

static const char *type_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_NULL:
        return "null";
    default:
        return "true or false";
    }
}

static int check_number(const char *name, const json_t *value, const json_t *property,
                        struct error *error)
{
    int64_t min = json_get_number(property, "minimum", INT64_MIN);
    int64_t max = json_get_number(property, "maximum", INT64_MAX);
    if (!is_whole(value))
        return error_set(error, RN_EPROTOCOL, "\"%s\" must be a whole number, not %s", name,
                         json_is_real(value) ? "a fraction" : type_of(value));
    int64_t number =
        json_is_integer(value) ? json_integer_value(value) : (int64_t)json_real_value(value);
    if (number < min)
        return error_set(error, RN_EPROTOCOL, "\"%s\" must be at least %" PRId64, name, min);
    if (number > max)
        return error_set(error, RN_EPROTOCOL, "\"%s\" must be at most %" PRId64, name, max);
    return 0;
}

static int check_value(const char *name, const json_t *value, const json_t *property,
                       struct error *error)
{
    const char *type = json_get_text(property, "type");
    if (strcmp(type, "integer") == 0)
        return check_number(name, value, property, error);
    if (strcmp(type, "boolean") == 0 && !json_is_boolean(value))
        return error_set(error, RN_EPROTOCOL, "\"%s\" must be true or false, not %s", name,
                         type_of(value));
    if (strcmp(type, "string") == 0 && !json_is_string(value))
        return error_set(error, RN_EPROTOCOL, "\"%s\" must be a string, not %s", name,
                         type_of(value));
    if (json_is_string(value) && strlen(json_string_value(value)) != json_string_length(value))
        return error_set(error, RN_EPROTOCOL, "\"%s\" may not hold a NUL character", name);
    return 0;
}

static int tell_unknown(const char *name, const json_t *properties, struct error *error)
{
    struct buf known = BUF_INIT;
    const char *key;
    json_t *property;
    json_object_foreach ((json_t *)properties, key, property)
        buf_addf(&known, "%s%s", known.len > 0 ? ", " : "", key);
    error_set(error, RN_EPROTOCOL, "there is no argument \"%.60s\"; there are: %s", name,
              buf_str(&known));
    buf_clear(&known);
    return -1;
}

/* null is what some models write for an argument that they leave out. */
static void drop_nulls(json_t *args)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(args, next, key, value) if (json_is_null(value))
        json_object_del(args, key);
}

static int check(const json_t *args, const json_t *schema, struct error *error)
{
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *required = json_object_get(schema, "required");
    const char *key;
    json_t *value, *name;
    size_t i;
    json_array_foreach (required, i, name)
        if (!json_object_get(args, json_string_value(name)))
            return error_set(error, RN_EPROTOCOL, "the argument \"%s\" is missing",
                             json_string_value(name));
    json_object_foreach ((json_t *)args, key, value) {
        const json_t *property = json_object_get(properties, key);
        if (!property)
            return tell_unknown(key, properties, error);
        if (check_value(key, value, property, error) < 0)
            return -1;
    }
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
    error_set(error, RN_EPROTOCOL, "the arguments must be one JSON object, not %s", type_of(args));
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
    if (check(args, rules, error) < 0) {
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
