/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/openai_request.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "llm/attachment.h"
#include "llm/codec.h"
#include "llm/strict.h"

static bool is_from(const char *provider, const char *name)
{
    return strcmp(provider, name) == 0;
}

/* ---- Messages ---- */

static json_t *system_message(const char *system)
{
    return json_pack("{s:s, s:o}", "role", "system", "content", json_text(system));
}

static json_t *image_part(const char *url)
{
    return json_pack("{s:s, s:{s:s}}", "type", "image_url", "image_url", "url", url);
}

static json_t *file_part(const json_t *thing, const char *url, const char *provider)
{
    const char *name = json_get_text(thing, "name");
    if (is_from(provider, "mistral"))
        return json_pack("{s:s, s:s}", "type", "document_url", "document_url", url);
    return json_pack("{s:s, s:{s:s, s:s}}", "type", "file", "file", "filename",
                     *name ? name : "input.pdf", "file_data", url);
}

static json_t *parts(json_t *words, const json_t *things, const char *provider)
{
    json_t *list = json_array(), *thing;
    size_t i;
    if (json_string_length(words) > 0)
        json_array_append_new(list, json_pack("{s:s, s:O}", "type", "text", "text", words));
    json_array_foreach (things, i, thing) {
        char *url = attachment_url(thing);
        json_array_append_new(list, attachment_is_image(thing) ? image_part(url)
                                                               : file_part(thing, url, provider));
        free(url);
    }
    return list;
}

/* Many servers know no list of parts: there is one only where it is needed. */
static json_t *user_message(const json_t *message, const char *provider)
{
    json_t *words = attachment_words(message), *things = attachment_things(message);
    bool is_plain = json_array_size(things) == 0;
    json_t *content = is_plain ? json_incref(words) : parts(words, things, provider);
    json_decref(words);
    json_decref(things);
    return json_pack("{s:s, s:o}", "role", "user", "content", content);
}

/* Mistral takes no id but nine letters and digits.  One that another provider made becomes such, always
 * the same one, so that a call and its result still name each other. */
static json_t *call_id(const char *id, const char *provider)
{
    enum { ID_LEN = 9 };
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char made[ID_LEN];
    size_t plain = strspn(id, digits);
    if (!is_from(provider, "mistral") || (plain == ID_LEN && !id[plain]))
        return json_string(id);
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * UINT64_C(1099511628211);
    for (int i = 0; i < ID_LEN; i++, hash /= sizeof(digits) - 1)
        made[i] = digits[hash % (sizeof(digits) - 1)];
    return json_stringn(made, ID_LEN);
}

static json_t *tool_message(const json_t *message, const char *provider)
{
    return json_pack("{s:s, s:o, s:O}", "role", "tool", "tool_call_id",
                     call_id(json_get_text(message, "id"), provider), "content",
                     json_object_get(message, "output"));
}

/* The signature that Gemini wants back with a call. */
static void return_signature(json_t *call, const json_t *message, const char *id)
{
    size_t i;
    json_t *entry;
    json_array_foreach (json_object_get(message, "opaque"), i, entry) {
        if (strcmp(json_get_text(entry, "field"), "thought_signature") == 0 &&
            strcmp(json_get_text(entry, "call"), id) == 0)
            json_object_set_new(call, "extra_content",
                                json_pack("{s:{s:O}}", "google", "thought_signature",
                                          json_object_get(entry, "data")));
    }
}

static json_t *call_message(const json_t *message, const json_t *call, const char *provider)
{
    const char *id = json_get_text(call, "id");
    const json_t *args = json_object_get(call, "args");
    struct buf text = BUF_INIT;
    if (args)
        json_add_value(&text, args);
    else
        buf_adds(&text,
                 "{}"); /* what the model wrote was no JSON, and an empty string is refused */
    json_t *json =
        json_pack("{s:o, s:s, s:{s:s, s:s}}", "id", call_id(id, provider), "type", "function",
                  "function", "name", json_get_text(call, "tool"), "arguments", buf_str(&text));
    buf_clear(&text);
    return_signature(json, message, id);
    return json;
}

static bool is_same(const json_t *a, const json_t *b, const char *key)
{
    return strcmp(json_get_text(a, key), json_get_text(b, key)) == 0;
}

/* A piece of the same thought as the one before. */
static bool goes_on(const json_t *before, const json_t *piece)
{
    return strcmp(json_get_text(piece, "type"), "reasoning.text") == 0 &&
           is_same(before, piece, "type") && is_same(before, piece, "id") &&
           json_get_number(before, "index", 0) == json_get_number(piece, "index", 0) &&
           !*json_get_text(before, "signature");
}

static void add_detail(json_t *details, const json_t *piece)
{
    json_t *last = json_array_get(details, json_array_size(details) - 1);
    if (!last || !goes_on(last, piece)) {
        json_array_append_new(details, json_copy((json_t *)piece));
        return;
    }
    struct buf text = BUF_INIT;
    buf_adds(&text, json_get_text(last, "text"));
    buf_adds(&text, json_get_text(piece, "text"));
    json_object_update(last, (json_t *)piece);
    json_object_set_new(last, "text", json_text(buf_str(&text)));
    buf_clear(&text);
}

/* OpenRouter wants its reasoning_details back, all of them in their order, as if they had not been
 * streamed: the pieces of a thought joined. */
static void return_details(json_t *json, const json_t *message)
{
    json_t *details = json_array(), *entry, *piece;
    size_t i, k;
    json_array_foreach (json_object_get(message, "opaque"), i, entry) {
        if (strcmp(json_get_text(entry, "field"), "reasoning_details") != 0)
            continue;
        json_array_foreach (json_object_get(entry, "data"), k, piece)
            add_detail(details, piece);
    }
    if (json_array_size(details) > 0)
        json_object_set(json, "reasoning_details", details);
    json_decref(details);
}

/* DeepSeek answers 400 when a turn with tool calls comes back without its thinking, even if that was
 * empty. */
static void return_reasoning(json_t *json, const json_t *message, const char *provider)
{
    if (strcmp(provider, "deepseek") == 0 && json_object_get(message, "calls"))
        json_object_set_new(json, "reasoning_content",
                            json_text(json_get_text(message, "reasoning")));
}

/* NULL for an answer that was cut before its first piece: servers refuse an empty one.  OpenAI's own
 * have a field for a refusal; to the others it is content. */
static json_t *assistant_message(const json_t *message, const char *provider)
{
    const json_t *calls = json_object_get(message, "calls");
    json_t *content = json_object_get(message, "content");
    bool has_calls = json_array_size(calls) > 0;
    if (json_string_length(content) == 0 && !has_calls)
        return NULL;
    bool is_refusal =
        is_from(provider, "azure") && json_is_true(json_object_get(message, "refusal"));
    json_t *json =
        json_pack("{s:s, s:O}", "role", "assistant", "content", is_refusal ? json_null() : content);
    json_t *list = json_array(), *call;
    size_t i;
    if (is_refusal)
        json_object_set(json, "refusal", content);
    json_array_foreach (calls, i, call)
        json_array_append_new(list, call_message(message, call, provider));
    if (has_calls)
        json_object_set(json, "tool_calls", list);
    json_decref(list);
    /* What is opaque means something only to the provider that made it. */
    if (is_from(provider, json_get_text(message, "provider"))) {
        return_details(json, message);
        return_reasoning(json, message, provider);
    }
    return json;
}

static json_t *messages(const struct request *request)
{
    json_t *list = json_array(), *message;
    size_t i;
    if (request->system && *request->system)
        json_array_append_new(list, system_message(request->system));
    json_array_foreach (request->messages, i, message) {
        const char *role = json_get_text(message, "role");
        json_t *json = NULL;
        if (strcmp(role, "user") == 0)
            json = user_message(message, request->provider);
        else if (strcmp(role, "assistant") == 0)
            json = assistant_message(message, request->provider);
        else if (strcmp(role, "tool") == 0)
            json = tool_message(message, request->provider);
        if (json)
            json_array_append_new(list, json);
    }
    return list;
}

json_t *openai_tools(const json_t *offer)
{
    json_t *list = json_array(), *tool;
    size_t i;
    json_array_foreach (offer, i, tool)
        json_array_append_new(list, json_pack("{s:s, s:{s:O, s:O, s:O}}", "type", "function",
                                              "function", "name", json_object_get(tool, "name"),
                                              "description", json_object_get(tool, "description"),
                                              "parameters", json_object_get(tool, "schema")));
    return list;
}

/* ---- Settings ---- */

static json_t *answer_format(const char *text)
{
    json_t *schema = json_loads(text, 0, NULL);
    bool is_strict = schema_is_strict(schema);
    return json_pack("{s:s, s:{s:s, s:b, s:o}}", "type", "json_schema", "json_schema", "name",
                     "answer", "strict", is_strict, "schema", schema);
}

static json_t *stop_words(const char *const *words)
{
    json_t *list = json_array();
    for (; *words; words++)
        json_array_append_new(list, json_text(*words));
    return list;
}

static void add_settings(json_t *body, const rn_model_options *options)
{
    const char *limit = options->max_completion_tokens ? "max_completion_tokens" : "max_tokens";
    if (options->max_tokens > 0)
        json_object_set_new(body, limit, json_integer(options->max_tokens));
    if (options->temperature)
        json_object_set_new(body, "temperature", json_real(*options->temperature));
    if (options->reasoning)
        json_object_set_new(body, "reasoning_effort", json_text(options->reasoning));
    if (options->stop && *options->stop)
        json_object_set_new(body, "stop", stop_words(options->stop));
    if (options->schema)
        json_object_set_new(body, "response_format", answer_format(options->schema));
}

json_t *openai_encode(const struct request *request)
{
    const rn_model_options *options = request->options;
    bool streams = request->mode == RN_STREAM;
    json_t *body = json_pack("{s:o, s:o, s:b}", "model", json_text(options->model), "messages",
                             messages(request), "stream", streams);
    if (streams && !options->no_stream_options)
        json_object_set_new(body, "stream_options", json_pack("{s:b}", "include_usage", true));
    if (json_array_size(request->tools) > 0)
        json_object_set_new(body, "tools", openai_tools(request->tools));
    add_settings(body, options);
    return body;
}

bool openai_takes(const char *type, bool is_url)
{
    return strncmp(type, "image/", 6) == 0 || (!is_url && strcmp(type, "application/pdf") == 0);
}

/* ---- A request that was refused, said in another way ---- */

static bool is_unsupported(const rn_event *error, const char *what)
{
    return strstr(error->text, what) &&
           (strncmp(error->error->provider_code, "unsupported_", 12) == 0 ||
            strcasestr(error->text, "support"));
}

/* OpenAI's reasoning models say which name they want instead. */
static bool rename_limit(json_t *body, const rn_event *error)
{
    json_t *limit = json_object_get(body, "max_tokens");
    if (!limit || strcmp(error->error->provider_code, "unsupported_parameter") != 0 ||
        !strstr(error->text, "max_completion_tokens"))
        return false;
    json_object_set(body, "max_completion_tokens", limit);
    json_object_del(body, "max_tokens");
    return true;
}

/* Add to what the system prompt says, or make it one. */
static void add_to_system(json_t *body, const char *text)
{
    json_t *messages = json_object_get(body, "messages"), *first = json_array_get(messages, 0);
    if (strcmp(json_get_text(first, "role"), "system") != 0) {
        json_array_insert_new(messages, 0, system_message(text));
        return;
    }
    json_object_set_new(first, "content",
                        json_sprintf("%s\n\n%s", json_get_text(first, "content"), text));
}

/* DeepSeek and others know that an answer can be JSON, but not of what schema: that is then said in
 * words, which they ask for too. */
static bool loosen_format(json_t *body, const rn_event *error)
{
    const json_t *format = json_object_get(body, "response_format");
    const json_t *schema = json_object_get(json_object_get(format, "json_schema"), "schema");
    struct buf words = BUF_INIT;
    if (!schema || !strstr(error->text, "response_format"))
        return false;
    buf_adds(&words, "Answer with nothing but JSON that follows this JSON Schema:\n");
    json_add_value(&words, schema);
    add_to_system(body, words.data);
    json_object_set_new(body, "response_format", json_pack("{s:s}", "type", "json_object"));
    buf_clear(&words);
    return true;
}

bool openai_amend(json_t *body, const rn_event *error)
{
    if (error->error->http != 400 && error->error->http != 422)
        return false;
    if (rename_limit(body, error) || loosen_format(body, error))
        return true;
    if (is_unsupported(error, "temperature") && json_object_del(body, "temperature") == 0)
        return true;
    return strstr(error->text, "stream_options") && json_object_del(body, "stream_options") == 0;
}
