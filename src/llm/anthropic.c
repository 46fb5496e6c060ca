/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Anthropic Messages wire.  An answer is a list of blocks.  In a stream each has a number, a start, its
 * pieces and a stop; a whole answer's are read as blocks that start complete.  What a block has to say
 * in one piece (a signature, arguments that came at its start, a block that is only kept to go back) is
 * said when it is settled: at its stop, when the next one starts, or at the end, whichever comes first.
 */
#include "llm/codec.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/anthropic_amend.h"
#include "llm/anthropic_request.h"
#include "llm/failure.h"
#include "llm/reply.h"

enum { LABELS_MAX = REPLY_CALLS_MAX, NO_INDEX = -1 };

struct anthropic {
    char *id;            /* of the message; NULL: it has not started */
    char *reason;        /* the last stop_reason; NULL: none yet */
    json_t *explanation; /* of a refusal; NULL: none */
    bool has_text;
    struct {
        json_t *json; /* the block that is being written; NULL: none */
        int64_t index;
        int call;        /* -1: it is none */
        struct buf args; /* of a block that is kept */
        bool has_args;
    } block;
    /* Which calls are open, by their blocks' numbers: some servers stop them all at the end. */
    struct {
        int64_t index;
        int call;
    } labels[LABELS_MAX];
    int label_count;
    int64_t input, cached, cache_write; /* as this wire counts: input without the others */
};

static void forget_block(struct anthropic *state)
{
    json_decref(state->block.json);
    buf_clear(&state->block.args);
    state->block.json = NULL;
    state->block.index = NO_INDEX;
    state->block.call = -1;
    state->block.has_args = false;
}

static void *state_new(void)
{
    struct anthropic *state = xnew(struct anthropic);
    forget_block(state);
    state->input = state->cached = state->cache_write = -1;
    return state;
}

static void state_free(void *user)
{
    struct anthropic *state = user;
    if (!state)
        return;
    forget_block(state);
    json_decref(state->explanation);
    free(state->id);
    free(state->reason);
    free(state);
}

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* ---- Blocks ---- */

static void add_text(struct anthropic *state, struct reply *reply, const json_t *object)
{
    state->has_text |= reply_string(reply, json_object_get(object, "text"), reply_text);
}

static int find_label(const struct anthropic *state, int64_t index)
{
    for (int i = state->label_count; i-- > 0;)
        if (state->labels[i].index == index)
            return i;
    return -1;
}

/* `input` at a call's start is an empty placeholder; only proxies put the arguments there, and send no
 * pieces of them then. */
static void settle_call(struct anthropic *state, struct reply *reply)
{
    const json_t *input = json_object_get(state->block.json, "input");
    struct buf args = BUF_INIT;
    if (state->block.call < 0 || state->block.has_args || json_object_size(input) == 0)
        return;
    json_add_value(&args, input);
    reply_call_args(reply, state->block.call, args.data, args.len);
    buf_clear(&args);
}

/* A block of a tool that the server ran, or of a kind from after this was written: it goes back in its
 * place as it came. */
static void settle_kept(struct anthropic *state, struct reply *reply)
{
    const struct buf *args = &state->block.args;
    struct error ignored;
    json_t *input = args->len > 0 ? json_read(args->data, args->len, NULL, &ignored) : NULL;
    if (input)
        json_object_set_new(state->block.json, "input", input);
    reply_opaque_block(reply, "block", state->block.json, state->block.index);
}

static void add_opaque(struct anthropic *state, struct reply *reply, const char *field,
                       const char *key)
{
    const json_t *data = json_object_get(state->block.json, key);
    if (json_string_length(data) > 0)
        reply_opaque_block(reply, field, data, state->block.index);
}

static void settle(struct anthropic *state, struct reply *reply)
{
    const char *type = json_get_text(state->block.json, "type");
    if (is(type, "thinking"))
        add_opaque(state, reply, "signature", "signature");
    else if (is(type, "redacted_thinking"))
        add_opaque(state, reply, type, "data");
    else if (is(type, "tool_use"))
        settle_call(state, reply);
    else if (*type && !is(type, "text"))
        settle_kept(state, reply);
    forget_block(state);
}

static void open_call(struct anthropic *state, struct reply *reply, const json_t *json)
{
    int call = reply_call_open(reply, json_get_text(json, "id"), json_get_text(json, "name"));
    state->block.call = call;
    if (call >= 0 && state->label_count < LABELS_MAX) {
        state->labels[state->label_count].index = state->block.index;
        state->labels[state->label_count++].call = call;
    }
}

static void start_block(struct anthropic *state, struct reply *reply, int64_t index,
                        const json_t *json)
{
    const char *type = json_get_text(json, "type");
    settle(state, reply);
    state->block.json = json_copy((json_t *)json);
    state->block.index = index;
    if (is(type, "text"))
        add_text(state, reply, json);
    else if (is(type, "thinking"))
        reply_string(reply, json_object_get(json, "thinking"), reply_reasoning);
    else if (is(type, "tool_use"))
        open_call(state, reply, json);
}

static void add_args(struct anthropic *state, struct reply *reply, int64_t index,
                     const json_t *piece)
{
    const char *text = json_string_value(piece);
    size_t len = json_string_length(piece);
    int label = find_label(state, index);
    bool is_current = state->block.json && state->block.index == index;
    if (len == 0)
        return;
    if (label >= 0)
        reply_call_args(reply, state->labels[label].call, text, len);
    else if (state->block.args.len + len > REPLY_ARGS_MAX)
        reply_fail(reply, RN_ELIMIT, "a block's input is longer than 16 MiB", "", 0, false);
    else if (is_current)
        buf_add(&state->block.args, text, len);
    state->block.has_args |= is_current;
}

/* A signature comes in one piece; a second one stands instead of the first. */
static void add_signature(struct anthropic *state, int64_t index, json_t *signature)
{
    if (is(json_get_text(state->block.json, "type"), "thinking") && state->block.index == index)
        json_object_set(state->block.json, "signature", signature);
}

static void add_delta(struct anthropic *state, struct reply *reply, int64_t index,
                      const json_t *delta)
{
    const char *type = json_get_text(delta, "type");
    if (is(type, "text_delta"))
        add_text(state, reply, delta);
    else if (is(type, "thinking_delta"))
        reply_string(reply, json_object_get(delta, "thinking"), reply_reasoning);
    else if (is(type, "signature_delta"))
        add_signature(state, index, json_object_get(delta, "signature"));
    else if (is(type, "input_json_delta"))
        add_args(state, reply, index, json_object_get(delta, "partial_json"));
}

static void stop_block(struct anthropic *state, struct reply *reply, int64_t index)
{
    int label = find_label(state, index);
    if (state->block.index == index)
        settle(state, reply);
    if (label < 0)
        return;
    reply_call_close(reply, state->labels[label].call);
    state->labels[label] = state->labels[--state->label_count];
}

/* ---- What is said of the answer ---- */

/* Counts come twice and are levels: one that is said again stands instead of the earlier. */
static void keep_count(int64_t *count, const json_t *usage, const char *key)
{
    int64_t said = json_get_count(usage, key);
    if (said >= 0)
        *count = said;
}

static void add_usage(struct anthropic *state, struct reply *reply, const json_t *usage)
{
    const json_t *details = json_object_get(usage, "output_tokens_details");
    if (!json_is_object(usage))
        return;
    keep_count(&state->input, usage, "input_tokens");
    keep_count(&state->cached, usage, "cache_read_input_tokens");
    keep_count(&state->cache_write, usage, "cache_creation_input_tokens");
    rn_usage count = {.input = state->input,
                      .output = json_get_count(usage, "output_tokens"),
                      .cached = state->cached,
                      .cache_write = state->cache_write,
                      .reasoning = json_get_count(details, "thinking_tokens"),
                      .cost = -1};
    if (count.input >= 0 && count.cached > 0)
        count.input += count.cached;
    if (count.input >= 0 && count.cache_write > 0)
        count.input += count.cache_write;
    reply_usage(reply, &count);
}

static void add_reason(struct anthropic *state, const json_t *said)
{
    const char *reason = json_get_text(said, "stop_reason");
    json_t *explanation = json_object_get(json_object_get(said, "stop_details"), "explanation");
    if (*reason) {
        free(state->reason);
        state->reason = xstrdup(reason);
    }
    if (json_string_length(explanation) > 0) {
        json_decref(state->explanation);
        state->explanation = json_incref(explanation);
    }
}

/* Gateways repeat the start, which is harmless; that of another message means that their upstream has
 * begun anew, and the two must not be mixed. */
static void start(struct anthropic *state, struct reply *reply, const json_t *message)
{
    const char *id = json_get_text(message, "id");
    if (!state->id) {
        state->id = xstrdup(id);
        reply_start(reply, id, json_get_text(message, "model"));
        add_usage(state, reply, json_object_get(message, "usage"));
    } else if (!is(state->id, id)) {
        reply_fail(reply, RN_EPROTOCOL, "a second answer began in the middle of the first", "", 0,
                   true);
    }
}

/* ---- The end ---- */

static const struct {
    const char *raw, *reason;
} reasons[] = {
    {"end_turn", "stop"},       {"stop_sequence", "stop"},
    {"max_tokens", "length"},   {"model_context_window_exceeded", "length"},
    {"tool_use", "tool_calls"}, {"refusal", "refusal"},
    {"pause_turn", "pause"},
};

/* Why the server's filter stopped the answer, apart from what the model had said until then. */
static void add_explanation(struct anthropic *state, struct reply *reply)
{
    size_t len = json_string_length(state->explanation);
    if (len > 0 && state->has_text)
        reply_refusal(reply, "\n\n", 2);
    if (len > 0)
        reply_refusal(reply, json_string_value(state->explanation), len);
}

static void finish(struct anthropic *state, struct reply *reply)
{
    const char *raw = state->reason ? state->reason : "";
    const char *reason = *raw ? "other" : NULL;
    settle(state, reply);
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (is(reasons[i].raw, raw))
            reason = reasons[i].reason;
    if (is(raw, "refusal"))
        add_explanation(state, reply);
    reply_finish(reply, reason, raw);
}

/* ---- Payloads ---- */

static void block_payload(struct anthropic *state, struct reply *reply, const char *type,
                          const json_t *tree)
{
    int64_t index = json_get_number(tree, "index", NO_INDEX);
    reply_start(reply, "", ""); /* of a gateway that leaves message_start out */
    if (is(type, "content_block_start"))
        start_block(state, reply, index, json_object_get(tree, "content_block"));
    else if (is(type, "content_block_delta"))
        add_delta(state, reply, index, json_object_get(tree, "delta"));
    else if (is(type, "content_block_stop"))
        stop_block(state, reply, index);
}

static void payload(void *user, struct reply *reply, const char *name, const json_t *tree)
{
    struct anthropic *state = user;
    const char *said = json_get_text(tree, "type"), *type = *said ? said : name;
    if (is(name, "error") || is(type, "error") || failure_is(tree)) {
        failure_from_payload(reply, tree); /* llama-server's is named so and not wrapped */
    } else if (is(type, "message_start")) {
        start(state, reply, json_object_get(tree, "message"));
    } else if (strncmp(type, "content_block_", strlen("content_block_")) == 0) {
        block_payload(state, reply, type, tree);
    } else if (is(type, "message_delta")) {
        add_reason(state, json_object_get(tree, "delta"));
        add_usage(state, reply, json_object_get(tree, "usage"));
    } else if (is(type, "message_stop")) {
        finish(state, reply);
    }
}

static void whole(void *user, struct reply *reply, const json_t *answer)
{
    struct anthropic *state = user;
    const json_t *content = json_object_get(answer, "content");
    size_t i;
    json_t *block;
    if (failure_is(answer)) {
        failure_from_payload(reply, answer);
        return;
    }
    if (!json_is_array(content)) {
        reply_fail(reply, RN_EPROTOCOL, "the response is JSON but holds no answer (no \"content\")",
                   "", 0, false);
        return;
    }
    start(state, reply, answer);
    json_array_foreach (content, i, block) {
        start_block(state, reply, (int64_t)i, block);
        stop_block(state, reply, (int64_t)i);
    }
    add_reason(state, answer);
    finish(state, reply);
}

static void end(void *user, struct reply *reply)
{
    struct anthropic *state = user;
    if (state->reason)
        finish(state, reply);
}

/* ---- What is not a conversation ---- */

static bool takes(const char *type, bool is_url)
{
    (void)is_url; /* either way */
    return anthropic_takes_image(type) || is(type, "application/pdf");
}

static void copy_field(json_t *model, const char *name, json_t *value)
{
    if (value)
        json_object_set(model, name, value);
}

static json_t *listed(const json_t *model)
{
    const json_t *can = json_object_get(model, "capabilities");
    json_t *json = json_pack("{s:o}", "name", json_text(json_get_text(model, "id")));
    copy_field(json, "title", json_object_get(model, "display_name"));
    copy_field(json, "context", json_object_get(model, "max_input_tokens"));
    copy_field(json, "output", json_object_get(model, "max_tokens"));
    copy_field(json, "images", json_object_get(json_object_get(can, "image_input"), "supported"));
    copy_field(json, "reasoning", json_object_get(json_object_get(can, "thinking"), "supported"));
    return json;
}

static json_t *models(const json_t *answer)
{
    const json_t *told = json_object_get(answer, "data");
    if (!json_is_array(told))
        return NULL;
    json_t *list = json_array(), *model;
    size_t i;
    json_array_foreach (told, i, model)
        if (*json_get_text(model, "id"))
            json_array_append_new(list, listed(model));
    return list;
}

static const char *const headers[] = {"anthropic-version: 2023-06-01", NULL};

const struct codec codec_anthropic = {
    .name = "anthropic",
    .path = "/v1/messages",
    .key_header = "x-api-key: ",
    .headers = headers,
    .framing = FRAMING_SSE,
    .encode = anthropic_encode,
    .amend = anthropic_amend,
    .state_new = state_new,
    .state_free = state_free,
    .payload = payload,
    .whole = whole,
    .end = end,
    .takes = takes,
    .models_path = "/v1/models?limit=1000",
    .models = models,
};
