/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/gemini_parts.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "llm/reply.h"

enum { SAID_THOUGHT = 1, SAID_TEXT = 2, SAID_CALL = 4 };

void gemini_parts_clear(struct gemini_parts *parts)
{
    gemini_args_clear(&parts->args);
}

/* ---- Text ---- */

static const char field[] = "thoughtSignature";

static void add_signature(struct gemini_parts *parts, struct reply *reply, const json_t *signature,
                          const char *item)
{
    reply_opaque_item(reply, field, signature, item);
    parts->said = 0;
}

/* What comes now must not become one part with what these said. */
static void cut_after(struct gemini_parts *parts, struct reply *reply, unsigned kinds)
{
    if (parts->said & kinds)
        add_signature(parts, reply, json_null(), "");
}

static void add_thought(struct gemini_parts *parts, struct reply *reply, const json_t *text,
                        const json_t *signature)
{
    if (signature)
        cut_after(parts, reply, SAID_THOUGHT);
    reply_reasoning(reply, json_string_value(text), json_string_length(text));
    parts->said |= SAID_THOUGHT;
    if (signature)
        add_signature(parts, reply, signature, "thought");
}

static void add_words(struct gemini_parts *parts, struct reply *reply, const char *text, size_t len)
{
    reply_text(reply, text, len);
    parts->said |= SAID_TEXT;
    parts->has_answer = true;
}

static void add_text(struct gemini_parts *parts, struct reply *reply, const json_t *text,
                     const json_t *signature)
{
    size_t len = json_string_length(text);
    if (len > 0) {
        cut_after(parts, reply, signature ? SAID_TEXT | SAID_CALL : SAID_CALL);
        add_words(parts, reply, json_string_value(text), len);
    }
    if (signature)
        add_signature(parts, reply, signature, len > 0 ? "text" : "");
}

static size_t longest_run(const char *text, char c)
{
    size_t longest = 0;
    for (; *text; text++) {
        size_t run = 0;
        while (text[run] == c)
            run++;
        longest = run > longest ? run : longest;
        text += run > 0 ? run - 1 : 0;
    }
    return longest;
}

static void add_fence(struct buf *text, size_t len)
{
    while (len-- > 0)
        buf_addc(text, '`');
}

/* Code that Google has run, and what it printed: part of the answer, as Markdown. */
static void add_code(struct gemini_parts *parts, struct reply *reply, const char *language,
                     const char *code)
{
    enum { FENCE_LEAST = 3 };
    struct buf text = BUF_INIT;
    size_t run = longest_run(code, '`'), len = strlen(code);
    size_t fence = run < FENCE_LEAST ? FENCE_LEAST : run + 1;
    if (len == 0)
        return;
    buf_addc(&text, '\n');
    add_fence(&text, fence);
    buf_addf(&text, "%s\n%s%s", language, code, code[len - 1] == '\n' ? "" : "\n");
    add_fence(&text, fence);
    buf_addc(&text, '\n');
    cut_after(parts, reply, SAID_CALL);
    add_words(parts, reply, text.data, text.len);
    buf_clear(&text);
}

/* ---- Tool calls ---- */

void gemini_parts_end(struct gemini_parts *parts, struct reply *reply)
{
    struct buf text = BUF_INIT;
    if (parts->call < 0)
        return;
    /* Halves of a pair may have come in two pieces, each of which is its own payload. */
    reply_expect_halves(reply, true);
    if (!gemini_args_take(&parts->args, &text))
        reply_fail(reply, RN_EPROTOCOL, "the arguments of a tool call have no place to go", "", 0,
                   true);
    reply_call_args(reply, parts->call, text.data, text.len);
    reply_call_close(reply, parts->call);
    parts->call = -1;
    buf_clear(&text);
}

/* Values for the call that is open; what does not go on is complete. */
static void add_values(struct gemini_parts *parts, struct reply *reply, const json_t *function)
{
    json_t *entry;
    size_t i;
    if (parts->call < 0) /* Vertex sends an end mark more now and then */
        return;
    json_array_foreach (json_object_get(function, "partialArgs"), i, entry) {
        if (parts->args.size > REPLY_ARGS_MAX)
            reply_fail(reply, RN_ELIMIT, "a tool call's arguments are longer than 16 MiB", "", 0,
                       false);
        else if (!gemini_args_add(&parts->args, entry))
            reply_fail(reply, RN_EPROTOCOL, "the arguments of a tool call have no place to go", "",
                       0, true);
    }
    if (!json_is_true(json_object_get(function, "willContinue")))
        gemini_parts_end(parts, reply);
}

static void add_whole_args(struct reply *reply, int call, const json_t *args)
{
    struct buf text = BUF_INIT;
    if (json_is_object(args))
        json_add_value(&text, args);
    else
        buf_adds(&text, "{}");
    reply_call_args(reply, call, text.data, text.len);
    reply_call_close(reply, call);
    buf_clear(&text);
}

static bool comes_in_values(const json_t *function)
{
    return json_is_true(json_object_get(function, "willContinue")) ||
           json_array_size(json_object_get(function, "partialArgs")) > 0;
}

static void open_call(struct gemini_parts *parts, struct reply *reply, const json_t *function,
                      const json_t *signature)
{
    bool is_whole = !comes_in_values(function);
    int call =
        reply_call_open(reply, json_get_text(function, "id"), json_get_text(function, "name"));
    if (call < 0)
        return;
    parts->said |= SAID_CALL;
    parts->has_answer = true;
    if (is_whole)
        add_whole_args(reply, call, json_object_get(function, "args"));
    else
        parts->call = call;
    if (signature)
        reply_opaque(reply, field, signature, reply_call_id(reply, call));
    if (!is_whole)
        add_values(parts, reply, function);
}

static void add_call(struct gemini_parts *parts, struct reply *reply, const json_t *function,
                     const json_t *signature)
{
    if (!*json_get_text(function, "name")) {
        if (signature && parts->call >= 0)
            reply_opaque(reply, field, signature, reply_call_id(reply, parts->call));
        add_values(parts, reply, function);
        return;
    }
    gemini_parts_end(parts, reply);
    open_call(parts, reply, function, signature);
}

static const json_t *signature_of(const json_t *part)
{
    const json_t *signature = json_object_get(part, field);
    return json_string_length(signature) > 0 ? signature : NULL;
}

void gemini_parts_add(struct gemini_parts *parts, struct reply *reply, const json_t *part)
{
    const json_t *function = json_object_get(part, "functionCall");
    const json_t *code = json_object_get(part, "executableCode");
    const json_t *result = json_object_get(part, "codeExecutionResult");
    const json_t *text = json_object_get(part, "text");
    const json_t *signature = signature_of(part);
    if (json_is_object(function))
        add_call(parts, reply, function, signature);
    else if (json_is_object(code))
        add_code(parts, reply, "python", json_get_text(code, "code"));
    else if (json_is_object(result))
        add_code(parts, reply, "", json_get_text(result, "output"));
    else if (!json_is_string(text) && json_object_size(part) > (signature ? 1 : 0))
        parts->has_unknown = true;
    else if (json_is_true(json_object_get(part, "thought")))
        add_thought(parts, reply, text, signature);
    else
        add_text(parts, reply, text, signature);
}
