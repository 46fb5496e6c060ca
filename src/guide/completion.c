/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer is cut into its pieces at once; both ways of sending it go through them, so that the pieces
 * joined are the whole, also where max_tokens ends it in the middle of a call.
 */
#include "guide/completion.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "guide/guide.h"
#include "guide/request.h"
#include "guide/wish.h"

/* A longer word is handed out in several pieces, as models do; a call's arguments in smaller ones. */
enum { PIECE_MAX = 24, ARGS_PIECE_MAX = 6 };

enum piece_kind { PIECE_TEXT, PIECE_CALL, PIECE_ARGS };

struct piece {
    enum piece_kind kind;
    size_t call;       /* of the answer's calls */
    const char *bytes; /* the answer's, as are */
    size_t len;        /* these; a PIECE_CALL has none */
};

struct completion {
    unsigned long number;
    json_int_t created;
    bool stream, usage; /* what the request asks for */
    size_t said;        /* pieces in the messages */
    size_t turn;        /* how many messages there are */
    struct buf text;
    struct wishes calls;
    struct piece *pieces;
    size_t count, cap;
    size_t done; /* pieces handed out */
    bool cut;    /* there would be more */
};

/* ---- Pieces ---- */

/* Not in the middle of a code point. */
static size_t cut_at(const char *text, size_t at)
{
    while (((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

/* A word with the blanks before it, never more than PIECE_MAX bytes. */
static size_t word_length(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && strchr(" \n", text[at]))
        at++;
    while (at < len && !strchr(" \n", text[at]))
        at++;
    return at <= PIECE_MAX ? at : cut_at(text, PIECE_MAX);
}

static size_t count_words(const char *text)
{
    size_t count = 0, len = strlen(text);
    for (size_t at = 0; at < len; count++)
        at += word_length(text + at, len - at);
    return count;
}

static void add_piece(struct completion *completion, struct piece piece)
{
    if (completion->count == completion->cap) {
        completion->cap = completion->cap ? 2 * completion->cap : 64;
        completion->pieces =
            xrealloc(completion->pieces, completion->cap * sizeof(*completion->pieces));
    }
    completion->pieces[completion->count++] = piece;
}

static void add_call(struct completion *completion, size_t call)
{
    const char *args = completion->calls.items[call].args;
    size_t left = strlen(args);
    add_piece(completion, (struct piece){PIECE_CALL, call, args, 0});
    while (left > 0) {
        size_t len = left <= ARGS_PIECE_MAX ? left : cut_at(args, ARGS_PIECE_MAX);
        add_piece(completion, (struct piece){PIECE_ARGS, call, args, len});
        args += len;
        left -= len;
    }
}

static void cut_answer(struct completion *completion, size_t limit)
{
    const struct buf *text = &completion->text;
    for (size_t at = 0, len; at < text->len; at += len) {
        len = word_length(text->data + at, text->len - at);
        add_piece(completion, (struct piece){PIECE_TEXT, 0, text->data + at, len});
    }
    for (size_t i = 0; i < completion->calls.count; i++)
        add_call(completion, i);
    completion->cut = limit && completion->count > limit;
    if (completion->cut)
        completion->count = limit;
}

/* ---- Making it ---- */

struct completion *completion_new(const char *body, size_t len, unsigned long number,
                                  struct error *error)
{
    struct request request = REQUEST_INIT;
    struct completion *completion = NULL;
    if (request_read(&request, body, len, error) == 0) {
        completion = xnew(struct completion);
        completion->number = number;
        completion->created = (json_int_t)time(NULL);
        completion->stream = request.stream;
        completion->usage = request.usage;
        completion->turn = request.talk.count;
        for (size_t i = 0; i < request.talk.count; i++)
            completion->said += count_words(request.talk.messages[i].content);
        guide_answer(&request.talk, &completion->text, &completion->calls);
        cut_answer(completion, request.limit);
    }
    request_clear(&request);
    return completion;
}

void completion_free(struct completion *completion)
{
    if (!completion)
        return;
    buf_clear(&completion->text);
    wishes_clear(&completion->calls);
    free(completion->pieces);
    free(completion);
}

bool completion_is_stream(const struct completion *completion)
{
    return completion->stream;
}

size_t completion_pieces(const struct completion *completion)
{
    return completion->count;
}

bool completion_is_over(const struct completion *completion)
{
    return completion->done == completion->count;
}

/* ---- What goes around it ---- */

static void add_json(struct buf *out, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    buf_adds(out, text);
    free(text);
    json_decref(json);
}

/* The fingerprint marks all figures as the guide's: they count pieces, at a pace that is simulated. */
static json_t *envelope(const struct completion *completion, const char *object, json_t *choices)
{
    char id[32];
    snprintf(id, sizeof(id), "chatcmpl-guide-%lu", completion->number);
    return json_pack("{s:s, s:s, s:I, s:s, s:s, s:o}", "id", id, "object", object, "created",
                     completion->created, "model", "guide", "system_fingerprint", "runnel-guide",
                     "choices", choices);
}

static json_t *usage_of(const struct completion *completion)
{
    json_int_t prompt = (json_int_t)completion->said, answer = (json_int_t)completion->count;
    return json_pack("{s:I, s:I, s:I, s:b}", "prompt_tokens", prompt, "completion_tokens", answer,
                     "total_tokens", prompt + answer, "estimated", 1);
}

static const char *reason_of(const struct completion *completion)
{
    if (completion->cut)
        return "length";
    return completion->calls.count > 0 ? "tool_calls" : "stop";
}

/* An id that no other call of the conversation has, and the same for the same conversation. */
static json_t *call_head(const struct completion *completion, size_t call, const char *args,
                         size_t len)
{
    char id[48];
    snprintf(id, sizeof(id), "call_guide_%zu_%zu", completion->turn, call + 1);
    return json_pack("{s:s, s:s, s:{s:s, s:s%}}", "id", id, "type", "function", "function", "name",
                     completion->calls.items[call].tool, "arguments", args, len);
}

/* ---- In pieces ---- */

static void add_event(struct buf *out, json_t *json)
{
    buf_adds(out, "data: ");
    add_json(out, json);
    buf_adds(out, "\n\n");
}

static void add_chunk(const struct completion *completion, struct buf *out, json_t *delta,
                      const char *reason)
{
    json_t *choices =
        json_pack("[{s:i, s:o, s:s?}]", "index", 0, "delta", delta, "finish_reason", reason);
    add_event(out, envelope(completion, "chat.completion.chunk", choices));
}

static json_t *delta_of(const struct completion *completion, const struct piece *piece)
{
    json_t *call;
    if (piece->kind == PIECE_TEXT)
        return json_pack("{s:s%}", "content", piece->bytes, piece->len);
    if (piece->kind == PIECE_CALL)
        call = call_head(completion, piece->call, "", 0);
    else
        call = json_pack("{s:{s:s%}}", "function", "arguments", piece->bytes, piece->len);
    json_object_set_new(call, "index", json_integer((json_int_t)piece->call));
    return json_pack("{s:[o]}", "tool_calls", call);
}

static void add_end(const struct completion *completion, struct buf *out)
{
    add_chunk(completion, out, json_object(), reason_of(completion));
    if (completion->usage) {
        json_t *chunk = envelope(completion, "chat.completion.chunk", json_array());
        json_object_set_new(chunk, "usage", usage_of(completion));
        add_event(out, chunk);
    }
    buf_adds(out, "data: [DONE]\n\n");
}

void completion_next(struct completion *completion, struct buf *out)
{
    if (completion_is_over(completion))
        return;
    if (completion->done == 0)
        add_chunk(completion, out, json_pack("{s:s, s:s}", "role", "assistant", "content", ""),
                  NULL);
    add_chunk(completion, out, delta_of(completion, &completion->pieces[completion->done]), NULL);
    completion->done++;
    if (completion_is_over(completion))
        add_end(completion, out);
}

/* ---- Whole ---- */

/* The bytes of one call's arguments, as many as there are. */
static size_t args_length(const struct completion *completion, size_t call)
{
    size_t len = 0;
    for (size_t i = 0; i < completion->count; i++) {
        const struct piece *piece = &completion->pieces[i];
        len += piece->kind == PIECE_ARGS && piece->call == call ? piece->len : 0;
    }
    return len;
}

static json_t *message_of(const struct completion *completion)
{
    json_t *calls = json_array();
    size_t text = 0;
    for (size_t i = 0; i < completion->count; i++) {
        const struct piece *piece = &completion->pieces[i];
        text += piece->kind == PIECE_TEXT ? piece->len : 0;
        if (piece->kind == PIECE_CALL)
            json_array_append_new(calls, call_head(completion, piece->call, piece->bytes,
                                                   args_length(completion, piece->call)));
    }
    json_t *message =
        json_pack("{s:s, s:s%}", "role", "assistant", "content", buf_str(&completion->text), text);
    if (json_array_size(calls) > 0)
        json_object_set(message, "tool_calls", calls);
    json_decref(calls);
    return message;
}

void completion_whole(const struct completion *completion, struct buf *out)
{
    json_t *choices = json_pack("[{s:i, s:o, s:s}]", "index", 0, "message", message_of(completion),
                                "finish_reason", reason_of(completion));
    json_t *root = envelope(completion, "chat.completion", choices);
    json_object_set_new(root, "usage", usage_of(completion));
    add_json(out, root);
}

/* ---- Other answers ---- */

void completion_error(struct buf *out, const char *type, const char *message)
{
    /* The parser quotes the bytes that it stumbled over. */
    struct buf clean = BUF_INIT;
    utf8_add_clean(&clean, message, strlen(message));
    add_json(out, json_pack("{s:{s:s, s:s, s:n, s:n}}", "error", "message", buf_str(&clean), "type",
                            type, "param", "code"));
    buf_clear(&clean);
}

void completion_models(struct buf *out)
{
    add_json(out, json_pack("{s:s, s:[{s:s, s:s, s:i, s:s}]}", "object", "list", "data", "id",
                            "guide", "object", "model", "created", 0, "owned_by", "runnel"));
}
