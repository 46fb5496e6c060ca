/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain/plain.h"

#include <string.h>

#include "base/buf.h"
#include "chat/attach.h"
#include "chat/chat.h"
#include "plain/follow.h"
#include "plain/painter.h"
#include "plain/tell.h"

enum { EXIT_ANSWERED, EXIT_FAILED, EXIT_USAGE, EXIT_PARTIAL, EXIT_REFUSED };

struct answer {
    struct follow follow;
    struct painter *painter; /* NULL: text is written as it is */
    enum plain_format format;
    bool is_played;    /* of a session: with its prompts */
    bool is_empty;     /* no event has come */
    bool is_cut;       /* the session could not be read to its end */
    enum rn_mode mode; /* of the run that is played, */
    bool is_named;     /* and it has been said which it is */
};

/* ---- Text ---- */

static void add_prompt(struct sink *sink, const rn_event *start)
{
    struct buf prompt = BUF_INIT;
    attach_show_prompt(start, &prompt);
    const char *text = buf_str(&prompt);
    while (*text) {
        size_t len = strcspn(text, "\n");
        sink_text(sink, "> ", 2);
        sink_text(sink, text, len);
        sink_text(sink, "\n", 1);
        text += len + (text[len] == '\n');
    }
    sink_text(sink, "\n", 1);
    buf_clear(&prompt);
}

/* Only the events of a comparison name their run: then it is to be seen who says what. */
static void name_lane(struct answer *answer, const rn_event *event)
{
    struct sink *sink = &answer->follow.sink;
    const char *model = chat_run_model(answer->follow.chat);
    const char *mode = answer->mode == RN_INVOKE ? ", invoke]\n" : ", stream]\n";
    if (event->kind == RN_START) {
        answer->mode = event->start->mode;
        answer->is_named = false;
    } else if (*event->run && !answer->is_named) {
        sink_text(sink, "[", 1);
        sink_text(sink, model, strlen(model));
        sink_text(sink, mode, strlen(mode));
        answer->is_named = true;
    }
}

/* What the model says before it calls a tool is a text of its own. */
static void paint(struct answer *answer, const rn_event *event)
{
    struct sink *sink = &answer->follow.sink;
    painter_text(answer->painter, sink, event->content, event->content_len);
    if (event->kind != RN_AI)
        painter_end(answer->painter, sink);
}

static void add_text(struct answer *answer, const rn_event *event)
{
    struct sink *sink = &answer->follow.sink;
    if (answer->is_played)
        name_lane(answer, event);
    if (answer->painter && event->kind & (RN_AI | RN_TOOL | RN_ERROR | RN_FINISH))
        paint(answer, event);
    else
        sink_text(sink, event->content, event->content_len);
    if (event->kind & (RN_ERROR | RN_FINISH))
        sink_end_text(sink);
    if (answer->is_played && event->kind == RN_START)
        add_prompt(sink, event);
    if (answer->is_played && event->kind == RN_FINISH)
        sink_text(sink, "\n", 1);
}

/* ---- What is beside the answer: it must stand after what had come before it ---- */

/* An error that stands in the session was some run's. */
static bool is_replays_own(const struct answer *answer, const rn_event *event)
{
    return answer->is_played && event->kind == RN_ERROR && !*event->json;
}

static void tell_event(struct answer *answer, const rn_event *event)
{
    const char *model = chat_run_model(answer->follow.chat);
    if (!(event->kind & (RN_RETRY | RN_ERROR | RN_FINISH)))
        return;
    follow_flush(&answer->follow);
    if (event->kind == RN_RETRY)
        tell_retry(event);
    else if (event->kind == RN_ERROR && answer->is_cut)
        tell("%s", event->text);
    else if (event->kind == RN_ERROR)
        tell_error(event, model);
    else
        tell_finish(event);
    if (event->kind == RN_FINISH && !answer->is_played)
        tell_limits(event);
    if (event->kind == RN_ERROR && !answer->is_played)
        tell_advice(event, model);
}

static void add(struct answer *answer, const rn_event *event)
{
    answer->is_empty = false;
    answer->is_cut |= is_replays_own(answer, event);
    if (answer->format == PLAIN_EVENTS)
        sink_event(&answer->follow.sink, event);
    else if (answer->format == PLAIN_TEXT)
        add_text(answer, event);
    tell_event(answer, event);
}

/* ---- How it ended ---- */

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static int status_of(const rn_message *message)
{
    if (is(message->reason, "length") || is(message->reason, "max_steps") ||
        (is(message->reason, "truncated") && message->content_len))
        return EXIT_PARTIAL;
    if (is(message->reason, "refusal") || is(message->reason, "content_filter"))
        return EXIT_REFUSED;
    if (message->status == RN_ECONFIG)
        return EXIT_USAGE;
    return message->status < 0 ? EXIT_FAILED : EXIT_ANSWERED;
}

static int exit_status(const struct answer *answer)
{
    if (!answer->is_played)
        return status_of(chat_answer(answer->follow.chat));
    if (answer->is_empty)
        tell("there is nothing to play: no run is in it");
    return answer->is_empty || answer->is_cut ? EXIT_FAILED : EXIT_ANSWERED;
}

static void end_text(struct answer *answer)
{
    if (answer->painter)
        painter_end(answer->painter, &answer->follow.sink);
    sink_end_text(&answer->follow.sink);
    painter_free(answer->painter);
}

static int show(struct chat *chat, enum plain_format format, bool is_played)
{
    struct answer answer = {.format = format, .is_played = is_played, .is_empty = true};
    follow_begin(&answer.follow, chat);
    if (format == PLAIN_TEXT)
        answer.painter = painter_new(&answer.follow.sink, chat_settings(chat));
    for (const rn_event *event; (event = follow_next(&answer.follow));)
        add(&answer, event);
    if (format == PLAIN_JSON)
        sink_message(&answer.follow.sink, chat_answer(chat));
    else if (format == PLAIN_TEXT)
        end_text(&answer); /* a session may end before its last run does */
    int stopped = follow_end(&answer.follow);
    return stopped ? stopped : exit_status(&answer);
}

int plain_answer(struct chat *chat, enum plain_format format)
{
    return show(chat, format, false);
}

int plain_play(struct chat *chat, enum plain_format format)
{
    return show(chat, format, true);
}
