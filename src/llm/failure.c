/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "llm/duration.h"
#include "llm/reply.h"

enum { EXCERPT_MAX = 500, MESSAGE_MAX = 4000 };

/* ---- Is it worth another try? ---- */

static bool is_retryable_status(long status)
{
    return status == 408 || status == 409 || status == 429 || status >= 500;
}

static bool contains_any(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcasestr(text, *words))
            return true;
    return false;
}

/* A limit that waiting does not lift. */
static bool is_final_word(const char *code)
{
    static const char *const words[] = {"insufficient_quota", "spend_limit", NULL};
    return contains_any(code, words);
}

/* Gemini's limits by the day count as such too. */
static bool is_final_quota(const json_t *detail)
{
    size_t i;
    json_t *violation;
    json_array_foreach (json_object_get(detail, "violations"), i, violation)
        if (strstr(json_get_text(violation, "quotaId"), "PerDay"))
            return true;
    return false;
}

static bool is_retryable_word(const char *code)
{
    static const char *const words[] = {
        "overloaded", "api_error",   "server_error", "rate_limit",         "timeout",
        "timed out",  "unavailable", "internal",     "resource_exhausted", NULL};
    return contains_any(code, words);
}

/* ---- What does it say? ---- */

struct found {
    struct buf message;
    char number[24];
    const char *code, *type; /* the provider's own, borrowed from the tree or from number */
    long status;             /* a number that can be judged like an HTTP status; 0: none */
    bool is_final;           /* waiting is of no use */
    int64_t wait;            /* ms that the provider asks to wait; -1: it does not say */
};

#define FOUND_INIT                         \
    {                                      \
        .code = "", .type = "", .wait = -1 \
    }

/* A string or a number under a key, as text; "" for neither. */
static const char *text_or_number(const json_t *object, const char *key, char *room, size_t size)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value))
        return json_get_text(object, key);
    snprintf(room, size, "%lld", (long long)json_integer_value(value));
    return room;
}

static void find_code(struct found *found, const json_t *object)
{
    long status = 0;
    found->code = text_or_number(object, "code", found->number, sizeof(found->number));
    found->type = json_get_text(object, "type");
    status = strtol(found->code, NULL, 10);
    if (status == 0)
        status = (long)json_get_number(object, "status_code", 0);
    found->status = status >= 400 && status <= 599 ? status : 0;
    if (found->code == found->number && *json_get_text(object, "status"))
        found->code = json_get_text(object, "status"); /* Google's word, beside the number */
    if (!*found->code)
        found->code = found->type;
    found->is_final |= is_final_word(found->code) || is_final_word(found->type);
}

/* What stands beside the message: Google's list of typed details, Anthropic's one object. */
static void find_details(struct found *found, const json_t *details)
{
    size_t i;
    json_t *detail;
    found->is_final |= is_final_word(json_get_text(details, "error_code"));
    json_array_foreach (details, i, detail) {
        const char *delay = json_get_text(detail, "retryDelay");
        const char *reason = json_get_text(detail, "reason");
        if (*delay)
            found->wait = duration_read(delay);
        if (strcmp(reason, "API_KEY_INVALID") == 0)
            found->code = reason; /* the status is that of any bad request */
        found->is_final |= is_final_quota(detail);
    }
}

static void find_in_object(struct found *found, const json_t *error)
{
    const char *message = json_get_text(error, "message");
    const char *raw = json_get_text(json_object_get(error, "metadata"), "raw");
    buf_adds(&found->message, message);
    if (*raw && strcmp(message, "Provider returned error") == 0) /* OpenRouter's */
        buf_addf(&found->message, " (%s)", raw);
    find_code(found, error);
    find_details(found, json_object_get(error, "details"));
}

/* FastAPI's form: a text, or a list of what is wrong with which field. */
static void find_detail(struct found *found, const json_t *detail)
{
    if (json_is_string(detail))
        buf_adds(&found->message, json_string_value(detail));
    else if (detail)
        json_add_value(&found->message, detail);
}

/* Where an error stands: {"error":...}, [{"error":...}] (Gemini's) or {"choices":[{"error":...}]}. */
static const json_t *error_of(const json_t *tree)
{
    const json_t *object = json_is_array(tree) ? json_array_get(tree, 0) : tree;
    const json_t *error = json_object_get(object, "error");
    const json_t *choice = json_array_get(json_object_get(object, "choices"), 0);
    if (!json_is_object(error) && json_string_length(error) == 0)
        error = json_object_get(choice, "error");
    return json_is_object(error) || json_string_length(error) > 0 ? error : NULL;
}

static void find(struct found *found, const json_t *tree)
{
    const json_t *error = error_of(tree);
    if (json_is_object(error)) {
        find_in_object(found, error);
    } else if (error) { /* xAI's: a text, with a code beside it */
        buf_adds(&found->message, json_string_value(error));
        find_code(found, tree);
    } else if (json_is_string(tree)) {
        buf_adds(&found->message, json_string_value(tree));
    } else {
        find_in_object(found, tree);
        if (found->message.len == 0)
            find_detail(found, json_object_get(tree, "detail"));
    }
}

static void fail(struct reply *reply, enum rn_status code, struct found *found, int http,
                 bool retryable)
{
    if (found->message.len > MESSAGE_MAX) {
        buf_drop_end(&found->message, found->message.len - MESSAGE_MAX);
        buf_drop_end(&found->message, utf8_cut(found->message.data, found->message.len));
        buf_adds(&found->message, "...");
    }
    reply_wait(reply, found->wait);
    reply_fail(reply, code, found->message.data, found->code, http, retryable && !found->is_final);
    buf_clear(&found->message);
}

bool failure_is(const json_t *payload)
{
    return error_of(payload) || strcmp(json_get_text(payload, "object"), "error") == 0;
}

void failure_from_payload(struct reply *reply, const json_t *payload)
{
    struct found found = FOUND_INIT;
    find(&found, payload);
    if (found.message.len == 0)
        buf_adds(&found.message, "the provider reported an error and gave no reason");
    fail(reply, RN_EPROVIDER, &found, 0,
         found.status ? is_retryable_status(found.status)
                      : is_retryable_word(found.code) || is_retryable_word(found.type));
}

/* ---- A whole response that says no ---- */

/* Where a tag ends, or the script or style sheet that it begins. */
static const char *behind_tag(const char *tag, const char *end)
{
    size_t len = (size_t)(end - tag);
    bool is_code = (len > 7 && strncasecmp(tag, "<script", 7) == 0) ||
                   (len > 6 && strncasecmp(tag, "<style", 6) == 0);
    const char *from = is_code ? memmem(tag, len, "</", 2) : tag;
    const char *close = from ? memchr(from, '>', (size_t)(end - from)) : NULL;
    return close ? close + 1 : end;
}

/* The words of a page, its tags left out and its blanks folded. */
static void add_words(struct buf *out, const char *text, size_t len)
{
    const char *end = text + len;
    bool wants_blank = false;
    while (text < end && out->len < EXCERPT_MAX) {
        if (*text == '<' || (unsigned char)*text <= ' ') {
            wants_blank = out->len > 0;
            text = *text == '<' ? behind_tag(text, end) : text + 1;
            continue;
        }
        if (wants_blank)
            buf_addc(out, ' ');
        wants_blank = false;
        buf_addc(out, *text++);
    }
}

/* What a reader can make of the body; nothing when it is no text. */
static void add_excerpt(struct buf *out, const char *body, size_t len)
{
    struct buf words = BUF_INIT;
    if (!memchr(body, '\0', len))
        add_words(&words, body, len);
    buf_drop_end(&words, utf8_cut(buf_str(&words), words.len));
    utf8_add_clean(out, buf_str(&words), words.len);
    buf_clear(&words);
}

void failure_from_body(struct reply *reply, int status, const char *body, size_t len)
{
    struct found found = FOUND_INIT;
    struct error error;
    json_t *tree = json_read(body, len, NULL, &error);
    if (tree)
        find(&found, tree);
    if (status < 400 && found.message.len == 0)
        buf_addf(
            &found.message,
            "the server redirects (HTTP %d), which runnel does not follow: use the final address "
            "as the URL",
            status);
    if (found.message.len == 0)
        add_excerpt(&found.message, body, len);
    if (found.message.len == 0)
        buf_addf(&found.message, "the server answered HTTP %d and gave no reason", status);
    fail(reply, RN_EHTTP, &found, status, is_retryable_status(status));
    json_decref(tree);
}

void failure_from_page(struct reply *reply, const char *body, size_t len)
{
    struct found found = FOUND_INIT;
    bool is_page = *body == '<', is_packed = len >= 2 && memcmp(body, "\x1F\x8B", 2) == 0;
    struct buf excerpt = BUF_INIT;
    if (!is_packed)
        add_excerpt(&excerpt, body, len);
    buf_addf(&found.message, "the server answered with %s instead of a model's answer",
             is_packed ? "compressed bytes"
             : is_page ? "a web page"
                       : "something else");
    if (excerpt.len > 0)
        buf_addf(&found.message, " (\"%s\")", excerpt.data);
    buf_adds(&found.message, is_packed ? ", which was not asked for" : ": is the URL right?");
    fail(reply, RN_EPROTOCOL, &found, 0, false);
    buf_clear(&excerpt);
}
