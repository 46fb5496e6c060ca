/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/chat.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/choose.h"
#include "chat/open.h"
#include "chat/policy.h"
#include "config/settings.h"
#include "guide/guide.h"
#include "session/journal.h"
#include "session/store.h"
#include "tools/tools.h"

struct chat {
    struct settings *settings;
    rn_io *io;
    struct chat_options options;
    char *name;

    struct choice choice;
    char *label; /* "provider:model" */
    char *run_label;
    rn_model *model;
    struct guide *guide; /* NULL until it was chosen */
    enum rn_mode mode;
    struct policy *policy; /* which tools are offered, and what may run */

    rn_conversation *conversation;
    char *system;
    bool has_own_system;     /* set in the chat: the settings have no say any more */
    struct journal *journal; /* NULL: nothing is saved */

    rn_stream *stream; /* the run that goes on */
    bool is_replay;
    rn_message *answer; /* of the last run */
    struct error warning;
    bool has_warning;
};

/* ---- The model ---- */

static int prepare_guide(struct chat *chat, const struct choice *choice, const char **socket,
                         struct error *error)
{
    if (strcmp(choice->provider, GUIDE_NAME) != 0)
        return 0;
    if (!chat->guide)
        chat->guide = guide_new(error);
    if (!chat->guide)
        return error_prefix(error, "the guide");
    *socket = guide_socket(chat->guide);
    return 0;
}

/* What the command line said of the requests goes for every model of the chat: it moves along to the
 * provider that is asked now. */
static int carry_over(struct settings *settings, const struct choice *from, const struct choice *to,
                      struct error *error)
{
    static const char *const keys[] = {"temperature", "max_tokens", "reasoning"};
    char *old = choice_section(from), *new = choice_section(to);
    int result = 0;
    for (size_t i = 0; result == 0 && i < sizeof(keys) / sizeof(keys[0]); i++)
        if (settings_rank(settings, old, keys[i]) == SETTINGS_OPTION)
            result = settings_set(settings, SETTINGS_OPTION, new, keys[i],
                                  settings_get(settings, old, keys[i]),
                                  settings_origin(settings, old, keys[i]), error);
    free(old);
    free(new);
    return result;
}

static rn_model *open_choice(struct chat *chat, const struct choice *choice, struct error *error)
{
    struct open_extras extras = {.record_fd = chat->options.record_fd,
                                 .wants_deltas = chat->options.wants_deltas};
    if ((chat->model && carry_over(chat->settings, &chat->choice, choice, error) < 0) ||
        prepare_guide(chat, choice, &extras.guide_socket, error) < 0)
        return NULL;
    return open_model(chat->settings, choice, chat->io, &extras, error);
}

/* Put the model that the settings choose in the place of the one before. */
static int open_chosen(struct chat *chat, bool may_guide, struct error *error)
{
    struct choice choice;
    rn_model *model = NULL;
    if (choose_model(chat->settings, may_guide, &choice, error) == 0)
        model = open_choice(chat, &choice, error);
    if (!model) {
        choice_clear(&choice);
        return -1;
    }
    choice_clear(&chat->choice);
    chat->choice = choice;
    rn_model_free(chat->model);
    chat->model = model;
    free(chat->label);
    chat->label = choose_label(choice.provider, choice.model);
    return 0;
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The system prompt that the settings want; one that was typed in the chat stays, and so does a resumed
 * session's, as long as the settings have nothing new to say. */
static int load_system(struct chat *chat, struct error *error)
{
    struct error why = ERROR_INIT;
    if (chat->has_own_system)
        return 0;
    char *system = open_system(chat->settings, &chat->choice, &why);
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

int chat_set_model(struct chat *chat, const char *name, struct error *error)
{
    struct error ignored;
    char *before = xstrdup(settings_get(chat->settings, "chat", "model"));
    int result =
        settings_set(chat->settings, SETTINGS_OPTION, "chat", "model", name, "/model", error);
    if (result == 0 && (result = open_chosen(chat, false, error)) < 0)
        settings_set(chat->settings, SETTINGS_OPTION, "chat", "model",
                     before ? before : chat->label, "/model", &ignored);
    free(before);
    return result == 0 ? load_system(chat, error) : -1;
}

const char *chat_model(const struct chat *chat)
{
    return chat->label;
}

const char *chat_model_why(const struct chat *chat)
{
    return chat->choice.why;
}

const char *chat_run_model(const struct chat *chat)
{
    return chat->run_label ? chat->run_label : chat->label;
}

bool chat_is_guide(const struct chat *chat)
{
    return strcmp(chat->choice.provider, GUIDE_NAME) == 0;
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

static void warn(struct chat *chat, const struct error *error)
{
    chat->warning = *error;
    chat->has_warning = true;
}

const char *chat_warning(struct chat *chat)
{
    if (!chat->has_warning)
        return NULL;
    chat->has_warning = false;
    return chat->warning.text;
}

/* A chat that cannot be saved goes on all the same: the warning says so. */
static void open_journal(struct chat *chat)
{
    struct error error = ERROR_INIT;
    journal_free(chat->journal);
    chat->journal = NULL;
    if (!settings_flag(chat->settings, "chat", "save"))
        return;
    const char *given = settings_get(chat->settings, "chat", "sessions");
    char *dir = given ? xstrdup(given) : store_dir(&error);
    if (dir)
        chat->journal = journal_new(dir, chat->name);
    else
        warn(chat, &error);
    free(dir);
}

static int resume(struct chat *chat, const char *path, struct error *error)
{
    rn_conversation *conversation = session_conversation(path, error);
    if (!conversation)
        return -1;
    rn_conversation_free(chat->conversation);
    chat->conversation = conversation;
    if (chat->system)
        rn_conversation_system(conversation, chat->system);
    if (!settings_flag(chat->settings, "chat", "save"))
        return 0;
    chat->journal = journal_open(path, error);
    return chat->journal ? 0 : -1;
}

void chat_begin(struct chat *chat)
{
    rn_conversation_free(chat->conversation);
    chat->conversation = rn_conversation_new(chat->system);
    rn_message_free(chat->answer);
    chat->answer = NULL;
    open_journal(chat);
}

const char *chat_session(const struct chat *chat)
{
    return chat->journal ? journal_id(chat->journal) : "";
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
    chat->io = io;
    chat->options = *options;
    chat->name = xstrdup(options->name);
    chat->mode =
        strcmp(settings_get(settings, "chat", "mode"), "invoke") == 0 ? RN_INVOKE : RN_STREAM;
    int result = open_chosen(chat, options->may_guide, error);
    if (result == 0)
        result = load_system(chat, error);
    if (result == 0)
        result = open_policy(chat, error);
    if (result == 0 && options->resume)
        result = resume(chat, options->resume, error);
    else if (result == 0)
        chat_begin(chat);
    if (result < 0) {
        chat_free(chat);
        return NULL;
    }
    return chat;
}

/* ---- Runs ---- */

static void start(struct chat *chat, rn_stream *stream, bool is_replay)
{
    rn_close(chat->stream);
    chat->stream = stream;
    chat->is_replay = is_replay;
}

/* A model that is offered no tools has its one say. */
static rn_stream *open_run(struct chat *chat)
{
    if (!policy_offers_any(chat->policy))
        return rn_model_start(chat->model, chat->conversation, chat->mode);
    rn_agent *agent =
        RN_AGENT(.model = chat->model, .policy = policy_judge, .policy_user = chat->policy);
    policy_offer(chat->policy, agent);
    rn_stream *stream = rn_agent_start(agent, chat->conversation, chat->mode);
    rn_agent_free(agent);
    return stream;
}

int chat_send(struct chat *chat, const char *prompt, struct error *error)
{
    if (chat->stream)
        return error_set(error, RN_ECONFIG, "an answer is still coming");
    if (chat_is_guide(chat) &&
        guide_start(chat->guide, settings_number(chat->settings, "guide", "rate"), error) < 0)
        return error_prefix(error, "the guide");
    rn_conversation_user(chat->conversation, prompt);
    start(chat, open_run(chat), false);
    return 0;
}

int chat_retry(struct chat *chat, struct error *error)
{
    if (chat->stream)
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    char *prompt = xstrdup(rn_conversation_prompt(chat->conversation));
    int result = rn_conversation_undo(chat->conversation)
                     ? chat_send(chat, prompt, error)
                     : error_set(error, RN_ECONFIG, "nothing has been said yet");
    free(prompt);
    return result;
}

void chat_play(struct chat *chat, rn_stream *stream)
{
    start(chat, stream, true);
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
    chat->stream = NULL;
}

int chat_step(struct chat *chat, const rn_event **event)
{
    if (!chat->stream)
        return RN_DONE;
    int result = rn_step(chat->stream, event, 0);
    if (result == RN_EVENT && (*event)->kind == RN_START)
        note_run(chat, (*event)->start);
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

/* ---- Tools ---- */

void chat_question(const struct chat *chat, const rn_event *approval, struct question *question)
{
    const struct builtin *builtin = builtin_find(approval->tool);
    struct buf preview = BUF_INIT;
    if (builtin)
        tools_preview(builtin, approval->args, &preview);
    question->why = policy_why(chat->policy, approval->tool, approval->args);
    question->preview = buf_take(&preview);
    question->pattern = policy_pattern(approval->tool, approval->args);
}

void question_clear(struct question *question)
{
    free(question->preview);
    free(question->pattern);
    *question = (struct question){.why = ""};
}

int chat_respond(struct chat *chat, const char *id, enum rn_policy decision, const char *args,
                 const char *why)
{
    return chat->stream ? rn_respond(chat->stream, id, decision, args, why) : -1;
}

void chat_allow(struct chat *chat, const char *tool, const char *pattern)
{
    policy_allow(chat->policy, tool, pattern);
}

int chat_allow_list(struct chat *chat, const char *list, struct error *error)
{
    return policy_allow_list(chat->policy, list, error);
}

int chat_say(struct chat *chat, const char *text)
{
    return chat->stream ? rn_say(chat->stream, text) : -1;
}

void chat_list_tools(const struct chat *chat, struct buf *out)
{
    policy_list(chat->policy, false, out);
}

int chat_set_tools(struct chat *chat, const char *list, struct error *error)
{
    return policy_set_offer(chat->policy, list, error);
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

void chat_free(struct chat *chat)
{
    if (!chat)
        return;
    abandon(chat);
    rn_model_free(chat->model);
    guide_free(chat->guide);
    policy_free(chat->policy);
    journal_free(chat->journal);
    rn_conversation_free(chat->conversation);
    rn_message_free(chat->answer);
    choice_clear(&chat->choice);
    free(chat->label);
    free(chat->run_label);
    free(chat->name);
    free(chat->system);
    free(chat);
}
