/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/chat.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/chat_parts.h"
#include "chat/branch.h"
#include "chat/choose.h"
#include "chat/contest.h"
#include "chat/open.h"
#include "chat/playback.h"
#include "chat/policy.h"
#include "chat/scout.h"
#include "config/settings.h"
#include "session/journal.h"
#include "session/store.h"

/* ---- The model ---- */

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The system prompt that the settings want; one that was typed in the chat stays, and so does a resumed
 * session's, as long as the settings have nothing new to say. */
int chat_load_system(struct chat *chat, struct error *error)
{
    struct error why = ERROR_INIT;
    if (chat->has_own_system)
        return 0;
    char *system = open_system(chat->settings, &chat->answerer.choice, &why);
    if (why.code) {
        *error = why;
        return -1;
    }
    if (chat->conversation && !is_same(system, chat->system))
        rn_conversation_system(chat->conversation, system);
    free(chat->system);
    chat->system = system;
    return 0;
}

static void warn(struct chat *chat, const struct error *error)
{
    chat->warning = *error;
    chat->has_warning = true;
}

static void warn_of_answerer(struct chat *chat)
{
    struct error error;
    if (answerer_warns(&chat->answerer, &error))
        warn(chat, &error);
}

int chat_set_model(struct chat *chat, const char *name, struct error *error)
{
    struct error ignored;
    char *before = xstrdup(settings_get(chat->settings, "chat", "model"));
    int result =
        settings_set(chat->settings, SETTINGS_OPTION, "chat", "model", name, "/model", error);
    if (result == 0 && (result = answerer_choose(&chat->answerer, false, error)) < 0)
        settings_set(chat->settings, SETTINGS_OPTION, "chat", "model",
                     before ? before : chat->answerer.label, "/model", &ignored);
    free(before);
    if (result < 0)
        return -1;
    warn_of_answerer(chat);
    return chat_load_system(chat, error);
}

const char *chat_model(const struct chat *chat)
{
    return chat->answerer.label;
}

struct scout *chat_scout(const struct chat *chat)
{
    return chat->scout;
}

const char *chat_model_why(const struct chat *chat)
{
    return chat->answerer.choice.why;
}

const char *chat_run_model(const struct chat *chat)
{
    return chat->run_label ? chat->run_label : chat->answerer.label;
}

bool chat_is_guide(const struct chat *chat)
{
    return answerer_is_guide(&chat->answerer);
}

enum rn_mode chat_mode(const struct chat *chat)
{
    return chat->mode;
}

void chat_set_mode(struct chat *chat, enum rn_mode mode)
{
    chat->mode = mode;
}

/* ---- The session ---- */

const char *chat_warning(struct chat *chat)
{
    if (!chat->has_warning)
        return NULL;
    chat->has_warning = false;
    return chat->warning.text;
}

char *chat_session_dir(const struct chat *chat, struct error *error)
{
    const char *given = settings_get(chat->settings, "chat", "sessions");
    return given ? xstrdup(given) : store_dir(error);
}

/* A chat that cannot be saved goes on all the same: the warning says so. */
static void open_journal(struct chat *chat)
{
    struct error error = ERROR_INIT;
    journal_free(chat->journal);
    chat->journal = NULL;
    if (!settings_flag(chat->settings, "chat", "save"))
        return;
    char *dir = chat_session_dir(chat, &error);
    if (dir)
        chat->journal = journal_new(dir, chat->name);
    else
        warn(chat, &error);
    free(dir);
}

void chat_begin(struct chat *chat)
{
    contest_drop(chat);
    rn_conversation_free(chat->conversation);
    chat->conversation = rn_conversation_new(chat->system);
    rn_message_free(chat->answer);
    chat->answer = NULL;
    tally_begin(&chat->tally, NULL);
    open_journal(chat);
}

const char *chat_session(const struct chat *chat)
{
    return chat->journal ? journal_id(chat->journal) : "";
}

const char *chat_title(const struct chat *chat)
{
    return chat->journal ? journal_called(chat->journal) : "";
}

int chat_set_title(struct chat *chat, const char *title, struct error *error)
{
    if (!chat->journal)
        return error_set(error, RN_ECONFIG, "this chat is not saved, so no list will have it");
    return journal_title(chat->journal, title, error) < 0 ? -1
                                                          : journal_flush(chat->journal, error);
}

const char *chat_system(const struct chat *chat)
{
    return chat->system ? chat->system : "";
}

void chat_set_system(struct chat *chat, const char *system)
{
    free(chat->system);
    chat->system = *system ? xstrdup(system) : NULL;
    chat->has_own_system = true;
    rn_conversation_system(chat->conversation, chat->system);
}

const rn_conversation *chat_conversation(const struct chat *chat)
{
    return chat->conversation;
}

static int open_policy(struct chat *chat, struct error *error)
{
    struct policy_options options = {.is_one_answer = chat->options.is_one_answer,
                                     .can_ask = chat->options.can_ask,
                                     .allow_all = chat->options.allow_all};
    chat->policy = policy_new(chat->settings, &options, error);
    return chat->policy ? 0 : -1;
}

struct chat *chat_new(struct settings *settings, rn_io *io, const struct chat_options *options,
                      struct error *error)
{
    struct chat *chat = xnew(struct chat);
    chat->settings = settings;
    chat->options = *options;
    chat->answerer = (struct answerer){.settings = settings,
                                       .io = io,
                                       .record_fd = options->record_fd,
                                       .wants_deltas = options->wants_deltas,
                                       .extra = options->extra,
                                       .schema = options->schema};
    chat->name = xstrdup(options->name);
    chat->mode =
        strcmp(settings_get(settings, "chat", "mode"), "invoke") == 0 ? RN_INVOKE : RN_STREAM;
    int result = answerer_choose(&chat->answerer, options->may_guide, error);
    chat->scout = scout_new(settings, io, chat->answerer.choice.is_free);
    if (result == 0)
        result = chat_load_system(chat, error);
    if (result == 0)
        result = open_policy(chat, error);
    if (result == 0 && options->resume)
        result = branch_resume(chat, options->resume, options->until, options->is_fork, error);
    else if (result == 0)
        chat_begin(chat);
    if (result < 0) {
        chat_free(chat);
        return NULL;
    }
    warn_of_answerer(chat);
    return chat;
}

/* ---- Runs ---- */

static void start(struct chat *chat, rn_stream *stream, bool is_replay)
{
    rn_close(chat->stream);
    playback_free(chat->playback);
    if (!is_replay)
        contest_drop(chat);
    chat->stream = stream;
    chat->playback = NULL;
    chat->is_replay = is_replay;
}

/* A model that is offered no tools has its one say. */
static rn_stream *open_run(struct chat *chat)
{
    if (!policy_offers_any(chat->policy))
        return rn_model_start(chat->answerer.model, chat->conversation, chat->mode);
    rn_agent *agent = RN_AGENT(.model = chat->answerer.model, .policy = policy_judge,
                               .policy_user = chat->policy);
    policy_offer(chat->policy, agent);
    rn_stream *stream = rn_agent_start(agent, chat->conversation, chat->mode);
    rn_agent_free(agent);
    return stream;
}

int chat_send(struct chat *chat, const char *prompt, struct error *error)
{
    if (chat->stream)
        return error_set(error, RN_ECONFIG, "an answer is still coming");
    if (attachments_check(&chat->attached, chat->answerer.model, error) < 0 ||
        answerer_wake(&chat->answerer, error) < 0)
        return -1;
    rn_conversation_user(chat->conversation, prompt);
    attachments_give(&chat->attached, chat->conversation);
    start(chat, open_run(chat), false);
    return 0;
}

int chat_retry(struct chat *chat, struct error *error)
{
    if (chat->stream)
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    if (answerer_wake(&chat->answerer, error) < 0)
        return -1;
    if (!rn_conversation_rewind(chat->conversation))
        return error_set(error, RN_ECONFIG, "nothing has been said yet");
    start(chat, open_run(chat), false);
    return 0;
}

void chat_play(struct chat *chat, rn_stream *stream)
{
    start(chat, stream, true);
}

void chat_play_back(struct chat *chat, rn_stream *stream, struct playback *playback)
{
    start(chat, stream, true);
    chat->playback = playback;
}

struct playback *chat_playback(const struct chat *chat)
{
    return chat->playback;
}

static void note_run(struct chat *chat, const rn_start *start)
{
    free(chat->run_label);
    chat->run_label = choose_label(start->provider, start->model);
}

static void journal(struct chat *chat, const rn_event *event)
{
    struct error error;
    if (!chat->journal || chat->is_replay)
        return;
    if (journal_event(chat->journal, event, &error) < 0)
        warn(chat, &error);
    if (event->kind == RN_FINISH &&
        journal_message(chat->journal, rn_snapshot(chat->stream), &error) < 0)
        warn(chat, &error);
}

static void flush(struct chat *chat)
{
    struct error error;
    if (chat->journal && !chat->is_replay && journal_flush(chat->journal, &error) < 0)
        warn(chat, &error);
}

static void end_run(struct chat *chat)
{
    flush(chat);
    rn_message_free(chat->answer);
    chat->answer = rn_collect(chat->stream);
    if (!chat->is_replay)
        rn_conversation_add(chat->conversation, chat->answer);
    rn_close(chat->stream);
    playback_free(chat->playback);
    chat->stream = NULL;
    chat->playback = NULL;
}

int chat_step(struct chat *chat, const rn_event **event)
{
    if (!chat->stream)
        return RN_DONE;
    int result = rn_step(chat->stream, event, 0);
    if (result == RN_EVENT && (*event)->kind == RN_START)
        note_run(chat, (*event)->start);
    if (result == RN_EVENT && chat->playback)
        playback_event(chat->playback, *event);
    if (result == RN_EVENT && !chat->is_replay)
        tally_event(&chat->tally, *event);
    if (result == RN_EVENT)
        journal(chat, *event);
    else if (result == RN_AGAIN)
        flush(chat);
    else
        end_run(chat);
    return result;
}

int chat_fd(const struct chat *chat)
{
    return chat->stream ? rn_fd(chat->stream) : -1;
}

bool chat_busy(const struct chat *chat)
{
    return chat->stream;
}

void chat_stop(struct chat *chat)
{
    if (chat->stream)
        rn_cancel(chat->stream);
}

const rn_message *chat_answer(struct chat *chat)
{
    return chat->stream ? rn_snapshot(chat->stream) : chat->answer;
}

const struct tally *chat_tally(const struct chat *chat)
{
    return &chat->tally;
}

int64_t chat_context(const struct chat *chat)
{
    return answerer_context(&chat->answerer);
}

/* ---- The end ---- */

/* A run that goes on is stopped, and the session says so. */
static void abandon(struct chat *chat)
{
    const rn_event *event;
    chat_stop(chat);
    while (chat_step(chat, &event) == RN_EVENT)
        ;
    rn_close(chat->stream);
}

const struct settings *chat_settings(const struct chat *chat)
{
    return chat->settings;
}

void chat_free(struct chat *chat)
{
    if (!chat)
        return;
    abandon(chat);
    contest_drop(chat);
    scout_free(chat->scout);
    answerer_clear(&chat->answerer);
    attachments_clear(&chat->attached);
    policy_free(chat->policy);
    journal_free(chat->journal);
    rn_conversation_free(chat->conversation);
    rn_message_free(chat->answer);
    chat_forget_requests(chat);
    tally_clear(&chat->tally);
    free(chat->run_label);
    free(chat->encore);
    free(chat->name);
    free(chat->system);
    free(chat);
}
