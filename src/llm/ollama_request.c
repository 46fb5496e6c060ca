/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/ollama_request.h"

#include <string.h>

#include "base/json.h"
#include "llm/attachment.h"
#include "llm/codec.h"
#include "llm/openai_request.h"

/* ---- Messages ---- */

/* Images are bare base64, beside the text; there is no form for what has a URL. */
static json_t *images_of(const json_t *message)
{
    json_t *things = attachment_things(message), *images = json_array(), *thing;
    size_t i;
    json_array_foreach (things, i, thing)
        if (attachment_is_image(thing) && json_object_get(thing, "data"))
            json_array_append(images, json_object_get(thing, "data"));
    json_decref(things);
    return images;
}

static json_t *user_message(const json_t *message)
{
    json_t *json = json_pack("{s:s, s:o}", "role", "user", "content", attachment_words(message));
    json_t *images = images_of(message);
    if (json_array_size(images) > 0)
        json_object_set(json, "images", images);
    json_decref(images);
    return json;
}

static json_t *calls_of(const json_t *message)
{
    json_t *list = json_array(), *call;
    size_t i;
    json_array_foreach (json_object_get(message, "calls"), i, call) {
        json_t *args = json_object_get(call, "args");
        json_t *given = args ? json_incref(args) : json_object(); /* what was no JSON */
        json_array_append_new(list,
                              json_pack("{s:O, s:{s:i, s:O, s:o}}", "id",
                                        json_object_get(call, "id"), "function", "index", (int)i,
                                        "name", json_object_get(call, "tool"), "arguments", given));
    }
    return list;
}

/* NULL for an answer that was cut before its first piece.  Thinking goes back only with calls: models
 * go on with the thought that led to them. */
static json_t *assistant_message(const json_t *message, const char *provider)
{
    json_t *calls = calls_of(message), *json = NULL;
    bool has_calls = json_array_size(calls) > 0;
    const char *thinking = json_get_text(message, "reasoning");
    if (has_calls || *json_get_text(message, "content"))
        json = json_pack("{s:s, s:O}", "role", "assistant", "content",
                         json_object_get(message, "content"));
    if (has_calls)
        json_object_set(json, "tool_calls", calls);
    if (has_calls && *thinking && strcmp(json_get_text(message, "provider"), provider) == 0)
        json_object_set(json, "thinking", json_object_get(message, "reasoning"));
    json_decref(calls);
    return json;
}

static json_t *tool_message(const json_t *message)
{
    return json_pack("{s:s, s:O, s:O, s:O}", "role", "tool", "tool_name",
                     json_object_get(message, "tool"), "tool_call_id",
                     json_object_get(message, "id"), "content", json_object_get(message, "output"));
}

static json_t *messages(const struct request *request)
{
    json_t *list = json_array(), *message;
    size_t i;
    if (request->system && *request->system)
        json_array_append_new(
            list, json_pack("{s:s, s:o}", "role", "system", "content", json_text(request->system)));
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

/* ---- Settings ---- */

static json_t *model_options(const rn_model_options *options)
{
    json_t *json = json_object(), *stop = json_array();
    if (options->temperature)
        json_object_set_new(json, "temperature", json_real(*options->temperature));
    if (options->max_tokens > 0)
        json_object_set_new(json, "num_predict", json_integer(options->max_tokens));
    for (const char *const *word = options->stop; word && *word; word++)
        json_array_append_new(stop, json_text(*word));
    if (json_array_size(stop) > 0)
        json_object_set(json, "stop", stop);
    json_decref(stop);
    return json;
}

static json_t *think(const char *effort)
{
    static const char *const levels[] = {"low", "medium", "high", "max"};
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (strcmp(effort, levels[i]) == 0)
            return json_string(effort);
    return json_boolean(strcmp(effort, "none") != 0);
}

json_t *ollama_encode(const struct request *request)
{
    const rn_model_options *options = request->options;
    json_t *body = json_pack("{s:o, s:o, s:b}", "model", json_text(options->model), "messages",
                             messages(request), "stream", request->mode == RN_STREAM);
    json_t *settings = model_options(options);
    if (json_array_size(request->tools) > 0)
        json_object_set_new(body, "tools", openai_tools(request->tools));
    if (options->reasoning)
        json_object_set_new(body, "think", think(options->reasoning));
    if (json_object_size(settings) > 0)
        json_object_set(body, "options", settings);
    if (options->schema)
        json_object_set_new(body, "format", json_loads(options->schema, 0, NULL));
    json_decref(settings);
    return body;
}

/* Models that cannot think refuse to be asked, and those that can mostly know no levels. */
bool ollama_amend(json_t *body, const rn_event *error)
{
    json_t *asked = json_object_get(body, "think");
    if (error->error->http != 400 || !asked)
        return false;
    if (strstr(error->text, "does not support thinking"))
        return json_object_del(body, "think") == 0;
    return json_is_string(asked) && strstr(error->text, "think value") &&
           json_object_set_new(body, "think", json_true()) == 0;
}

bool ollama_takes(const char *type, bool is_url)
{
    return !is_url && strncmp(type, "image/", 6) == 0;
}
