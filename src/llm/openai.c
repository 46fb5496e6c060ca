/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chat completions wire, as OpenAI and some twenty compatible servers speak it.  Where a line looks
 * odd, one of them needs it: tests/wire/openai-chat-* has the bodies.
 */
#include "llm/codec.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/failure.h"
#include "llm/openai_request.h"
#include "llm/reply.h"

enum { LABELS_MAX = REPLY_CALLS_MAX, NO_INDEX = -1 };

struct openai {
    char *reason; /* the last finish_reason that was not empty; NULL: none yet */
    int latest;   /* the call last opened; -1: none */
    /* `index` is a label, not a position: Anthropic's compatible endpoint begins at 1, Gemini's has
     * none, others label every call 0. */
    struct {
        int64_t index;
        int call;
    } labels[LABELS_MAX];
    int label_count;
};

static void *state_new(void)
{
    struct openai *state = xnew(struct openai);
    state->latest = -1;
    return state;
}

static void state_free(void *user)
{
    struct openai *state = user;
    if (!state)
        return;
    free(state->reason);
    free(state);
}

/* ---- Text ---- */

/* Mistral's content: a list of typed parts, thinking among them. */
static void add_parts(struct reply *reply, const json_t *parts)
{
    size_t i, k;
    json_t *part, *thought;
    json_array_foreach (parts, i, part) {
        reply_string(reply, json_object_get(part, "text"), reply_text);
        reply_string(reply, json_object_get(part, "refusal"), reply_refusal);
        reply_string(reply, json_object_get(part, "thinking"), reply_reasoning);
        json_array_foreach (json_object_get(part, "thinking"), k, thought)
            reply_string(reply, json_object_get(thought, "text"), reply_reasoning);
    }
}

/* Servers that send several forms send the same text in each: the first counts. */
static void add_reasoning(struct reply *reply, const json_t *delta)
{
    const json_t *details = json_object_get(delta, "reasoning_details");
    bool found =
        reply_string(reply, json_object_get(delta, "reasoning_content"), reply_reasoning) ||
        reply_string(reply, json_object_get(delta, "reasoning"), reply_reasoning);
    size_t i;
    json_t *detail;
    json_array_foreach (details, i, detail) {
        if (found)
            break;
        if (!reply_string(reply, json_object_get(detail, "text"), reply_reasoning))
            reply_string(reply, json_object_get(detail, "summary"), reply_reasoning);
    }
    if (json_array_size(details) > 0)
        reply_opaque(reply, "reasoning_details", details, "");
}

/* ---- Tool calls ---- */

static int call_by_id(const struct reply *reply, const char *id)
{
    for (int i = 0; *id && i < reply_call_count(reply); i++)
        if (strcmp(reply_call_id(reply, i), id) == 0)
            return i;
    return -1;
}

static int call_by_index(const struct openai *state, int64_t index)
{
    for (int i = state->label_count; i-- > 0;)
        if (state->labels[i].index == index)
            return state->labels[i].call;
    return -1;
}

static int open_call(struct openai *state, struct reply *reply, const char *id, const char *name,
                     int64_t index)
{
    int call = reply_call_open(reply, id, name);
    if (call < 0)
        return -1;
    state->latest = call;
    if (index != NO_INDEX && state->label_count < LABELS_MAX) {
        state->labels[state->label_count].index = index;
        state->labels[state->label_count++].call = call;
    }
    return call;
}

/* Without a name it goes on with something; only where there is nothing it opens a call, which is held
 * back until its name comes. */
static int route_nameless(struct openai *state, struct reply *reply, const char *id, int64_t index,
                          int found, const char *args)
{
    if (found >= 0)
        return found;
    if (index == NO_INDEX && state->latest >= 0)
        return state->latest;
    return *id || *args ? open_call(state, reply, id, "", index) : -1;
}

/* Which call a fragment goes to, opened if need be: by id, else by index, else the last one opened; -1
 * when it belongs to none. */
static int route(struct openai *state, struct reply *reply, const json_t *fragment,
                 const char *args)
{
    const char *id = json_get_text(fragment, "id");
    const char *name = json_get_text(json_object_get(fragment, "function"), "name");
    int64_t index = json_get_number(fragment, "index", NO_INDEX);
    int same_id = call_by_id(reply, id);
    int call = same_id >= 0 ? same_id : index == NO_INDEX ? -1 : call_by_index(state, index);
    if (!*name)
        return route_nameless(state, reply, id, index, call, args);
    if (call >= 0 && !reply_call_has_tool(reply, call)) {
        reply_call_name(reply, call, id, name);
        return call;
    }
    bool begins_anew = call >= 0 && *args == '{' && reply_call_complete(reply, call);
    if (same_id >= 0 || (call >= 0 && !*id && !begins_anew))
        return call;
    return open_call(state, reply, id, name, index);
}

static void add_call(struct openai *state, struct reply *reply, const json_t *fragment)
{
    const json_t *function = json_object_get(fragment, "function");
    const json_t *given = json_object_get(function, "arguments");
    const json_t *google = json_object_get(json_object_get(fragment, "extra_content"), "google");
    const json_t *signature = json_object_get(google, "thought_signature");
    struct buf args = BUF_INIT;
    if (json_is_string(given))
        buf_add(&args, json_string_value(given), json_string_length(given));
    else if (json_is_object(given))
        json_add_value(&args, given);
    int call = json_is_object(fragment) ? route(state, reply, fragment, buf_str(&args)) : -1;
    if (call >= 0) {
        reply_call_args(reply, call, buf_str(&args), args.len);
        if (signature)
            reply_opaque(reply, "thought_signature", signature, reply_call_id(reply, call));
    }
    buf_clear(&args);
}

/* The form from before there were tools in the plural. */
static void add_legacy_call(struct openai *state, struct reply *reply, json_t *function)
{
    json_t *fragment = json_pack("{s:i, s:O}", "index", 0, "function", function);
    add_call(state, reply, fragment);
    json_decref(fragment);
}

/* ---- A delta, or a whole message: they have the same fields ---- */

static void add_delta(struct openai *state, struct reply *reply, const json_t *delta)
{
    const json_t *content = json_object_get(delta, "content");
    json_t *legacy = json_object_get(delta, "function_call");
    size_t i;
    json_t *fragment;
    add_reasoning(reply, delta);
    if (json_is_array(content))
        add_parts(reply, content);
    else
        reply_string(reply, content, reply_text);
    reply_string(reply, json_object_get(delta, "refusal"), reply_refusal);
    json_array_foreach (json_object_get(delta, "tool_calls"), i, fragment)
        add_call(state, reply, fragment);
    if (json_is_object(legacy))
        add_legacy_call(state, reply, legacy);
}

static void add_usage(struct reply *reply, const json_t *payload)
{
    const json_t *usage = json_object_get(payload, "usage");
    if (!json_is_object(usage)) /* Groq's older form */
        usage = json_object_get(json_object_get(payload, "x_groq"), "usage");
    if (!json_is_object(usage))
        return;
    const json_t *in = json_object_get(usage, "prompt_tokens_details");
    const json_t *out = json_object_get(usage, "completion_tokens_details");
    const json_t *cost = json_object_get(usage, "cost");
    rn_usage count = {.input = json_get_count(usage, "prompt_tokens"),
                      .output = json_get_count(usage, "completion_tokens"),
                      .cached = json_get_count(in, "cached_tokens"),
                      .cache_write = -1,
                      .reasoning = json_get_count(out, "reasoning_tokens"),
                      .cost = json_is_number(cost) ? json_number_value(cost) : -1};
    if (count.cached < 0) /* DeepSeek's name for it */
        count.cached = json_get_count(usage, "prompt_cache_hit_tokens");
    /* xAI does not count reasoning among the completion's tokens; the total gives it away. */
    if (count.reasoning > 0 &&
        json_get_count(usage, "total_tokens") == count.input + count.output + count.reasoning)
        count.output += count.reasoning;
    reply_usage(reply, &count);
}

static void add_choice(struct openai *state, struct reply *reply, const json_t *choice,
                       const char *message)
{
    const char *reason = json_get_text(choice, "finish_reason");
    add_delta(state, reply, json_object_get(choice, message));
    if (*reason) {
        free(state->reason);
        state->reason = xstrdup(reason);
    }
}

/* The first choice, whatever its index: text-generation-inference counts its pieces with that. */
static void add_answer(struct openai *state, struct reply *reply, const json_t *payload,
                       const char *message)
{
    const json_t *choice = json_array_get(json_object_get(payload, "choices"), 0);
    const char *id = json_get_text(payload, "id"), *model = json_get_text(payload, "model");
    bool fails = failure_is(payload);
    if (choice || (!fails && (*id || *model)))
        reply_start(reply, id, model);
    if (choice)
        add_choice(state, reply, choice, message);
    add_usage(reply, payload);
    if (fails)
        failure_from_payload(reply, payload);
}

/* ---- The end ---- */

static const struct {
    const char *raw, *reason;
} reasons[] = {
    {"stop", "stop"},
    {"eos", "stop"},
    {"end_turn", "stop"},
    {"length", "length"},
    {"model_length", "length"},
    {"max_tokens", "length"},
    {"tool_calls", "tool_calls"},
    {"function_call", "tool_calls"},
    {"content_filter", "content_filter"},
};

static void finish(struct openai *state, struct reply *reply)
{
    const char *raw = state->reason ? state->reason : "";
    const char *reason = *raw ? "other" : NULL;
    if (strcmp(raw, "error") == 0) {
        reply_fail(reply, RN_EPROVIDER, "the provider broke off with an error and gave no reason",
                   "", 0, true);
        return;
    }
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (strcmp(reasons[i].raw, raw) == 0)
            reason = reasons[i].reason;
    reply_finish(reply, reason, raw);
}

static void payload(void *state, struct reply *reply, const char *name, const json_t *tree)
{
    add_answer(state, reply, tree, "delta");
    if (strcmp(name, "error") == 0) /* whatever it looks like; Groq names its errors so */
        failure_from_payload(reply, tree);
}

static bool word(void *state, struct reply *reply, const char *text, size_t len)
{
    static const char done[] = "[DONE]";
    while (len > 0 && *text == ' ') {
        text++;
        len--;
    }
    if (len < sizeof(done) - 1 || memcmp(text, done, sizeof(done) - 1) != 0)
        return false;
    finish(state, reply);
    return true;
}

static void whole(void *state, struct reply *reply, const json_t *answer)
{
    add_answer(state, reply, answer, "message");
    if (!json_array_get(json_object_get(answer, "choices"), 0))
        reply_fail(reply, RN_EPROTOCOL, "the response is JSON but holds no answer (no \"choices\")",
                   "", 0, false);
    finish(state, reply);
}

static void end(void *user, struct reply *reply)
{
    struct openai *state = user;
    if (state->reason)
        finish(state, reply);
}

const struct codec codec_openai = {
    .name = "openai",
    .path = "/chat/completions",
    .key_header = "Authorization: Bearer ",
    .framing = FRAMING_SSE,
    .encode = openai_encode,
    .amend = openai_amend,
    .state_new = state_new,
    .state_free = state_free,
    .payload = payload,
    .word = word,
    .whole = whole,
    .end = end,
    .takes = openai_takes,
    .models_path = "/models",
    .models = openai_models,
};
