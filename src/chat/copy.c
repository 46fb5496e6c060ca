/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/copy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "chat/chat.h"
#include "chat/command.h"
#include "export/format.h"
#include "export/talk.h"
#include "text/snippets.h"

/* ---- Answers */

static bool is_of(const rn_conversation *conversation, size_t nth, const char *role)
{
    return strcmp(rn_conversation_role(conversation, nth), role) == 0;
}

/* What a step said, below what the steps before it did. */
static void add_step(struct buf *out, const char *text)
{
    if (!*text)
        return;
    if (out->len > 0)
        buf_adds(out, out->data[out->len - 1] == '\n' ? "\n" : "\n\n");
    buf_adds(out, text);
}

/* The answer that ends before a message; returns where the prompt that it answers stands. */
static size_t add_answer_before(const rn_conversation *conversation, size_t end, struct buf *out)
{
    size_t start = end;
    while (start > 0 && !is_of(conversation, start - 1, "user"))
        start--;
    for (size_t i = start; i < end; i++)
        if (is_of(conversation, i, "assistant"))
            add_step(out, rn_conversation_content(conversation, i));
    return start > 0 ? start - 1 : 0;
}

/* What is there already of an answer that is coming, or was in a replay, is in no conversation. */
static bool add_coming(struct chat *chat, struct buf *out)
{
    const rn_message *answer = chat_answer(chat);
    bool is_elsewhere = chat_busy(chat) || rn_conversation_length(chat_conversation(chat)) == 0;
    if (is_elsewhere && answer)
        buf_adds(out, answer->content);
    return out->len > 0;
}

/* False when there are not so many. */
static bool add_answer(struct chat *chat, long back, struct buf *out)
{
    const rn_conversation *conversation = chat_conversation(chat);
    size_t end = rn_conversation_length(conversation);
    if (add_coming(chat, out) && --back == 0)
        return true;
    while (end > 0 && back > 0) {
        buf_reset(out);
        end = add_answer_before(conversation, end, out);
        back -= out->len > 0;
    }
    return back == 0;
}

static int copy_answer(struct chat *chat, long back, struct buf *out, struct error *error)
{
    if (add_answer(chat, back, out))
        return COMMAND_COPY;
    if (back == 1)
        return error_set(error, RN_ECONFIG, "there is no answer yet");
    return error_set(error, RN_ECONFIG, "there are not so many answers");
}

/* ---- Code */

/* The Nth from the first; 0: the last. */
static int copy_code(struct chat *chat, long nth, struct buf *out, struct error *error)
{
    struct snippets snippets = {0};
    struct buf answer = BUF_INIT;
    if (copy_answer(chat, 1, &answer, error) < 0)
        return -1;
    snippets_find(&snippets, buf_str(&answer), answer.len);
    size_t count = snippets.count, wanted = nth > 0 ? (size_t)nth : count;
    if (count > 0 && wanted <= count) {
        const struct snippet *code = &snippets.items[wanted - 1];
        buf_add(out, snippets.text.data + code->text, code->len);
    }
    buf_clear(&answer);
    snippets_clear(&snippets);
    if (count == 0)
        return error_set(error, RN_ECONFIG, "the last answer has no block of code");
    if (wanted > count)
        return error_set(error, RN_ECONFIG, "the last answer has %zu block%s of code", count,
                         count == 1 ? "" : "s");
    return COMMAND_COPY;
}

/* ---- All */

static int copy_all(struct chat *chat, struct buf *out, struct error *error)
{
    const struct talk_about about = {.id = chat_session(chat)};
    if (rn_conversation_length(chat_conversation(chat)) == 0)
        return error_set(error, RN_ECONFIG, "nothing has been said yet");
    struct talk *talk = talk_new(chat_conversation(chat), &about);
    export_markdown(talk, out);
    talk_free(talk);
    return COMMAND_COPY;
}

/* ---- What is meant */

/* A number from 1 that is the whole of a text, `without` for none; 0 when it is something else. */
static long read_number(const char *text, long without, bool *is_right)
{
    char *rest;
    text += strspn(text, " \t");
    long number = *text ? strtol(text, &rest, 10) : without;
    *is_right = !*text || (number > 0 && !*rest);
    return number;
}

int copy_run(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    enum { CODE = sizeof("code") - 1 };
    bool is_code = strncmp(args, "code", CODE) == 0, is_right;
    if (strcmp(args, "all") == 0)
        return copy_all(chat, out, error);
    long number = read_number(args + (is_code ? CODE : 0), is_code ? 0 : 1, &is_right);
    if (!is_right)
        return error_set(error, RN_ECONFIG,
                         "/copy takes a number, code, code and a number, or all: not %s", args);
    return is_code ? copy_code(chat, number, out, error) : copy_answer(chat, number, out, error);
}
