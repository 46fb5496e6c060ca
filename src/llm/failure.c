/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "llm/reply.h"

enum { EXCERPT_MAX = 500 };

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
static bool is_final(const char *code)
{
    static const char *const words[] = {"insufficient_quota", "spend_limit", NULL};
    return contains_any(code, words);
}

static bool is_retryable_word(const char *code)
{
    static const char *const words[] = {"overloaded",  "api_error", "server_error",       "rate_limit",
                                        "timeout",     "timed out", "unavailable",        "internal",
                                        "resource_exhausted", NULL};
    return contains_any(code, words);
}

/* ---- What does it say? ---- */

/* A string or a number under a key, as text; "" for neither. */
static const char *text_or_number(const json_t *object, const char *key, char *room, size_t size)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_integer(value)) {
        snprintf(room, size, "%lld", (long long)json_integer_value(value));
        return room;
    }
    return json_get_text(object, key);
}

static const char *first_text(const char *a, const char *b)
{
    return *a ? a : b;
}

struct found {
    struct buf message;
    char number[24];
    const char *code; /* the provider's own, borrowed from the tree or from number */
    long status;      /* a number that can be judged like an HTTP status; 0: none */
};

static void find_in_object(struct found *found, const json_t *error)
{
    const char *message = json_get_text(error, "message");
    const char *raw = json_get_text(json_object_get(error, "metadata"), "raw");
    buf_adds(&found->message, message);
    if (*raw && strcmp(message, "Provider returned error") == 0)
        buf_addf(&found->message, " (%s)", raw);
    found->code = text_or_number(error, "code", found->number, sizeof(found->number));
    if (!*found->code)
        found->code = json_get_text(error, "type");
    const json_t *code = json_object_get(error, "code");
    const json_t *status = json_object_get(error, "status_code");
    found->status = (long)json_integer_value(json_is_integer(code) ? code : status);
}

/* FastAPI's form: a text, or a list of what is wrong with which field. */
static void find_detail(struct found *found, const json_t *detail)
{
    if (json_is_string(detail))
        buf_adds(&found->message, json_string_value(detail));
    else if (detail)
        json_add_value(&found->message, detail);
}

static void find(struct found *found, const json_t *tree)
{
    const json_t *error = json_object_get(tree, "error");
    const json_t *choice = json_array_get(json_object_get(tree, "choices"), 0);
    if (json_is_array(tree))
        error = json_object_get(json_array_get(tree, 0), "error");
    if (!error || json_is_null(error))
        error = json_object_get(choice, "error");
    found->code = "";
    if (json_is_object(error)) {
        find_in_object(found, error);
    } else if (json_is_string(error)) {
        buf_adds(&found->message, json_string_value(error));
        found->code = text_or_number(tree, "code", found->number, sizeof(found->number));
    } else {
        find_in_object(found, tree);
        if (found->message.len == 0)
            find_detail(found, json_object_get(tree, "detail"));
    }
}

bool failure_is(const json_t *payload)
{
    const json_t *error = json_object_get(payload, "error");
    const json_t *choice = json_array_get(json_object_get(payload, "choices"), 0);
    return (error && !json_is_null(error)) || json_is_object(json_object_get(choice, "error")) ||
           strcmp(json_get_text(payload, "object"), "error") == 0;
}

void failure_from_payload(struct reply *reply, const json_t *payload)
{
    struct found found = {0};
    find(&found, payload);
    const char *message = first_text(buf_str(&found.message), "the provider reported an error");
    const char *type = json_get_text(json_object_get(payload, "error"), "type");
    bool retryable = found.status >= 400
                         ? is_retryable_status(found.status)
                         : is_retryable_word(found.code) || is_retryable_word(type);
    reply_fail(reply, RN_EPROVIDER, message, found.code, 0, retryable && !is_final(found.code));
    buf_clear(&found.message);
}

/* ---- A whole response that says no ---- */

/* The words of a page, its tags left out and its blanks folded. */
static void add_words(struct buf *out, const char *text, size_t len)
{
    bool is_tag = false, wants_blank = false;
    for (size_t i = 0; i < len && out->len < EXCERPT_MAX; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '<' || (is_tag && c != '>')) {
            is_tag = true;
        } else if (c <= ' ' || c == '>') {
            wants_blank = out->len > 0;
            is_tag = false;
        } else {
            if (wants_blank)
                buf_addc(out, ' ');
            wants_blank = false;
            buf_addc(out, (char)c);
        }
    }
    buf_drop_end(out, utf8_cut(buf_str(out), out->len));
}

static void describe_redirect(struct buf *message, int status)
{
    buf_addf(message,
             "the server redirects (HTTP %d), which runnel does not follow with a key: use the final "
             "address as the URL",
             status);
}

void failure_from_body(struct reply *reply, int status, const char *body, size_t len)
{
    struct found found = {.code = ""};
    struct error error;
    bool mended;
    json_t *tree = json_read(body, len, &mended, &error);
    if (tree)
        find(&found, tree);
    else if (status < 400)
        describe_redirect(&found.message, status);
    if (found.message.len == 0)
        add_words(&found.message, body, len);
    if (found.message.len == 0)
        buf_addf(&found.message, "the server answered HTTP %d and gave no reason", status);
    reply_fail(reply, RN_EHTTP, found.message.data, found.code, status,
               is_retryable_status(status) && !is_final(found.code));
    buf_clear(&found.message);
    json_decref(tree);
}
