/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel doctor: what is wrong between the user and a model.
 */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/choose.h"
#include "chat/models.h"
#include "cli/options.h"
#include "config/settings.h"
#include "doctor/chart.h"
#include "doctor/doctor.h"
#include "plain/tell.h"

enum { COLUMNS_MAX = 100 };

struct visit {
    const struct options *options;
    struct settings *settings;
    struct error config_error, choice_error;
    struct choice choice;
    char *config_path, *sessions, *provider;
    rn_io *io;
};

/* ---- Who is looked at ---- */

/* With settings that are wrong the rest is looked at all the same. */
static void load(struct visit *visit)
{
    struct error ignored;
    const char *config = visit->options->config;
    visit->config_path = config ? xstrdup(config) : settings_path();
    visit->settings = cli_settings(visit->options, &visit->config_error);
    if (!visit->settings) {
        visit->settings = settings_new();
        cli_environment(visit->settings, &ignored);
    }
    visit->sessions = cli_sessions(visit->settings, &ignored);
}

/* The provider that the word names, "ollama" or "ollama:llama3.2"; -1 with an error when there is none. */
static int name_provider(struct visit *visit, const char *word, struct error *error)
{
    struct models *models = models_new(visit->settings, visit->io);
    visit->provider = xstrndup(word, strcspn(word, ":"));
    const char **meant = strcmp(visit->provider, GUIDE_NAME) == 0
                             ? xcalloc(1, sizeof(*meant))
                             : models_meant(models, visit->provider, error);
    free(meant);
    models_free(models);
    return meant ? 0 : -1;
}

/* The model that would answer, unless it is another provider's than the one that is named. */
static int choose(struct visit *visit, struct error *error)
{
    const char *word = visit->options->word_count > 0 ? visit->options->words[0] : NULL;
    if (word && name_provider(visit, word, error) < 0)
        return -1;
    int chosen = choose_model(visit->settings, false, &visit->choice, &visit->choice_error);
    if (word &&
        (chosen < 0 || strchr(word, ':') || strcmp(visit->choice.provider, visit->provider) != 0)) {
        choice_clear(&visit->choice);
        settings_set(visit->settings, SETTINGS_OPTION, "chat", "model", word, "the command line",
                     error);
        chosen = choose_model(visit->settings, false, &visit->choice, &visit->choice_error);
    }
    if (chosen < 0)
        choice_clear(&visit->choice);
    else if (!visit->provider)
        visit->provider = xstrdup(visit->choice.provider);
    return 0;
}

static void leave(struct visit *visit)
{
    rn_io_free(visit->io);
    choice_clear(&visit->choice);
    settings_free(visit->settings);
    free(visit->config_path);
    free(visit->sessions);
    free(visit->provider);
}

/* ---- What is told ---- */

static struct chart *new_chart(const struct options *options)
{
    struct winsize size = {0};
    bool is_json = options_format(options) == PLAIN_JSON, is_terminal = isatty(STDOUT_FILENO);
    const char *no_color = getenv("NO_COLOR"), *type = getenv("TERM");
    bool is_colored = is_terminal && !(no_color && *no_color) && type && strcmp(type, "dumb") != 0;
    if (is_terminal)
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    return chart_new(STDOUT_FILENO, is_json, is_colored,
                     size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX);
}

static int end(struct chart *chart)
{
    if (chart_end(chart) == 0)
        return chart_is_well(chart) ? CLI_OK : CLI_FAILED;
    if (errno == EPIPE)
        return 128 + SIGPIPE;
    tell("stdout cannot be written: %s", strerror(errno));
    return CLI_FAILED;
}

static int examine(const struct visit *visit)
{
    struct chart *chart = new_chart(visit->options);
    struct patient patient = {
        .settings = visit->settings,
        .config_path = visit->config_path,
        .config_error = visit->config_error.code ? &visit->config_error : NULL,
        .sessions = visit->sessions,
        .provider = visit->provider,
        .choice = visit->choice.provider ? &visit->choice : NULL,
        .choice_error = visit->choice_error.text,
        .io = visit->io,
    };
    doctor_examine(&patient, chart);
    int status = end(chart);
    chart_free(chart);
    return status;
}

int cli_doctor(const struct options *options)
{
    struct error error;
    struct visit visit = {.options = options, .io = rn_io_new()};
    load(&visit);
    int status = choose(&visit, &error) < 0 ? cli_fail(&error) : examine(&visit);
    leave(&visit);
    return status;
}
