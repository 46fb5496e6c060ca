/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/anthropic_amend.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"

/* A request is amended only once, so each rule puts right all that goes with what the server names. */
typedef bool amend_fn(json_t *body, const char *said);

static bool says_any(const char *said, const char *const *words)
{
    for (; *words; words++)
        if (strcasestr(said, *words))
            return true;
    return false;
}

/* "`temperature` is deprecated for this model.", "`temperature` may only be set to 1 when thinking is
 * enabled or in adaptive mode." */
static bool drop_sampling(json_t *body, const char *said)
{
    static const char *const names[] = {"temperature", "top_p", "top_k"};
    static const char *const refusals[] = {"deprecated",    "not support",    "unsupported",
                                           "not allowed",   "not permitted",  "may only be set",
                                           "must be unset", "cannot both be", NULL};
    bool is_named = false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        is_named |= json_object_get(body, names[i]) && strstr(said, names[i]);
    if (!is_named || !says_any(said, refusals))
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        json_object_del(body, names[i]);
    return true;
}

static bool lower_limit(json_t *body, long long most)
{
    json_t *thinking = json_object_get(body, "thinking");
    if (most <= 0 || most >= json_get_number(body, "max_tokens", 0))
        return false;
    json_object_set_new(body, "max_tokens", json_integer(most));
    if (json_get_number(thinking, "budget_tokens", 0) >= most)
        json_object_set_new(thinking, "budget_tokens", json_integer(most / 2));
    return true;
}

/* "max_tokens: 16384 > 8192, which is the maximum allowed number of output tokens for ..." */
static bool fit_model(json_t *body, const char *said)
{
    const char *at = strstr(said, "max_tokens: ");
    long long asked, most;
    return at && sscanf(at, "max_tokens: %lld > %lld", &asked, &most) == 2 &&
           lower_limit(body, most);
}

/* "input length and `max_tokens` exceed context limit: 188240 + 16384 > 200000, ..."  Where so little is
 * left that an answer has no room, the user should hear of it. */
static bool fit_context(json_t *body, const char *said)
{
    enum { ROOM_LEAST = 1024 };
    const char *at = strstr(said, "context limit: ");
    long long input, asked, most;
    return at && sscanf(at, "context limit: %lld + %lld > %lld", &input, &asked, &most) == 3 &&
           input >= 0 && most - ROOM_LEAST >= input && lower_limit(body, most - input);
}

static void drop_config(json_t *body, const char *key)
{
    json_t *config = json_object_get(body, "output_config");
    json_object_del(config, key);
    if (json_object_size(config) == 0)
        json_object_del(body, "output_config");
}

static void set_effort(json_t *body, const char *effort)
{
    json_t *config = json_object_get(body, "output_config");
    if (!config)
        json_object_set_new(body, "output_config", config = json_object());
    json_object_set_new(config, "effort", json_string(effort));
}

static json_int_t budget_of(const char *effort)
{
    static const struct {
        const char *effort;
        json_int_t budget;
    } budgets[] = {{"low", 2048}, {"medium", 8192}, {"high", 16000}};
    for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++)
        if (strcmp(budgets[i].effort, effort) == 0)
            return budgets[i].budget;
    return 24000;
}

/* Models up to Claude 4.5 think by a budget, which is part of max_tokens and at least 1024. */
static bool think_by_budget(json_t *body, const char *said)
{
    static const char *const words[] = {
        "adaptive thinking", "'adaptive'", "thinking.adaptive", "type.adaptive", "effort",
        "output_config:",    NULL};
    enum { BUDGET_LEAST = 1024 };
    const char *type = json_get_text(json_object_get(body, "thinking"), "type");
    const char *effort = json_get_text(json_object_get(body, "output_config"), "effort");
    json_int_t budget = budget_of(effort), most = json_get_number(body, "max_tokens", 0) / 2;
    if (strcmp(type, "adaptive") != 0 || !*effort || !says_any(said, words))
        return false;
    drop_config(body, "effort");
    budget = budget < most ? budget : most;
    if (budget < BUDGET_LEAST)
        json_object_del(body, "thinking");
    else
        json_object_set_new(body, "thinking",
                            json_pack("{s:s, s:I}", "type", "enabled", "budget_tokens", budget));
    return true;
}

/* Some models always think ("\"thinking.type.disabled\" is not supported for this model. Use
 * \"thinking.type.adaptive\" and \"output_config.effort\" ..."): then as little as they can. */
static bool think_little(json_t *body, const char *said)
{
    const char *type = json_get_text(json_object_get(body, "thinking"), "type");
    if (strcmp(type, "disabled") != 0 || !strstr(said, "thinking"))
        return false;
    json_object_del(body, "thinking");
    if (strstr(said, "effort"))
        set_effort(body, "low");
    return true;
}

static void add_instruction(json_t *body, const char *text)
{
    json_t *system = json_object_get(body, "system");
    if (!system)
        json_object_set_new(body, "system", system = json_array());
    json_array_append_new(system, json_pack("{s:s, s:s}", "type", "text", "text", text));
}

/* A model that cannot be held to a schema, or a schema that uses more than the server can hold a model
 * to, is told in words; whether the answer follows it is checked anyway.  (A tool that must be called
 * would be the other way, which does not go together with thinking.) */
static bool say_schema(json_t *body, const char *said)
{
    static const char *const words[] = {"output_config.format",
                                        "output_format",
                                        "output format",
                                        "structured output",
                                        "schema",
                                        "output_config:",
                                        NULL};
    json_t *config = json_object_get(body, "output_config");
    const json_t *schema = json_object_get(json_object_get(config, "format"), "schema");
    struct buf text = BUF_INIT;
    if (!schema || !says_any(said, words))
        return false;
    buf_adds(&text, "Answer with one JSON value and nothing else, neither words nor code fences "
                    "around it.  It must follow this JSON Schema:\n");
    json_add_value(&text, schema);
    add_instruction(body, text.data);
    buf_clear(&text);
    drop_config(body, "format");
    return true;
}

/* "This model does not support assistant message prefill. The conversation must end with a user
 * message." */
static bool ask_to_continue(json_t *body, const char *said)
{
    static const char wish[] = "Go on exactly where you stopped, without repeating anything.";
    json_t *messages = json_object_get(body, "messages");
    const json_t *last = json_array_get(messages, json_array_size(messages) - 1);
    if (strcmp(json_get_text(last, "role"), "assistant") != 0 ||
        (!strstr(said, "prefill") && !strstr(said, "must end with a user message")))
        return false;
    json_array_append_new(messages, json_pack("{s:s, s:[{s:s, s:s}]}", "role", "user", "content",
                                              "type", "text", "text", wish));
    return true;
}

bool anthropic_amend(json_t *body, const rn_event *error)
{
    static amend_fn *const rules[] = {
        drop_sampling, fit_model,  fit_context,     think_by_budget,
        think_little,  say_schema, ask_to_continue,
    };
    bool is_amended = false;
    if (error->error->http != 400 && error->error->http != 422)
        return false;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        is_amended |= rules[i](body, error->text);
    return is_amended;
}
