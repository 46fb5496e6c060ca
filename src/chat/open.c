/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "chat/choose.h"
#include "config/settings.h"

enum { SYSTEM_MAX = 1024 * 1024, HEADERS_MAX = 64, SECTION_MAX = 128 };

/* A setting of the alias where it has one, else of the provider. */
struct places {
    const struct settings *settings;
    const char *alias; /* NULL: none */
    char provider[SECTION_MAX];
};

static const char *place_of(const struct places *places, const char *key)
{
    bool of_alias = places->alias && settings_is_set(places->settings, places->alias, key);
    return of_alias ? places->alias : places->provider;
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

/* From the settings, else from the variable that by custom holds it: but only for the provider's own
 * address, since a key found in the environment never goes to a URL that somebody typed. */
static int find_key(const struct places *places, const char *provider, char **key,
                    struct error *error)
{
    struct error why = ERROR_INIT;
    const rn_provider *preset = preset_of(provider);
    *key = settings_key(places->settings, places->provider, &why);
    if (!*key && why.code) {
        *error = why;
        return -1;
    }
    if (*key || !preset || !*preset->key_env)
        return 0;
    bool own_url = !text(places, "url") || strcmp(provider, "azure") == 0;
    const char *found = own_url ? getenv(preset->key_env) : NULL;
    if (found && *found) {
        *key = xstrdup(found);
        return 0;
    }
    return error_set(error, RN_ECONFIG,
                     "%s wants a key: set %s, or key_env, key_file or key_command in [%s] of the config",
                     provider, preset->key_env, places->provider);
}

/* ---- Headers: one a line ---- */

static const char **split_headers(char *lines)
{
    const char **list = xcalloc(HEADERS_MAX + 1, sizeof(*list));
    size_t count = 0;
    for (char *line = strtok_r(lines, "\n", &lines); line && count < HEADERS_MAX;
         line = strtok_r(NULL, "\n", &lines))
        list[count++] = line;
    return list;
}

/* ---- All together ---- */

static void fill(rn_model_options *options, const struct places *places, double *temperature)
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
    options->insecure = flag(places, "insecure");
    options->plain_http_key = flag(places, "plain_http_key");
    options->max_completion_tokens = flag(places, "max_completion_tokens");
    options->no_stream_options = flag(places, "no_stream_options");
    options->think_tags = flag(places, "think_tags");
    long retries = settings_number(settings, places->provider, "retries");
    options->retries = retries > 0 ? (int)retries : -1;
    options->max_tokens = settings_number(settings, place_of(places, "max_tokens"), "max_tokens");
    options->reasoning = settings_get(settings, place_of(places, "reasoning"), "reasoning");
    if (settings_is_set(settings, place_of(places, "temperature"), "temperature")) {
        *temperature = settings_real(settings, place_of(places, "temperature"), "temperature");
        options->temperature = temperature;
    }
}

rn_model *open_model(const struct settings *settings, const struct choice *choice, rn_io *io,
                     const struct open_extras *extras, struct error *error)
{
    struct places places = {.settings = settings, .alias = choice->alias};
    rn_model_options options = {.size = sizeof(options),
                                .provider = choice->provider,
                                .model = choice->model,
                                .io = io,
                                .record_fd = extras->record_fd};
    double temperature;
    char *key = NULL;
    snprintf(places.provider, sizeof(places.provider), "provider.%s", choice->provider);
    if (find_key(&places, choice->provider, &key, error) < 0)
        return NULL;
    fill(&options, &places, &temperature);
    options.key = key;
    if (extras->guide_socket) {
        options.url = "http://localhost/v1";
        options.unix_socket = extras->guide_socket;
    }
    char *lines = xstrdup(text(&places, "headers"));
    const char **headers = lines ? split_headers(lines) : NULL;
    options.headers = headers;
    rn_model *model = rn_model_new(&options);
    free(headers);
    free(lines);
    if (key)
        wipe(key, strlen(key));
    free(key);
    if (*rn_model_error(model)) {
        error_set(error, RN_ECONFIG, "%s", rn_model_error(model));
        rn_model_free(model);
        return NULL;
    }
    return model;
}

/* ---- The system prompt ---- */

static const char *given_system(const struct settings *settings, const struct choice *choice)
{
    char section[SECTION_MAX];
    const char *own = settings_get(settings, "chat", "system");
    const char *role = settings_get(settings, "chat", "role");
    const char *of_role = NULL;
    if (role) {
        snprintf(section, sizeof(section), "role.%s", role);
        of_role = settings_get(settings, section, "system");
    }
    if (own && (!of_role || settings_rank(settings, "chat", "system") >=
                                settings_rank(settings, "chat", "role")))
        return own;
    if (of_role)
        return of_role;
    return choice->alias ? settings_get(settings, choice->alias, "system") : NULL;
}

char *open_system(const struct settings *settings, const struct choice *choice,
                  struct error *error)
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
