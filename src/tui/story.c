/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/story.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "chat/advice.h"
#include "chat/attach.h"
#include "tui/tool_call.h"
#include "tui/transcript.h"

static void tell(struct transcript *transcript, enum entry_kind kind, const char *text)
{
    transcript_add(transcript, kind, text, strlen(text));
    transcript_close(transcript);
}

static void tell_prompt(struct transcript *transcript, const rn_event *start)
{
    struct buf text = BUF_INIT;
    attach_show_prompt(start, &text);
    tell(transcript, ENTRY_USER, buf_str(&text));
    buf_clear(&text);
}

static void tell_retry(struct transcript *transcript, const rn_event *event)
{
    struct buf text = BUF_INIT;
    buf_addf(&text, "trying again in %.1f s (%u of %u): %s", (double)event->retry->delay_ms / 1000,
             event->retry->attempt, event->retry->max, event->text);
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
    {"interrupted", "[interrupted: /continue goes on from here, /retry asks again]"},
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
    char *limits = advice_limits(finish);
    if (*limits)
        tell(transcript, ENTRY_NOTE, limits);
    free(limits);
}

/* ---- Calls of tools */

void story_clear(struct story *story)
{
    for (size_t i = 0; i < story->count; i++)
        tool_call_free(story->calls[i]);
    free(story->calls);
    styled_clear(&story->shown);
    transcript_clear(story->transcript);
    *story = (struct story){.transcript = story->transcript,
                            .keeps_thoughts = story->keeps_thoughts,
                            .tells_times = story->tells_times};
}

/* Ids are only unique within a run, and some servers do not even keep to that: it is the newest one
 * that goes on. */
static struct tool_call *find_call(const struct story *story, const char *id)
{
    for (size_t i = story->count; i-- > story->first;)
        if (!tool_call_is_over(story->calls[i]) && strcmp(story->calls[i]->id, id) == 0)
            return story->calls[i];
    return NULL;
}

static struct tool_call *add_call(struct story *story, const rn_event *first)
{
    if (story->count == story->cap) {
        story->cap = story->cap ? story->cap * 2 : 8;
        story->calls = xrealloc(story->calls, story->cap * sizeof(struct tool_call *));
    }
    size_t entry = transcript_reserve(story->transcript, ENTRY_TOOL);
    return story->calls[story->count++] = tool_call_new(first, entry);
}

/* All calls of a step are written before the first one runs. */
static void note_others(struct story *story, const rn_event *event, int64_t now)
{
    for (size_t i = story->first; i < story->count; i++) {
        struct tool_call *call = story->calls[i];
        if (event->kind == RN_TOOL && call->state == TOOL_CALL_WAITING)
            call->began = now;
        if (event->kind == RN_RESULT && call->state == TOOL_CALL_WRITTEN)
            tool_call_end(call);
    }
}

static void tell_call(struct story *story, const rn_event *event, int64_t now)
{
    struct tool_call *call = find_call(story, event->id);
    tool_call_event(call ? call : add_call(story, event), event, now);
    note_others(story, event, now);
}

/* No event says when a call begins to run: when all are written and nothing is said for a tick, those
 * that nobody is asked about do. */
static void begin_calls(struct story *story)
{
    for (size_t i = story->first; i < story->count; i++)
        if (story->calls[i]->state == TOOL_CALL_WRITTEN)
            return;
    for (size_t i = story->first; i < story->count; i++)
        if (story->calls[i]->state == TOOL_CALL_WAITING)
            tool_call_begin(story->calls[i]);
}

static bool show_call(struct story *story, struct tool_call *call, int64_t now)
{
    tool_call_show(call, now, transcript_columns(story->transcript), &story->shown);
    return transcript_set(story->transcript, call->entry, &story->shown);
}

bool story_show(struct story *story, bool is_tick, int64_t now)
{
    bool is_news = false;
    if (is_tick)
        begin_calls(story);
    for (size_t i = story->first; i < story->count; i++) {
        struct tool_call *call = story->calls[i];
        if (call->is_changed || (is_tick && call->state == TOOL_CALL_RUNNING))
            is_news |= show_call(story, call, now);
    }
    return is_news;
}

void story_end(struct story *story)
{
    story->goes_on = false;
    thought_end(&story->thought, story->transcript, story->thought.began, story->keeps_thoughts);
    for (size_t i = story->first; i < story->count; i++)
        tool_call_end(story->calls[i]);
}

bool story_break_off(struct story *story)
{
    if (!story->goes_on)
        return false;
    transcript_close(story->transcript);
    story_end(story);
    tell(story->transcript, ENTRY_MARK, "[interrupted]");
    return true;
}

/* ---- Folding */

static bool fold_thought_in_view(struct story *story)
{
    struct transcript *transcript = story->transcript;
    size_t thought = transcript_in_view(transcript, ENTRY_REASONING);
    size_t call = transcript_in_view(transcript, ENTRY_TOOL), count = transcript_count(transcript);
    if (thought == count || (call < count && call > thought))
        return false;
    transcript_fold(transcript, thought, !transcript_is_folded(transcript, thought));
    transcript_reveal(transcript, thought);
    return true;
}

void story_fold(struct story *story, int64_t now)
{
    size_t i = story->count;
    if (fold_thought_in_view(story) || i == 0)
        return;
    size_t entry = transcript_in_view(story->transcript, ENTRY_TOOL);
    while (i > 1 && story->calls[i - 1]->entry > entry)
        i--;
    struct tool_call *call = story->calls[i - 1];
    call->is_unfolded = !call->is_unfolded;
    show_call(story, call, now);
    transcript_reveal(story->transcript, call->entry);
}

static bool is_open_thought(const struct transcript *transcript, size_t entry)
{
    return transcript_kind(transcript, entry) == ENTRY_REASONING &&
           !transcript_is_folded(transcript, entry);
}

static bool has_unfolded(const struct story *story)
{
    for (size_t i = 0; i < story->count; i++)
        if (story->calls[i]->is_unfolded)
            return true;
    for (size_t i = transcript_count(story->transcript); i-- > 0;)
        if (is_open_thought(story->transcript, i))
            return true;
    return false;
}

void story_fold_all(struct story *story, int64_t now)
{
    bool folds = has_unfolded(story);
    for (size_t i = 0; i < story->count; i++) {
        story->calls[i]->is_unfolded = !folds;
        show_call(story, story->calls[i], now);
    }
    for (size_t i = transcript_count(story->transcript); i-- > 0;)
        if (transcript_kind(story->transcript, i) == ENTRY_REASONING)
            transcript_fold(story->transcript, i, folds);
}

/* ---- The time of day */

static void set_began(struct story *story, const rn_start *start)
{
    struct tm time = {0};
    story->began = strptime(start->time, "%Y-%m-%dT%H:%M:%S", &time) ? timegm(&time) : 0;
}

/* What is begun from here on was said then.  An answer in the same minute as its prompt tells no time. */
static void tell_time(struct story *story, const rn_event *event)
{
    char text[ENTRY_TIME];
    struct tm local;
    time_t now = story->began + (time_t)(event->t / 1000);
    if (!story->tells_times || story->began == 0 || !localtime_r(&now, &local))
        return;
    strftime(text, sizeof(text), "%H:%M", &local);
    bool is_news = event->kind != RN_AI || strcmp(text, story->told) != 0;
    transcript_time(story->transcript, is_news ? text : NULL);
    memcpy(story->told, text, sizeof(text));
}

/* Only the events of a comparison name their run: then it is to be seen who says what. */
static void name_lane(struct story *story, const rn_event *event, const char *model)
{
    if (event->kind == RN_START) {
        story->mode = event->start->mode;
        story->is_named = false;
    } else if (*event->run && !story->is_named) {
        struct buf text = BUF_INIT;
        buf_addf(&text, "%s, %s:", model, story->mode == RN_INVOKE ? "invoke" : "stream");
        tell(story->transcript, ENTRY_NOTE, text.data);
        buf_clear(&text);
        story->is_named = true;
    }
}

/* ---- Events */

static void begin_run(struct story *story, const rn_start *start, int64_t now)
{
    story_break_off(story);
    story_show(story, false, now); /* from now on it is the new run's calls that are looked at */
    story->goes_on = true;
    story->first = story->count;
    if (story->tells_times)
        set_began(story, start);
}

enum {
    ENDS_THOUGHT = RN_START | RN_USER | RN_AI | RN_TOOL_DELTA | RN_TOOL | RN_APPROVAL | RN_RETRY |
                   RN_ERROR | RN_FINISH,
    HAS_TIME = RN_START | RN_USER | RN_AI,
};

void story_event(struct story *story, const rn_event *event, const char *model, int64_t now)
{
    struct transcript *transcript = story->transcript;
    if (event->kind & ENDS_THOUGHT)
        thought_end(&story->thought, transcript, event->t, story->keeps_thoughts);
    if (event->kind == RN_START)
        begin_run(story, event->start, now);
    if (event->kind & HAS_TIME)
        tell_time(story, event);
    name_lane(story, event, model);
    switch (event->kind) {
    case RN_START:
        tell_prompt(transcript, event);
        break;
    case RN_USER:
        tell(transcript, ENTRY_USER, event->text);
        break;
    case RN_AI:
        transcript_append(transcript, ENTRY_ANSWER, event->content, event->content_len);
        break;
    case RN_REASONING:
        thought_add(&story->thought, transcript, event);
        break;
    case RN_TOOL_DELTA:
    case RN_TOOL:
    case RN_APPROVAL:
    case RN_PROGRESS:
    case RN_RESULT:
        tell_call(story, event, now);
        break;
    case RN_RETRY:
        tell_retry(transcript, event);
        break;
    case RN_ERROR:
        tell_error(transcript, event, model);
        break;
    case RN_FINISH:
        story->goes_on = false; /* whoever feeds it may have more runs to tell */
        tell_finish(transcript, event->finish);
        break;
    default:
        break;
    }
}
