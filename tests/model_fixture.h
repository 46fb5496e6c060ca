/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests of models: the fake server, the bodies it plays, and a reader that checks of every run what
 * is true of all runs.
 */
#ifndef TESTS_MODEL_FIXTURE_H
#define TESTS_MODEL_FIXTURE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "describe.h"
#include "runnel.h"
#include "server/server.h"

#define CHUNK(fields) "data: {\"id\":\"m1\",\"model\":\"gpt\",\"choices\":[{\"delta\":{" fields "}}]}\n\n"
#define PIECE(text) CHUNK("\"content\":\"" text "\"")
#define STOP "data: {\"id\":\"m1\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define USAGE "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n"
#define DONE "data: [DONE]\n\n"
#define WHOLE(text) \
    "{\"id\":\"m1\",\"model\":\"gpt\",\"choices\":[{\"message\":{\"content\":\"" text "\"}," \
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}"

#define MODEL(server, ...) RN_MODEL(.url = server_url(server, "/v1"), .model = "m", __VA_ARGS__)

static inline rn_model *model_of(struct server *server)
{
    return RN_MODEL(.url = server_url(server, "/v1"), .model = "m");
}

/* ---- What is true of all runs: start step* [error] finish, and a result for each tool ---- */

struct run_check {
    uint64_t seq;
    int64_t t;
    enum rn_kind last; /* 0: nothing yet */
    int open;          /* tools without a result */
    bool has_mask;     /* events were left out */
};

/* What is wrong with this event after those before; NULL when nothing is. */
static inline const char *run_check(struct run_check *check, const rn_event *event)
{
    const char *const strings[] = {event->type,   event->run,    event->id,   event->content,
                                   event->text,   event->tool,   event->args, event->output,
                                   event->status, event->by,     event->new_args, event->json};
    bool is_delta = event->kind == RN_TOOL_DELTA, is_first = check->last == 0;
    bool stands_alone = event->kind == RN_START || event->kind == RN_FINISH;
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
        if (!strings[i])
            return "a string is NULL";
    if (event->kind != RN_AI && *event->content)
        return "content on what is not ai";
    if (event->kind == RN_AI && event->content_len == 0)
        return "ai without content";
    if (!check->has_mask && is_first != (event->kind == RN_START))
        return "start is first, once";
    if (check->last == RN_FINISH)
        return "something after finish";
    if (check->last == RN_ERROR && event->kind != RN_FINISH)
        return "something between error and finish";
    if (event->t < check->t)
        return "time goes back";
    if (is_delta ? event->seq != 0 : event->seq <= check->seq)
        return "seq does not go on";
    if (!is_delta && !check->has_mask && event->seq != check->seq + 1)
        return "seq has a gap";
    check->open += (event->kind == RN_TOOL) - (event->kind == RN_RESULT);
    if (!check->has_mask && (check->open < 0 || (event->kind == RN_FINISH && check->open > 0)))
        return "each tool has one result";
    if (stands_alone != (event->step == 0) && event->kind != RN_ERROR)
        return "step";
    check->seq = is_delta ? check->seq : event->seq;
    check->t = event->t;
    check->last = event->kind;
    return NULL;
}

/* ---- A whole run, read and checked ---- */

/* Step until this kind comes. */
static inline const rn_event *await_kind(rn_stream *stream, enum rn_kind kind)
{
    const rn_event *event;
    while ((event = rn_next(stream)) && event->kind != kind)
        continue;
    assert_non_null(event);
    return event;
}

/* The words of all events that are left of a stream, which stays open; the caller frees them. */
static inline char *read_run(rn_stream *stream, struct run_check *check)
{
    struct buf words = BUF_INIT;
    for (const rn_event *event; (event = rn_next(stream));) {
        const char *fault = run_check(check, event);
        if (fault)
            fail_msg("%s: %s", event->type, fault);
        describe(&words, event);
    }
    assert_int_equal(check->last, RN_FINISH);
    assert_null(rn_next(stream));
    return buf_take(&words);
}

static inline void check_run(rn_stream *stream, const char *want, int status)
{
    struct run_check check = {0};
    char *got = read_run(stream, &check);
    assert_string_equal(got, want);
    assert_int_equal(rn_close(stream), status);
    free(got);
}

#endif
