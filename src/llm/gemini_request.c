/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/gemini_request.h"

#include <string.h>

#include "base/json.h"
#include "llm/attachment.h"
#include "llm/codec.h"
#include "llm/gemini_thinking.h"

/* ---- Attachments ---- */

static const char *const taken[] = {
    "image/png",  "image/jpeg",      "image/webp", "image/heic",
    "image/heif", "application/pdf", "audio/",     "video/", /* all of these */
};

bool gemini_takes(const char *type, bool is_url)
{
    (void)is_url; /* Google fetches what is public */
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        size_t len = strlen(taken[i]);
        bool is_family = taken[i][len - 1] == '/';
        if (strncmp(type, taken[i], len) == 0 && (is_family || !type[len]))
            return true;
    }
    return false;
}

static json_t *thing_part(const json_t *thing)
{
    json_t *type = json_object_get(thing, "type"), *url = json_object_get(thing, "url");
    if (url)
        return json_pack("{s:{s:O, s:O}}", "fileData", "mimeType", type, "fileUri", url);
    return json_pack("{s:{s:O, s:O}}", "inlineData", "mimeType", type, "data",
                     json_object_get(thing, "data"));
}

/* ---- What was said ---- */

static json_t *content(const char *role, json_t *parts)
{
    return json_pack("{s:s, s:o}", "role", role, "parts", parts);
}

/* Images stand before the question about them, as Google recommends.  Empty text is refused. */
static json_t *user_content(const json_t *message)
{
    json_t *parts = json_array(), *things = attachment_things(message), *thing;
    json_t *words = attachment_words(message);
    size_t i;
    json_array_foreach (things, i, thing)
        json_array_append_new(parts, thing_part(thing));
    if (json_string_length(words) > 0 || json_array_size(parts) == 0)
        json_array_append_new(parts, json_pack("{s:O}", "text", words));
    json_decref(words);
    json_decref(things);
    return content("user", parts);
}

/* An assistant's message while its parts are laid out, as far as that has come. */
struct layout {
    const json_t *message;
    bool is_own;    /* said by this provider: what is opaque means something to it */
    bool is_signed; /* the first call must have a signature */
    json_t *parts;
    size_t thought, text, call;
};

/* Ids that were made here (llm/reply.c) mean nothing to the server, nor do another's. */
static bool is_servers_id(const char *id)
{
    enum { MADE_LEN = 9 };
    return strlen(id) != MADE_LEN || strspn(id, "abcdefghijklmnopqrstuvwxyz234567") != MADE_LEN;
}

static const json_t *signature_of(const struct layout *layout, const char *call)
{
    json_t *entry;
    size_t i;
    json_array_foreach (json_object_get(layout->message, "opaque"), i, entry)
        if (layout->is_own && strcmp(json_get_text(entry, "field"), "thoughtSignature") == 0 &&
            strcmp(json_get_text(entry, "call"), call) == 0)
            return json_object_get(entry, "data");
    return NULL;
}

static void add_call(struct layout *layout, const json_t *call)
{
    const char *id = json_get_text(call, "id");
    json_t *args = json_object_get(call, "args");
    json_t *part = json_pack("{s:{s:O?}}", "functionCall", "name", json_object_get(call, "tool"));
    json_t *function = json_object_get(part, "functionCall");
    const json_t *signature = signature_of(layout, id);
    /* What the model wrote may have been no JSON. */
    json_object_set_new(function, "args", args ? json_incref(args) : json_object());
    if (layout->is_own && is_servers_id(id))
        json_object_set_new(function, "id", json_text(id));
    if (signature)
        json_object_set(part, "thoughtSignature", (json_t *)signature);
    else if (layout->is_signed && layout->call == 0)
        json_object_set_new(part, "thoughtSignature", json_string(GEMINI_NO_SIGNATURE));
    json_array_append_new(layout->parts, part);
}

static void add_calls(struct layout *layout, size_t end)
{
    const json_t *calls = json_object_get(layout->message, "calls");
    for (; layout->call < end && layout->call < json_array_size(calls); layout->call++)
        add_call(layout, json_array_get(calls, layout->call));
}

/* The string's bytes from *at to the end, which *at then is; whole code points, whatever a session says. */
static json_t *slice(const json_t *string, size_t *at, size_t end)
{
    const char *text = json_string_value(string);
    size_t len = json_string_length(string), from = *at;
    if (end > len)
        end = len;
    while (end > from && end < len && (text[end] & 0xC0) == 0x80)
        end--;
    if (end < from)
        end = from;
    *at = end;
    return json_stringn(text ? text + from : "", end - from);
}

static void add_text(struct layout *layout, json_t *text, const json_t *signature)
{
    json_t *part = json_pack("{s:o}", "text", text);
    if (signature)
        json_object_set(part, "thoughtSignature", (json_t *)signature);
    if (signature || json_string_length(text) > 0)
        json_array_append(layout->parts, part);
    json_decref(part);
}

static void add_thought(struct layout *layout, size_t end, const json_t *signature)
{
    json_t *text = slice(json_object_get(layout->message, "reasoning"), &layout->thought, end);
    json_array_append_new(layout->parts, json_pack("{s:o, s:b, s:O}", "text", text, "thought", 1,
                                                   "thoughtSignature", signature));
}

/* Everything up to the entry, and the entry (see llm/gemini.c).  Thoughts without a signature stay
 * here: they would be read as input, and paid for. */
static void add_entry(struct layout *layout, const json_t *entry)
{
    json_int_t thought, text, call;
    const json_t *data = json_object_get(entry, "data");
    const json_t *signature = json_is_string(data) ? data : NULL;
    const char *item = json_get_text(entry, "item");
    if (strcmp(json_get_text(entry, "field"), "thoughtSignature") != 0 ||
        json_unpack(json_object_get(entry, "at"), "[I, I, I]", &thought, &text, &call) < 0 ||
        thought < 0 || text < 0 || call < 0)
        return;
    bool is_texts = signature && strcmp(item, "text") == 0;
    bool is_thoughts = signature && strcmp(item, "thought") == 0;
    json_t *said = slice(json_object_get(layout->message, "content"), &layout->text, (size_t)text);
    add_text(layout, said, is_texts ? signature : NULL);
    add_calls(layout, (size_t)call);
    if (is_thoughts)
        add_thought(layout, (size_t)thought, signature);
    else if (signature && !is_texts)
        add_text(layout, json_string(""), signature);
    layout->thought = (size_t)thought;
}

/* NULL for an answer that was cut before its first piece: servers refuse an empty one. */
static json_t *model_content(const json_t *message, bool is_own, bool is_signed)
{
    struct layout layout = {
        .message = message, .is_own = is_own, .is_signed = is_signed, .parts = json_array()};
    json_t *entry;
    size_t i;
    json_array_foreach (json_object_get(message, "opaque"), i, entry)
        if (is_own)
            add_entry(&layout, entry);
    add_text(&layout, slice(json_object_get(message, "content"), &layout.text, SIZE_MAX), NULL);
    add_calls(&layout, SIZE_MAX);
    if (json_array_size(layout.parts) > 0)
        return content("model", layout.parts);
    json_decref(layout.parts);
    return NULL;
}

/* ---- Results ---- */

static json_t *result_part(const json_t *message, bool is_own)
{
    const char *id = json_get_text(message, "id");
    bool is_ok = strcmp(json_get_text(message, "status"), "ok") == 0;
    json_t *part = json_pack("{s:{s:O?, s:{s:O?}}}", "functionResponse", "name",
                             json_object_get(message, "tool"), "response",
                             is_ok ? "output" : "error", json_object_get(message, "output"));
    if (is_own && is_servers_id(id))
        json_object_set_new(json_object_get(part, "functionResponse"), "id", json_text(id));
    return part;
}

/* ---- The whole ---- */

static bool has_role(const json_t *message, const char *role)
{
    return strcmp(json_get_text(message, "role"), role) == 0;
}

/* All results of a step are one content, since all its calls were one. */
static json_t *contents(const struct request *request)
{
    json_t *list = json_array(), *results = NULL, *message;
    bool is_signed = gemini_wants_signatures(request->options->model), is_own = false;
    size_t i;
    json_array_foreach (request->messages, i, message) {
        json_t *said = NULL;
        if (has_role(message, "tool") && !results)
            said = content("user", results = json_array());
        if (has_role(message, "tool")) {
            json_array_append_new(results, result_part(message, is_own));
        } else if (has_role(message, "user")) {
            said = user_content(message);
        } else if (has_role(message, "assistant")) {
            is_own = strcmp(json_get_text(message, "provider"), request->provider) == 0;
            said = model_content(message, is_own, is_signed);
        }
        if (said)
            json_array_append_new(list, said);
        if (!has_role(message, "tool"))
            results = NULL;
    }
    return list;
}

/* An object without properties is refused: a tool that takes nothing says nothing. */
static bool takes_arguments(const json_t *schema)
{
    static const char *const telling[] = {
        "$ref", "anyOf", "oneOf", "allOf", "additionalProperties", "patternProperties"};
    if (json_object_size(json_object_get(schema, "properties")) > 0)
        return true;
    for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
        const json_t *value = json_object_get(schema, telling[i]);
        if (value && !json_is_false(value))
            return true;
    }
    return false;
}

static json_t *tools(const json_t *offer)
{
    json_t *list = json_array(), *tool;
    size_t i;
    json_array_foreach (offer, i, tool) {
        json_t *schema = json_object_get(tool, "schema");
        json_t *entry = json_pack("{s:O, s:O}", "name", json_object_get(tool, "name"),
                                  "description", json_object_get(tool, "description"));
        if (takes_arguments(schema))
            json_object_set(entry, "parametersJsonSchema", schema);
        json_array_append_new(list, entry);
    }
    return json_pack("[{s:o}]", "functionDeclarations", list);
}

static void set_schema(json_t *config, const char *schema)
{
    json_t *tree = json_loads(schema, 0, NULL);
    json_object_set_new(config, "responseMimeType", json_string("application/json"));
    if (tree)
        json_object_set_new(config, "responseJsonSchema", tree);
}

static json_t *generation_config(const rn_model_options *options)
{
    json_t *config = json_object(), *stops = json_array();
    json_t *thinking = gemini_thinking(options->model, options->reasoning);
    if (options->temperature)
        json_object_set_new(config, "temperature", json_real(*options->temperature));
    if (options->max_tokens > 0)
        json_object_set_new(config, "maxOutputTokens", json_integer(options->max_tokens));
    for (const char *const *stop = options->stop; stop && *stop; stop++)
        json_array_append_new(stops, json_text(*stop));
    if (json_array_size(stops) > 0)
        json_object_set(config, "stopSequences", stops);
    json_decref(stops);
    if (thinking)
        json_object_set_new(config, "thinkingConfig", thinking);
    if (options->schema)
        set_schema(config, options->schema);
    return config;
}

json_t *gemini_encode(const struct request *request)
{
    json_t *body = json_pack("{s:o}", "contents", contents(request));
    json_t *config = generation_config(request->options);
    if (request->system && *request->system)
        json_object_set_new(body, "systemInstruction",
                            json_pack("{s:[{s:o}]}", "parts", "text", json_text(request->system)));
    if (json_array_size(request->tools) > 0)
        json_object_set_new(body, "tools", tools(request->tools));
    if (json_object_size(config) > 0)
        json_object_set(body, "generationConfig", config);
    json_decref(config);
    return body;
}
