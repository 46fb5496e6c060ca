/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/parameters.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/schema.h"

static void add_word(struct buf *kind, const char *type)
{
    const char *word = schema_type(type);
    buf_addf(kind, "%s%s", kind->len > 0 ? " or " : "", word ? word : type);
}

static void add_types(struct buf *kind, const json_t *type)
{
    size_t i;
    const json_t *one;
    if (json_is_string(type))
        add_word(kind, json_string_value(type));
    json_array_foreach (type, i, one)
        if (json_is_string(one))
            add_word(kind, json_string_value(one));
}

static char *kind_of(const json_t *schema)
{
    struct buf kind = BUF_INIT;
    const json_t *choices = json_object_get(schema, "enum"), *choice;
    size_t i;
    json_array_foreach (choices, i, choice) {
        buf_adds(&kind, i > 0 ? " or " : "");
        json_add_value(&kind, choice);
    }
    if (kind.len == 0)
        add_types(&kind, json_object_get(schema, "type"));
    return kind.data ? buf_take(&kind) : xstrdup("");
}

static void add_each(struct parameters *parameters, const json_t *root)
{
    json_t *properties = json_object_get(root, "properties");
    const json_t *required = json_object_get(root, "required");
    const char *name;
    json_t *schema;
    parameters->items = xcalloc(json_object_size(properties) + 1, sizeof(*parameters->items));
    json_object_foreach (properties, name, schema)
        parameters->items[parameters->count++] = (struct parameter){
            .name = xstrdup(name),
            .kind = kind_of(schema),
            .description = xstrdup(json_get_text(schema, "description")),
            .is_required = json_has_text(required, name),
        };
}

void parameters_read(struct parameters *parameters, const char *schema)
{
    struct error ignored = ERROR_INIT;
    *parameters = (struct parameters){0};
    json_t *root = schema ? json_read(schema, strlen(schema), NULL, &ignored) : NULL;
    add_each(parameters, root);
    json_decref(root);
}

void parameters_clear(struct parameters *parameters)
{
    for (size_t i = 0; i < parameters->count; i++) {
        free(parameters->items[i].name);
        free(parameters->items[i].kind);
        free(parameters->items[i].description);
    }
    free(parameters->items);
    *parameters = (struct parameters){0};
}
