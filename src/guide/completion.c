/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/completion.h"

#include <jansson.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "guide/guide.h"

/* A longer word is handed out in several pieces, as models do. */
enum { PIECE_MAX = 24 };

struct completion {
    unsigned long number;
    json_int_t created;
    bool stream, usage; /* what the request asks for */
    size_t limit;       /* of pieces; 0: none */
    size_t prompt;      /* pieces in the messages */
    struct buf answer;
    size_t pieces;       /* the answer is cut to this many */
    size_t done, offset; /* pieces handed out, and where the next one begins */
    bool cut;
};

/* A word with the blanks before it, never more than PIECE_MAX bytes, code points whole. */
static size_t piece_length(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && strchr(" \n", text[at]))
        at++;
    while (at < len && !strchr(" \n", text[at]))
        at++;
    if (at <= PIECE_MAX)
        return at;
    at = PIECE_MAX;
    while (((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static size_t count_pieces(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t at = 0; at < len; count++)
        at += piece_length(text + at, len - at);
    return count;
}

/* A content is a string, or parts of which the text ones count. */
static int read_content(const json_t *content, struct buf *text)
{
    if (json_is_string(content))
        buf_add(text, json_string_value(content), json_string_length(content));
    if (!json_is_array(content))
        return !content || json_is_null(content) || json_is_string(content) ? 0 : -1;
    size_t i;
    json_t *part;
    json_array_foreach (content, i, part) {
        const char *words = json_string_value(json_object_get(part, "text"));
        if (words)
            buf_adds(text, words);
    }
    return 0;
}

static int read_message(const json_t *json, struct guide_message *message, struct error *error)
{
    struct buf text = BUF_INIT;
    message->role = json_string_value(json_object_get(json, "role"));
    if (!message->role)
        return error_set(error, RN_EPROTOCOL, "a message without a role");
    if (read_content(json_object_get(json, "content"), &text) < 0)
        return error_set(error, RN_EPROTOCOL, "a message's content is neither text nor parts");
    message->content = xstrdup(buf_str(&text));
    buf_clear(&text);
    return 0;
}

static int read_messages(const json_t *list, struct completion *completion, struct error *error)
{
    size_t count = json_array_size(list), read = 0;
    if (!count)
        return error_set(error, RN_EPROTOCOL, "messages must be a list with at least one message");
    struct guide_message *messages = xcalloc(count, sizeof(*messages));
    while (read < count && read_message(json_array_get(list, read), &messages[read], error) == 0)
        read++;
    if (read == count)
        guide_answer(messages, count, &completion->answer);
    for (size_t i = 0; i < read; i++) {
        completion->prompt += count_pieces(messages[i].content, strlen(messages[i].content));
        free((char *)messages[i].content);
    }
    free(messages);
    return read == count ? 0 : -1;
}

static int read_limit(const json_t *root, const char *name, size_t *limit, struct error *error)
{
    const json_t *value = json_object_get(root, name);
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 1)
        return error_set(error, RN_EPROTOCOL, "%s must be a number above 0", name);
    *limit = (size_t)json_integer_value(value);
    return 0;
}

static int read_request(const json_t *root, struct completion *completion, struct error *error)
{
    const json_t *stream = json_object_get(root, "stream");
    if (stream && !json_is_boolean(stream) && !json_is_null(stream))
        return error_set(error, RN_EPROTOCOL, "stream must be true or false");
    completion->stream = json_is_true(stream);
    const json_t *options = json_object_get(root, "stream_options");
    completion->usage = json_is_true(json_object_get(options, "include_usage"));
    if (read_limit(root, "max_tokens", &completion->limit, error) < 0 ||
        read_limit(root, "max_completion_tokens", &completion->limit, error) < 0)
        return -1;
    return read_messages(json_object_get(root, "messages"), completion, error);
}

/* Cut the answer to what the request allows. */
static void cut_answer(struct completion *completion)
{
    size_t at = 0;
    while (at < completion->answer.len) {
        completion->cut = completion->limit && completion->pieces == completion->limit;
        if (completion->cut)
            break;
        at += piece_length(completion->answer.data + at, completion->answer.len - at);
        completion->pieces++;
    }
    completion->answer.len = at;
}

struct completion *completion_new(const char *body, size_t len, unsigned long number,
                                  struct error *error)
{
    json_error_t why;
    json_t *root = json_loadb(body, len, 0, &why);
    if (!json_is_object(root)) {
        error_set(error, RN_EPROTOCOL, "the body is no JSON object%s%s", root ? "" : ": ",
                  root ? "" : why.text);
        json_decref(root);
        return NULL;
    }
    struct completion *completion = xnew(struct completion);
    completion->number = number;
    completion->created = (json_int_t)time(NULL);
    int result = read_request(root, completion, error);
    json_decref(root);
    if (result < 0) {
        completion_free(completion);
        return NULL;
    }
    cut_answer(completion);
    return completion;
}

void completion_free(struct completion *completion)
{
    if (!completion)
        return;
    buf_clear(&completion->answer);
    free(completion);
}

bool completion_is_stream(const struct completion *completion)
{
    return completion->stream;
}

size_t completion_pieces(const struct completion *completion)
{
    return completion->pieces;
}

bool completion_is_over(const struct completion *completion)
{
    return completion->done == completion->pieces;
}

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
    json_int_t prompt = (json_int_t)completion->prompt, answer = (json_int_t)completion->pieces;
    return json_pack("{s:I, s:I, s:I, s:b}", "prompt_tokens", prompt, "completion_tokens", answer,
                     "total_tokens", prompt + answer, "estimated", 1);
}

static const char *reason_of(const struct completion *completion)
{
    return completion->cut ? "length" : "stop";
}

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
    const char *piece = completion->answer.data + completion->offset;
    size_t len = piece_length(piece, completion->answer.len - completion->offset);
    add_chunk(completion, out, json_pack("{s:s%}", "content", piece, len), NULL);
    completion->offset += len;
    completion->done++;
    if (completion_is_over(completion))
        add_end(completion, out);
}

void completion_whole(const struct completion *completion, struct buf *out)
{
    const struct buf *answer = &completion->answer;
    json_t *message =
        json_pack("{s:s, s:s%}", "role", "assistant", "content", answer->data, answer->len);
    json_t *choices = json_pack("[{s:i, s:o, s:s}]", "index", 0, "message", message,
                                "finish_reason", reason_of(completion));
    json_t *root = envelope(completion, "chat.completion", choices);
    json_object_set_new(root, "usage", usage_of(completion));
    add_json(out, root);
}

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
