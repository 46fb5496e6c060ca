/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stream: what a source gives, pulled, pushed, collected, recorded or cancelled.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"
#include "llm/event.h"
#include "llm/message.h"
#include "llm/source.h"

struct rn_stream {
    struct source *source;
    struct message *message;
    unsigned events;
    int record_fd; /* -1: none */
    bool record_failed;
    bool is_over;
    bool has_cancelled; /* the source has been told */
};

rn_stream *stream_new(struct source *source, unsigned events)
{
    rn_stream *stream = xnew(rn_stream);
    stream->source = source;
    stream->message = message_new();
    stream->events = events ? events : ~(unsigned)RN_TOOL_DELTA;
    stream->record_fd = -1;
    return stream;
}

int rn_fd(const rn_stream *stream)
{
    return stream->source->kind->fd(stream->source);
}

void rn_cancel(rn_stream *stream)
{
    atomic_store(&stream->source->is_unwanted, true);
    stream->source->kind->wake(stream->source);
}

int rn_respond(rn_stream *stream, const char *id, enum rn_policy decision, const char *args,
               const char *why)
{
    const struct source_kind *kind = stream->source->kind;
    return kind->respond ? kind->respond(stream->source, id, decision, args, why) : -1;
}

int rn_say(rn_stream *stream, const char *text)
{
    const struct source_kind *kind = stream->source->kind;
    return kind->say ? kind->say(stream->source, text) : -1;
}

void rn_stop(rn_stream *stream)
{
    const struct source_kind *kind = stream->source->kind;
    if (kind->stop)
        kind->stop(stream->source);
}

void rn_record(rn_stream *stream, int fd)
{
    stream->record_fd = fd;
}

static void record(rn_stream *stream, const rn_event *event)
{
    struct buf line = BUF_INIT;
    event_json(event, &line);
    buf_addc(&line, '\n');
    if (fd_write_all(stream->record_fd, line.data, line.len) < 0) {
        stream->record_failed = true;
        stream->record_fd = -1;
    }
    buf_clear(&line);
}

static bool must_cancel(const rn_stream *stream)
{
    return !stream->has_cancelled && atomic_load(&stream->source->is_unwanted);
}

static int next(rn_stream *stream, const rn_event **event)
{
    const struct source_kind *kind = stream->source->kind;
    int result;
    do {
        if (must_cancel(stream)) {
            stream->has_cancelled = true;
            kind->cancel(stream->source);
        }
        result = kind->next(stream->source, event);
        /* A source that has nothing to say silences its descriptor, and may so have swallowed the wake
         * of an rn_cancel that came since. */
    } while (result == RN_AGAIN && must_cancel(stream));
    return result;
}

/* The next event that is wanted, without waiting. */
static int step(rn_stream *stream, const rn_event **event)
{
    for (;;) {
        int result = next(stream, event);
        if (result == RN_DONE)
            stream->is_over = true;
        if (result != RN_EVENT)
            return result;
        message_add(stream->message, *event);
        if (!((*event)->kind & stream->events))
            continue;
        if (stream->record_fd >= 0)
            record(stream, *event);
        return RN_EVENT;
    }
}

static void wait_until(const rn_stream *stream, int64_t deadline)
{
    struct pollfd wait = {.fd = rn_fd(stream), .events = POLLIN};
    int64_t left = deadline - clock_ms();
    poll(&wait, 1, deadline < 0 ? -1 : left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);
}

int rn_step(rn_stream *stream, const rn_event **event, int timeout_ms)
{
    int64_t deadline = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
    for (;;) {
        int result = step(stream, event);
        if (result != RN_AGAIN || timeout_ms == 0)
            return result;
        if (deadline >= 0 && clock_ms() >= deadline)
            return RN_AGAIN;
        wait_until(stream, deadline);
    }
}

const rn_event *rn_next(rn_stream *stream)
{
    const rn_event *event;
    return rn_step(stream, &event, -1) == RN_EVENT ? event : NULL;
}

static int status(const rn_stream *stream)
{
    int status = message_public(stream->message)->status;
    return status == RN_OK && stream->record_failed ? RN_EIO : status;
}

int rn_run(rn_stream *stream, rn_event_fn *fn, void *user)
{
    const rn_event *event;
    bool wanted = true;
    while ((event = rn_next(stream))) {
        if (wanted && fn(event, user) != 0) {
            wanted = false;
            rn_cancel(stream);
        }
    }
    return status(stream);
}

const rn_message *rn_snapshot(rn_stream *stream)
{
    return message_public(stream->message);
}

rn_message *rn_collect(rn_stream *stream)
{
    while (rn_next(stream))
        ;
    return message_hold(stream->message);
}

char *rn_text(rn_stream *stream, int *how)
{
    rn_message *message = rn_collect(stream);
    char *text = xstrndup(message->content, message->content_len);
    int closed = rn_close(stream);
    if (how)
        *how = closed;
    rn_message_free(message);
    return text;
}

int rn_close(rn_stream *stream)
{
    if (!stream)
        return RN_OK;
    bool is_over = stream->is_over || *rn_snapshot(stream)->reason;
    int how = status(stream);
    if (how == RN_OK && !is_over)
        how = RN_ECANCELLED;
    stream->source->kind->free(stream->source);
    message_free(stream->message);
    free(stream);
    return how;
}

rn_stream *rn_model_stream(rn_model *model, const char *prompt)
{
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_conversation_user(conversation, prompt);
    rn_stream *stream = rn_model_start(model, conversation, RN_STREAM);
    rn_conversation_free(conversation);
    return stream;
}

rn_message *rn_model_invoke(rn_model *model, const char *prompt)
{
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_conversation_user(conversation, prompt);
    rn_stream *stream = rn_model_start(model, conversation, RN_INVOKE);
    rn_message *message = rn_collect(stream);
    rn_close(stream);
    rn_conversation_free(conversation);
    return message;
}

const char *rn_status_name(int how)
{
    static const char *const names[] = {
        [-RN_ECANCELLED] = "cancelled", [-RN_ECONNECT] = "connect",
        [-RN_EHTTP] = "http",           [-RN_EPROVIDER] = "provider",
        [-RN_EPROTOCOL] = "protocol",   [-RN_ETRUNCATED] = "truncated",
        [-RN_ETIMEOUT] = "timeout",     [-RN_ELIMIT] = "limit",
        [-RN_ECONFIG] = "config",       [-RN_EIO] = "io",
    };
    return how < 0 && how >= RN_EIO ? names[-how] : how == RN_OK ? "ok" : "";
}
