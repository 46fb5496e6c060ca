/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/models.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/key.h"
#include "chat/model_list.h"
#include "chat/open.h"
#include "config/settings.h"

/* One provider, from the first time it was looked at. */
struct known {
    struct known *next;
    struct model_list list;
    rn_listing *listing; /* NULL: it is not being asked */
    char *error;         /* of the last answer; NULL: none */
};

struct models {
    const struct settings *settings;
    rn_io *io;
    struct known *known;
    size_t asked; /* how many have a listing */
    int waits;    /* an epoll(7) of their descriptors; -1: none was needed yet */
};

struct models *models_new(const struct settings *settings, rn_io *io)
{
    struct models *models = xnew(struct models);
    models->settings = settings;
    models->io = io;
    models->waits = -1;
    return models;
}

void models_free(struct models *models)
{
    if (!models)
        return;
    while (models->known) {
        struct known *known = models->known;
        models->known = known->next;
        rn_listing_free(known->listing);
        model_list_clear(&known->list);
        free(known->error);
        free(known);
    }
    if (models->waits >= 0)
        close(models->waits);
    free(models);
}

/* ---- Providers ---- */

static const rn_provider *preset_of(const char *name)
{
    for (const rn_provider *preset = rn_providers(); preset->name; preset++)
        if (strcmp(preset->name, name) == 0)
            return preset;
    return NULL;
}

const char **models_providers(const struct models *models)
{
    const char **configured = settings_names(models->settings, "provider");
    size_t count = 0;
    for (const char **at = configured; *at; at++)
        count++;
    for (const rn_provider *preset = rn_providers(); preset->name; preset++)
        count++;
    const char **names = xcalloc(count + 1, sizeof(*names));
    count = 0;
    for (const rn_provider *preset = rn_providers(); preset->name; preset++)
        names[count++] = preset->name;
    for (const char **at = configured; *at; at++)
        if (!preset_of(*at))
            names[count++] = *at;
    free(configured);
    return names;
}

/* Its address: the settings', else the one it has by itself; "" where there is none. */
static const char *url_of(const struct models *models, const char *provider)
{
    char *section = xasprintf("provider.%s", provider);
    const char *url = settings_get(models->settings, section, "url");
    const rn_provider *preset = preset_of(provider);
    free(section);
    return url ? url : preset ? preset->url : "";
}

static bool has_own_url(const struct models *models, const char *provider)
{
    char *section = xasprintf("provider.%s", provider);
    bool is_set = settings_is_set(models->settings, section, "url");
    free(section);
    return is_set;
}

bool models_is_chosen(const struct models *models, const char *provider)
{
    return *url_of(models, provider) &&
           (has_own_url(models, provider) || key_is_set(models->settings, provider));
}

bool models_is_local(const struct models *models, const char *provider)
{
    const rn_provider *preset = preset_of(provider);
    return preset && !*preset->key_env && !has_own_url(models, provider);
}

static int fail_unknown(const char *word, const char *const *names, struct error *error)
{
    const char *near = nearest_word(word, names);
    if (near)
        return error_set(error, RN_ECONFIG, "there is no provider \"%.40s\": did you mean %s?",
                         word, near);
    return error_set(
        error, RN_ECONFIG,
        "there is no provider \"%.40s\": a server of your own has a [provider.NAME] with "
        "its url in the config",
        word);
}

static bool is_meant(const struct models *models, const char *word, const char *name)
{
    if (word)
        return strcmp(name, word) == 0;
    return models_is_chosen(models, name) || models_is_local(models, name);
}

const char **models_meant(const struct models *models, const char *word, struct error *error)
{
    const char **all = models_providers(models);
    const char **meant = models_providers(models);
    size_t count = 0;
    for (size_t i = 0; all[i]; i++)
        if (is_meant(models, word, all[i]))
            meant[count++] = all[i];
    meant[count] = NULL;
    if (word && count == 0) {
        fail_unknown(word, all, error);
        free(meant);
        meant = NULL;
    }
    free(all);
    return meant;
}

/* ---- Lists ---- */

static struct known *find(const struct models *models, const char *provider)
{
    struct known *known = models->known;
    while (known && strcmp(known->list.provider, provider) != 0)
        known = known->next;
    return known;
}

static struct known *look_at(struct models *models, const char *provider)
{
    struct known *known = find(models, provider);
    if (known)
        return known;
    known = xnew(struct known);
    model_list_init(&known->list, provider, url_of(models, provider));
    model_list_load(&known->list);
    known->next = models->known;
    models->known = known;
    return known;
}

const struct model_list *models_list(struct models *models, const char *provider)
{
    const struct known *known = look_at(models, provider);
    return known->list.time ? &known->list : NULL;
}

/* ---- Asking ---- */

static int wait_for(struct models *models, struct known *known, struct error *error)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = known};
    if (models->waits < 0)
        models->waits = epoll_create1(EPOLL_CLOEXEC);
    if (models->waits < 0 ||
        epoll_ctl(models->waits, EPOLL_CTL_ADD, rn_listing_fd(known->listing), &event) < 0)
        return error_errno(error, RN_EIO, "%s cannot be waited for", known->list.provider);
    return 0;
}

int models_ask(struct models *models, const char *provider, struct error *error)
{
    struct known *known = look_at(models, provider);
    if (known->listing)
        return 0;
    known->listing = open_listing(models->settings, provider, models->io, error);
    if (!known->listing)
        return -1;
    if (wait_for(models, known, error) < 0) {
        rn_listing_free(known->listing);
        known->listing = NULL;
        return -1;
    }
    models->asked++;
    return 0;
}

bool models_busy(const struct models *models)
{
    return models->asked > 0;
}

int models_fd(const struct models *models)
{
    return models_busy(models) ? models->waits : -1;
}

/* A list that cannot be kept on disk is there all the same, for this run. */
static void take_answer(struct models *models, struct known *known, int status)
{
    struct error ignored;
    const char *error = rn_listing_error(known->listing);
    bool is_away = status == RN_ECONNECT || status == RN_ETIMEOUT;
    free(known->error);
    known->error = *error ? xstrdup(error) : NULL;
    if (!is_away)
        model_list_take(&known->list, known->listing);
    if (!known->error)
        model_list_save(&known->list, &ignored);
    rn_listing_free(known->listing); /* its descriptor leaves the epoll as it is closed */
    known->listing = NULL;
    models->asked--;
}

bool models_next(struct models *models, struct models_answer *answer)
{
    for (struct known *known = models->known; known; known = known->next) {
        int status = known->listing ? rn_listing_step(known->listing, 0) : RN_AGAIN;
        if (status == RN_AGAIN)
            continue;
        take_answer(models, known, status);
        *answer = (struct models_answer){.provider = known->list.provider,
                                         .error = known->error ? known->error : "",
                                         .list = &known->list};
        return true;
    }
    return false;
}
