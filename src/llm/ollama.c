/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ollama's own wire: lines of JSON, each with the fields of a message; the last one says that it is
 * done.  A whole answer is the same object once.
 */
#include "llm/codec.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "llm/failure.h"
#include "llm/ollama_request.h"
#include "llm/reply.h"

/* Calls come whole.  Older servers give them no id; templates that number them begin again with each. */
static void add_call(struct reply *reply, const json_t *call)
{
    const json_t *function = json_object_get(call, "function");
    const json_t *given = json_object_get(function, "arguments");
    const char *id = json_get_text(call, "id"), *name = json_get_text(function, "name");
    struct buf args = BUF_INIT;
    int number = *name ? reply_call_open(reply, id, name) : -1;
    if (number < 0)
        return;
    if (json_is_string(given))
        buf_add(&args, json_string_value(given), json_string_length(given));
    else if (json_is_object(given))
        json_add_value(&args, given);
    else
        buf_adds(&args, "{}");
    reply_call_args(reply, number, buf_str(&args), args.len);
    reply_call_close(reply, number);
    buf_clear(&args);
}

static void add_message(struct reply *reply, const json_t *message)
{
    size_t i;
    json_t *call;
    reply_string(reply, json_object_get(message, "thinking"), reply_reasoning);
    reply_string(reply, json_object_get(message, "content"), reply_text);
    json_array_foreach (json_object_get(message, "tool_calls"), i, call)
        add_call(reply, call);
}

static void add_usage(struct reply *reply, const json_t *line)
{
    rn_usage count = {.input = json_get_count(line, "prompt_eval_count"),
                      .output = json_get_count(line, "eval_count"),
                      .cached = -1,
                      .cache_write = -1,
                      .reasoning = -1,
                      .cost = -1};
    if (count.input >= 0 || count.output >= 0)
        reply_usage(reply, &count);
}

/* It is "stop" also where tools are called, and may be missing. */
static void finish(struct reply *reply, const char *raw)
{
    const char *reason = !*raw || strcmp(raw, "stop") == 0 ? NULL
                         : strcmp(raw, "length") == 0      ? "length"
                                                           : "other";
    reply_finish(reply, reason, raw);
}

static void add_line(struct reply *reply, const json_t *line)
{
    const json_t *message = json_object_get(line, "message");
    bool is_done = json_is_true(json_object_get(line, "done"));
    if (json_is_object(message) || is_done) {
        reply_start(reply, "", json_get_text(line, "model"));
        add_message(reply, message);
    }
    if (failure_is(line))
        failure_from_payload(reply, line);
    if (!is_done)
        return;
    add_usage(reply, line);
    finish(reply, json_get_text(line, "done_reason"));
}

static void payload(void *state, struct reply *reply, const char *name, const json_t *line)
{
    (void)state, (void)name;
    add_line(reply, line);
}

static void whole(void *state, struct reply *reply, const json_t *answer)
{
    (void)state;
    add_line(reply, answer);
    if (!json_object_get(answer, "message"))
        reply_fail(reply, RN_EPROTOCOL, "the response is JSON but holds no answer (no \"message\")",
                   "", 0, false);
}

/* ---- The list of models ---- */

/* Servers that do not tell what a model can do still tell its family, and BERT's children embed. */
static bool chats(const json_t *model)
{
    const json_t *can = json_object_get(model, "capabilities");
    const char *family = json_get_text(json_object_get(model, "details"), "family");
    return json_is_array(can) ? json_has_text(can, "completion") : !strstr(family, "bert");
}

static void add_title(json_t *listed, const json_t *details)
{
    const char *size = json_get_text(details, "parameter_size");
    const char *kind = json_get_text(details, "quantization_level");
    if (*size || *kind)
        json_object_set_new(listed, "title",
                            json_sprintf("%s%s%s", size, *size && *kind ? " " : "", kind));
}

static void add_abilities(json_t *listed, const json_t *can)
{
    static const struct {
        const char *word, *key;
    } abilities[] = {{"vision", "images"}, {"tools", "tools"}, {"thinking", "reasoning"}};
    for (size_t i = 0; json_is_array(can) && i < sizeof(abilities) / sizeof(abilities[0]); i++)
        json_object_set_new(listed, abilities[i].key,
                            json_boolean(json_has_text(can, abilities[i].word)));
}

static json_t *listed(const json_t *model, const char *name)
{
    const json_t *details = json_object_get(model, "details");
    json_t *json = json_pack("{s:s}", "name", name);
    int64_t context = json_get_number(details, "context_length", 0);
    add_title(json, details);
    if (context > 0)
        json_object_set_new(json, "context", json_integer(context));
    add_abilities(json, json_object_get(model, "capabilities"));
    return json;
}

static json_t *models(const json_t *answer)
{
    const json_t *told = json_object_get(answer, "models");
    if (!json_is_array(told) && !json_is_null(told))
        return NULL;
    json_t *list = json_array(), *model;
    size_t i;
    json_array_foreach (told, i, model) {
        const char *name = json_get_text(model, "name");
        if (!*name)
            name = json_get_text(model, "model");
        if (*name && chats(model))
            json_array_append_new(list, listed(model, name));
    }
    return list;
}

const struct codec codec_ollama = {
    .name = "ollama",
    .path = "/api/chat",
    .key_header = "Authorization: Bearer ",
    .framing = FRAMING_NDJSON,
    .encode = ollama_encode,
    .amend = ollama_amend,
    .payload = payload,
    .whole = whole,
    .takes = ollama_takes,
    .models_path = "/api/tags",
    .models = models,
};
