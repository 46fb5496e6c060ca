/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/open.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/overlay.h"
#include "chat/choose.h"
#include "chat/key.h"
#include "chat/tariff.h"
#include "config/settings.h"
#include "session/store.h"

enum { SYSTEM_MAX = 1024 * 1024 };

/* The sections that have a say. */
struct places {
    const struct settings *settings;
    const char *alias; /* NULL: none */
    const char *provider;
};

/* An option counts, which is kept with the provider; else the alias; else the provider. */
static const char *place_of(const struct places *places, const char *key)
{
    bool of_alias = places->alias && settings_is_set(places->settings, places->alias, key);
    bool is_option = settings_rank(places->settings, places->provider, key) == SETTINGS_OPTION;
    return of_alias && !is_option ? places->alias : places->provider;
}

static const char *text(const struct places *places, const char *key)
{
    return settings_get(places->settings, places->provider, key);
}

static int ms(const struct places *places, const char *key)
{
    return (int)settings_number(places->settings, places->provider, key);
}

static bool flag(const struct places *places, const char *key)
{
    return settings_flag(places->settings, places->provider, key);
}

/* ---- Headers, stop sequences: one a line ---- */

/* A NULL-ended list of the lines, which are cut apart. */
static const char **split_lines(char *lines)
{
    const char **list = xcalloc(strlen(lines) / 2 + 2, sizeof(*list));
    char *rest;
    size_t count = 0;
    for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        list[count++] = line;
    return list;
}

/* ---- All together ---- */

/* Where the server is, and how to talk to it. */
static void fill_server(rn_model_options *options, const struct places *places)
{
    options->wire = text(places, "wire");
    options->url = text(places, "url");
    options->unix_socket = text(places, "unix_socket");
    options->ca_file = text(places, "ca_file");
    options->connect_ms = ms(places, "connect_timeout");
    options->first_ms = ms(places, "first_timeout");
    options->idle_ms = ms(places, "idle_timeout");
    options->silence_ms = ms(places, "silence_timeout");
    options->insecure = flag(places, "insecure");
    options->plain_http_key = flag(places, "plain_http_key");
}

static void fill(rn_model_options *options, const struct places *places)
{
    const struct settings *settings = places->settings;
    fill_server(options, places);
    options->extra = text(places, "extra");
    options->max_completion_tokens = flag(places, "max_completion_tokens");
    options->no_stream_options = flag(places, "no_stream_options");
    options->think_tags = flag(places, "think_tags");
    long retries = settings_number(settings, places->provider, "retries");
    options->retries = retries > 0 ? (int)retries : -1;
    options->max_tokens = settings_number(settings, place_of(places, "max_tokens"), "max_tokens");
    options->reasoning = settings_get(settings, place_of(places, "reasoning"), "reasoning");
    if (settings_is_set(settings, place_of(places, "temperature"), "temperature"))
        *options->temperature =
            settings_real(settings, place_of(places, "temperature"), "temperature");
    else
        options->temperature = NULL;
}

/* The model, or NULL with what is wrong with it. */
static rn_model *sound(rn_model *model, struct error *error)
{
    if (!*rn_model_error(model))
        return model;
    error_set(error, RN_ECONFIG, "%s", rn_model_error(model));
    rn_model_free(model);
    return NULL;
}

static rn_model *make(rn_model_options *options, const struct places *places,
                      const struct open_extras *extras, struct error *error)
{
    char *lines = xstrdup(text(places, "headers"));
    const char **headers = lines ? split_lines(lines) : NULL;
    char *stops = xstrdup(settings_get(places->settings, place_of(places, "stop"), "stop"));
    const char **stop = stops ? split_lines(stops) : NULL;
    fill(options, places);
    char *extra = overlay_join(options->extra, extras->extra);
    options->headers = headers;
    options->stop = stop;
    options->extra = extra;
    options->schema = extras->schema;
    if (extras->guide_socket) {
        options->url = "http://localhost/v1";
        options->unix_socket = extras->guide_socket;
    }
    rn_model *model = rn_model_new(options);
    free(headers);
    free(lines);
    free(stop);
    free(stops);
    free(extra);
    return sound(model, error);
}

/* The file of the session whose answers are given again; NULL for every other provider. */
static int find_session(const struct settings *settings, const struct choice *choice, char **path,
                        struct error *error)
{
    if (strcmp(choice->provider, REPLAY_NAME) != 0)
        return 0;
    const char *given = settings_get(settings, "chat", "sessions");
    char *dir = given ? xstrdup(given) : store_dir(error);
    *path = dir ? store_find(dir, choice->model, error) : NULL;
    free(dir);
    return *path ? 0 : -1;
}

rn_model *open_model(const struct settings *settings, const struct choice *choice, rn_io *io,
                     const struct open_extras *extras, struct error *error)
{
    char *section = choice_section(choice), *key = NULL;
    struct places places = {settings, choice->alias, section};
    double temperature;
    rn_prices prices;
    rn_model_options options = {.size = sizeof(options),
                                .provider = choice->provider,
                                .model = choice->model,
                                .io = io,
                                .record_fd = extras->record_fd,
                                .temperature = &temperature,
                                .prices = tariff_prices(settings, choice, &prices) ? &prices : NULL,
                                .events = extras->wants_deltas ? ~0u : 0};
    rn_model *model = NULL;
    char *session = NULL;
    if (find_session(settings, choice, &session, error) == 0 &&
        key_find(settings, choice->provider, &key, error) == 0) {
        options.key = key;
        options.model = session ? session : choice->model;
        model = make(&options, &places, extras, error);
    }
    free(session);
    if (key)
        wipe(key, strlen(key));
    free(key);
    free(section);
    return model;
}

rn_listing *open_listing(const struct settings *settings, const char *provider, rn_io *io,
                         struct error *error)
{
    char *section = xasprintf("provider.%s", provider), *key = NULL;
    struct places places = {settings, NULL, section};
    rn_model_options options = {.size = sizeof(options), .provider = provider, .io = io};
    rn_listing *listing = NULL;
    if (key_find(settings, provider, &key, error) == 0) {
        char *lines = xstrdup(text(&places, "headers"));
        const char **headers = lines ? split_lines(lines) : NULL;
        fill_server(&options, &places);
        options.headers = headers;
        options.key = key;
        listing = rn_list_models(&options);
        free(headers);
        free(lines);
    }
    if (key)
        wipe(key, strlen(key));
    free(key);
    free(section);
    return listing;
}

/* ---- The system prompt ---- */

static const char *given_system(const struct settings *settings, const struct choice *choice)
{
    const char *own = settings_get(settings, "chat", "system");
    const char *role = settings_get(settings, "chat", "role");
    const char *of_role = NULL;
    if (role) {
        char *section = xasprintf("role.%s", role);
        of_role = settings_get(settings, section, "system");
        free(section);
    }
    if (own && (!of_role || settings_rank(settings, "chat", "system") >=
                                settings_rank(settings, "chat", "role")))
        return own;
    if (of_role)
        return of_role;
    return choice->alias ? settings_get(settings, choice->alias, "system") : NULL;
}

char *open_system(const struct settings *settings, const struct choice *choice, struct error *error)
{
    const char *given = given_system(settings, choice);
    struct buf content = BUF_INIT;
    if (!given || *given != '@')
        return xstrdup(given);
    if (file_read(given + 1, &content, SYSTEM_MAX, error) < 0) {
        buf_clear(&content);
        error_prefix(error, "the system prompt");
        error->code = RN_ECONFIG;
        return NULL;
    }
    return buf_take(&content);
}
