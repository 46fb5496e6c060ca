/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A schema is looked through before it is sent: what it says is then taken for granted.
 */
#include "base/schema.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

enum { PLACE_SHOWN = 200 };

/* ---- References ---- */

/* "~1" is a slash and "~0" a tilde (RFC 6901). */
static void unescape(char *part)
{
    char *to = part;
    for (; *part; part++)
        if (part[0] == '~' && (part[1] == '0' || part[1] == '1'))
            *to++ = *++part == '0' ? '~' : '/';
        else
            *to++ = *part;
    *to = '\0';
}

static const json_t *step(const json_t *tree, char *part)
{
    unescape(part);
    if (json_is_array(tree))
        return json_array_get(tree, strtoul(part, NULL, 10));
    return json_object_get(tree, part);
}

const json_t *schema_follow(const json_t *root, const char *ref)
{
    const json_t *at = root;
    if (*ref != '#' || (ref[1] && ref[1] != '/'))
        return NULL;
    char *path = xstrdup(ref + 1), *next = path;
    while (at && next && *next) {
        char *part = next + 1;
        next = strchr(part, '/');
        if (next)
            *next = '\0';
        at = step(at, part);
        if (next)
            *next = '/';
    }
    free(path);
    return json_is_object(at) || json_is_boolean(at) ? at : NULL;
}

/* ---- Forms ---- */

struct walk {
    const json_t *root;
    struct buf place;
    struct error *error;
};

static int walk(struct walk *state, const json_t *schema);

static int fail(struct walk *state, const char *why)
{
    return error_set(state->error, RN_ECONFIG, "%.*s: %s", PLACE_SHOWN, buf_str(&state->place),
                     why);
}

static int walk_named(struct walk *state, const char *name, const json_t *rule,
                      int (*form)(struct walk *state, const json_t *rule))
{
    size_t here = state->place.len;
    buf_addf(&state->place, "/%s", name);
    int result = form(state, rule);
    buf_drop_end(&state->place, state->place.len - here);
    return result;
}

static bool is_type(const json_t *rule)
{
    return json_is_string(rule) && schema_type(json_string_value(rule));
}

static int of_types(struct walk *state, const json_t *rule)
{
    const json_t *one;
    size_t i;
    if (!is_type(rule) && json_array_size(rule) == 0)
        return fail(state, "there is no such type");
    json_array_foreach (rule, i, one)
        if (!is_type(one))
            return fail(state, "there is no such type");
    return 0;
}

static int of_names(struct walk *state, const json_t *rule)
{
    const json_t *one;
    size_t i;
    if (!json_is_array(rule))
        return fail(state, "an array of names was expected");
    json_array_foreach (rule, i, one)
        if (!json_is_string(one))
            return fail(state, "an array of names was expected");
    return 0;
}

static int of_values(struct walk *state, const json_t *rule)
{
    return json_is_array(rule) ? 0 : fail(state, "an array was expected");
}

static int of_number(struct walk *state, const json_t *rule)
{
    return json_is_number(rule) ? 0 : fail(state, "a number was expected");
}

static int of_schemas(struct walk *state, const json_t *rule)
{
    const json_t *one;
    size_t i;
    if (json_array_size(rule) == 0)
        return fail(state, "an array of schemas was expected");
    json_array_foreach (rule, i, one)
        if (walk(state, one) < 0)
            return -1;
    return 0;
}

static int of_named(struct walk *state, const json_t *rule)
{
    const char *key;
    json_t *one;
    if (!json_is_object(rule))
        return fail(state, "an object of schemas was expected");
    json_object_foreach ((json_t *)rule, key, one)
        if (walk_named(state, key, one, walk) < 0)
            return -1;
    return 0;
}

static int of_ref(struct walk *state, const json_t *rule)
{
    if (json_is_string(rule) && schema_follow(state->root, json_string_value(rule)))
        return 0;
    return fail(state, "it leads nowhere (\"#/$defs/NAME\" leads to what is in $defs)");
}

static const struct {
    const char *keyword;
    int (*form)(struct walk *state, const json_t *rule);
} forms[] = {
    {"$ref", of_ref},
    {"$defs", of_named},
    {"definitions", of_named},
    {"type", of_types},
    {"enum", of_values},
    {"required", of_names},
    {"properties", of_named},
    {"additionalProperties", walk},
    {"items", walk},
    {"minimum", of_number},
    {"maximum", of_number},
    {"exclusiveMinimum", of_number},
    {"exclusiveMaximum", of_number},
    {"minLength", of_number},
    {"maxLength", of_number},
    {"minItems", of_number},
    {"maxItems", of_number},
    {"anyOf", of_schemas},
    {"oneOf", of_schemas},
    {"allOf", of_schemas},
};

static int walk(struct walk *state, const json_t *schema)
{
    if (json_is_boolean(schema))
        return 0;
    if (!json_is_object(schema))
        return fail(state, "a schema was expected: an object");
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const json_t *rule = json_object_get(schema, forms[i].keyword);
        if (rule && walk_named(state, forms[i].keyword, rule, forms[i].form) < 0)
            return -1;
    }
    return 0;
}

int schema_check_sound(const char *text, size_t len, struct error *error)
{
    json_error_t why;
    json_t *schema = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    struct walk state = {.root = schema, .error = error};
    int result;
    buf_addc(&state.place, '#');
    if (!schema)
        result = error_set(error, RN_ECONFIG, "line %d: %s", why.line, why.text);
    else if (!json_is_object(schema))
        result = error_set(error, RN_ECONFIG, "line 1: a schema is a JSON object, not %s",
                           schema_kind(schema));
    else
        result = walk(&state, schema);
    buf_clear(&state.place);
    json_decref(schema);
    return result;
}
