/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OpenAI's Responses wire.  An answer is a list of items (thoughts, messages, calls), whose text comes
 * in pieces and then again as a whole, up to four times.  A whole answer is the same items, each with
 * nothing heard before.
 */
#include "llm/codec.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/failure.h"
#include "llm/openai_request.h"
#include "llm/reply.h"
#include "llm/responses_input.h"
#include "llm/responses_item.h"
#include "llm/responses_request.h"

/* A part of an item, by the item's number. */
struct place {
    int item;
    enum piece piece;
    int64_t part;
};

struct responses {
    struct items items;
    struct place thought; /* what was thought last; item ITEM_NONE: nothing yet */
    int speaker;          /* the message that spoke last; ITEM_NONE */
};

static void *state_new(void)
{
    struct responses *state = xnew(struct responses);
    state->thought.item = state->speaker = ITEM_NONE;
    return state;
}

static void state_free(void *user)
{
    struct responses *state = user;
    if (!state)
        return;
    items_clear(&state->items);
    free(state);
}

/* ---- Items ---- */

static int64_t index_of(const json_t *payload)
{
    return json_get_number(payload, "output_index", ITEM_NONE);
}

static int open_item(struct responses *state, struct reply *reply, enum item_kind kind,
                     int64_t index)
{
    int number = items_open(&state->items, kind, index);
    if (number == ITEM_NONE)
        reply_fail(reply, RN_ELIMIT, "the answer has more than 1024 items", "", 0, false);
    return number;
}

/* Take in what an item says of itself; false when the reply takes no more calls. */
static bool name_item(struct reply *reply, struct item *item, const json_t *told)
{
    const char *id = json_get_text(told, "id"), *call_id = json_get_text(told, "call_id");
    const char *name = json_get_text(told, "name");
    item_tell(item, id, call_id);
    if (item->kind != ITEM_CALL)
        return true;
    if (item->call == ITEM_NONE)
        item->call = reply_call_open(reply, *call_id ? call_id : id, name);
    else if (*name && !reply_call_has_tool(reply, item->call))
        reply_call_name(reply, item->call, call_id, name);
    return item->call != ITEM_NONE;
}

/* An item that is announced is new, unless its pieces came before it. */
static void begin_item(struct responses *state, struct reply *reply, const json_t *payload)
{
    const json_t *told = json_object_get(payload, "item");
    enum item_kind kind;
    if (!item_kind_of(told, &kind))
        return;
    int number = items_find_told(&state->items, kind, index_of(payload), item_name(told));
    if (number == ITEM_NONE)
        number = open_item(state, reply, kind, index_of(payload));
    if (number != ITEM_NONE)
        name_item(reply, &state->items.list[number], told);
}

/* ---- Pieces ---- */

/* Thoughts are apart by a blank line, and so are messages. */
static void separate(struct responses *state, struct reply *reply, const struct place *place)
{
    const struct place *last = &state->thought;
    if (place->piece == PIECE_SUMMARY || place->piece == PIECE_THOUGHT) {
        if (last->item != ITEM_NONE &&
            (last->item != place->item || last->piece != place->piece || last->part != place->part))
            reply_reasoning(reply, "\n\n", 2);
        state->thought = *place;
    } else if (place->piece != PIECE_ARGUMENTS) {
        if (state->speaker != ITEM_NONE && state->speaker != place->item)
            reply_text(reply, "\n\n", 2);
        state->speaker = place->item;
    }
}

static void say(struct reply *reply, enum piece piece, int call, const char *text, size_t len)
{
    switch (piece) {
    case PIECE_TEXT:
        reply_text(reply, text, len);
        break;
    case PIECE_REFUSAL:
        reply_refusal(reply, text, len);
        break;
    case PIECE_ARGUMENTS:
        reply_call_args(reply, call, text, len);
        break;
    default:
        reply_reasoning(reply, text, len);
    }
}

static void hear(struct responses *state, struct reply *reply, const struct place *place,
                 const char *text, size_t len)
{
    struct item *item = &state->items.list[place->item];
    if (len == 0)
        return;
    item_hear(item, place->piece, place->part);
    separate(state, reply, place);
    say(reply, place->piece, item->call, text, len);
}

/* The whole of a part, which counts where nothing of it came before. */
static void hear_whole(struct responses *state, struct reply *reply, const struct place *place,
                       const json_t *value)
{
    struct buf args = BUF_INIT;
    if (item_has_heard(&state->items.list[place->item], place->piece, place->part))
        return;
    if (place->piece == PIECE_ARGUMENTS && json_is_object(value)) {
        json_add_value(&args, value);
        hear(state, reply, place, args.data, args.len);
    } else {
        hear(state, reply, place, json_string_value(value), json_string_length(value));
    }
    buf_clear(&args);
}

/* The payloads that bring pieces: where each says which part it is of, and what. */
static const struct {
    const char *type;
    enum item_kind kind;
    enum piece piece;
    const char *part, *text;
    bool is_whole;
} pieces[] = {
    {"response.output_text.delta", ITEM_MESSAGE, PIECE_TEXT, "content_index", "delta", false},
    {"response.output_text.done", ITEM_MESSAGE, PIECE_TEXT, "content_index", "text", true},
    {"response.refusal.delta", ITEM_MESSAGE, PIECE_REFUSAL, "content_index", "delta", false},
    {"response.refusal.done", ITEM_MESSAGE, PIECE_REFUSAL, "content_index", "refusal", true},
    {"response.reasoning_summary_text.delta", ITEM_REASONING, PIECE_SUMMARY, "summary_index",
     "delta", false},
    {"response.reasoning_summary_text.done", ITEM_REASONING, PIECE_SUMMARY, "summary_index", "text",
     true},
    {"response.reasoning_text.delta", ITEM_REASONING, PIECE_THOUGHT, "content_index", "delta",
     false},
    {"response.reasoning_text.done", ITEM_REASONING, PIECE_THOUGHT, "content_index", "text", true},
    {"response.function_call_arguments.delta", ITEM_CALL, PIECE_ARGUMENTS, "", "delta", false},
    {"response.function_call_arguments.done", ITEM_CALL, PIECE_ARGUMENTS, "", "arguments", true},
};

/* The item a piece belongs to, opened if nothing has been told of it. */
static int item_of_piece(struct responses *state, struct reply *reply, enum item_kind kind,
                         const json_t *payload)
{
    int64_t index = index_of(payload);
    int number = items_find(&state->items, kind, index, json_get_text(payload, "item_id"));
    if (number == ITEM_NONE)
        number = open_item(state, reply, kind, index);
    if (number == ITEM_NONE || kind != ITEM_CALL)
        return number;
    struct item *item = &state->items.list[number];
    if (item->call == ITEM_NONE) /* held back until it has a name */
        item->call = reply_call_open(reply, "", "");
    return item->call == ITEM_NONE ? ITEM_NONE : number;
}

static bool add_piece(struct responses *state, struct reply *reply, const char *type,
                      const json_t *payload)
{
    size_t i = 0, count = sizeof(pieces) / sizeof(pieces[0]);
    while (i < count && strcmp(pieces[i].type, type) != 0)
        i++;
    if (i == count)
        return false;
    const json_t *text = json_object_get(payload, pieces[i].text);
    struct place place = {.item = item_of_piece(state, reply, pieces[i].kind, payload),
                          .piece = pieces[i].piece,
                          .part = json_get_number(payload, pieces[i].part, 0)};
    if (place.item == ITEM_NONE)
        return true;
    if (pieces[i].is_whole)
        hear_whole(state, reply, &place, text);
    else
        hear(state, reply, &place, json_string_value(text), json_string_length(text));
    return true;
}

/* ---- Items that are whole ---- */

static void end_message(struct responses *state, struct reply *reply, int number,
                        const json_t *item)
{
    const json_t *content = json_object_get(item, "content"), *phase;
    size_t i;
    json_t *part;
    if (json_is_string(content))
        hear_whole(state, reply, &(struct place){number, PIECE_TEXT, 0}, content);
    json_array_foreach (content, i, part) {
        hear_whole(state, reply, &(struct place){number, PIECE_TEXT, (int64_t)i},
                   json_object_get(part, "text"));
        hear_whole(state, reply, &(struct place){number, PIECE_REFUSAL, (int64_t)i},
                   json_object_get(part, "refusal"));
    }
    phase = json_object_get(item, "phase");
    if (json_string_length(phase) > 0)
        reply_opaque_item(reply, "phase", phase, json_get_text(item, "id"));
}

/* What is encrypted is final here only: the item began with one that was not finished. */
static void end_reasoning(struct responses *state, struct reply *reply, int number,
                          const json_t *item)
{
    const json_t *secret = json_object_get(item, "encrypted_content");
    size_t i;
    json_t *part;
    json_array_foreach (json_object_get(item, "summary"), i, part)
        hear_whole(state, reply, &(struct place){number, PIECE_SUMMARY, (int64_t)i},
                   json_object_get(part, "text"));
    json_array_foreach (json_object_get(item, "content"), i, part)
        hear_whole(state, reply, &(struct place){number, PIECE_THOUGHT, (int64_t)i},
                   json_object_get(part, "text"));
    if (json_string_length(secret) > 0)
        reply_opaque_item(reply, "encrypted_content", secret, json_get_text(item, "id"));
}

static void end_call(struct responses *state, struct reply *reply, int number, const json_t *item)
{
    hear_whole(state, reply, &(struct place){number, PIECE_ARGUMENTS, 0},
               json_object_get(item, "arguments"));
    reply_call_close(reply, state->items.list[number].call);
}

/* The item that is done; opened when it comes all at once. */
static int item_of_done(struct responses *state, struct reply *reply, enum item_kind kind,
                        int64_t index, const json_t *told)
{
    const char *name = item_name(told);
    int number = items_find(&state->items, kind, index, name);
    const struct item *item = number == ITEM_NONE ? NULL : &state->items.list[number];
    bool is_another = item && item->is_done && !item_is_named(item, name);
    return !item || is_another ? open_item(state, reply, kind, index) : number;
}

static void end_item(struct responses *state, struct reply *reply, int64_t index,
                     const json_t *item)
{
    static void (*const end[])(struct responses *, struct reply *, int, const json_t *) = {
        [ITEM_MESSAGE] = end_message, [ITEM_REASONING] = end_reasoning, [ITEM_CALL] = end_call};
    enum item_kind kind;
    if (!item_kind_of(item, &kind))
        return;
    int number = item_of_done(state, reply, kind, index, item);
    if (number == ITEM_NONE || state->items.list[number].is_done ||
        !name_item(reply, &state->items.list[number], item))
        return;
    end[kind](state, reply, number, item);
    state->items.list[number].is_done = true;
}

/* ---- The response ---- */

static void add_usage(struct reply *reply, const json_t *usage)
{
    const json_t *in = json_object_get(usage, "input_tokens_details");
    const json_t *out = json_object_get(usage, "output_tokens_details");
    const json_t *cost = json_object_get(usage, "cost"); /* OpenRouter's */
    if (!json_is_object(usage))
        return;
    reply_usage(reply, &(rn_usage){.input = json_get_count(usage, "input_tokens"),
                                   .output = json_get_count(usage, "output_tokens"),
                                   .cached = json_get_count(in, "cached_tokens"),
                                   .cache_write = -1,
                                   .reasoning = json_get_count(out, "reasoning_tokens"),
                                   .cost = json_is_number(cost) ? json_number_value(cost) : -1});
}

static void add_output(struct responses *state, struct reply *reply, const json_t *response)
{
    size_t i;
    json_t *item;
    json_array_foreach (json_object_get(response, "output"), i, item)
        end_item(state, reply, (int64_t)i, item);
}

static bool is_end(const char *status)
{
    static const char *const ends[] = {"completed", "incomplete", "failed", "cancelled"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (strcmp(status, ends[i]) == 0)
            return true;
    return false;
}

/* Gateways end with response.completed whatever the response itself says that it is. */
static const char *status_of(const json_t *response, const char *event)
{
    const char *told = json_get_text(response, "status");
    return strcmp(event, "completed") == 0 && is_end(told) ? told : event;
}

/* There is no finish reason but for what is not complete. */
static void end_response(struct reply *reply, const json_t *response, const char *status)
{
    const char *why = json_get_text(json_object_get(response, "incomplete_details"), "reason");
    add_usage(reply, json_object_get(response, "usage"));
    if (strcmp(status, "failed") == 0)
        failure_from_payload(reply, response);
    else if (strcmp(why, "max_output_tokens") == 0)
        reply_finish(reply, "length", why);
    else if (strcmp(why, "content_filter") == 0)
        reply_finish(reply, "content_filter", why);
    else if (*why || strcmp(status, "completed") != 0)
        reply_finish(reply, "other", *why ? why : status);
    else
        reply_finish(reply, NULL, status);
}

static bool is_chat(const json_t *tree)
{
    return strncmp(json_get_text(tree, "object"), "chat.completion", 15) == 0 ||
           json_is_array(json_object_get(tree, "choices"));
}

/* What is no answer at all, in a stream or whole; false when it may be one. */
static bool fail_plainly(struct reply *reply, const json_t *tree)
{
    if (is_chat(tree) && !failure_is(tree)) {
        reply_fail(reply, RN_EPROTOCOL,
                   "this server answers /responses with chat completions: use wire = openai", "", 0,
                   false);
        return true;
    }
    if (failure_is(tree)) /* llama-server's, without a type */
        failure_from_payload(reply, tree);
    return failure_is(tree);
}

static void start(struct reply *reply, const json_t *response)
{
    reply_start(reply, json_get_text(response, "id"), json_get_text(response, "model"));
}

/* ---- A stream ---- */

static void add_event(struct responses *state, struct reply *reply, const char *type,
                      const json_t *payload)
{
    const json_t *response = json_object_get(payload, "response");
    const char *event = type + strlen("response.");
    start(reply, response);
    if (strcmp(type, "response.output_item.added") == 0) {
        begin_item(state, reply, payload);
    } else if (strcmp(type, "response.output_item.done") == 0) {
        end_item(state, reply, index_of(payload), json_object_get(payload, "item"));
    } else if (!add_piece(state, reply, type, payload) && is_end(event)) {
        if (state->items.count == 0) /* a server that says all at once */
            add_output(state, reply, response);
        end_response(reply, response, status_of(response, event));
    }
}

/* An error's fields are documented to stand beside its type; in live traffic they are in an object,
 * and response.failed follows with the same. */
static void payload(void *state, struct reply *reply, const char *name, const json_t *tree)
{
    const char *type = json_get_text(tree, "type");
    if (!*type)
        type = name;
    if (strcmp(type, "error") == 0)
        failure_from_payload(reply, tree);
    else if (!fail_plainly(reply, tree) && strncmp(type, "response.", 9) == 0)
        add_event(state, reply, type, tree);
}

/* ---- A whole answer ---- */

static void whole(void *state, struct reply *reply, const json_t *answer)
{
    const char *status = json_get_text(answer, "status");
    if (!json_is_array(json_object_get(answer, "output"))) {
        if (!fail_plainly(reply, answer))
            reply_fail(reply, RN_EPROTOCOL,
                       "the response is JSON but holds no answer (no \"output\")", "", 0, false);
        return;
    }
    start(reply, answer);
    add_output(state, reply, answer);
    end_response(reply, answer, *status ? status : "completed");
}

const struct codec codec_responses = {
    .name = "responses",
    .path = "/responses",
    .key_header = "Authorization: Bearer ",
    .framing = FRAMING_SSE,
    .encode = responses_encode,
    .amend = responses_amend,
    .state_new = state_new,
    .state_free = state_free,
    .payload = payload,
    .whole = whole,
    .takes = responses_takes,
    .models_path = "/models",
    .models = openai_models,
};
