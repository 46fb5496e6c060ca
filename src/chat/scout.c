/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/scout.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/choose.h"
#include "chat/model_list.h"
#include "chat/models.h"
#include "chat/remembered.h"
#include "config/settings.h"

enum {
    SHOWN_MAX = 40,     /* rows of a list that came together with others */
    LOCAL_FRESH_S = 10, /* a model may just have been pulled */
    REMOTE_FRESH_S = 3600,
};

struct scout {
    const struct settings *settings;
    struct models *models;
    bool is_free;   /* a choice made now is remembered */
    bool may_offer; /* nobody has chosen yet */
    char *offer;    /* NULL: none */

    const char **wanted; /* by /models, and not told yet; NULL at the end */
    bool wants_one;      /* it was named: all of its models are shown, and why there are none */
    bool has_told;       /* something of what is wanted */
};

struct scout *scout_new(const struct settings *settings, rn_io *io, bool is_free)
{
    struct scout *scout = xnew(struct scout);
    scout->settings = settings;
    scout->models = models_new(settings, io);
    scout->is_free = is_free;
    return scout;
}

void scout_free(struct scout *scout)
{
    if (!scout)
        return;
    models_free(scout->models);
    free(scout->offer);
    free(scout->wanted);
    free(scout);
}

int scout_fd(const struct scout *scout)
{
    return models_fd(scout->models);
}

/* ---- Servers on this machine ---- */

static const struct {
    const char *provider, *name;
} locals[] = {
    {"ollama", "Ollama"},
    {"llamacpp", "llama-server"},
    {"lmstudio", "LM Studio"},
    {"vllm", "vLLM"},
};

static const char *name_of_local(const char *provider)
{
    for (size_t i = 0; i < sizeof(locals) / sizeof(locals[0]); i++)
        if (strcmp(locals[i].provider, provider) == 0)
            return locals[i].name;
    return NULL;
}

void scout_look_around(struct scout *scout)
{
    struct error ignored;
    if (!scout->is_free || !settings_flag(scout->settings, "chat", "detect"))
        return;
    scout->may_offer = true;
    for (size_t i = 0; i < sizeof(locals) / sizeof(locals[0]); i++)
        models_ask(scout->models, locals[i].provider, &ignored);
}

/* The first that can chat, as far as its name tells; NULL: none. */
static const char *first_model(const struct model_list *list)
{
    static const char *const others[] = {"embed", "rerank", "whisper"};
    for (size_t i = 0; i < list->count; i++) {
        bool chats = true;
        for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
            chats = chats && !strcasestr(list->models[i].name, others[k]);
        if (chats)
            return list->models[i].name;
    }
    return NULL;
}

const char *scout_offer(const struct scout *scout)
{
    return scout->offer;
}

/* A server that was found by its answer; the first one is offered by a key. */
static char *tell_found(struct scout *scout, const struct models_answer *answer)
{
    const char *server = name_of_local(answer->provider);
    const char *model = *answer->error ? NULL : first_model(answer->list);
    if (!scout->may_offer || !server || !model)
        return NULL;
    char *label = xasprintf("%s:%s", answer->provider, model);
    char *text = xasprintf(
        scout->offer ? "%s runs on this machine, too: /model %s answers with it from now on."
                     : "%s runs on this machine. Alt-M, or /model %s, answers with it from now on; "
                       "nothing is sent to it before.",
        server, label);
    if (!scout->offer)
        scout->offer = xstrdup(label);
    free(label);
    return text;
}

int scout_chosen(struct scout *scout, const char *model, bool is_guide, struct error *error)
{
    scout->may_offer = false;
    free(scout->offer);
    scout->offer = NULL;
    return scout->is_free && !is_guide ? remembered_save(model, error) : 0;
}

/* ---- Lists that were asked for ---- */

static bool is_wanted(const struct scout *scout, const char *provider)
{
    for (const char **at = scout->wanted; at && *at; at++)
        if (strcmp(*at, provider) == 0)
            return true;
    return false;
}

static void drop_wanted(struct scout *scout, const char *provider)
{
    const char **to = scout->wanted;
    for (const char **at = to; *at; at++)
        if (strcmp(*at, provider) != 0)
            *to++ = *at;
    *to = NULL;
}

/* A server of this machine that nobody spoke of and that is not there is nothing to tell. */
static bool is_worth_telling(const struct scout *scout, const char *provider)
{
    return scout->wants_one || models_is_chosen(scout->models, provider);
}

static void add_failure(const struct models_answer *answer, struct buf *text)
{
    buf_addf(text, "%s: %s\n", answer->provider, answer->error);
    if (answer->list->count == 0)
        return;
    buf_addf(text, "%s as it was ", answer->provider);
    model_list_age(answer->list, text);
    buf_adds(text, ":\n");
}

static void add_answer(const struct scout *scout, const struct models_answer *answer,
                       struct buf *text)
{
    if (*answer->error && !is_worth_telling(scout, answer->provider))
        return;
    if (*answer->error)
        add_failure(answer, text);
    else if (answer->list->count == 0)
        buf_addf(text, "%s has no models\n", answer->provider);
    model_list_table(answer->list, scout->wants_one ? 0 : SHOWN_MAX, text);
}

static char *tell_wanted(struct scout *scout, const struct models_answer *answer)
{
    struct buf text = BUF_INIT;
    add_answer(scout, answer, &text);
    drop_wanted(scout, answer->provider);
    scout->has_told |= text.len > 0;
    if (!*scout->wanted && !scout->has_told)
        buf_adds(&text, "no provider has a key, and no server answers on this machine: "
                        "docs/providers.md tells how to get one going\n");
    if (text.len == 0)
        return NULL;
    buf_drop_end(&text, 1);
    return buf_take(&text);
}

char *scout_next(struct scout *scout)
{
    struct models_answer answer;
    char *text = NULL;
    while (!text && models_next(scout->models, &answer))
        text = is_wanted(scout, answer.provider) ? tell_wanted(scout, &answer)
                                                 : tell_found(scout, &answer);
    return text;
}

static void say_who_is_asked(const struct scout *scout, struct buf *out)
{
    const char *before = "asking ";
    for (const char **at = scout->wanted; *at; at++) {
        if (!is_worth_telling(scout, *at))
            continue;
        buf_addf(out, "%s%s", before, *at);
        before = ", ";
    }
    buf_adds(out, *before == 'a' ? "asking the servers of this machine ..." : " ...");
}

/* Those that cannot be asked are no longer wanted: it is said why. */
static int ask_wanted(struct scout *scout, struct buf *out, struct error *error)
{
    const char **to = scout->wanted;
    int result = 0;
    for (const char **at = to; *at; at++) {
        int asked = models_ask(scout->models, *at, error);
        if (asked == 0)
            *to++ = *at;
        else if (scout->wants_one)
            result = -1;
        else
            buf_addf(out, "%s\n", error->text);
    }
    *to = NULL;
    return result;
}

int scout_ask(struct scout *scout, const char *provider, struct buf *out, struct error *error)
{
    const char **meant = models_meant(scout->models, *provider ? provider : NULL, error);
    if (!meant)
        return -1;
    free(scout->wanted);
    scout->wanted = meant;
    scout->wants_one = *provider;
    scout->has_told = false;
    if (ask_wanted(scout, out, error) < 0)
        return -1;
    say_who_is_asked(scout, out);
    return 0;
}

/* ---- How a name goes on ---- */

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

static char *complete_provider(const struct scout *scout, const char *begun, size_t nth)
{
    const char **providers = models_providers(scout->models);
    const char **aliases = settings_names(scout->settings, "model");
    char *found = NULL;
    for (const char **at = providers; *at && !found; at++)
        if (begins(*at, begun) && strcmp(*at, URL_NAME) != 0 && nth-- == 0)
            found = xasprintf("%s:", *at);
    for (const char **at = aliases; *at && !found; at++)
        if (begins(*at, begun) && nth-- == 0)
            found = xstrdup(*at);
    if (!found && begins(GUIDE_NAME, begun) && nth == 0)
        found = xstrdup(GUIDE_NAME);
    free(providers);
    free(aliases);
    return found;
}

/* Behind the user's back a key is used that lies ready, but no command is run to get one: it might ask for
 * a passphrase. */
static bool may_renew(const struct scout *scout, const char *provider)
{
    char *section = xasprintf("provider.%s", provider);
    bool asks = settings_is_set(scout->settings, section, "key_command");
    free(section);
    return !asks &&
           (models_is_chosen(scout->models, provider) || models_is_local(scout->models, provider));
}

static void renew(struct scout *scout, const char *provider)
{
    struct error ignored;
    const struct model_list *list = models_list(scout->models, provider);
    int64_t age = list ? (int64_t)time(NULL) - list->time : -1;
    int fresh = models_is_local(scout->models, provider) ? LOCAL_FRESH_S : REMOTE_FRESH_S;
    if ((age < 0 || age > fresh) && may_renew(scout, provider))
        models_ask(scout->models, provider, &ignored);
}

static char *complete_model(struct scout *scout, const char *provider, const char *begun,
                            size_t nth)
{
    const struct model_list *list = models_list(scout->models, provider);
    for (size_t i = 0; list && i < list->count; i++)
        if (begins(list->models[i].name, begun) && nth-- == 0)
            return xasprintf("%s:%s", provider, list->models[i].name);
    return NULL;
}

const rn_listed *scout_listed(const struct scout *scout, const char *model)
{
    size_t len = strcspn(model, ":");
    char *provider = xstrndup(model, len);
    const struct model_list *list = models_list(scout->models, provider);
    const rn_listed *found = NULL;
    for (size_t i = 0; list && model[len] && i < list->count && !found; i++)
        if (strcmp(list->models[i].name, model + len + 1) == 0)
            found = &list->models[i];
    free(provider);
    return found;
}

static bool is_provider(const struct scout *scout, const char *name)
{
    const char **providers = models_providers(scout->models);
    bool found = false;
    for (const char **at = providers; *at && !found; at++)
        found = strcmp(*at, name) == 0;
    free(providers);
    return found;
}

/* What stands before the colon may be anything, and only a provider has settings. */
char *scout_complete(struct scout *scout, const char *begun, size_t nth)
{
    const char *colon = strchr(begun, ':');
    if (!colon)
        return complete_provider(scout, begun, nth);
    char *provider = xstrndup(begun, (size_t)(colon - begun));
    char *found = NULL;
    if (is_provider(scout, provider)) {
        if (nth == 0)
            renew(scout, provider);
        found = complete_model(scout, provider, colon + 1, nth);
    }
    free(provider);
    return found;
}
