/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/answerer.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "chat/open.h"
#include "chat/tariff.h"
#include "config/settings.h"
#include "guide/guide.h"

static int prepare_guide(struct answerer *answerer, const struct choice *choice,
                         const char **socket, struct error *error)
{
    if (strcmp(choice->provider, GUIDE_NAME) != 0)
        return 0;
    if (!answerer->guide)
        answerer->guide = guide_new(error);
    if (!answerer->guide)
        return error_prefix(error, "the guide");
    *socket = guide_socket(answerer->guide);
    return 0;
}

/* What the command line said of the requests goes for every model of the chat: it moves along to the
 * provider that is asked now. */
static int carry_over(struct settings *settings, const struct choice *from, const struct choice *to,
                      struct error *error)
{
    static const char *const keys[] = {"temperature", "max_tokens", "reasoning", "stop"};
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

static rn_model *open_choice(struct answerer *answerer, const struct choice *choice,
                             struct error *error)
{
    struct open_extras extras = {.record_fd = answerer->record_fd,
                                 .wants_deltas = answerer->wants_deltas,
                                 .extra = answerer->extra,
                                 .schema = answerer->schema};
    if ((answerer->model && carry_over(answerer->settings, &answerer->choice, choice, error) < 0) ||
        prepare_guide(answerer, choice, &extras.guide_socket, error) < 0)
        return NULL;
    return open_model(answerer->settings, choice, answerer->io, &extras, error);
}

int answerer_choose(struct answerer *answerer, bool may_guide, struct error *error)
{
    struct choice choice;
    rn_model *model = NULL;
    if (choose_model(answerer->settings, may_guide, &choice, error) == 0)
        model = open_choice(answerer, &choice, error);
    if (!model) {
        choice_clear(&choice);
        return -1;
    }
    choice_clear(&answerer->choice);
    answerer->choice = choice;
    rn_model_free(answerer->model);
    answerer->model = model;
    free(answerer->label);
    answerer->label = choose_label(choice.provider, choice.model);
    return 0;
}

bool answerer_is_guide(const struct answerer *answerer)
{
    return strcmp(answerer->choice.provider, GUIDE_NAME) == 0;
}

int answerer_wake(struct answerer *answerer, struct error *error)
{
    if (!answerer_is_guide(answerer))
        return 0;
    long rate = settings_number(answerer->settings, "guide", "rate");
    if (guide_start(answerer->guide, rate, error) < 0)
        return error_prefix(error, "the guide");
    return 0;
}

bool answerer_warns(const struct answerer *answerer, struct error *warning)
{
    const struct choice *choice = &answerer->choice;
    char *section = choice_section(choice);
    bool is_insecure = settings_flag(answerer->settings, section, "insecure");
    free(section);
    if (is_insecure)
        error_set(
            warning, RN_ECONFIG,
            "insecure is set: the certificate of %s is not verified, and whoever is on the way "
            "may read and change all that is said, the key too",
            choice->provider);
    return is_insecure;
}

int64_t answerer_context(const struct answerer *answerer)
{
    return tariff_context(answerer->settings, &answerer->choice);
}

void answerer_clear(struct answerer *answerer)
{
    rn_model_free(answerer->model);
    guide_free(answerer->guide);
    choice_clear(&answerer->choice);
    free(answerer->label);
}
