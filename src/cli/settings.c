/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Options, environment and file become settings; runnel config shows them.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/choose.h"
#include "cli/options.h"
#include "config/settings.h"
#include "session/store.h"

/* ---- What the command line says ---- */

static int set(struct settings *settings, const char *section, const char *key, const char *value,
               const char *origin, struct error *error)
{
    return value ? settings_set(settings, SETTINGS_OPTION, section, key, value, origin, error) : 0;
}

static int apply_options(struct settings *settings, const struct options *options,
                         struct error *error)
{
    static const char server[] = "provider." URL_NAME;
    const char *mode =
        options->mode && strcmp(options->mode, "invoke") == 0 ? "--invoke" : "--stream";
    if (options->key_env && !options->url)
        return error_set(error, RN_ECONFIG, "--key-env goes with --url");
    if (set(settings, "chat", "mode", options->mode, mode, error) < 0 ||
        set(settings, "chat", "model", options->model, "--model", error) < 0 ||
        set(settings, server, "url", options->url, "--url", error) < 0 ||
        set(settings, server, "key_env", options->key_env, "--key-env", error) < 0 ||
        set(settings, "chat", "system", options->system, "--system", error) < 0 ||
        set(settings, "chat", "role", options->role, "--role", error) < 0 ||
        set(settings, "chat", "tools", options->no_tools ? "none" : options->tools,
            options->no_tools ? "--no-tools" : "--tools", error) < 0 ||
        set(settings, "chat", "allow", options->allow, "--allow", error) < 0 ||
        set(settings, "chat", "save", options->no_save ? "no" : NULL, "--no-save", error) < 0)
        return -1;
    return 0;
}

/* They are settings of a provider: of the one that is chosen. */
static int apply_request_options(struct settings *settings, const struct options *options,
                                 struct error *error)
{
    struct choice choice;
    if (!options->temperature && !options->max_tokens && !options->reasoning)
        return 0;
    int result = choose_model(settings, true, &choice, error);
    if (result == 0) {
        char *section = choice_section(&choice);
        if (set(settings, section, "temperature", options->temperature, "--temperature", error) <
                0 ||
            set(settings, section, "max_tokens", options->max_tokens, "--max-tokens", error) < 0 ||
            set(settings, section, "reasoning", options->reasoning, "--reasoning", error) < 0)
            result = -1;
        free(section);
    }
    choice_clear(&choice);
    return result;
}

/* ---- All together ---- */

static int load(struct settings *settings, const struct options *options, struct error *error)
{
    char *path = options->config ? xstrdup(options->config) : settings_path();
    int result = settings_load(settings, path, options->config != NULL, error);
    free(path);
    if (result == 0 && options->profile)
        result = settings_profile(settings, options->profile, error);
    return result;
}

struct settings *cli_settings(const struct options *options, struct error *error)
{
    struct settings *settings = settings_new();
    if (load(settings, options, error) == 0 && cli_environment(settings, error) == 0 &&
        apply_options(settings, options, error) == 0 &&
        apply_request_options(settings, options, error) == 0)
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

/* ---- runnel config ---- */

/* In a comment, so that what is printed stays a config file. */
static void add_choice(const struct settings *settings, struct buf *text)
{
    struct choice choice;
    struct error error;
    if (choose_model(settings, true, &choice, &error) == 0) {
        char *label = choose_label(choice.provider, choice.model);
        buf_addf(text, "# the model that answers: %s (%s)\n", label, choice.why);
        free(label);
    } else {
        buf_addf(text, "# no model can be chosen: %s\n", error.text);
    }
    choice_clear(&choice);
}

static int print_settings(const struct options *options)
{
    struct buf text = BUF_INIT;
    struct error error;
    struct settings *settings = cli_settings(options, &error);
    if (!settings)
        return cli_fail(&error);
    add_choice(settings, &text);
    settings_print(settings, &text);
    int status = cli_print(text.data, text.len);
    buf_clear(&text);
    settings_free(settings);
    return status;
}

static int print_path(const struct options *options)
{
    char *path = options->config ? xstrdup(options->config) : settings_path();
    struct buf line = BUF_INIT;
    buf_addf(&line, "%s\n", path);
    int status = cli_print(line.data, line.len);
    buf_clear(&line);
    free(path);
    return status;
}

int cli_config(const struct options *options)
{
    struct error error;
    if (options->word_count == 0)
        return print_settings(options);
    if (strcmp(options->words[0], "path") == 0)
        return print_path(options);
    error_set(&error, RN_ECONFIG, "runnel config knows path, not \"%.40s\"", options->words[0]);
    return cli_fail(&error);
}
