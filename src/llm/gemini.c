/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gemini's generateContent wire.  A stream is a sequence of whole small answers without an end mark: what
 * ends it is the end of the bytes after a finishReason (or a blockReason).  Each answer is a list of
 * parts: text, thoughts, calls, any of them signed.
 */
#include "llm/codec.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/failure.h"
#include "llm/gemini_amend.h"
#include "llm/gemini_parts.h"
#include "llm/gemini_request.h"
#include "llm/reply.h"

struct gemini {
    char *reason, *explanation;   /* finishReason and finishMessage; NULL: none yet */
    bool is_blocked;              /* the prompt: the reason is a blockReason */
    int64_t candidates, thoughts; /* tokens; -1: not told */
    struct gemini_parts parts;
};

static void *state_new(void)
{
    struct gemini *state = xnew(struct gemini);
    state->candidates = state->thoughts = -1;
    state->parts = (struct gemini_parts)GEMINI_PARTS_INIT;
    return state;
}

static void state_free(void *user)
{
    struct gemini *state = user;
    if (!state)
        return;
    free(state->reason);
    free(state->explanation);
    gemini_parts_clear(&state->parts);
    free(state);
}

/* ---- An answer ---- */

static void replace_text(char **text, const char *by)
{
    if (!*by)
        return;
    free(*text);
    *text = xstrdup(by);
}

/* The first of the candidates: there is another only where somebody asked for it. */
static const json_t *candidate_of(const json_t *answer)
{
    json_t *candidate;
    size_t i;
    json_array_foreach (json_object_get(answer, "candidates"), i, candidate)
        if (json_is_object(candidate) && json_get_number(candidate, "index", 0) == 0)
            return candidate;
    return NULL;
}

static void add_candidate(struct gemini *state, struct reply *reply, const json_t *candidate)
{
    json_t *part;
    size_t i;
    json_array_foreach (json_object_get(json_object_get(candidate, "content"), "parts"), i, part)
        gemini_parts_add(&state->parts, reply, part);
    replace_text(&state->reason, json_get_text(candidate, "finishReason"));
    replace_text(&state->explanation, json_get_text(candidate, "finishMessage"));
}

/* ---- Usage ---- */

static int64_t sum(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 ? a : a + b;
}

/* Thoughts are not counted among the candidates' tokens, nor what Google's own tools gave the model
 * among the prompt's. */
static void add_usage(struct gemini *state, struct reply *reply, const json_t *usage)
{
    int64_t candidates = json_get_count(usage, "candidatesTokenCount");
    int64_t thoughts = json_get_count(usage, "thoughtsTokenCount");
    int64_t tools = json_get_count(usage, "toolUsePromptTokenCount");
    if (!json_is_object(usage))
        return;
    if (candidates >= 0)
        state->candidates = candidates;
    if (thoughts >= 0)
        state->thoughts = thoughts;
    rn_usage count = {.input = sum(json_get_count(usage, "promptTokenCount"), tools),
                      .output = sum(state->candidates, state->thoughts),
                      .cached = json_get_count(usage, "cachedContentTokenCount"),
                      .cache_write = -1,
                      .reasoning = thoughts,
                      .cost = -1};
    reply_usage(reply, &count);
}

/* ---- The end ---- */

static const struct {
    const char *raw, *reason;
} reasons[] = {
    {"STOP", "stop"},
    {"FUNCTION_CALL", "stop"}, /* some gateways' word where there are calls */
    {"MAX_TOKENS", "length"},
    {"SAFETY", "content_filter"},
    {"RECITATION", "content_filter"},
    {"BLOCKLIST", "content_filter"},
    {"PROHIBITED_CONTENT", "content_filter"},
    {"SPII", "content_filter"},
    {"MODEL_ARMOR", "content_filter"},
    {"IMAGE_SAFETY", "content_filter"},
    {"IMAGE_PROHIBITED_CONTENT", "content_filter"},
    {"IMAGE_RECITATION", "content_filter"},
};

/* What the model did wrong; another attempt may go better where it is a matter of luck. */
static const struct fault {
    const char *raw, *message;
    bool retryable;
} faults[] = {
    {"MALFORMED_FUNCTION_CALL", "the model wrote a tool call that cannot be read", true},
    {"MALFORMED_RESPONSE", "the model wrote an answer that cannot be read", true},
    {"UNEXPECTED_TOOL_CALL", "the model called a tool that it was not given", true},
    {"TOO_MANY_TOOL_CALLS", "the model called too many tools in a row", false},
    {"MISSING_THOUGHT_SIGNATURE", "a call went back to the model without its signature", false},
};

static const struct fault *fault_of(const char *raw)
{
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        if (strcmp(faults[i].raw, raw) == 0)
            return &faults[i];
    return NULL;
}

static const char *reason_of(const struct gemini *state, const char *raw)
{
    if (state->is_blocked)
        return "content_filter";
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (strcmp(reasons[i].raw, raw) == 0)
            return reasons[i].reason;
    return *raw ? "other" : "stop";
}

static void fail_at_fault(struct gemini *state, struct reply *reply, const struct fault *fault)
{
    struct buf message = BUF_INIT;
    buf_adds(&message, fault->message);
    if (state->explanation)
        buf_addf(&message, " (%s)", state->explanation);
    reply_fail(reply, RN_EPROVIDER, message.data, fault->raw, 0, fault->retryable);
    buf_clear(&message);
}

/* Gemini stops without a word now and then, and does not when asked again. */
static void fail_empty(struct gemini *state, struct reply *reply)
{
    if (state->parts.has_unknown)
        reply_fail(reply, RN_EPROVIDER, "the answer holds nothing that can be shown as text", "", 0,
                   false);
    else
        reply_fail(reply, RN_EPROVIDER, "the model's answer is empty", "", 0, true);
}

static void finish(struct gemini *state, struct reply *reply)
{
    const char *raw = state->reason ? state->reason : "";
    const struct fault *fault = fault_of(raw);
    const char *reason = reason_of(state, raw);
    gemini_parts_end(&state->parts, reply);
    if (fault)
        fail_at_fault(state, reply, fault);
    else if (strcmp(reason, "stop") == 0 && !state->parts.has_answer)
        fail_empty(state, reply);
    else
        reply_finish(reply, reason, raw);
}

/* ---- The codec ---- */

/* False when it holds nothing of an answer. */
static bool add_answer(struct gemini *state, struct reply *reply, const json_t *answer)
{
    const json_t *candidate = candidate_of(answer);
    const char *block = json_get_text(json_object_get(answer, "promptFeedback"), "blockReason");
    const char *id = json_get_text(answer, "responseId");
    const char *model = json_get_text(answer, "modelVersion");
    bool fails = failure_is(answer);
    if (candidate || *block || (!fails && (*id || *model)))
        reply_start(reply, id, model);
    if (candidate)
        add_candidate(state, reply, candidate);
    if (*block) {
        replace_text(&state->reason, block);
        state->is_blocked = true;
    }
    add_usage(state, reply, json_object_get(answer, "usageMetadata"));
    if (fails)
        failure_from_payload(reply, answer);
    return candidate || *block || fails;
}

/* One answer, or all of them in an array: a stream that was not asked for as SSE. */
static bool add_answers(struct gemini *state, struct reply *reply, const json_t *tree)
{
    json_t *answer;
    size_t i;
    bool holds_answer = false;
    if (!json_is_array(tree))
        return add_answer(state, reply, tree);
    json_array_foreach (tree, i, answer)
        holds_answer |= add_answer(state, reply, answer);
    return holds_answer;
}

static void payload(void *state, struct reply *reply, const char *name, const json_t *tree)
{
    (void)name;
    add_answers(state, reply, tree);
}

static void whole(void *state, struct reply *reply, const json_t *tree)
{
    if (!add_answers(state, reply, tree))
        reply_fail(reply, RN_EPROTOCOL,
                   "the response is JSON but holds no answer (no \"candidates\")", "", 0, false);
    finish(state, reply);
}

static void end(void *user, struct reply *reply)
{
    struct gemini *state = user;
    if (state->reason)
        finish(state, reply);
}

static json_t *listed(const json_t *model)
{
    static const char folder[] = "models/";
    const char *name = json_get_text(model, "name"), *title = json_get_text(model, "displayName");
    json_t *thinks = json_object_get(model, "thinking");
    json_t *entry = json_object();
    if (strncmp(name, folder, sizeof(folder) - 1) == 0)
        name += sizeof(folder) - 1;
    json_object_set_new(entry, "name", json_text(name));
    if (*title)
        json_object_set_new(entry, "title", json_text(title));
    if (json_get_number(model, "inputTokenLimit", 0) > 0)
        json_object_set(entry, "context", json_object_get(model, "inputTokenLimit"));
    if (json_get_number(model, "outputTokenLimit", 0) > 0)
        json_object_set(entry, "output", json_object_get(model, "outputTokenLimit"));
    if (json_is_boolean(thinks))
        json_object_set(entry, "reasoning", thinks);
    return entry;
}

/* The list has embeddings, speech and video among the rest. */
static bool generates_content(const json_t *model)
{
    json_t *method;
    size_t i;
    json_array_foreach (json_object_get(model, "supportedGenerationMethods"), i, method)
        if (json_is_string(method) && strcmp(json_string_value(method), "generateContent") == 0)
            return *json_get_text(model, "name");
    return false;
}

static json_t *models(const json_t *answer)
{
    const json_t *told = json_object_get(answer, "models");
    if (!json_is_array(told))
        return NULL;
    json_t *list = json_array(), *model;
    size_t i;
    json_array_foreach (told, i, model)
        if (generates_content(model))
            json_array_append_new(list, listed(model));
    return list;
}

const struct codec codec_gemini = {
    .name = "gemini",
    .path = "/models/{model}:generateContent",
    .stream_path = "/models/{model}:streamGenerateContent?alt=sse",
    .key_header = "x-goog-api-key: ",
    .framing = FRAMING_SSE,
    .encode = gemini_encode,
    .amend = gemini_amend,
    .state_new = state_new,
    .state_free = state_free,
    .payload = payload,
    .whole = whole,
    .end = end,
    .takes = gemini_takes,
    .models_path = "/models?pageSize=1000",
    .models = models,
};
