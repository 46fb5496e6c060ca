/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Options, environment and file become settings.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/choose.h"
#include "cli/options.h"
#include "config/settings.h"
#include "plain/tell.h"
#include "session/store.h"

int cli_fail(const struct error *error)
{
    tell("%s", error->text);
    return error->code == RN_ECONFIG ? CLI_USAGE : CLI_FAILED;
}

static int set(struct settings *settings, const char *section, const char *key, const char *value,
               const char *origin, struct error *error)
{
    return value ? settings_set(settings, SETTINGS_OPTION, section, key, value, origin, error) : 0;
}

static int apply_options(struct settings *settings, const struct options *options,
                         struct error *error)
{
    static const char server[] = "provider." URL_NAME;
    if (options->key_env && !options->url)
        return error_set(error, RN_ECONFIG, "--key-env goes with --url");
    if (set(settings, "chat", "mode", options->mode, "--stream or --invoke", error) < 0 ||
        set(settings, "chat", "model", options->model, "--model", error) < 0 ||
        set(settings, server, "url", options->url, "--url", error) < 0 ||
        set(settings, server, "key_env", options->key_env, "--key-env", error) < 0 ||
        set(settings, "chat", "system", options->system, "--system", error) < 0 ||
        set(settings, "chat", "role", options->role, "--role", error) < 0 ||
        set(settings, "chat", "save", options->no_save ? "no" : NULL, "--no-save", error) < 0)
        return -1;
    return 0;
}

static int load(struct settings *settings, const struct options *options, struct error *error)
{
    char *path = options->config ? xstrdup(options->config) : settings_path();
    int result = settings_load(settings, path, options->config != NULL, error);
    free(path);
    return result;
}

static int apply_environment(struct settings *settings, struct error *error)
{
    const char *model = getenv("RUNNEL_MODEL");
    if (!model || !*model)
        return 0;
    return settings_set(settings, SETTINGS_ENVIRONMENT, "chat", "model", model, "RUNNEL_MODEL",
                        error);
}

struct settings *cli_settings(const struct options *options, struct error *error)
{
    struct settings *settings = settings_new();
    if (load(settings, options, error) == 0 &&
        (!options->profile || settings_profile(settings, options->profile, error) == 0) &&
        apply_environment(settings, error) == 0 && apply_options(settings, options, error) == 0)
        return settings;
    error->code = RN_ECONFIG;
    settings_free(settings);
    return NULL;
}

char *cli_sessions(const struct settings *settings, struct error *error)
{
    const char *given = settings_get(settings, "chat", "sessions");
    return given ? xstrdup(given) : store_dir(error);
}

int cli_config(const struct options *options)
{
    struct error error;
    if (options->word_count > 0) {
        char *path = settings_path();
        bool is_path = strcmp(options->words[0], "path") == 0;
        if (is_path)
            puts(path);
        free(path);
        if (is_path)
            return CLI_OK;
        error_set(&error, RN_ECONFIG, "runnel config knows path, not \"%.40s\"", options->words[0]);
        return cli_fail(&error);
    }
    struct settings *settings = cli_settings(options, &error);
    if (!settings)
        return cli_fail(&error);
    struct buf text = BUF_INIT;
    settings_print(settings, &text);
    fputs(buf_str(&text), stdout);
    buf_clear(&text);
    settings_free(settings);
    return CLI_OK;
}
