/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/script.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"
#include "io/ndjson.h"
#include "llm/conversation.h"
#include "llm/event.h"

struct answer {
    char *question;
    struct buf lines; /* its events, as they stand in the session */
    char *reason, *raw;
    int64_t began;  /* when it was asked for, by the run's clock */
    bool is_broken; /* its last event is an error */
};

struct script {
    struct answer *answers;
    atomic_bool *given; /* as many */
    size_t count, cap;
    bool in_order;
    double speed;
    struct error error;
};

struct script_call {
    const struct answer *answer; /* NULL: there is none */
    const char *line;            /* the next; NULL: it is all said */
    struct event_reader *reader;
    struct event event;
    struct error error; /* why there is none */
    double speed;
    int64_t began;
};

/* ---- Questions ---- */

static char *question_of(const char *prompt, size_t answers)
{
    return xasprintf("%zu:%s", answers, prompt);
}

char *script_question(const rn_conversation *conversation)
{
    size_t i, answers = 0;
    const char *prompt = "";
    const json_t *message;
    json_array_foreach (conversation->messages, i, message) {
        const char *role = json_get_text(message, "role");
        answers += strcmp(role, "assistant") == 0;
        if (strcmp(role, "user") == 0) {
            prompt = json_get_text(message, "content");
            answers = 0;
        }
    }
    return question_of(prompt, answers);
}

/* ---- Reading ---- */

/* Where one is in the session. */
struct reading {
    struct script *script;
    struct answer *open; /* NULL: none has begun */
    char *prompt;
    size_t answers; /* to it */
    int64_t t;      /* when the last thing was said that is no part of an answer */
};

static struct answer *begin_answer(struct reading *reading)
{
    struct script *script = reading->script;
    if (script->count == script->cap) {
        script->cap = script->cap ? script->cap * 2 : 8;
        script->answers = xrealloc(script->answers, script->cap * sizeof(*script->answers));
    }
    struct answer *answer = &script->answers[script->count++];
    *answer = (struct answer){.question = question_of(reading->prompt, reading->answers++),
                              .began = reading->t};
    return answer;
}

/* What the run made of it is not the model's word. */
static const char *reason_of(const char *reason)
{
    static const char *const ours[] = {"cancelled", "error", "truncated", "max_steps", ""};
    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
        if (strcmp(reason, ours[i]) == 0)
            return "stop";
    return reason;
}

static void end_answer(struct reading *reading, const char *reason, const char *raw, int64_t t)
{
    if (reading->open) {
        reading->open->reason = xstrdup(reason);
        reading->open->raw = xstrdup(raw);
    }
    reading->open = NULL;
    reading->t = t;
}

static void ask(struct reading *reading, const char *prompt, int64_t t)
{
    end_answer(reading, "stop", "", t);
    free(reading->prompt);
    reading->prompt = xstrdup(prompt);
    reading->answers = 0;
}

static void add_piece(struct reading *reading, const rn_event *event,
                      const struct ndjson_line *line)
{
    if (!reading->prompt)
        return;
    if (!reading->open)
        reading->open = begin_answer(reading);
    buf_add(&reading->open->lines, line->data, line->len);
    buf_addc(&reading->open->lines, '\n');
    reading->open->is_broken |= event->kind == RN_ERROR;
}

static void take_event(struct reading *reading, const rn_event *event,
                       const struct ndjson_line *line)
{
    enum { PIECES = RN_AI | RN_REASONING | RN_TOOL | RN_OPAQUE | RN_USAGE | RN_ERROR };
    if (event->kind == RN_START || event->kind == RN_USER)
        ask(reading, event->text, event->t);
    else if (event->kind == RN_RESULT)
        end_answer(reading, "tool_calls", "", event->t);
    else if (event->kind == RN_FINISH)
        end_answer(reading, reason_of(event->finish->reason), event->finish->raw, event->t);
    else if (event->kind & PIECES)
        add_piece(reading, event, line);
}

static void read_answers(struct script *script, const struct buf *text)
{
    struct reading reading = {.script = script};
    struct ndjson *lines = ndjson_new();
    struct event_reader *reader = event_reader_new();
    struct ndjson_line line;
    struct event event;
    struct error ignored;
    ndjson_feed(lines, buf_str(text), text->len);
    ndjson_end(lines);
    while (ndjson_next(lines, &line))
        if (event_read(reader, line.data, line.len, &event, &ignored) == 0)
            take_event(&reading, &event.pub, &line);
    end_answer(&reading, "stop", "", 0);
    free(reading.prompt);
    event_reader_free(reader);
    ndjson_free(lines);
}

static void read_options(struct script *script, const char *text)
{
    json_t *extra = text ? json_loads(text, 0, NULL) : NULL;
    const char *match = json_get_text(extra, "match");
    script->in_order = strcmp(match, "order") == 0;
    script->speed = json_number_value(json_object_get(extra, "speed"));
    if (*match && !script->in_order && strcmp(match, "prompt") != 0)
        error_set(&script->error, RN_ECONFIG, "match is prompt or order, not \"%.40s\"", match);
    json_decref(extra);
}

struct script *script_new(const char *path, const char *extra)
{
    struct script *script = xnew(struct script);
    struct buf text = BUF_INIT;
    read_options(script, extra);
    if (!path || !*path)
        error_set(&script->error, RN_ECONFIG, "the model of \"replay\" is a session's file");
    else if (!script->error.code && file_read(path, &text, SCRIPT_MAX, &script->error) == 0)
        read_answers(script, &text);
    if (!script->error.code && script->count == 0)
        error_set(&script->error, RN_ECONFIG, "%s holds no answer that could be given again", path);
    script->given = xcalloc(script->count + 1, sizeof(*script->given));
    buf_clear(&text);
    return script;
}

void script_free(struct script *script)
{
    if (!script)
        return;
    for (size_t i = 0; i < script->count; i++) {
        free(script->answers[i].question);
        free(script->answers[i].reason);
        free(script->answers[i].raw);
        buf_clear(&script->answers[i].lines);
    }
    free(script->answers);
    free(script->given);
    free(script);
}

const char *script_error(const struct script *script)
{
    return script->error.code ? script->error.text : "";
}

/* ---- Giving ---- */

/* Each is given once: whoever asks the same again gets what was said when it was asked again. */
static const struct answer *take_answer(struct script *script, const char *question)
{
    for (size_t i = 0; i < script->count; i++)
        if ((script->in_order || strcmp(script->answers[i].question, question) == 0) &&
            !atomic_exchange(&script->given[i], true))
            return &script->answers[i];
    return NULL;
}

static void explain(const struct script *script, const char *question, struct error *error)
{
    const char *prompt = strchr(question, ':') + 1;
    if (script->in_order)
        error_set(error, RN_ECONFIG, "the session has no more answers: all %zu have been given",
                  script->count);
    else
        error_set(error, RN_ECONFIG,
                  "the session has no answer, or none that was not given yet, to \"%.80s\" "
                  "(answer %ld to it); match=order gives its answers one after another",
                  prompt, strtol(question, NULL, 10) + 1);
}

struct script_call *script_call_new(struct script *script, const char *question)
{
    struct script_call *call = xnew(struct script_call);
    call->answer = take_answer(script, question);
    if (!call->answer)
        explain(script, question, &call->error);
    else
        call->line = buf_str(&call->answer->lines);
    call->reader = event_reader_new();
    call->speed = script->speed;
    call->began = clock_ms();
    return call;
}

void script_call_free(struct script_call *call)
{
    if (!call)
        return;
    event_reader_free(call->reader);
    free(call);
}

static const rn_event *refuse(struct script_call *call)
{
    event_init(&call->event, RN_ERROR);
    call->event.error.code = call->error.code;
    call->event.pub.text = call->error.text;
    call->event.pub.text_len = strlen(call->error.text);
    call->error.code = 0;
    return &call->event.pub;
}

static const rn_event *finish(struct script_call *call)
{
    call->line = NULL;
    if (call->answer->is_broken)
        return NULL;
    event_init(&call->event, RN_FINISH);
    call->event.finish.reason = call->answer->reason;
    call->event.finish.raw = call->answer->raw;
    return &call->event.pub;
}

static int64_t wait_for(const struct script_call *call)
{
    if (!(call->speed > 0))
        return 0;
    double since = (double)(call->event.pub.t - call->answer->began) / call->speed;
    int64_t left = call->began + (int64_t)since - clock_ms();
    return left > 0 ? left : 0;
}

const rn_event *script_call_next(struct script_call *call, int64_t *wait_ms)
{
    struct error ignored;
    *wait_ms = -1;
    if (!call->line)
        return call->error.code ? refuse(call) : NULL;
    if (!*call->line)
        return finish(call);
    size_t len = strcspn(call->line, "\n");
    event_read(call->reader, call->line, len, &call->event, &ignored);
    if ((*wait_ms = wait_for(call)) > 0)
        return NULL;
    call->line += len + 1;
    call->event.pub.json = call->event.pub.run = ""; /* it is a new run's */
    return &call->event.pub;
}
