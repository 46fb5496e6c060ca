/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests of agents: the bodies of answers that call tools, and a reader that checks of every run what
 * is true of all runs of agents.
 */
#ifndef TESTS_AGENT_FIXTURE_H
#define TESTS_AGENT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "model_fixture.h"
#include "process_fixture.h" /* for valgrind, which knows no pidfd */

/* A call in an answer that is streamed; `args` is the inside of a JSON string. */
#define CALLS(index, id, tool, args) \
    CHUNK("\"tool_calls\":[{\"index\":" #index ",\"id\":\"" id "\",\"function\":{\"name\":\"" tool "\"," \
          "\"arguments\":\"" args "\"}}]")
#define ENDS(reason) \
    "data: {\"id\":\"m1\",\"choices\":[{\"delta\":{},\"finish_reason\":\"" reason "\"}]}\n\n" DONE
#define CALLED ENDS("tool_calls")
#define STOPPED ENDS("stop")

/* One call as it goes back to the server, and its result. */
#define SENT_CALL(id, tool, args) \
    "{\"id\":\"" id "\",\"type\":\"function\",\"function\":{\"name\":\"" tool "\"," \
    "\"arguments\":\"" args "\"}}"
#define SENT_CALLS(text, calls) \
    "{\"role\":\"assistant\",\"content\":\"" text "\",\"tool_calls\":[" calls "]}"
#define SENT_RESULT(id, output) \
    "{\"role\":\"tool\",\"tool_call_id\":\"" id "\",\"content\":\"" output "\"}"
#define SENT_USER(text) "{\"role\":\"user\",\"content\":\"" text "\"}"
#define SENT_TEXT(text) "{\"role\":\"assistant\",\"content\":\"" text "\"}"

/* ---- The place ---- */

struct place {
    struct server *server;
    rn_model *model;
};

static inline int place_set_up(void **state)
{
    struct place *place = xnew(struct place);
    place->server = server_new(NULL);
    place->model = MODEL(place->server, .retries = -1);
    *state = place;
    return 0;
}

static inline int place_tear_down(void **state)
{
    struct place *place = *state;
    rn_model_free(place->model);
    server_free(place->server);
    free(place);
    return 0;
}

#define PLACE_TEST(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)
#define AGENT(place, ...) RN_AGENT(.model = (place)->model, __VA_ARGS__)
/* What the server answers, one after the other; the last again and again. */
#define ANSWERS(place, ...) SERVER_SCRIPT((place)->server, SERVE_STREAM, SERVE(__VA_ARGS__))

static inline int say_sunny(rn_task *task, const char *args, void *user)
{
    (void)args, (void)user;
    rn_task_printf(task, "Sunny");
    return 0;
}

/* ---- What the server was sent ---- */

/* A field of the ith request; the caller frees it. */
static inline char *sent(struct server *server, unsigned i, const char *field)
{
    const struct server_request *request = server_request(server, i);
    assert_non_null(request);
    json_t *body = json_loads(request->body, 0, NULL);
    assert_non_null(body);
    char *text = json_dumps(json_object_get(body, field), JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(body);
    return text ? text : xstrdup("none");
}

/* The messages of the ith request are these, and nothing else. */
static inline void assert_sent(struct server *server, unsigned i, const char *want)
{
    char *got = sent(server, i, "messages");
    if (strcmp(got, want) != 0)
        fail_msg("request %u:\n  got  %s\n  want %s", i, got, want);
    free(got);
}

/* ---- What is true of all runs of agents ---- */

enum { WATCHED_CALLS = 160 };

/* A run while it is watched. */
struct watch {
    struct run_check check;
    struct {
        char *id;
        unsigned step;
        bool is_asked, is_decided, is_denied, has_result;
    } calls[WATCHED_CALLS];
    size_t call_count, result_count;
    unsigned step;
    struct buf words;   /* what came, in short words */
};

static inline void watch_clear(struct watch *watch)
{
    for (size_t i = 0; i < watch->call_count; i++)
        free(watch->calls[i].id);
    buf_clear(&watch->words);
    *watch = (struct watch){0};
}

/* Of this step: servers use an id again. */
static inline size_t watch_find(const struct watch *watch, const rn_event *event)
{
    size_t i = watch->call_count;
    while (i-- > 0)
        if (watch->calls[i].step == event->step && strcmp(watch->calls[i].id, event->id) == 0)
            return i;
    return SIZE_MAX;
}

static inline const char *watch_approval(struct watch *watch, const rn_event *event, size_t i)
{
    bool asks = strcmp(event->status, "requested") == 0;
    if (watch->calls[i].is_decided || watch->calls[i].has_result)
        return "approval after it was decided";
    if (asks == watch->calls[i].is_asked && (asks || strcmp(event->by, "user") == 0))
        return asks ? "asked twice" : "answered without a question";
    watch->calls[i].is_asked = true;
    watch->calls[i].is_decided = !asks;
    watch->calls[i].is_denied = strcmp(event->status, "denied") == 0;
    return NULL;
}

static inline const char *watch_result(struct watch *watch, const rn_event *event, size_t i)
{
    bool is_denied = strcmp(event->status, "denied") == 0;
    bool is_cancelled = strcmp(event->status, "cancelled") == 0;
    if (watch->calls[i].has_result)
        return "two results";
    if (watch->calls[i].is_asked && !watch->calls[i].is_decided && !is_cancelled)
        return "a result before it was decided";
    if (is_denied != watch->calls[i].is_denied)
        return "denied";
    if (event->ms < 0)
        return "a result that took no time";
    watch->calls[i].has_result = true;
    watch->result_count++;
    return NULL;
}

/* What is wrong with this event after those before; NULL when nothing is. */
static inline const char *watch_fault(struct watch *watch, const rn_event *event)
{
    enum { OF_CALLS = RN_APPROVAL | RN_PROGRESS | RN_RESULT };
    rn_event numbered = *event;
    if (event->kind == RN_USER)
        numbered.step = 1; /* it stands between steps */
    const char *fault = run_check(&watch->check, &numbered);
    if (fault)
        return fault;
    bool all_have_results = watch->result_count == watch->call_count;
    if (event->step > watch->step && !all_have_results)
        return "a step begins too early";
    if (event->step > 0 && event->step < watch->step)
        return "a step goes back";
    watch->step = event->step > 0 ? event->step : watch->step;
    if (event->kind & (RN_USER | RN_ERROR | RN_FINISH) && !all_have_results)
        return "a call has no result";
    if (event->kind == RN_TOOL) {
        if (watch_find(watch, event) != SIZE_MAX)
            return "two calls with one id";
        watch->calls[watch->call_count].step = event->step;
        watch->calls[watch->call_count++].id = xstrdup(event->id);
    }
    if (!(event->kind & OF_CALLS))
        return NULL;
    size_t i = watch_find(watch, event);
    if (i == SIZE_MAX)
        return "of no call";
    if (event->kind == RN_APPROVAL)
        return watch_approval(watch, event, i);
    if (event->kind == RN_RESULT)
        return watch_result(watch, event, i);
    return watch->calls[i].has_result ? "progress after the result" : NULL;
}

static inline void watch_describe(struct buf *words, const rn_event *event)
{
    switch (event->kind) {
    case RN_START:
        buf_adds(words, "start");
        break;
    case RN_APPROVAL:
        buf_addf(words, " %s(%s", event->status, event->id);
        buf_addf(words, *event->by ? ",%s" : "%s", event->by);
        buf_addf(words, *event->new_args ? ",%s" : "%s", event->new_args);
        buf_addf(words, *event->text ? ",%s)" : "%s)", event->text);
        break;
    case RN_PROGRESS:
        buf_addf(words, " progress(%s,%s)", event->id, event->text);
        break;
    case RN_RESULT:
        buf_addf(words, " result(%s,%s,", event->id, event->status);
        buf_add(words, event->output, event->output_len);
        buf_adds(words, ")");
        break;
    case RN_USER:
        buf_addf(words, " user(%s)", event->text);
        break;
    case RN_FINISH:
        buf_addf(words, " finish(%s%s,%u)", event->finish->reason,
                 event->finish->partial ? ",partial" : "", event->finish->steps);
        break;
    default:
        describe(words, event);
    }
}

/* The next event, checked; NULL at the end. */
static inline const rn_event *watch_next(struct watch *watch, rn_stream *stream)
{
    const rn_event *event = rn_next(stream);
    if (!event)
        return NULL;
    watch_describe(&watch->words, event);
    const char *fault = watch_fault(watch, event);
    if (fault)
        fail_msg("%s: %s", buf_str(&watch->words), fault);
    return event;
}

/* The next event of this kind. */
static inline const rn_event *watch_until(struct watch *watch, rn_stream *stream, enum rn_kind kind)
{
    const rn_event *event;
    while ((event = watch_next(watch, stream)) && event->kind != kind)
        continue;
    if (!event)
        fail_msg("%s: the end came too early", buf_str(&watch->words));
    return event;
}

/* Read to the end, close, and compare all that came. */
static inline void watch_end(struct watch *watch, rn_stream *stream, const char *want, int status)
{
    while (watch_next(watch, stream))
        continue;
    assert_int_equal(watch->check.last, RN_FINISH);
    if (want && strcmp(buf_str(&watch->words), want) != 0)
        fail_msg("\n  got  %s\n  want %s", buf_str(&watch->words), want);
    assert_int_equal(rn_close(stream), status);
    watch_clear(watch);
}

static inline void assert_run(rn_stream *stream, const char *want, int status)
{
    struct watch watch = {0};
    watch_end(&watch, stream, want, status);
}

#endif
