/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/contest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "base/mem.h"
#include "chat/branch.h"
#include "chat/chat_parts.h"
#include "chat/command.h"
#include "chat/race.h"
#include "config/settings.h"

struct race *contest_race(const struct chat *chat)
{
    return chat->race;
}

void contest_drop(struct chat *chat)
{
    race_free(chat->race);
    free(chat->compared);
    chat->race = NULL;
    chat->compared = NULL;
}

/* ---- Lanes ---- */

/* Take the words "-m MODEL" from the beginning; what is left is the prompt. */
static int take_models(const char **args, char *models[RACE_LANES], size_t *count,
                       struct error *error)
{
    static const char option[] = "-m";
    const char *at = *args;
    while (strncmp(at, option, 2) == 0 && (isspace((unsigned char)at[2]) || !at[2])) {
        at += 2 + strspn(at + 2, " \t\n");
        size_t len = strcspn(at, " \t\n");
        if (len == 0)
            return error_set(error, RN_ECONFIG, "/compare -m takes a model: -m ollama:llama3.2");
        if (*count == RACE_LANES)
            return error_set(error, RN_ECONFIG, "no more than %d can be compared", RACE_LANES);
        models[(*count)++] = xstrndup(at, len);
        at += len + strspn(at + len, " \t\n");
    }
    *args = at;
    return 0;
}

static int add_modes(struct chat *chat, struct error *error)
{
    if (race_add(chat->race, chat->settings, RN_STREAM, error) < 0)
        return -1;
    return race_add(chat->race, chat->settings, RN_INVOKE, error);
}

/* The settings say which model is opened, so they are another's meanwhile. */
static int add_lanes(struct chat *chat, char *const *models, size_t count, struct error *error)
{
    struct settings *settings = chat->settings;
    bool was_option = settings_rank(settings, "chat", "model") == SETTINGS_OPTION;
    char *before = was_option ? xstrdup(settings_get(settings, "chat", "model")) : NULL;
    char *origin = was_option ? xstrdup(settings_origin(settings, "chat", "model")) : NULL;
    int result = 0;
    for (size_t i = 0; result == 0 && i < count; i++) {
        result =
            settings_set(settings, SETTINGS_OPTION, "chat", "model", models[i], "/compare", error);
        if (result == 0)
            result = count == 1 ? add_modes(chat, error)
                                : race_add(chat->race, settings, chat->mode, error);
        if (result < 0)
            error_prefix(error, "%s", models[i]);
    }
    struct error ignored;
    settings_unset(settings, SETTINGS_OPTION, "chat", "model");
    if (before)
        settings_set(settings, SETTINGS_OPTION, "chat", "model", before, origin, &ignored);
    free(before);
    free(origin);
    return result;
}

/* ---- What is asked ---- */

/* What is attached goes with a prompt of its own; the last one has what it had. */
static rn_conversation *make_asked(struct chat *chat, const char *prompt, struct error *error)
{
    rn_conversation *asked = rn_conversation_copy(chat->conversation);
    if (*prompt) {
        rn_conversation_user(asked, prompt);
    } else if (!rn_conversation_rewind(asked)) {
        error_set(error, RN_ECONFIG, "nothing has been said yet: /compare PROMPT");
        rn_conversation_free(asked);
        return NULL;
    }
    return asked;
}

static int check_attached(const struct chat *chat, struct error *error)
{
    for (size_t i = 0; i < chat->race->count; i++)
        if (attachments_check(&chat->attached, chat->race->lanes[i].answerer.model, error) < 0)
            return -1;
    return 0;
}

/* It is one thing that is taken away, and many that get it: each the same messages again. */
static void give_attached(struct chat *chat, rn_conversation *asked)
{
    attachments_give(&chat->attached, asked);
    for (size_t i = 0; i < chat->race->count; i++) {
        rn_conversation_free(chat->race->lanes[i].conversation);
        chat->race->lanes[i].conversation = rn_conversation_copy(asked);
    }
}

/* A comparison that was there stays until there is another. */
static int open_race(struct chat *chat, rn_conversation *asked, char *const *models, size_t count,
                     bool has_prompt, struct error *error)
{
    struct race *before = chat->race;
    char *prompt = xstrdup(rn_conversation_prompt(asked));
    struct race_options options = {.io = chat->answerer.io,
                                   .prompt = prompt,
                                   .extra = chat->answerer.extra,
                                   .schema = chat->answerer.schema,
                                   .asked = asked,
                                   .journal = chat->journal,
                                   .rounds = 1};
    chat->race = race_new(&options);
    int result = count > 0 ? add_lanes(chat, models, count, error) : add_modes(chat, error);
    if (result == 0 && has_prompt && (result = check_attached(chat, error)) == 0)
        give_attached(chat, asked);
    chat->race->options.asked = NULL; /* each lane has its own */
    race_free(result < 0 ? chat->race : before);
    free(result < 0 ? prompt : chat->compared);
    if (result < 0)
        chat->race = before;
    else
        chat->compared = prompt;
    return result;
}

int contest_run_compare(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    char *models[RACE_LANES];
    size_t count = 0;
    (void)out;
    if (chat_busy(chat))
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    int result = take_models(&args, models, &count, error);
    rn_conversation *asked = result == 0 ? make_asked(chat, args, error) : NULL;
    result = asked ? open_race(chat, asked, models, count, *args, error) : -1;
    rn_conversation_free(asked);
    for (size_t i = 0; i < count; i++)
        free(models[i]);
    return result < 0 ? -1 : COMMAND_COMPARE;
}

/* ---- The end ---- */

static void count_answers(struct chat *chat)
{
    for (size_t i = 0; i < chat->race->count; i++)
        if (chat->race->lanes[i].count > 0)
            tally_answer(&chat->tally, &lane_answer(&chat->race->lanes[i])->usage);
}

void contest_end(struct chat *chat, struct buf *out)
{
    struct race *race = chat->race;
    size_t choices = 0;
    race_halt(race);
    if (race->warning) {
        chat->warning = *race->warning;
        chat->has_warning = true;
    }
    count_answers(chat);
    branch_keep_head(chat);
    for (size_t i = 0; i < race->count; i++) {
        const char *label = race_label(race, i);
        if (!lane_has_answer(&race->lanes[i]))
            continue;
        buf_addf(out, "%s/pick %zu (", choices++ > 0 ? ", " : "", i + 1);
        filter_line(out, label, strlen(label));
        buf_addc(out, ')');
    }
    if (choices > 0)
        buf_adds(out, " goes on with that answer.");
}

/* ---- Picking ---- */

static const struct lane *picked(const struct chat *chat, const char *args, struct error *error)
{
    const struct race *race = chat->race;
    char *rest;
    long nth = strtol(args, &rest, 10);
    if (!race) {
        error_set(error, RN_ECONFIG, "there is nothing to pick from: /compare comes first");
    } else if (!*args || *rest || nth < 1 || (size_t)nth > race->count) {
        error_set(error, RN_ECONFIG, "/pick takes the number of an answer, from 1 to %zu",
                  race->count);
    } else if (!lane_has_answer(&race->lanes[nth - 1])) {
        error_set(error, RN_ECONFIG, "answer %ld has no text: pick another", nth);
    } else {
        return &race->lanes[nth - 1];
    }
    return NULL;
}

int contest_run_pick(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    if (chat_busy(chat))
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    const struct lane *lane = picked(chat, args, error);
    if (!lane)
        return -1;
    rn_conversation_free(chat->conversation);
    chat->conversation = rn_conversation_copy(lane->conversation);
    rn_conversation_add(chat->conversation, lane_answer(lane));
    rn_message_free(chat->answer);
    chat->answer = NULL;
    branch_keep_head(chat);
    buf_adds(out, "going on with the answer of ");
    filter_line(out, lane_model(lane), strlen(lane_model(lane)));
    buf_addf(out, " (%s); %s answers from now on", lane_mode_name(lane), chat_model(chat));
    return COMMAND_AGAIN | COMMAND_SAY | COMMAND_STATUS;
}
