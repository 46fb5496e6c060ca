/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/gemini_args.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { DEPTH_MAX = 64, KEY_MAX = 256 };

/* One step of a path: into an object by a key, or into an array by a number. */
struct step {
    char key[KEY_MAX];
    size_t index;
    bool is_index;
};

void gemini_args_clear(struct gemini_args *args)
{
    json_decref(args->tree);
    buf_clear(&args->string);
    buf_clear(&args->path);
    *args = (struct gemini_args)GEMINI_ARGS_INIT;
}

/* ---- Paths ---- */

static bool copy_key(struct step *step, const char *text, size_t len)
{
    step->is_index = false;
    if (len == 0 || len >= KEY_MAX)
        return false;
    memcpy(step->key, text, len);
    step->key[len] = '\0';
    return true;
}

static bool read_dotted(const char **path, struct step *step)
{
    const char *name = *path + 1;
    size_t len = strcspn(name, ".[");
    *path = name + len;
    return copy_key(step, name, len);
}

static bool read_quoted(const char **path, struct step *step)
{
    char quote = (*path)[1];
    const char *name = *path + 2, *end = strchr(name, quote);
    if (!end || end[1] != ']')
        return false;
    *path = end + 2;
    return copy_key(step, name, (size_t)(end - name));
}

static bool read_index(const char **path, struct step *step)
{
    enum { DIGITS_MAX = 9 };
    const char *number = *path + 1;
    size_t digits = strspn(number, "0123456789");
    if (digits == 0 || digits > DIGITS_MAX || number[digits] != ']')
        return false;
    step->is_index = true;
    step->index = strtoul(number, NULL, 10);
    *path = number + digits + 1;
    return true;
}

/* The next step of what is left of a path. */
static bool read_step(const char **path, struct step *step)
{
    if (**path == '.')
        return read_dotted(path, step);
    if (**path != '[')
        return false;
    return (*path)[1] == '\'' || (*path)[1] == '"' ? read_quoted(path, step)
                                                   : read_index(path, step);
}

/* ---- The tree ---- */

static json_t *child_of(const json_t *place, const struct step *step)
{
    return step->is_index ? json_array_get(place, step->index) : json_object_get(place, step->key);
}

/* Put a value there, taking the reference.  An array grows by one at its end only: arguments come from
 * front to back, and a number far beyond would take memory at will. */
static bool put(json_t *place, const struct step *step, json_t *value)
{
    if (!step->is_index)
        return json_object_set_new(place, step->key, value) == 0;
    if (step->index == json_array_size(place))
        return json_array_append_new(place, value) == 0;
    return json_array_set_new(place, step->index, value) == 0;
}

/* Walk along the path, making what is missing, and put the value at its end; it takes the reference. */
static bool set_at(json_t *place, const char *path, json_t *value)
{
    struct step step;
    bool is_there = *path++ == '$' && read_step(&path, &step);
    for (int depth = 0; is_there && *path; depth++) {
        struct step next;
        is_there = depth < DEPTH_MAX && read_step(&path, &next);
        if (is_there && !child_of(place, &step))
            is_there = put(place, &step, next.is_index ? json_array() : json_object());
        place = child_of(place, &step);
        step = next;
    }
    if (is_there)
        return put(place, &step, value);
    json_decref(value);
    return false;
}

static bool set(struct gemini_args *args, const char *path, json_t *value)
{
    if (!args->tree)
        args->tree = json_object();
    return set_at(args->tree, path, value);
}

/* ---- Values ---- */

static bool flush_string(struct gemini_args *args)
{
    if (args->path.len == 0)
        return true;
    json_t *whole = json_stringn_nocheck(buf_str(&args->string), args->string.len);
    bool is_set = set(args, args->path.data, whole);
    buf_reset(&args->string);
    buf_reset(&args->path);
    return is_set;
}

static bool add_string(struct gemini_args *args, const char *path, const json_t *value,
                       bool continues)
{
    bool goes_on = strcmp(buf_str(&args->path), path) == 0;
    if (!goes_on && !flush_string(args))
        return false;
    if (!goes_on)
        buf_adds(&args->path, path);
    buf_add(&args->string, json_string_value(value), json_string_length(value));
    args->size += json_string_length(value);
    return continues || flush_string(args);
}

/* The value that is no string; NULL when there is none. */
static json_t *plain_value(const json_t *entry)
{
    json_t *number = json_object_get(entry, "numberValue");
    json_t *boolean = json_object_get(entry, "boolValue");
    if (json_is_number(number))
        return json_incref(number);
    if (json_is_boolean(boolean))
        return json_incref(boolean);
    return json_object_get(entry, "nullValue") ? json_null() : NULL;
}

bool gemini_args_add(struct gemini_args *args, const json_t *entry)
{
    enum { OVERHEAD = 64 }; /* of a value in the tree, about */
    const char *path = json_get_text(entry, "jsonPath");
    const json_t *string = json_object_get(entry, "stringValue");
    bool continues = json_is_true(json_object_get(entry, "willContinue"));
    args->size += strlen(path) + OVERHEAD;
    if (json_is_string(string))
        return *path && add_string(args, path, string, continues);
    json_t *value = plain_value(entry);
    if (!value)
        return true;
    if (flush_string(args))
        return set(args, path, value);
    json_decref(value);
    return false;
}

bool gemini_args_take(struct gemini_args *args, struct buf *text)
{
    bool is_set = flush_string(args);
    if (args->tree)
        json_add_value(text, args->tree);
    else
        buf_adds(text, "{}");
    gemini_args_clear(args);
    return is_set;
}
