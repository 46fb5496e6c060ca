/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/schema.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

enum {
    DEPTH_MAX = 200,     /* a $ref may lead to itself, */
    STEPS_MAX = 1000000, /* and an anyOf of two that do has twice as many ways at each level */
    SHOWN = 200,
    KEY_SHOWN = 60,
};

struct check {
    const json_t *root; /* the schema */
    struct buf place;   /* in the value */
    unsigned depth, steps;
    struct error *error;
};

static int check(struct check *state, const json_t *schema, const json_t *value);

__attribute__((format(printf, 2, 3))) static int fail(struct check *state, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    error_set(state->error, RN_EPROTOCOL, "%.*s: %.*s", SHOWN, buf_str(&state->place), SHOWN,
              text.data);
    buf_clear(&text);
    return -1;
}

/* ---- Types ---- */

static const struct {
    const char *type, *name;
} types[] = {
    {"string", "a string"},  {"number", "a number"},       {"integer", "a whole number"},
    {"object", "an object"}, {"boolean", "true or false"}, {"array", "an array"},
    {"null", "null"},
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

const char *schema_type(const char *type)
{
    for (size_t i = 0; i < TYPES; i++)
        if (strcmp(types[i].type, type) == 0)
            return types[i].name;
    return NULL;
}

static const char *type_of(const json_t *value)
{
    static const char *const of[] = {
        [JSON_OBJECT] = "object",  [JSON_ARRAY] = "array", [JSON_STRING] = "string",
        [JSON_INTEGER] = "number", [JSON_REAL] = "number", [JSON_TRUE] = "boolean",
        [JSON_FALSE] = "boolean",  [JSON_NULL] = "null",
    };
    return of[json_typeof(value)];
}

const char *schema_kind(const json_t *value)
{
    return schema_type(type_of(value));
}

/* As far as a double counts in ones, so that who reads it gets the number that was written. */
static bool is_whole(const json_t *value)
{
    double number = json_number_value(value);
    return json_is_integer(value) ||
           (json_is_real(value) && fabs(number) < 1e15 && number == floor(number));
}

static bool is_of(const json_t *value, const char *type)
{
    return strcmp(type, "integer") == 0 ? is_whole(value) : strcmp(type, type_of(value)) == 0;
}

static int fail_type(struct check *state, const json_t *value, const json_t *wanted)
{
    struct buf names = BUF_INIT;
    const json_t *type;
    size_t i;
    if (json_is_string(wanted))
        buf_adds(&names, schema_type(json_string_value(wanted)));
    json_array_foreach (wanted, i, type)
        buf_addf(&names, "%s%s", i > 0 ? " or " : "", schema_type(json_string_value(type)));
    bool is_fraction = json_is_real(value) && fabs(json_real_value(value)) < 1e15;
    fail(state, "%s was expected, %s was given", buf_str(&names),
         is_fraction ? "a fraction" : schema_kind(value));
    buf_clear(&names);
    return -1;
}

static int check_type(struct check *state, const json_t *rule, const json_t *value)
{
    const json_t *type;
    size_t i;
    if (json_is_string(rule) && is_of(value, json_string_value(rule)))
        return 0;
    json_array_foreach (rule, i, type)
        if (is_of(value, json_string_value(type)))
            return 0;
    return fail_type(state, value, rule);
}

/* ---- Values ---- */

static bool is_equal(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    return json_equal(a, b);
}

static int check_enum(struct check *state, const json_t *rule, const json_t *value)
{
    struct buf list = BUF_INIT;
    json_t *one;
    size_t i;
    json_array_foreach (rule, i, one)
        if (is_equal(one, value))
            return 0;
    json_array_foreach (rule, i, one) {
        buf_adds(&list, i > 0 ? ", " : "");
        json_add_value(&list, one);
    }
    fail(state, "it is none of what is allowed: %s", buf_str(&list));
    buf_clear(&list);
    return -1;
}

static int check_const(struct check *state, const json_t *rule, const json_t *value)
{
    struct buf text = BUF_INIT;
    if (is_equal(rule, value))
        return 0;
    json_add_value(&text, rule);
    fail(state, "it must be %s", text.data);
    buf_clear(&text);
    return -1;
}

static int check_minimum(struct check *state, const json_t *rule, const json_t *value)
{
    if (!json_is_number(value) || json_number_value(value) >= json_number_value(rule))
        return 0;
    return fail(state, "it must be at least %.15g", json_number_value(rule));
}

static int check_maximum(struct check *state, const json_t *rule, const json_t *value)
{
    if (!json_is_number(value) || json_number_value(value) <= json_number_value(rule))
        return 0;
    return fail(state, "it must be at most %.15g", json_number_value(rule));
}

static int check_above(struct check *state, const json_t *rule, const json_t *value)
{
    if (!json_is_number(value) || json_number_value(value) > json_number_value(rule))
        return 0;
    return fail(state, "it must be more than %.15g", json_number_value(rule));
}

static int check_below(struct check *state, const json_t *rule, const json_t *value)
{
    if (!json_is_number(value) || json_number_value(value) < json_number_value(rule))
        return 0;
    return fail(state, "it must be less than %.15g", json_number_value(rule));
}

static double characters(const json_t *string)
{
    double count = 0;
    for (const char *at = json_string_value(string); *at; at++)
        count += ((unsigned char)*at & 0xc0) != 0x80;
    return count;
}

static int check_min_length(struct check *state, const json_t *rule, const json_t *value)
{
    if (!json_is_string(value) || characters(value) >= json_number_value(rule))
        return 0;
    return fail(state, "it must have at least %.15g characters", json_number_value(rule));
}

static int check_max_length(struct check *state, const json_t *rule, const json_t *value)
{
    if (!json_is_string(value) || characters(value) <= json_number_value(rule))
        return 0;
    return fail(state, "it must have at most %.15g characters", json_number_value(rule));
}

/* ---- Arrays ---- */

static int check_min_items(struct check *state, const json_t *rule, const json_t *value)
{
    if (!json_is_array(value) || (double)json_array_size(value) >= json_number_value(rule))
        return 0;
    return fail(state, "it must have at least %.15g items", json_number_value(rule));
}

static int check_max_items(struct check *state, const json_t *rule, const json_t *value)
{
    if (!json_is_array(value) || (double)json_array_size(value) <= json_number_value(rule))
        return 0;
    return fail(state, "it must have at most %.15g items", json_number_value(rule));
}

static int check_items(struct check *state, const json_t *rule, const json_t *value)
{
    size_t i, here = state->place.len;
    json_t *item;
    int result = 0;
    json_array_foreach (value, i, item) {
        buf_addf(&state->place, "[%zu]", i);
        result = check(state, rule, item);
        buf_drop_end(&state->place, state->place.len - here);
        if (result < 0)
            break;
    }
    return result;
}

/* ---- Objects ---- */

static int check_required(struct check *state, const json_t *rule, const json_t *value)
{
    json_t *name;
    size_t i;
    json_array_foreach (rule, i, name)
        if (json_is_object(value) && !json_object_get(value, json_string_value(name)))
            return fail(state, "\"%s\" is missing", json_string_value(name));
    return 0;
}

static int check_member(struct check *state, const json_t *rule, const char *key,
                        const json_t *value)
{
    size_t here = state->place.len;
    buf_addf(&state->place, ".%.*s", KEY_SHOWN, key);
    int result = check(state, rule, value);
    buf_drop_end(&state->place, state->place.len - here);
    return result;
}

static int check_properties(struct check *state, const json_t *rule, const json_t *value)
{
    const char *key;
    json_t *property;
    json_object_foreach ((json_t *)rule, key, property) {
        const json_t *member = json_object_get(value, key);
        if (member && check_member(state, property, key, member) < 0)
            return -1;
    }
    return 0;
}

static int fail_unknown(struct check *state, const char *name, const json_t *properties)
{
    struct buf known = BUF_INIT;
    const char *key;
    json_t *property;
    json_object_foreach ((json_t *)properties, key, property)
        buf_addf(&known, "%s%s", known.len > 0 ? ", " : "", key);
    fail(state, "there is no \"%.*s\"; there are: %s", KEY_SHOWN, name, buf_str(&known));
    buf_clear(&known);
    return -1;
}

static int check_others(struct check *state, const json_t *schema, const json_t *value)
{
    const json_t *rule = json_object_get(schema, "additionalProperties");
    const json_t *properties = json_object_get(schema, "properties");
    const char *key;
    json_t *member;
    if (!rule || json_is_true(rule))
        return 0;
    json_object_foreach ((json_t *)value, key, member) {
        if (json_object_get(properties, key))
            continue;
        if (json_is_false(rule))
            return fail_unknown(state, key, properties);
        if (check_member(state, rule, key, member) < 0)
            return -1;
    }
    return 0;
}

/* ---- Schemas in schemas ---- */

static int check_all(struct check *state, const json_t *rule, const json_t *value)
{
    json_t *one;
    size_t i;
    json_array_foreach (rule, i, one)
        if (check(state, one, value) < 0)
            return -1;
    return 0;
}

/* Of several that do not fit, what is wrong with each says little. */
static int check_any(struct check *state, const json_t *rule, const json_t *value)
{
    struct error ignored, *error = state->error;
    json_t *one;
    size_t i;
    int result = -1;
    state->error = &ignored;
    json_array_foreach (rule, i, one)
        if (result < 0)
            result = check(state, one, value);
    state->error = error;
    if (result == 0)
        return 0;
    return fail(state, "it has none of the %zu forms that it may have", json_array_size(rule));
}

static int check_ref(struct check *state, const json_t *rule, const json_t *value)
{
    return check(state, schema_follow(state->root, json_string_value(rule)), value);
}

static const struct {
    const char *keyword;
    int (*check)(struct check *state, const json_t *rule, const json_t *value);
} rules[] = {
    {"$ref", check_ref},
    {"type", check_type},
    {"enum", check_enum},
    {"const", check_const},
    {"minimum", check_minimum},
    {"maximum", check_maximum},
    {"exclusiveMinimum", check_above},
    {"exclusiveMaximum", check_below},
    {"minLength", check_min_length},
    {"maxLength", check_max_length},
    {"minItems", check_min_items},
    {"maxItems", check_max_items},
    {"items", check_items},
    {"required", check_required},
    {"properties", check_properties},
    {"allOf", check_all},
    {"anyOf", check_any},
    {"oneOf", check_any},
};

static int check_rules(struct check *state, const json_t *schema, const json_t *value)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const json_t *rule = json_object_get(schema, rules[i].keyword);
        if (rule && rules[i].check(state, rule, value) < 0)
            return -1;
    }
    return check_others(state, schema, value);
}

static int check(struct check *state, const json_t *schema, const json_t *value)
{
    if (json_is_false(schema))
        return fail(state, "it has no place here");
    if (state->depth == DEPTH_MAX || state->steps++ >= STEPS_MAX)
        return fail(state, "the schema leads too deep here to be followed");
    state->depth++;
    int result = check_rules(state, schema, value);
    state->depth--;
    return result;
}

int schema_check(const json_t *schema, const json_t *value, const char *root, struct error *error)
{
    struct check state = {.root = schema, .error = error};
    buf_adds(&state.place, root);
    int result = check(&state, schema, value);
    buf_clear(&state.place);
    return result;
}

/* Models like to wrap JSON in a fence of Markdown, which a reader of JSON cannot know of. */
static int fail_parse(const char *text, size_t len, struct error *error)
{
    size_t blanks = strspn(text, " \t\r\n");
    if (len == blanks)
        return error_set(error, RN_EPROTOCOL, "it is empty");
    if (strncmp(text + blanks, "```", 3) == 0)
        return error_set(error, RN_EPROTOCOL, "it is no JSON: the model wrapped it in ```");
    return error_prefix(error,
                        error->code == RN_ETRUNCATED ? "it ends too early" : "it is no JSON");
}

int schema_check_text(const char *schema, const char *text, size_t len, struct error *error)
{
    json_error_t why;
    json_t *value = json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (!value) {
        bool is_cut = json_error_code(&why) == json_error_premature_end_of_input;
        error_set(error, is_cut ? RN_ETRUNCATED : RN_EPROTOCOL, "line %d: %s", why.line, why.text);
        return fail_parse(text, len, error);
    }
    json_t *rules_tree = json_loads(schema, 0, NULL);
    int result = schema_check(rules_tree, value, "$", error);
    json_decref(rules_tree);
    json_decref(value);
    return result;
}
