/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/story.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "chat/advice.h"
#include "tui/transcript.h"

static void tell(struct transcript *transcript, enum entry_kind kind, const char *text)
{
    transcript_add(transcript, kind, text, strlen(text));
    transcript_close(transcript);
}

static void tell_tool(struct transcript *transcript, const rn_event *event)
{
    struct buf text = BUF_INIT;
    buf_addf(&text, "%s %s%s", event->tool, event->args, event->invalid ? " (not valid)" : "");
    tell(transcript, ENTRY_TOOL, text.data);
    buf_clear(&text);
}

static void tell_result(struct transcript *transcript, const rn_event *event)
{
    struct buf text = BUF_INIT;
    if (event->status[0] && strcmp(event->status, "ok") != 0)
        buf_addf(&text, "(%s) ", event->status);
    buf_add(&text, event->output, event->output_len);
    transcript_add(transcript, ENTRY_RESULT, buf_str(&text), text.len);
    transcript_close(transcript);
    buf_clear(&text);
}

static void tell_retry(struct transcript *transcript, const rn_event *event)
{
    struct buf text = BUF_INIT;
    buf_addf(&text, "%s; trying again in %.1f s (%u of %u)", event->text,
             (double)event->retry->delay_ms / 1000, event->retry->attempt, event->retry->max);
    tell(transcript, ENTRY_NOTE, text.data);
    buf_clear(&text);
}

static void tell_error(struct transcript *transcript, const rn_event *event, const char *model)
{
    struct buf text = BUF_INIT;
    if (transcript_is_growing(transcript))
        tell(transcript, ENTRY_MARK, "[cut off]");
    char *advice = advice_for(event, model);
    if (event->error->http)
        buf_addf(&text, "HTTP %d from %s: %s", event->error->http, model, event->text);
    else
        buf_addf(&text, "%s: %s", model, event->text);
    if (*advice)
        buf_addf(&text, "\n%s", advice);
    if (event->error->retryable)
        buf_adds(&text, "\n/retry asks again.");
    tell(transcript, ENTRY_ERROR, text.data);
    free(advice);
    buf_clear(&text);
}

/* A word on how an answer ended that is not whole. */
static const struct {
    const char *reason, *mark;
} marks[] = {
    {"cancelled", "[stopped]"},
    {"length", "[cut off: the limit of its length is reached]"},
    {"content_filter", "[withheld by the provider's filter]"},
    {"refusal", "[declined]"},
    {"max_steps", "[stopped: the limit of its steps is reached]"},
};

static void tell_finish(struct transcript *transcript, const rn_finish *finish)
{
    if (transcript_is_growing(transcript) && strcmp(finish->reason, "truncated") == 0)
        tell(transcript, ENTRY_MARK, "[cut off: this is all that came]");
    transcript_close(transcript);
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (strcmp(finish->reason, marks[i].reason) == 0)
            tell(transcript, ENTRY_MARK, marks[i].mark);
    if (strcmp(finish->reason, "stop") == 0 && finish->ttft_ms < 0)
        tell(transcript, ENTRY_MARK, "[the answer is empty]");
}

void story_event(struct transcript *transcript, const rn_event *event, const char *model)
{
    switch (event->kind) {
    case RN_START:
    case RN_USER:
        tell(transcript, ENTRY_USER, event->text);
        break;
    case RN_AI:
        transcript_append(transcript, ENTRY_ANSWER, event->content, event->content_len);
        break;
    case RN_REASONING:
        transcript_append(transcript, ENTRY_REASONING, event->text, event->text_len);
        break;
    case RN_TOOL:
        tell_tool(transcript, event);
        break;
    case RN_RESULT:
        tell_result(transcript, event);
        break;
    case RN_RETRY:
        tell_retry(transcript, event);
        break;
    case RN_ERROR:
        tell_error(transcript, event, model);
        break;
    case RN_FINISH:
        tell_finish(transcript, event->finish);
        break;
    default:
        break;
    }
}
