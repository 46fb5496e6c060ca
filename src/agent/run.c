/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run: a model call, the tools it asks for, their results back to the model, until it has nothing
 * more to ask.  A run of a model that has no tools is its first step.
 *
 * The source is a state machine that never waits.  What it gives comes from two places: the call's own
 * events, as its mail is digested, and a queue of what happened to tools.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/envelope.h"
#include "agent/tasks.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/io.h"
#include "llm/call.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/message.h"
#include "llm/model.h"
#include "llm/source.h"

enum { QUEUE_BYTES = 1024 * 1024 };

enum run_state {
    RUN_STARTING,  /* start is still to be given */
    RUN_FAILING,   /* it cannot be begun: the error comes next */
    RUN_ANSWERING, /* the call's events come */
    RUN_WORKING,   /* tools run, or wait to be allowed */
    RUN_ENDING,    /* what is queued is given, then finish */
    RUN_OVER,
};

struct run {
    struct source source; /* first: a source is one of these */
    rn_agent *agent;
    rn_model *model;
    struct mailbox *box;
    struct mail *mail; /* taken from the box; the first is being digested */
    int64_t now;       /* when that came */
    enum run_state state;
    bool is_cancelled;
    bool wants_end; /* after this step */

    struct envelope envelope;
    rn_conversation *conversation; /* grows with each step */
    struct call *call;    /* NULL: it could not be begun */
    struct error failure; /* why */
    struct tasks *tasks;
    struct message *told;       /* what the run adds up to; NULL when there are no tools */
    size_t told_count;          /* how many of its messages the conversation has */
    struct event_queue *queue;  /* what happened to tools */
    const rn_event *held;       /* the call's, to be looked at again once the queue is given */
    struct buf whole;           /* with whole_messages: the text so far */
    json_t *said;               /* what the user said meanwhile: array of strings */

    const char *reason; /* of finish; static */
    char *raw;
    bool is_partial;
    rn_usage usage; /* of all steps */
    rn_timing timing;
    struct event event; /* what was handed out last */
};

static const struct source_kind run_kind;

static void wake(struct source *source)
{
    struct run *run = (struct run *)source;
    if (run->box)
        mailbox_wake(run->box);
}

/* ---- Making it ---- */

static void start_call(struct run *run)
{
    char *body =
        model_encode(run->model, run->conversation, run->agent->offer, run->envelope.mode);
    call_free(run->call);
    run->call = call_new(run->model, body, run->box);
    run->envelope.step++;
    run->state = RUN_ANSWERING;
}

rn_stream *rn_agent_start(rn_agent *agent, const rn_conversation *conversation, enum rn_mode mode)
{
    struct run *run = xnew(struct run);
    rn_model *model = agent->options.model;
    size_t bytes = model->options.queue_bytes;
    run->conversation = conversation_copy(conversation);
    if (!run->conversation->system)
        rn_conversation_system(run->conversation, model->options.system);
    run->source.kind = &run_kind;
    atomic_init(&run->source.is_unwanted, false);
    run->agent = agent_hold(agent);
    run->model = model;
    run->box = mailbox_new(bytes ? bytes : QUEUE_BYTES);
    run->queue = event_queue_new();
    run->tasks = tasks_new(agent, io_worker(model->io), run->box, run->queue,
                           &run->source.is_unwanted);
    run->told = agent->tool_count > 0 ? message_new() : NULL;
    run->said = json_array();
    run->reason = "cancelled";
    run->raw = xstrdup("");
    run->is_partial = true;
    run->usage = USAGE_UNKNOWN;
    run->timing = (rn_timing){.resolve = -1, .connect = -1, .tls = -1, .first_byte = -1};
    envelope_init(&run->envelope, run->conversation, run->conversation->system, agent->offer, mode);
    if (!run->box)
        error_set(&run->failure, RN_EIO, "too many files are open");
    else if (*rn_agent_error(agent))
        error_set(&run->failure, RN_ECONFIG, "%s", rn_agent_error(agent));
    else
        start_call(run);
    run->state = RUN_STARTING;
    wake(&run->source); /* start is there already */
    return stream_new(&run->source, model->options.events);
}

/* ---- Giving events ---- */

static const rn_event *give(struct run *run, const rn_event *event)
{
    if (event != &run->event.public)
        run->event.public = *event; /* what it points to lasts as long as the event does */
    envelope_stamp(&run->envelope, &run->event.public, run->now);
    if (run->told)
        message_add(run->told, &run->event.public);
    return &run->event.public;
}

static const rn_event *give_start(struct run *run)
{
    const char *model = run->model->options.model;
    run->now = run->envelope.began;
    envelope_start(&run->envelope, &run->event, run->model->provider, model ? model : "");
    run->state = run->is_cancelled ? RUN_ENDING : run->call ? RUN_ANSWERING : RUN_FAILING;
    if (run->told)
        message_add(run->told, &run->event.public);
    return &run->event.public;
}

static void end_run(struct run *run, const char *reason, bool is_partial)
{
    run->reason = reason;
    run->is_partial = is_partial;
    run->state = RUN_ENDING;
}

static const rn_event *give_failure(struct run *run)
{
    event_init(&run->event, RN_ERROR);
    run->event.error.code = run->failure.code;
    run->event.public.text = run->failure.text;
    run->event.public.text_len = strlen(run->failure.text);
    end_run(run, "error", true);
    return give(run, &run->event.public);
}

static const rn_event *give_finish(struct run *run)
{
    event_init(&run->event, RN_FINISH);
    envelope_stamp(&run->envelope, &run->event.public, run->now);
    run->event.total = run->usage;
    run->event.finish = (rn_finish){.reason = run->reason,
                                    .raw = run->raw,
                                    .partial = run->is_partial,
                                    .steps = run->envelope.step,
                                    .ms = run->envelope.t,
                                    .ttft_ms = run->envelope.ttft,
                                    .timing = run->timing};
    run->state = RUN_OVER;
    return &run->event.public;
}

/* ---- Steps ---- */

/* What this step said, and what its tools gave, become part of the conversation. */
static void close_step(struct run *run)
{
    json_t *history = message_history(message_public(run->told));
    for (; run->told_count < json_array_size(history); run->told_count++)
        conversation_add_json(run->conversation,
                              json_incref(json_array_get(history, run->told_count)));
    json_decref(history);
    tasks_reset(run->tasks);
}

static bool add_said(struct run *run)
{
    size_t i;
    json_t *text;
    json_array_foreach(run->said, i, text) {
        const char *said = json_string_value(text);
        rn_conversation_user(run->conversation, said);
        run->told_count++; /* its event comes when the queue is given */
        rn_event *event = &event_queue_add(run->queue, RN_USER)->public;
        event->text_len = strlen(said);
        event->text = event_queue_text(run->queue, said, event->text_len);
    }
    json_array_clear(run->said);
    return i > 0;
}

/* Every tool has its result: the model is told, unless that was enough. */
static void next_step(struct run *run)
{
    close_step(run);
    if (run->wants_end) {
        end_run(run, "cancelled", true);
        return;
    }
    if (run->envelope.step == run->agent->options.max_steps) {
        end_run(run, "max_steps", true);
        return;
    }
    add_said(run);
    start_call(run);
}

/* ---- The call's events ---- */

static bool is_cut(const char *reason)
{
    return strcmp(reason, "length") == 0 || strcmp(reason, "content_filter") == 0;
}

/* The model's turn is over: its tools run, or it has answered. */
static void on_finish(struct run *run, const rn_event *event)
{
    const char *reason = event->finish->reason; /* the decoder's reasons are static */
    free(run->raw);
    run->raw = xstrdup(event->finish->raw);
    run->timing = call_timing(run->call);
    bool has_calls = tasks_count(run->tasks) > 0;
    if (has_calls && strcmp(reason, "tool_calls") == 0) {
        tasks_begin(run->tasks);
        run->state = RUN_WORKING;
        return;
    }
    if (has_calls)
        tasks_refuse(run->tasks, "error",
                     "This was not run, because the answer was cut off. Make the call again.");
    if (run->told && !has_calls && json_array_size(run->said) > 0 && !run->wants_end &&
        run->envelope.step < run->agent->options.max_steps) {
        close_step(run);
        add_said(run);
        start_call(run);
        return;
    }
    end_run(run, reason, is_cut(reason));
}

static const rn_event *on_error(struct run *run, const rn_event *event)
{
    run->timing = call_timing(run->call);
    end_run(run, event->error->code == RN_ETRUNCATED ? "truncated" : "error", true);
    return give(run, event);
}

/* With whole messages the text waits until something else comes. */
static bool gather(struct run *run, const rn_event *event)
{
    if (!run->agent->options.whole_messages)
        return false;
    if (event->kind == RN_AI) {
        buf_add(&run->whole, event->content, event->content_len);
        return true;
    }
    if (run->whole.len == 0 || event->kind & (RN_REASONING | RN_TOOL_DELTA | RN_OPAQUE))
        return false;
    struct event *whole = event_queue_add(run->queue, RN_AI);
    whole->public.content_len = run->whole.len;
    whole->public.content = event_queue_text(run->queue, run->whole.data, run->whole.len);
    buf_reset(&run->whole);
    run->held = event;
    return true;
}

/* An event of the call as one of the run; NULL when it is none. */
static const rn_event *translate(struct run *run, const rn_event *event)
{
    if (gather(run, event))
        return NULL;
    switch (event->kind) {
    case RN_START: /* the run has its own; what it says is with the pieces */
        return NULL;
    case RN_FINISH:
        on_finish(run, event);
        return NULL;
    case RN_ERROR:
        if (!tasks_done(run->tasks)) { /* results first: the error stands right before the finish */
            tasks_refuse(run->tasks, "error", "This was not run, because the answer broke off.");
            run->held = event;
            return NULL;
        }
        return on_error(run, event);
    case RN_TOOL:
        if (run->told)
            tasks_add(run->tasks, event);
        break;
    case RN_USAGE:
        run->usage = usage_sum(&run->usage, event->usage);
        break;
    default:
        break;
    }
    return give(run, event);
}

/* ---- Mail ---- */

static void digest(struct run *run)
{
    run->now = run->mail->time;
    if (!tasks_mail(run->tasks, run->mail) && run->call)
        call_mail(run->call, run->mail);
}

/* Go on to the next mail; false when there is none now. */
static bool next_mail(struct run *run)
{
    bool was_full = false;
    struct mail *done = run->mail;
    if (done) {
        run->mail = done->next;
        mail_free(done);
    }
    if (!run->mail) {
        run->mail = mailbox_take(run->box, &was_full);
        if (was_full) {
            call_resume(run->call);
            tasks_resume(run->tasks);
        }
    }
    if (!run->mail)
        return false;
    digest(run);
    return true;
}

static void drop_mail(struct run *run)
{
    while (run->mail) {
        struct mail *next = run->mail->next;
        mail_free(run->mail);
        run->mail = next;
    }
}

/* ---- The source ---- */

static const rn_event *next_of_queue(struct run *run)
{
    struct event *event = event_queue_next(run->queue);
    return event ? give(run, &event->public) : NULL;
}

static const rn_event *next_of_call(struct run *run)
{
    const rn_event *held = run->held;
    run->held = NULL;
    return held ? held : call_next(run->call);
}

/* Do the next thing: true when there was one, whether or not it gave an event. */
static bool carry_on(struct run *run, const rn_event **event)
{
    const rn_event *raw;
    *event = NULL;
    switch (run->state) {
    case RUN_STARTING:
        *event = give_start(run);
        return true;
    case RUN_FAILING:
        *event = give_failure(run);
        return true;
    case RUN_ANSWERING:
        if (!(raw = next_of_call(run)))
            return next_mail(run);
        *event = translate(run, raw);
        return true;
    case RUN_WORKING:
        if (tasks_work(run->tasks))
            return true;
        if (tasks_done(run->tasks)) {
            next_step(run);
            return true;
        }
        return next_mail(run);
    case RUN_ENDING:
        *event = give_finish(run);
        return true;
    case RUN_OVER:
        break;
    }
    return false;
}

static int next(struct source *source, const rn_event **event)
{
    struct run *run = (struct run *)source;
    if (!run->mail)
        run->now = clock_ms();
    for (;;) {
        if (run->state != RUN_STARTING && (*event = next_of_queue(run)))
            return RN_EVENT;
        if (run->state == RUN_OVER)
            return RN_DONE;
        if (!carry_on(run, event))
            return RN_AGAIN;
        if (*event)
            return RN_EVENT;
    }
}

static int fd(const struct source *source)
{
    const struct run *run = (const struct run *)source;
    return run->box ? mailbox_fd(run->box) : -1;
}

/* What has come is kept, what waits unread is dropped: the user said stop. */
static void cancel(struct source *source)
{
    struct run *run = (struct run *)source;
    if (run->state == RUN_OVER || run->state == RUN_ENDING)
        return;
    if (run->call) {
        run->timing = call_timing(run->call);
        call_stop(run->call);
    }
    drop_mail(run);
    run->held = NULL;
    run->is_cancelled = true;
    if (run->state == RUN_STARTING)
        return;
    tasks_refuse(run->tasks, "cancelled", "The user stopped the run before this was run.");
    end_run(run, "cancelled", true);
}

static int respond(struct source *source, const char *id, enum rn_policy decision,
                   const char *args, const char *why)
{
    struct run *run = (struct run *)source;
    int result = tasks_respond(run->tasks, id, decision, args, why);
    if (result == 0)
        wake(source); /* there is something to give */
    return result;
}

static int add_prompt(struct source *source, const char *text)
{
    struct run *run = (struct run *)source;
    if (run->state == RUN_ENDING || run->state == RUN_OVER || !run->told)
        return -1;
    json_array_append_new(run->said, json_string(text));
    return 0;
}

static void stop(struct source *source)
{
    ((struct run *)source)->wants_end = true;
}

static void free_run(struct source *source)
{
    struct run *run = (struct run *)source;
    tasks_free(run->tasks);
    call_free(run->call);
    drop_mail(run);
    mailbox_free(run->box);
    message_free(run->told);
    event_queue_free(run->queue);
    rn_conversation_free(run->conversation);
    envelope_clear(&run->envelope);
    buf_clear(&run->whole);
    json_decref(run->said);
    free(run->raw);
    rn_agent_free(run->agent);
    free(run);
}

static const struct source_kind run_kind = {
    .next = next,
    .fd = fd,
    .wake = wake,
    .cancel = cancel,
    .free = free_run,
    .respond = respond,
    .say = add_prompt,
    .stop = stop,
};
