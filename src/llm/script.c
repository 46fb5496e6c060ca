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
#include "llm/answers.h"
#include "llm/conversation.h"
#include "llm/event.h"

struct script {
    struct answers answers;
    atomic_bool *given; /* as many */
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
    return answers_question(prompt, answers);
}

/* ---- Reading ---- */

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
        answers_read(&script->answers, &text);
    if (!script->error.code && script->answers.count == 0)
        error_set(&script->error, RN_ECONFIG, "%s holds no answer that could be given again", path);
    script->given = xcalloc(script->answers.count + 1, sizeof(*script->given));
    buf_clear(&text);
    return script;
}

void script_free(struct script *script)
{
    if (!script)
        return;
    answers_clear(&script->answers);
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
    const struct answers *answers = &script->answers;
    for (size_t i = 0; i < answers->count; i++)
        if ((script->in_order || strcmp(answers->list[i].question, question) == 0) &&
            !atomic_exchange(&script->given[i], true))
            return &answers->list[i];
    return NULL;
}

static void explain(const struct script *script, const char *question, struct error *error)
{
    const char *prompt = strchr(question, ':') + 1;
    if (script->in_order)
        error_set(error, RN_ECONFIG, "the session has no more answers: all %zu have been given",
                  script->answers.count);
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

/* Whoever waits asks again: a session may name any time, and so may the speed. */
static int64_t wait_for(const struct script_call *call)
{
    enum { MOST_MS = 60000 };
    if (!(call->speed > 0))
        return 0;
    double since = (double)(call->event.pub.t - call->answer->began) / call->speed;
    double left = since - (double)(clock_ms() - call->began);
    return left > MOST_MS ? MOST_MS : left > 0 ? (int64_t)left : 0;
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
