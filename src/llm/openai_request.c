/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/openai_request.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "llm/codec.h"

static json_t *system_message(const char *system)
{
    return json_pack("{s:s, s:o}", "role", "system", "content", json_text(system));
}

static json_t *user_message(const json_t *message)
{
    return json_pack("{s:s, s:O}", "role", "user", "content", json_object_get(message, "content"));
}

static json_t *tool_message(const json_t *message)
{
    return json_pack("{s:s, s:O, s:O}", "role", "tool", "tool_call_id",
                     json_object_get(message, "id"), "content", json_object_get(message, "output"));
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

static json_t *call_message(const json_t *message, const json_t *call)
{
    const char *id = json_get_text(call, "id");
    const json_t *args = json_object_get(call, "args");
    struct buf text = BUF_INIT;
    if (args)
        json_add_value(&text, args);
    else
        buf_adds(&text,
                 "{}"); /* what the model wrote was no JSON, and an empty string is refused */
    json_t *json = json_pack("{s:s, s:s, s:{s:s, s:s}}", "id", id, "type", "function", "function",
                             "name", json_get_text(call, "tool"), "arguments", buf_str(&text));
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

/* NULL for an answer that was cut before its first piece: servers refuse an empty one. */
static json_t *assistant_message(const json_t *message, const char *provider)
{
    const json_t *calls = json_object_get(message, "calls");
    const char *content = json_get_text(message, "content");
    if (!*content && json_array_size(calls) == 0)
        return NULL;
    json_t *json = json_pack("{s:s, s:O}", "role", "assistant", "content",
                             json_object_get(message, "content"));
    json_t *list = json_array(), *call;
    size_t i;
    json_array_foreach (calls, i, call)
        json_array_append_new(list, call_message(message, call));
    if (json_array_size(list) > 0)
        json_object_set(json, "tool_calls", list);
    json_decref(list);
    /* What is opaque means something only to the provider that made it. */
    if (strcmp(json_get_text(message, "provider"), provider) == 0) {
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
            json = user_message(message);
        else if (strcmp(role, "assistant") == 0)
            json = assistant_message(message, request->provider);
        else if (strcmp(role, "tool") == 0)
            json = tool_message(message);
        if (json)
            json_array_append_new(list, json);
    }
    return list;
}

static json_t *tools(const json_t *offer)
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

json_t *openai_encode(const struct request *request)
{
    const rn_model_options *options = request->options;
    bool streams = request->mode == RN_STREAM;
    json_t *body = json_pack("{s:o, s:o, s:b}", "model", json_text(options->model), "messages",
                             messages(request), "stream", streams);
    if (streams && !options->no_stream_options)
        json_object_set_new(body, "stream_options", json_pack("{s:b}", "include_usage", true));
    if (json_array_size(request->tools) > 0)
        json_object_set_new(body, "tools", tools(request->tools));
    if (options->max_tokens > 0)
        json_object_set_new(body,
                            options->max_completion_tokens ? "max_completion_tokens" : "max_tokens",
                            json_integer(options->max_tokens));
    if (options->temperature)
        json_object_set_new(body, "temperature", json_real(*options->temperature));
    if (options->reasoning)
        json_object_set_new(body, "reasoning_effort", json_text(options->reasoning));
    return body;
}

/* OpenAI's reasoning models say which name they want instead; servers that do not know stream_options
 * say that they do not. */
bool openai_amend(json_t *body, const rn_event *error)
{
    const char *code = error->error->provider_code;
    json_t *limit = json_object_get(body, "max_tokens");
    bool refuses = error->error->http == 400 || error->error->http == 422;
    if (limit && refuses && strcmp(code, "unsupported_parameter") == 0 &&
        strstr(error->text, "max_completion_tokens")) {
        json_object_set(body, "max_completion_tokens", limit);
        json_object_del(body, "max_tokens");
        return true;
    }
    return refuses && strstr(error->text, "stream_options") &&
           json_object_del(body, "stream_options") == 0;
}
