/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run: a model call, the tools it asks for, their results back to the model, until it has nothing
 * more to ask.  A model's own run is the first step of that.
 *
 * The source is a state machine that never waits.  What it gives comes from two places: the call's own
 * events, as its mail is digested, and a queue of what we have to say ourselves.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/dialog.h"
#include "agent/envelope.h"
#include "agent/gather.h"
#include "agent/tasks.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/io.h"
#include "llm/call.h"
#include "llm/event.h"
#include "llm/message.h"
#include "llm/model.h"
#include "llm/refusals.h"
#include "llm/source.h"

enum { QUEUE_BYTES = 1024 * 1024 };

enum run_state {
    RUN_STARTING,  /* start is still to be given */
    RUN_FAILING,   /* it cannot be begun: the error comes next */
    RUN_ANSWERING, /* the call's events come */
    RUN_WORKING,   /* tools run, or wait to be allowed */
    RUN_TURNING,   /* when what is queued is given, the model is called again */
    RUN_ENDING,    /* when what is queued is given, finish comes */
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
    bool wants_end;   /* after this step */
    bool is_answered; /* by this step: the model has no more to ask */

    struct envelope envelope;
    json_t *offer; /* a copy of the agent's: its references are not for two threads to count */
    struct dialog *dialog;
    struct call *call;         /* NULL: it could not be begun */
    struct refusals *refusals; /* of all its calls */
    struct error failure;      /* why */
    struct tasks *tasks;       /* of this step */
    struct event_queue *queue; /* what is to be given before the call's events */
    const rn_event *held;      /* the call's, to be looked at again once the queue is given */
    struct gather gather;      /* with whole_messages */
    struct event event;        /* what was handed out last */
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
        model_encode(run->model, dialog_conversation(run->dialog), run->offer, run->envelope.mode);
    call_free(run->call);
    run->call = call_new(run->model, run->envelope.mode, body, run->refusals, run->box);
    run->envelope.step++;
    run->is_answered = false;
    run->state = RUN_ANSWERING;
}

static void begin(struct run *run)
{
    const char *error = rn_agent_error(run->agent);
    if (!run->box)
        error_set(&run->failure, RN_EIO, "too many files are open");
    else if (*error)
        error_set(&run->failure, RN_ECONFIG, "%s", error);
    else
        start_call(run);
    run->state = RUN_STARTING;
    wake(&run->source); /* start is there already */
}

rn_stream *rn_agent_start(rn_agent *agent, const rn_conversation *conversation, enum rn_mode mode)
{
    struct run *run = xnew(struct run);
    rn_model *model = agent->options.model;
    size_t bytes = model->options.queue_bytes;
    run->source.kind = &run_kind;
    atomic_init(&run->source.is_unwanted, false);
    run->agent = agent_hold(agent);
    run->model = model;
    run->box = mailbox_new(bytes ? bytes : QUEUE_BYTES);
    run->queue = event_queue_new();
    run->tasks =
        tasks_new(agent, io_worker(model->io), run->box, run->queue, &run->source.is_unwanted);
    run->offer = json_deep_copy(agent->offer);
    run->dialog = dialog_new(conversation, model->options.system);
    run->refusals = refusals_new();
    envelope_init(&run->envelope, dialog_conversation(run->dialog), run->offer, mode);
    begin(run);
    return stream_new(&run->source, model->options.events);
}

/* ---- Giving events ---- */

/* To the dialog too, where there can be another step: a model's own run is not folded twice. */
static const rn_event *give(struct run *run, const rn_event *event, int64_t time)
{
    if (event != &run->event.pub)
        run->event.pub = *event; /* what it points to lasts as long as the event does */
    envelope_stamp(&run->envelope, &run->event.pub, time);
    if (!run->agent->is_model)
        dialog_event(run->dialog, &run->event.pub);
    return &run->event.pub;
}

static const rn_event *give_start(struct run *run)
{
    const char *model = run->model->options.model;
    envelope_start(&run->envelope, &run->event, run->model->provider, model ? model : "");
    run->state = run->is_cancelled ? RUN_ENDING : run->call ? RUN_ANSWERING : RUN_FAILING;
    return give(run, &run->event.pub, run->envelope.began);
}

static void end_run(struct run *run, const char *reason, bool is_partial)
{
    run->envelope.reason = reason;
    run->envelope.is_partial = is_partial;
    run->state = RUN_ENDING;
}

static const rn_event *give_failure(struct run *run)
{
    event_init(&run->event, RN_ERROR);
    run->event.error.code = run->failure.code;
    run->event.pub.text = run->failure.text;
    run->event.pub.text_len = strlen(run->failure.text);
    end_run(run, "error", true);
    return give(run, &run->event.pub, run->now);
}

static const rn_event *give_finish(struct run *run)
{
    envelope_finish(&run->envelope, &run->event);
    envelope_stamp(&run->envelope, &run->event.pub, run->now);
    run->event.finish.ms = run->envelope.t;
    run->state = RUN_OVER;
    return &run->event.pub;
}

/* ---- Steps ---- */

static bool is_cut(const char *reason)
{
    return strcmp(reason, "length") == 0 || strcmp(reason, "content_filter") == 0 ||
           strcmp(reason, "pause") == 0;
}

static bool is_last_step(const struct run *run)
{
    return run->wants_end || run->agent->is_model ||
           run->envelope.step >= run->agent->options.max_steps;
}

/* Every tool has its result: the model is told, or what the user has said meanwhile, or it is over. */
static void end_step(struct run *run)
{
    if (run->is_answered && (is_last_step(run) || !dialog_has_said(run->dialog))) {
        end_run(run, run->envelope.reason, is_cut(run->envelope.reason));
    } else if (is_last_step(run)) {
        end_run(run, run->wants_end ? "cancelled" : "max_steps", true);
    } else {
        dialog_tell(run->dialog, run->queue);
        run->state = RUN_TURNING;
    }
}

static void turn(struct run *run)
{
    dialog_close_step(run->dialog);
    tasks_reset(run->tasks);
    start_call(run);
}

/* ---- The call's events ---- */

/* It has called tools, or paused: a server stops the long work of its own tools so, and goes on with it
 * when it gets back what it has said. */
static bool goes_on(const struct run *run, const char *reason)
{
    return (strcmp(reason, "tool_calls") == 0 && tasks_count(run->tasks) > 0) ||
           strcmp(reason, "pause") == 0;
}

/* The model's turn is over. */
static void on_finish(struct run *run, const rn_event *event)
{
    const char *reason = event->finish->reason; /* the decoder's reasons are static */
    free(run->envelope.raw);
    run->envelope.raw = xstrdup(event->finish->raw);
    envelope_take(&run->envelope, run->call);
    run->envelope.reason = reason;
    run->state = RUN_WORKING;
    run->is_answered = true;
    if (run->agent->is_model) {
        tasks_refuse(run->tasks, "error", "This was not run: there are no tools here.");
    } else if (goes_on(run, reason)) {
        run->is_answered = false;
        tasks_begin(run->tasks);
    } else {
        tasks_refuse(run->tasks, "error",
                     "This was not run, because the answer was cut off. Make the call again.");
    }
}

static const rn_event *on_error(struct run *run, const rn_event *event)
{
    if (!tasks_done(run->tasks)) { /* results first: the error stands right before the finish */
        tasks_refuse(run->tasks, "error", "This was not run, because the answer broke off.");
        run->held = event;
        return NULL;
    }
    envelope_take(&run->envelope, run->call);
    end_run(run, event->error->code == RN_ETRUNCATED ? "truncated" : "error", true);
    return give(run, event, run->now);
}

/* An event of the call as one of the run; NULL when it is none. */
static const rn_event *translate(struct run *run, const rn_event *event)
{
    if (gather_ends(&run->gather, event)) {
        gather_flush(&run->gather, run->queue, run->now);
        run->held = event;
        return NULL;
    }
    if (run->agent->options.whole_messages && gather_piece(&run->gather, event))
        return NULL;
    switch (event->kind) {
    case RN_START: /* the run has its own; what it says is with the pieces */
        return NULL;
    case RN_FINISH:
        on_finish(run, event);
        return NULL;
    case RN_ERROR:
        return on_error(run, event);
    case RN_TOOL:
        tasks_add(run->tasks, event);
        break;
    case RN_USAGE:
        run->envelope.usage = usage_sum(&run->envelope.usage, event->usage);
        break;
    default:
        break;
    }
    return give(run, event, run->now);
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
    return event ? give(run, &event->pub, event->pub.t) : NULL;
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
        if (!tasks_done(run->tasks))
            return next_mail(run);
        end_step(run);
        return true;
    case RUN_TURNING:
        turn(run);
        return true;
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
        *event = NULL;
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

static bool is_ending(const struct run *run)
{
    return run->state == RUN_ENDING || run->state == RUN_OVER;
}

/* What has come is kept, what waits unread is dropped: the user said stop. */
static void cancel(struct source *source)
{
    struct run *run = (struct run *)source;
    if (is_ending(run))
        return;
    if (run->call) {
        envelope_take(&run->envelope, run->call);
        call_stop(run->call);
    }
    drop_mail(run);
    run->held = NULL;
    run->is_cancelled = true;
    if (run->state == RUN_STARTING)
        return;
    gather_flush(&run->gather, run->queue, run->now);
    tasks_refuse(run->tasks, "cancelled", "The user stopped the run before this was run.");
    end_run(run, "cancelled", true);
}

static int respond(struct source *source, const char *id, enum rn_policy decision, const char *args,
                   const char *why)
{
    struct run *run = (struct run *)source;
    int result = tasks_respond(run->tasks, id, decision, args, why);
    if (result == 0)
        wake(source); /* there is something to give */
    return result;
}

static int say(struct source *source, const char *text)
{
    struct run *run = (struct run *)source;
    if (!run->call || is_ending(run) || is_last_step(run) || atomic_load(&source->is_unwanted))
        return -1;
    dialog_say(run->dialog, text);
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
    refusals_free(run->refusals);
    drop_mail(run);
    mailbox_free(run->box);
    json_decref(run->offer);
    dialog_free(run->dialog);
    event_queue_free(run->queue);
    envelope_clear(&run->envelope);
    gather_clear(&run->gather);
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
    .say = say,
    .stop = stop,
};
