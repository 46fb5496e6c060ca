/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/overlay.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

enum { SHOWN = 60 };

static char *write_text(json_t *tree)
{
    struct buf text = BUF_INIT;
    json_add_value(&text, tree);
    json_decref(tree);
    return buf_take(&text);
}

static json_t *read_value(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    return value ? value : json_text(text);
}

/* The object under a key, made where there is none; NULL for a key that can be none. */
static json_t *enter(json_t *object, const char *key)
{
    json_t *inner = json_object_get(object, key);
    if (json_is_object(inner))
        return inner;
    inner = json_object();
    return json_object_set_new(object, key, inner) == 0 ? inner : NULL;
}

/* `keys` is cut apart.  False when one of them is none. */
static bool put(json_t *object, char *keys, const char *value)
{
    for (char *dot; (dot = strchr(keys, '.')); keys = dot + 1) {
        *dot = '\0';
        if (!*keys)
            return false;
        object = enter(object, keys);
        if (!object)
            return false;
    }
    return *keys && json_object_set_new(object, keys, read_value(value)) == 0;
}

char *overlay_set(const char *object, const char *assignment, struct error *error)
{
    const char *equals = strchr(assignment, '=');
    if (!equals) {
        error_set(error, RN_ECONFIG, "\"%.*s\" is not KEY=VALUE", SHOWN, assignment);
        return NULL;
    }
    json_t *tree = object ? json_loads(object, 0, NULL) : json_object();
    char *keys = xstrndup(assignment, (size_t)(equals - assignment));
    bool is_sound = put(tree, keys, equals + 1);
    free(keys);
    if (is_sound)
        return write_text(tree);
    error_set(error, RN_ECONFIG, "\"%.*s\": a KEY is UTF-8 and not empty, also between dots", SHOWN,
              assignment);
    json_decref(tree);
    return NULL;
}

char *overlay_join(const char *under, const char *over)
{
    if (!under || !over)
        return xstrdup(under ? under : over);
    json_t *tree = json_loads(under, 0, NULL), *more = json_loads(over, 0, NULL);
    json_object_update_recursive(tree, more);
    json_decref(more);
    return write_text(tree);
}
