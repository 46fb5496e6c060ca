/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/responses_request.h"

#include <string.h>

#include "base/json.h"
#include "llm/codec.h"
#include "llm/responses_input.h"
#include "llm/strict.h"

/* Left to itself the wire is strict, and refuses most schemas. */
static json_t *tools(const json_t *offer)
{
    json_t *list = json_array(), *tool;
    size_t i;
    json_array_foreach (offer, i, tool)
        json_array_append_new(list, json_pack("{s:s, s:O, s:O, s:O, s:b}", "type", "function",
                                              "name", json_object_get(tool, "name"), "description",
                                              json_object_get(tool, "description"), "parameters",
                                              json_object_get(tool, "schema"), "strict", false));
    return list;
}

/* These of OpenAI's refuse to be asked for thoughts.  Of others the refusal tells. */
static bool never_thinks(const char *model)
{
    static const char *const names[] = {"gpt-3", "gpt-4", "gpt-5-chat", "chatgpt-"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(model, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static void add_reasoning(json_t *body, const rn_model_options *options)
{
    const char *effort = options->reasoning;
    if (!never_thinks(options->model))
        json_object_set_new(body, "include", json_pack("[s]", "reasoning.encrypted_content"));
    if (!effort)
        return;
    json_t *reasoning = json_pack("{s:o}", "effort", json_text(effort));
    if (strcmp(effort, "none") != 0)
        json_object_set_new(reasoning, "summary", json_string("auto"));
    json_object_set_new(body, "reasoning", reasoning);
}

static void add_schema(json_t *body, const char *text)
{
    json_t *schema = json_loads(text, 0, NULL);
    if (schema)
        json_object_set_new(body, "text",
                            json_pack("{s:{s:s, s:s, s:O, s:b}}", "format", "type", "json_schema",
                                      "name", "answer", "schema", schema, "strict",
                                      schema_is_strict(schema)));
    json_decref(schema);
}

json_t *responses_encode(const struct request *request)
{
    const rn_model_options *options = request->options;
    json_t *body = json_pack("{s:o, s:o, s:b, s:b}", "model", json_text(options->model), "input",
                             responses_input(request->messages, request->provider), "stream",
                             request->mode == RN_STREAM, "store", false);
    if (request->system && *request->system)
        json_object_set_new(body, "instructions", json_text(request->system));
    if (json_array_size(request->tools) > 0)
        json_object_set_new(body, "tools", tools(request->tools));
    if (options->max_tokens > 0)
        json_object_set_new(body, "max_output_tokens", json_integer(options->max_tokens));
    if (options->temperature)
        json_object_set_new(body, "temperature", json_real(*options->temperature));
    add_reasoning(body, options);
    if (options->schema)
        add_schema(body, options->schema);
    return body;
}

/* ---- What a server refuses, left out ---- */

static bool drop_temperature(json_t *body)
{
    return json_object_del(body, "temperature") == 0;
}

/* OpenAI gives summaries to organisations that it has verified. */
static bool drop_summary(json_t *body)
{
    return json_object_del(json_object_get(body, "reasoning"), "summary") == 0;
}

static bool drop_reasoning(json_t *body)
{
    bool had_effort = json_object_del(body, "reasoning") == 0;
    return json_object_del(body, "include") == 0 || had_effort;
}

/* Made for another key or by another model. */
static bool drop_thoughts(json_t *body)
{
    json_t *items = json_object_get(body, "input");
    size_t before = json_array_size(items);
    for (size_t i = before; i-- > 0;)
        if (strcmp(json_get_text(json_array_get(items, i), "type"), "reasoning") == 0)
            json_array_remove(items, i);
    return json_array_size(items) < before;
}

static bool loosen_schema(json_t *body)
{
    json_t *format = json_object_get(json_object_get(body, "text"), "format");
    if (!json_is_true(json_object_get(format, "strict")))
        return false;
    return json_object_set_new(format, "strict", json_false()) == 0;
}

/* What the refusal's text or code says, both words of it, and what helps. */
static const struct {
    const char *word, *other;
    bool (*drop)(json_t *body);
} refusals[] = {
    {"temperature", "support", drop_temperature},
    {"reasoning summar", "verified", drop_summary},
    {"reasoning.summary", "support", drop_summary},
    {"reasoning.effort", "Unsupported parameter", drop_reasoning},
    {"'reasoning'", "Unsupported parameter", drop_reasoning},
    {"'include'", "Unsupported parameter", drop_reasoning},
    {"ncrypted content", "not supported", drop_reasoning},
    {"invalid_encrypted_content", "", drop_thoughts},
    {"invalid_json_schema", "", loosen_schema},
};

bool responses_amend(json_t *body, const rn_event *error)
{
    const char *code = error->error->provider_code, *text = error->text;
    if (error->error->http != 400 && error->error->http != 422)
        return false;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        if ((strstr(text, refusals[i].word) || strcmp(code, refusals[i].word) == 0) &&
            strstr(text, refusals[i].other) && refusals[i].drop(body))
            return true;
    return false;
}
