/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/talk.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/branch.h"
#include "chat/chat.h"
#include "chat/choose.h"
#include "chat/command.h"
#include "chat/history.h"
#include "chat/mention.h"
#include "chat/playback.h"
#include "chat/scout.h"
#include "tui/player_talk.h"
#include "tui/status.h"
#include "tui/story.h"
#include "tui/transcript.h"

/* What of a replay comes at once is painted at once: so it looks the same each time, to the byte. */
enum { DRAIN_MS = 1, DRAIN_REPLAY_MS = 500 };

/* ---- What is told */

static void say(struct talk *talk, enum entry_kind kind, const char *text)
{
    transcript_add(talk->transcript, kind, text, strlen(text));
    transcript_close(talk->transcript);
    talk->news |= NEWS_TEXT;
}

void talk_note(struct talk *talk, const char *text)
{
    say(talk, ENTRY_NOTE, text);
}

void talk_error(struct talk *talk, const char *text)
{
    say(talk, ENTRY_ERROR, text);
}

/* In a replay it is the runs' that are shown. */
static void show_names(struct talk *talk)
{
    const struct chat *chat = talk->chat;
    if (chat_playback(chat))
        return;
    status_names(talk->status, chat_mode(chat), chat_model(chat), chat_session(chat),
                 chat_is_guide(chat));
    talk->news |= NEWS_STATUS;
}

/* Of the run that begins, which in a replay is another's than the chat's. */
static void show_names_of(struct talk *talk, const rn_start *start)
{
    bool is_guide = strcmp(start->provider, GUIDE_NAME) == 0;
    free(talk->model);
    talk->model =
        is_guide ? xstrdup(GUIDE_NAME) : xasprintf("%s:%s", start->provider, start->model);
    status_names(talk->status, start->mode, talk->model, chat_session(talk->chat), is_guide);
    talk->news |= NEWS_STATUS;
}

static void show_warning(struct talk *talk)
{
    const char *warning = chat_warning(talk->chat);
    if (warning)
        talk_error(talk, warning);
}

/* ---- Time */

static bool stands_still(const struct talk *talk)
{
    const struct playback *playback = chat_playback(talk->chat);
    return playback && !playback_moves(playback);
}

int64_t talk_clock(const struct talk *talk, int64_t now)
{
    const struct playback *playback = chat_playback(talk->chat);
    return playback ? playback_clock(playback) : now;
}

static int64_t next_tick(const struct talk *talk, int64_t now)
{
    int64_t clock = talk_clock(talk, now), due = status_due(&talk->meter, clock);
    return due < 0 || stands_still(talk) ? -1 : now + due - clock;
}

static void plan_status(struct talk *talk, int64_t now)
{
    int64_t due = next_tick(talk, now);
    if (due < 0 || talk->status_due < 0 || due < talk->status_due)
        talk->status_due = due;
}

/* ---- Runs */

static void begin_run(struct talk *talk)
{
    int64_t now = clock_ms();
    meter_begin(&talk->meter, now);
    plan_status(talk, now);
    transcript_end(talk->transcript);
    show_names(talk);
}

static void send_prompt(struct talk *talk, const char *prompt)
{
    struct error error = ERROR_INIT;
    if (mention_send(talk->chat, prompt, &error) < 0)
        talk_error(talk, error.text);
    else
        begin_run(talk);
}

static bool has_failed(struct chat *chat)
{
    const rn_message *answer = chat_answer(chat);
    return answer && answer->status != RN_OK && answer->status != RN_ECANCELLED;
}

/* After a failure the prompt that waits is likely to fail too: it goes back to who wrote it. */
static void send_queued(struct talk *talk)
{
    if (has_failed(talk->chat)) {
        talk->news |= NEWS_RETURN;
        return;
    }
    char *prompt = queue_take_first(&talk->queue);
    send_prompt(talk, prompt);
    free(prompt);
    talk->news |= NEWS_QUEUE;
}

/* ---- Questions */

/* In a replay nobody is asked: the answer is in it. */
static void on_approval(struct talk *talk, const rn_event *event)
{
    bool is_question = event->kind == RN_APPROVAL && strcmp(event->status, "requested") == 0;
    if (*event->json)
        return;
    if (is_question) {
        struct question question;
        chat_question(talk->chat, event, &question);
        ask_add(&talk->ask, event, &question, clock_ms());
        question_clear(&question);
        talk->news |= NEWS_QUESTION;
    } else {
        ask_drop(&talk->ask, event->id, clock_ms());
    }
    talk->news |= NEWS_ASK;
}

static int respond(struct talk *talk, const char *id, enum rn_policy decision, const char *args,
                   const char *why, int64_t now)
{
    int result = chat_respond(talk->chat, id, decision, args, why);
    if (result == 0 || !args)
        ask_drop(&talk->ask, id, now);
    talk->news |= NEWS_ASK;
    return result;
}

/* The questions that wait are answered with it, where it goes for them too. */
static void allow_like(struct talk *talk, const char *tool, const char *pattern, int64_t now)
{
    chat_allow(talk->chat, tool, pattern);
    for (size_t i = 0; i < talk->ask.count;) {
        const struct asked *asked = &talk->ask.items[i];
        bool is_like = !pattern || (asked->pattern && strcmp(asked->pattern, pattern) == 0);
        if (is_like && strcmp(asked->tool, tool) == 0)
            respond(talk, asked->id, RN_ALLOW, NULL, NULL, now);
        else
            i++;
    }
}

void talk_allow(struct talk *talk, enum allowance allowance, int64_t now)
{
    const struct asked *asked = ask_first(&talk->ask);
    char *tool = xstrdup(asked->tool), *pattern = xstrdup(asked->pattern);
    if (allowance == ALLOW_ONCE)
        respond(talk, asked->id, RN_ALLOW, NULL, NULL, now);
    else
        allow_like(talk, tool, allowance == ALLOW_TOOL ? NULL : pattern, now);
    free(tool);
    free(pattern);
}

int talk_allow_with(struct talk *talk, const char *args, int64_t now)
{
    return respond(talk, ask_first(&talk->ask)->id, RN_ALLOW, args, NULL, now);
}

void talk_deny(struct talk *talk, const char *why, int64_t now)
{
    respond(talk, ask_first(&talk->ask)->id, RN_DENY, NULL, why && *why ? why : NULL, now);
}

void talk_ready(struct talk *talk, int64_t now)
{
    ask_tick(&talk->ask, now);
    talk->news |= NEWS_ASK;
}

static void drop_questions(struct talk *talk, int64_t now)
{
    while (ask_is_open(&talk->ask))
        ask_drop(&talk->ask, ask_first(&talk->ask)->id, now);
    talk->news |= NEWS_ASK;
}

/* ---- The end of a run */

/* What the run was told and did not come to, it is asked next. */
static void take_back_said(struct talk *talk)
{
    for (char *prompt; (prompt = queue_take_last(&talk->said));) {
        queue_put_first(&talk->queue, prompt);
        free(prompt);
        talk->news |= NEWS_QUEUE;
    }
}

static void end_run(struct talk *talk, int64_t now)
{
    transcript_close(talk->transcript);
    story_end(&talk->story);
    meter_end(&talk->meter, now);
    talk->news |= NEWS_STATUS;
    drop_questions(talk, now);
    take_back_said(talk);
    if (talk->queue.count > 0)
        send_queued(talk);
    if (!chat_busy(talk->chat))
        talk->news |= NEWS_ANSWER;
}

/* A prompt that is entered while a run goes on waits in the queue, where Up takes it back.  A run takes
 * it up only when the tools of its step have all given their results, so that is when it is told, and
 * not before.  A run that uses no tools is never told anything: the prompt begins the next one, as does
 * one with files. */
static void say_queued(struct talk *talk)
{
    char *prompt;
    while (talk->queue.count > 0 && !mention_any(talk->queue.prompts[0]) &&
           chat_say(talk->chat, talk->queue.prompts[0]) == 0) {
        prompt = queue_take_first(&talk->queue);
        queue_add(&talk->said, prompt);
        free(prompt);
        talk->news |= NEWS_QUEUE;
    }
}

static void on_event(struct talk *talk, const rn_event *event, int64_t now)
{
    enum phase before = talk->meter.phase;
    const struct playback *playback = chat_playback(talk->chat);
    int64_t clock = playback ? playback_event_clock(playback) : now;
    if (playback && player_talk_event(talk, event, clock))
        return;
    if (event->kind == RN_START)
        show_names_of(talk, event->start);
    meter_event(&talk->meter, event, clock);
    story_event(&talk->story, event, talk->model, clock);
    if (event->kind & (RN_APPROVAL | RN_RESULT))
        on_approval(talk, event);
    if (event->kind == RN_RESULT && talk->meter.tool_count == 0)
        say_queued(talk);
    if (event->kind == RN_USER)
        free(queue_take_first(&talk->said));
    if (talk->meter.phase != before)
        talk->news |= NEWS_STATUS;
}

/* ---- Models that can be had */

void talk_look_around(struct talk *talk)
{
    if (chat_is_guide(talk->chat))
        scout_look_around(chat_scout(talk->chat));
}

int talk_scout_fd(const struct talk *talk)
{
    return scout_fd(chat_scout(talk->chat));
}

void talk_take_offer(struct talk *talk)
{
    const char *offer = scout_offer(chat_scout(talk->chat));
    char *line = offer ? xasprintf("/model %s", offer) : NULL;
    if (line)
        talk_line(talk, line);
    free(line);
}

static void tell_scouted(struct talk *talk)
{
    for (char *news; (news = scout_next(chat_scout(talk->chat)));) {
        talk_note(talk, news);
        free(news);
    }
}

/* ---- News */

void talk_drain(struct talk *talk)
{
    tell_scouted(talk);
    if (!chat_busy(talk->chat))
        return;
    int64_t begun = clock_ms(), now = begun;
    int64_t most = chat_playback(talk->chat) ? DRAIN_REPLAY_MS : DRAIN_MS;
    const rn_event *event;
    int step = RN_EVENT;
    while (step == RN_EVENT && now - begun < most) {
        step = chat_step(talk->chat, &event);
        if (step == RN_AGAIN)
            break;
        if (step == RN_EVENT)
            on_event(talk, event, now);
        else
            end_run(talk, now);
        talk->news |= NEWS_TEXT;
        now = clock_ms();
    }
    player_talk_settle(talk, now);
    if (story_show(&talk->story, stands_still(talk), talk_clock(talk, now)))
        talk->news |= NEWS_TEXT;
    show_warning(talk);
    plan_status(talk, now);
}

void talk_tell_anew(struct talk *talk)
{
    story_clear(&talk->story);
    player_panes_clear(&talk->panes);
    transcript_end(talk->transcript);
    talk->meter = (struct meter){0};
    drop_questions(talk, clock_ms());
    talk->news |= NEWS_TEXT | NEWS_STATUS;
}

void talk_tick(struct talk *talk, int64_t now)
{
    talk->status_due = next_tick(talk, now);
    talk->news |= NEWS_STATUS;
    if (story_show(&talk->story, true, talk_clock(talk, now)))
        talk->news |= NEWS_TEXT;
}

void talk_fold(struct talk *talk)
{
    story_fold(&talk->story, talk_clock(talk, clock_ms()));
    talk->news |= NEWS_TEXT;
}

/* A replay is left, not stopped: there is nothing behind it to talk to. */
void talk_stop(struct talk *talk)
{
    if (!chat_playback(talk->chat))
        chat_stop(talk->chat);
}

void talk_toggle_mode(struct talk *talk)
{
    chat_set_mode(talk->chat, chat_mode(talk->chat) == RN_STREAM ? RN_INVOKE : RN_STREAM);
    show_names(talk);
}

/* ---- Lines */

/* Both in one go: what is said next stands below it. */
static void tell_conversation(struct talk *talk)
{
    const rn_event *event;
    talk_tell_anew(talk);
    if (branch_recall(talk->chat)) {
        while (chat_step(talk->chat, &event) == RN_EVENT)
            on_event(talk, event, clock_ms());
        end_run(talk, clock_ms());
    }
    talk->meter = (struct meter){0};
    story_show(&talk->story, false, clock_ms());
}

void talk_return(struct talk *talk)
{
    tell_conversation(talk);
    show_names(talk);
}

static void want_effects(struct talk *talk, int effects, const struct buf *text)
{
    free(talk->effect_text);
    talk->effect_text = xstrdup(buf_str(text));
    talk->effects |= effects;
    talk->news |= NEWS_EFFECT;
}

static void run_command(struct talk *talk, const char *line)
{
    struct buf text = BUF_INIT;
    struct error error = ERROR_INIT;
    int effects = command_run(talk->chat, line, &text, &error);
    if (effects < 0) {
        talk_error(talk, error.text);
        effects = 0;
    }
    if (effects & COMMAND_CLEAR)
        story_clear(&talk->story);
    if (effects & COMMAND_AGAIN)
        tell_conversation(talk);
    if (effects & COMMAND_SAY)
        talk_note(talk, buf_str(&text));
    if (effects & COMMAND_RUN)
        begin_run(talk);
    if (effects & COMMAND_QUIT)
        talk->news |= NEWS_LEAVE;
    if (effects & (COMMAND_OF_SCREEN | COMMAND_COMPARE))
        want_effects(talk, effects & (COMMAND_OF_SCREEN | COMMAND_COMPARE), &text);
    transcript_end(talk->transcript);
    show_names(talk);
    show_warning(talk);
    buf_clear(&text);
}

void talk_line(struct talk *talk, const char *line)
{
    struct error error = ERROR_INIT;
    if (history_add(talk->history, line, &error) < 0)
        talk_error(talk, error.text);
    talk->news |= NEWS_TEXT | NEWS_QUEUE;
    if (command_is(line))
        run_command(talk, line);
    else if (chat_busy(talk->chat))
        queue_add(&talk->queue, line);
    else
        send_prompt(talk, line);
}

char *talk_take_back(struct talk *talk)
{
    talk->news |= NEWS_QUEUE;
    return queue_take_last(&talk->queue);
}

/* ---- Beginning and end */

void talk_open(struct talk *talk, struct chat *chat, struct history *history)
{
    *talk = (struct talk){.chat = chat, .history = history, .status_due = -1};
    talk->transcript = transcript_new();
    talk->story.transcript = talk->transcript;
    talk->status = status_new();
    talk->model = xstrdup(chat_model(chat));
    show_names(talk);
    show_warning(talk);
    if (!chat_busy(chat)) /* else it is a replay, which tells all by itself */
        tell_conversation(talk);
}

void talk_close(struct talk *talk)
{
    status_free(talk->status);
    player_panes_clear(&talk->panes);
    story_clear(&talk->story);
    transcript_free(talk->transcript);
    ask_clear(&talk->ask);
    queue_clear(&talk->queue);
    queue_clear(&talk->said);
    free(talk->effect_text);
    free(talk->model);
}
