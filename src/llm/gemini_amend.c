/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/gemini_amend.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "llm/gemini_request.h"
#include "llm/gemini_thinking.h"

/* ---- Schemas in OpenAPI's subset ---- */

static json_t *openapi(const json_t *schema);

/* Each value of an object, or each entry of an array. */
static json_t *each_openapi(const json_t *schemas)
{
    if (json_is_object(schemas)) {
        json_t *object = json_object(), *schema;
        const char *key;
        json_object_foreach ((json_t *)schemas, key, schema)
            json_object_set_new(object, key, openapi(schema));
        return object;
    }
    json_t *array = json_array(), *schema;
    size_t i;
    json_array_foreach (schemas, i, schema)
        json_array_append_new(array, openapi(schema));
    return array;
}

/* ["string","null"]: a type is one, and what may be null says so. */
static void set_type(json_t *to, const json_t *types)
{
    json_t *type;
    size_t i;
    json_array_foreach (types, i, type) {
        if (json_is_string(type) && strcmp(json_string_value(type), "null") == 0)
            json_object_set_new(to, "nullable", json_true());
        else if (!json_object_get(to, "type"))
            json_object_set(to, "type", type);
    }
}

static void set_openapi(json_t *to, const char *key, json_t *value)
{
    static const char *const kept[] = {
        "type",     "format",    "title",    "description",   "nullable",      "enum",
        "required", "minItems",  "maxItems", "minProperties", "maxProperties", "minLength",
        "pattern",  "maxLength", "minimum",  "maximum",
    };
    if (strcmp(key, "type") == 0 && json_is_array(value)) {
        set_type(to, value);
        return;
    }
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (strcmp(kept[i], key) == 0)
            json_object_set(to, key, value);
    if (strcmp(key, "properties") == 0)
        json_object_set_new(to, key, each_openapi(value));
    else if (strcmp(key, "anyOf") == 0 || strcmp(key, "oneOf") == 0)
        json_object_set_new(to, "anyOf", each_openapi(value));
    else if (strcmp(key, "items") == 0)
        json_object_set_new(to, key, openapi(value));
    else if (strcmp(key, "const") == 0 && json_is_string(value))
        json_object_set_new(to, "enum", json_pack("[O]", value));
}

static json_t *openapi(const json_t *schema)
{
    json_t *copy = json_object(), *value;
    const char *key;
    json_object_foreach ((json_t *)schema, key, value)
        set_openapi(copy, key, value);
    return copy;
}

static bool replace_schema(json_t *object, const char *key, const char *by)
{
    json_t *schema = json_object_get(object, key);
    if (!schema)
        return false;
    json_object_set_new(object, by, openapi(schema));
    json_object_del(object, key);
    return true;
}

static bool amend_answer_schema(json_t *body, const char *why)
{
    (void)why;
    return replace_schema(json_object_get(body, "generationConfig"), "responseJsonSchema",
                          "responseSchema");
}

static bool amend_tool_schemas(json_t *body, const char *why)
{
    json_t *list =
        json_object_get(json_array_get(json_object_get(body, "tools"), 0), "functionDeclarations");
    json_t *tool;
    size_t i;
    bool is_amended = false;
    (void)why;
    json_array_foreach (list, i, tool)
        is_amended |= replace_schema(tool, "parametersJsonSchema", "parameters");
    return is_amended;
}

/* ---- What is said in words instead ---- */

static json_t *text_part(const char *text)
{
    return json_pack("{s:o}", "text", json_text(text));
}

/* Gemma takes no system prompt: it becomes the beginning of what the user says. */
static bool amend_system(json_t *body, const char *why)
{
    json_t *system = json_object_get(json_object_get(body, "systemInstruction"), "parts");
    json_t *contents = json_object_get(body, "contents"), *content;
    size_t i;
    (void)why;
    if (!system)
        return false;
    json_array_foreach (contents, i, content) {
        if (strcmp(json_get_text(content, "role"), "user") != 0)
            continue;
        json_array_insert(json_object_get(content, "parts"), 0, json_array_get(system, 0));
        json_object_del(body, "systemInstruction");
        return true;
    }
    return false;
}

/* Models before the third generation take either tools or a schema. */
static bool amend_format(json_t *body, const char *why)
{
    json_t *config = json_object_get(body, "generationConfig");
    json_t *schema = json_object_get(config, "responseJsonSchema");
    struct buf words = BUF_INIT;
    (void)why;
    if (!schema || !json_object_get(body, "tools"))
        return false;
    buf_adds(&words, "Answer with JSON alone, without Markdown, that follows this JSON Schema: ");
    json_add_value(&words, schema);
    json_object_del(config, "responseJsonSchema");
    json_object_del(config, "responseMimeType");
    json_t *parts = json_object_get(json_object_get(body, "systemInstruction"), "parts");
    if (parts)
        json_array_append_new(parts, text_part(words.data));
    else
        json_object_set_new(body, "systemInstruction",
                            json_pack("{s:[o]}", "parts", text_part(words.data)));
    buf_clear(&words);
    return true;
}

/* ---- Signatures and thinking ---- */

static bool sign_first_call(json_t *parts)
{
    json_t *part;
    size_t i;
    json_array_foreach (parts, i, part) {
        if (!json_object_get(part, "functionCall"))
            continue;
        if (json_object_get(part, "thoughtSignature"))
            return false;
        json_object_set_new(part, "thoughtSignature", json_string(GEMINI_NO_SIGNATURE));
        return true;
    }
    return false;
}

/* What was nothing but a signature goes with it: empty text is refused. */
static bool remove_signatures(json_t *parts)
{
    bool is_amended = false;
    for (size_t i = json_array_size(parts); i-- > 0;) {
        json_t *part = json_array_get(parts, i), *text = json_object_get(part, "text");
        if (json_object_del(part, "thoughtSignature") < 0)
            continue;
        if (text && json_string_length(text) == 0)
            json_array_remove(parts, i);
        is_amended = true;
    }
    return is_amended;
}

/* A signature is missing where another model made the call, and not valid after a change of the model or
 * the endpoint. */
static bool amend_signatures(json_t *body, const char *why)
{
    json_t *content;
    size_t i;
    bool is_amended = false, is_missing = strcasestr(why, "missing");
    json_array_foreach (json_object_get(body, "contents"), i, content) {
        json_t *parts = json_object_get(content, "parts");
        if (!is_missing)
            is_amended |= remove_signatures(parts);
        if (strcmp(json_get_text(content, "role"), "model") == 0)
            is_amended |= sign_first_call(parts);
    }
    return is_amended;
}

static bool amend_thinking(json_t *body, const char *why)
{
    return gemini_thinking_amend(json_object_get(body, "generationConfig"), why);
}

/* ---- Which of them ---- */

static const struct {
    const char *word; /* in what the server says */
    bool (*amend)(json_t *body, const char *why);
} amendments[] = {
    {"thought_signature", amend_signatures},
    {"thought signature", amend_signatures},
    {"thoughtSignature", amend_signatures},
    {"responseJsonSchema", amend_answer_schema},
    {"response_json_schema", amend_answer_schema},
    {"parametersJsonSchema", amend_tool_schemas},
    {"parameters_json_schema", amend_tool_schemas},
    {"response mime type", amend_format},
    {"developer instruction", amend_system},
    {"system instruction", amend_system},
    {"systemInstruction", amend_system},
    {"system_instruction", amend_system},
    {"think", amend_thinking},
};

bool gemini_amend(json_t *body, const rn_event *error)
{
    if (error->error->http != 400)
        return false;
    for (size_t i = 0; i < sizeof(amendments) / sizeof(amendments[0]); i++)
        if (strcasestr(error->text, amendments[i].word) && amendments[i].amend(body, error->text))
            return true;
    return false;
}
