/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run of one model call as a source: the call's events in their envelope.  start, the pieces, at most
 * one error, and finish, always.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/ident.h"
#include "base/json.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "llm/call.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/model.h"
#include "llm/source.h"

enum { QUEUE_BYTES = 1024 * 1024, RUN_ID = 10 };

enum run_state {
    RUN_STARTING,  /* start is still to be given */
    RUN_ANSWERING, /* the call's events come */
    RUN_FAILING,   /* it could not be begun: the error comes next */
    RUN_ENDING,    /* finish comes next */
    RUN_OVER,
};

struct run {
    struct source source; /* first: a source is one of these */
    rn_model *model;
    struct mailbox *box;
    struct call *call;    /* NULL: it could not be begun */
    struct error failure; /* why */
    struct mail *mail;    /* taken from the box, not yet digested */
    enum run_state state;
    bool is_cancelled;

    int64_t began;
    int64_t t; /* of the last event: never goes back */
    uint64_t seq;
    int64_t ttft;

    /* What start says. */
    char id[RUN_ID + 1], time[CLOCK_RFC3339_SIZE];
    char *parent, *system, *input, *prompt;
    enum rn_mode mode;

    rn_usage usage;
    const char *reason; /* of finish; static */
    char *raw;
    bool is_partial;
    struct event event; /* what has been handed out last */
};

/* ---- Making it ---- */

static char *json_text_of(const json_t *array, size_t from)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, "[");
    for (size_t i = from; i < json_array_size(array); i++) {
        buf_adds(&text, i > from ? "," : "");
        json_add_value(&text, json_array_get(array, i));
    }
    buf_adds(&text, "]");
    return buf_take(&text);
}

static const struct source_kind run_kind;

static void wake(struct source *source)
{
    struct run *run = (struct run *)source;
    if (run->box)
        mailbox_wake(run->box);
}

static struct run *run_new(rn_model *model, const rn_conversation *conversation, enum rn_mode mode)
{
    struct run *run = xnew(struct run);
    size_t bytes = model->options.queue_bytes;
    const char *system = conversation->system ? conversation->system : model->options.system;
    run->source.kind = &run_kind;
    run->model = model_hold(model);
    run->box = mailbox_new(bytes ? bytes : QUEUE_BYTES);
    run->began = clock_ms();
    run->ttft = -1;
    run->mode = mode;
    ident_random(run->id, RUN_ID);
    clock_rfc3339(run->time);
    run->parent = xstrdup(conversation_parent(conversation));
    run->system = xstrdup(system ? system : "");
    run->input = json_text_of(conversation->messages, conversation_unseen(conversation));
    run->prompt = xstrdup(rn_conversation_prompt(conversation));
    run->usage = USAGE_UNKNOWN;
    run->reason = "cancelled";
    run->raw = xstrdup("");
    run->is_partial = true;
    return run;
}

rn_stream *rn_model_start(rn_model *model, const rn_conversation *conversation, enum rn_mode mode)
{
    struct run *run = run_new(model, conversation, mode);
    if (!run->box) {
        error_set(&run->failure, RN_EIO, "too many files are open");
    } else if (model->error) {
        error_set(&run->failure, RN_ECONFIG, "%s", model->error);
    } else {
        run->call = call_new(model, model_encode(model, conversation, mode), run->box);
    }
    wake(&run->source); /* start is there already */
    return stream_new(&run->source, model->options.events);
}

/* ---- The envelope ---- */

static const rn_event *stamp(struct run *run, const rn_event *event, int64_t time)
{
    int64_t t = time - run->began;
    if (event != &run->event.public)
        run->event.public = *event; /* what it points to is the call's, and lasts as long */
    rn_event *public = &run->event.public;
    if (t > run->t)
        run->t = t;
    public->t = run->t;
    if (public->kind != RN_TOOL_DELTA)
    public->seq = ++run->seq;
    return public;
}

static const rn_event *give_start(struct run *run)
{
    event_init(&run->event, RN_START);
    run->event.start =
        (rn_start){.run = run->id,
                   .parent = run->parent,
                   .time = run->time,
                   .provider = run->model->provider,
                   .model = run->model->options.model ? run->model->options.model : "",
                   .system = run->system,
                   .input = run->input,
                   .tools = "[]",
                   .mode = run->mode};
    run->event.public.text = run->prompt;
    run->event.public.text_len = strlen(run->prompt);
    run->state = run->is_cancelled ? RUN_ENDING : run->call ? RUN_ANSWERING : RUN_FAILING;
    return stamp(run, &run->event.public, run->began);
}

static const rn_event *give_failure(struct run *run)
{
    event_init(&run->event, RN_ERROR);
    run->event.error.code = run->failure.code;
    run->event.public.text = run->failure.text;
    run->event.public.text_len = strlen(run->failure.text);
    run->reason = "error";
    run->state = RUN_ENDING;
    return stamp(run, &run->event.public, clock_ms());
}

static const rn_event *give_finish(struct run *run, int64_t time)
{
    event_init(&run->event, RN_FINISH);
    stamp(run, &run->event.public, time);
    run->event.total = run->usage;
    run->event.finish.reason = run->reason;
    run->event.finish.raw = run->raw;
    run->event.finish.partial = run->is_partial;
    run->event.finish.steps = run->call ? 1 : 0;
    run->event.finish.ms = run->t;
    run->event.finish.ttft_ms = run->ttft;
    if (run->call)
        run->event.finish.timing = call_timing(run->call);
    run->state = RUN_OVER;
    return &run->event.public;
}

/* ---- The call's events ---- */

static bool is_any(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

static const rn_event *on_finish(struct run *run, const rn_event *event, int64_t time)
{
    static const char *const cut[] = {"length", "content_filter", NULL};
    run->reason = event->finish->reason; /* the decoder's reasons are static */
    free(run->raw);
    run->raw = xstrdup(event->finish->raw);
    run->is_partial = is_any(run->reason, cut);
    return give_finish(run, time);
}

/* An event of the call as one of the run; NULL when it is none. */
static const rn_event *translate(struct run *run, const rn_event *event, int64_t time)
{
    switch (event->kind) {
    case RN_START:
        return NULL; /* the run has its own; what it says is with the pieces */
    case RN_FINISH:
        return on_finish(run, event, time);
    case RN_ERROR:
        run->reason = event->error->code == RN_ETRUNCATED ? "truncated" : "error";
        run->state = RUN_ENDING;
        break;
    case RN_USAGE:
        run->usage = *event->usage;
        break;
    default:
        break;
    }
    const rn_event *stamped = stamp(run, event, time);
    if (run->ttft < 0 && event->kind & (RN_AI | RN_REASONING | RN_TOOL))
        run->ttft = run->t;
    run->event.public.step = 1;
    return stamped;
}

static void next_mail(struct run *run)
{
    struct mail *done = run->mail;
    run->mail = done->next;
    mail_free(done);
}

/* Take what has come since; false when that is nothing. */
static bool take_mail(struct run *run)
{
    bool was_full = false;
    run->mail = mailbox_take(run->box, &was_full);
    if (was_full)
        call_resume(run->call);
    if (run->mail)
        call_mail(run->call, run->mail);
    return run->mail != NULL;
}

static const rn_event *next_of_call(struct run *run)
{
    for (;;) {
        const rn_event *event;
        int64_t time = run->mail ? run->mail->time : clock_ms();
        while ((event = call_next(run->call))) {
            const rn_event *given = translate(run, event, time);
            if (given)
                return given;
        }
        if (run->mail) {
            next_mail(run);
            if (run->mail) {
                call_mail(run->call, run->mail);
                continue;
            }
        }
        if (!take_mail(run))
            return NULL;
    }
}

/* ---- The source ---- */

static int next(struct source *source, const rn_event **event)
{
    struct run *run = (struct run *)source;
    switch (run->state) {
    case RUN_STARTING:
        *event = give_start(run);
        return RN_EVENT;
    case RUN_ANSWERING:
        *event = next_of_call(run);
        return *event ? RN_EVENT : RN_AGAIN;
    case RUN_FAILING:
        *event = give_failure(run);
        return RN_EVENT;
    case RUN_ENDING:
        *event = give_finish(run, clock_ms());
        return RN_EVENT;
    case RUN_OVER:
        break;
    }
    return RN_DONE;
}

static int fd(const struct source *source)
{
    const struct run *run = (const struct run *)source;
    return run->box ? mailbox_fd(run->box) : -1;
}

static void drop_mail(struct run *run)
{
    while (run->mail)
        next_mail(run);
}

/* What has come is kept, what waits unread is dropped: the user said stop. */
static void cancel(struct source *source)
{
    struct run *run = (struct run *)source;
    if (run->state == RUN_OVER || run->state == RUN_ENDING)
        return;
    if (run->call)
        call_stop(run->call);
    drop_mail(run);
    run->is_cancelled = true;
    if (run->state != RUN_STARTING)
        run->state = RUN_ENDING;
}

static void free_run(struct source *source)
{
    struct run *run = (struct run *)source;
    call_free(run->call);
    drop_mail(run);
    mailbox_free(run->box);
    rn_model_free(run->model);
    free(run->parent);
    free(run->system);
    free(run->input);
    free(run->prompt);
    free(run->raw);
    free(run);
}

static const struct source_kind run_kind = {
    .next = next,
    .fd = fd,
    .wake = wake,
    .cancel = cancel,
    .free = free_run,
};
