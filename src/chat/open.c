/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/open.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "chat/choose.h"
#include "config/settings.h"

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

/* ---- The key ---- */

static const rn_provider *preset_of(const char *name)
{
    for (const rn_provider *preset = rn_providers(); preset->name; preset++)
        if (strcmp(preset->name, name) == 0)
            return preset;
    return NULL;
}

/* The variable that by custom holds the provider's key: for the provider's own address alone, since a
 * key found in the environment never goes to a URL that somebody typed.  "" where none is wanted.  Azure
 * has no address but the one that is set. */
static const char *customary_variable(const struct places *places, const char *provider)
{
    const rn_provider *preset = preset_of(provider);
    bool own_url = !text(places, "url") || strcmp(provider, "azure") == 0;
    return preset && own_url ? preset->key_env : "";
}

/* *key: the caller's; NULL when none is wanted. */
static int find_key(const struct places *places, const char *provider, char **key,
                    struct error *error)
{
    struct error why = ERROR_INIT;
    const char *variable = customary_variable(places, provider);
    *key = settings_key(places->settings, places->provider, &why);
    if (why.code) {
        *error = why;
        return -1;
    }
    if (*key || !*variable)
        return 0;
    const char *found = getenv(variable);
    if (!found || !*found)
        return error_set(
            error, RN_ECONFIG,
            "%s wants a key: set %s, or key_env, key_file or key_command in [%s] of the "
            "config",
            provider, variable, places->provider);
    *key = xstrdup(found);
    return 0;
}

/* ---- Headers: one a line ---- */

/* A NULL-ended list of the lines, which are cut apart. */
static const char **split_headers(char *lines)
{
    const char **list = xcalloc(strlen(lines) / 2 + 2, sizeof(*list));
    char *rest;
    size_t count = 0;
    for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        list[count++] = line;
    return list;
}

/* ---- All together ---- */

static void fill(rn_model_options *options, const struct places *places)
{
    const struct settings *settings = places->settings;
    options->wire = text(places, "wire");
    options->url = text(places, "url");
    options->unix_socket = text(places, "unix_socket");
    options->ca_file = text(places, "ca_file");
    options->extra = text(places, "extra");
    options->connect_ms = ms(places, "connect_timeout");
    options->first_ms = ms(places, "first_timeout");
    options->idle_ms = ms(places, "idle_timeout");
    options->silence_ms = ms(places, "silence_timeout");
    options->insecure = flag(places, "insecure");
    options->plain_http_key = flag(places, "plain_http_key");
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

static rn_model *make(rn_model_options *options, const struct places *places,
                      const char *guide_socket, struct error *error)
{
    char *lines = xstrdup(text(places, "headers"));
    const char **headers = lines ? split_headers(lines) : NULL;
    fill(options, places);
    options->headers = headers;
    if (guide_socket) {
        options->url = "http://localhost/v1";
        options->unix_socket = guide_socket;
    }
    rn_model *model = rn_model_new(options);
    free(headers);
    free(lines);
    if (!*rn_model_error(model))
        return model;
    error_set(error, RN_ECONFIG, "%s", rn_model_error(model));
    rn_model_free(model);
    return NULL;
}

rn_model *open_model(const struct settings *settings, const struct choice *choice, rn_io *io,
                     const struct open_extras *extras, struct error *error)
{
    char *section = choice_section(choice), *key = NULL;
    struct places places = {settings, choice->alias, section};
    double temperature;
    rn_model_options options = {.size = sizeof(options),
                                .provider = choice->provider,
                                .model = choice->model,
                                .io = io,
                                .record_fd = extras->record_fd,
                                .temperature = &temperature,
                                .events = extras->wants_deltas ? ~0u : 0};
    rn_model *model = NULL;
    if (find_key(&places, choice->provider, &key, error) == 0) {
        options.key = key;
        model = make(&options, &places, extras->guide_socket, error);
    }
    if (key)
        wipe(key, strlen(key));
    free(key);
    free(section);
    return model;
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
