/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel compare: the same prompt with stream and with invoke, or to several models.
 */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "chat/attach.h"
#include "cli/asked.h"
#include "cli/options.h"
#include "chat/race.h"
#include "config/settings.h"
#include "plain/compare.h"
#include "plain/tell.h"
#include "tui/compare.h"

/* What is asked when nothing is. */
static const char example[] = "What is streaming, and why does it feel faster?";

struct comparison {
    const struct options *options;
    struct asked asked;
    rn_io *io;
    struct race *race;
    struct settings *settings[RACE_LANES]; /* of each model that was named, or of the one */
    size_t settings_count;
    int log_fd; /* -1: none */
};

static int check(const struct options *options, struct error *error)
{
    const struct {
        bool is_given;
        const char *name, *why;
    } unfit[] = {
        {options->resume || options->wants_last, "--resume or --continue",
         "a comparison begins a conversation"},
        {options->tools || options->yes || options->allow, "tools", "it offers none"},
        {options->record, "--record", "it has several answers at once"},
    };
    for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++)
        if (unfit[i].is_given)
            return error_set(error, RN_ECONFIG, "runnel compare does not go with %s: %s",
                             unfit[i].name, unfit[i].why);
    return 0;
}

/* ---- Lanes ---- */

static struct settings *add_settings(struct comparison *comparison, const char *model,
                                     struct error *error)
{
    struct options options = *comparison->options;
    if (comparison->settings_count == RACE_LANES) {
        error_set(error, RN_ECONFIG, "no more than %d models can be compared", RACE_LANES);
        return NULL;
    }
    options.model = model;
    struct settings *settings = cli_settings(&options, error);
    if (settings)
        comparison->settings[comparison->settings_count++] = settings;
    return settings;
}

static int add_modes(struct comparison *comparison, struct error *error)
{
    struct settings *settings = add_settings(comparison, comparison->options->model, error);
    if (!settings || race_add(comparison->race, settings, RN_STREAM, error) < 0)
        return -1;
    return race_add(comparison->race, settings, RN_INVOKE, error);
}

static int add_models(struct comparison *comparison, struct error *error)
{
    const char *said = comparison->options->mode;
    enum rn_mode mode = said && strcmp(said, "invoke") == 0 ? RN_INVOKE : RN_STREAM;
    for (const char *const *model = comparison->options->models; *model; model++) {
        struct settings *settings = add_settings(comparison, *model, error);
        if (!settings)
            return -1;
        if (race_add(comparison->race, settings, mode, error) < 0)
            return error_prefix(error, "%s", *model);
    }
    return 0;
}

static int attach(const struct comparison *comparison, struct lane *lane, struct error *error)
{
    struct attachments attachments = {0};
    const rn_model *model = lane->answerer.model;
    const struct buf *input = &comparison->asked.input;
    int result = 0;
    for (const char *const *what = comparison->options->attach; result == 0 && *what; what++)
        result = attachments_add(&attachments, *what, model, error);
    if (result == 0 && input->len > 0)
        result =
            attachments_add_bytes(&attachments, "stdin", input->data, input->len, model, error);
    if (result == 0)
        attachments_give(&attachments, lane->conversation);
    attachments_clear(&attachments);
    return result;
}

/* ---- All of it ---- */

static int open_log(struct comparison *comparison, struct error *error)
{
    const char *path = comparison->options->log;
    if (!path)
        return 0;
    comparison->log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (comparison->log_fd < 0)
        return error_errno(error, RN_ECONFIG, "%s cannot be written", path);
    return 0;
}

static int read_asked(struct comparison *comparison, struct error *error)
{
    const struct options *options = comparison->options;
    bool is_silent = options->word_count == 0 && isatty(STDIN_FILENO);
    if (is_silent)
        buf_adds(&comparison->asked.prompt, example);
    return asked_read(&comparison->asked, options, is_silent, error);
}

static int open_race(struct comparison *comparison, struct error *error)
{
    const struct options *options = comparison->options;
    struct race_options race = {.io = comparison->io,
                                .prompt = comparison->asked.prompt.data,
                                .extra = comparison->asked.extra,
                                .schema = comparison->asked.schema,
                                .name = options->name,
                                .rounds = (unsigned)options->repeat};
    bool are_models = options->models[0] && options->models[1];
    comparison->race = race_new(&race);
    int result = are_models ? add_models(comparison, error) : add_modes(comparison, error);
    for (size_t i = 0; result == 0 && i < comparison->race->count; i++)
        result = attach(comparison, &comparison->race->lanes[i], error);
    return result;
}

static int run(struct comparison *comparison, struct error *error)
{
    const struct options *options = comparison->options;
    struct race *race = comparison->race;
    struct error why;
    bool wants_screen = !options->plain && !options->format;
    int status = -1;
    if (wants_screen && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        status = tui_compare(race, comparison->settings[0], &why);
        if (status < 0)
            tell("%s: here is the table alone, as with --plain", why.text);
    }
    if (status >= 0)
        return status;
    if (race_start(race, error) < 0)
        return -1;
    return plain_compare(race, options_format(options));
}

static void clear(struct comparison *comparison)
{
    race_free(comparison->race);
    rn_io_free(comparison->io);
    for (size_t i = 0; i < comparison->settings_count; i++)
        settings_free(comparison->settings[i]);
    asked_clear(&comparison->asked);
    if (comparison->log_fd >= 0)
        close(comparison->log_fd);
}

int cli_compare(const struct options *options)
{
    struct comparison comparison = {.options = options, .log_fd = -1};
    struct error error;
    int status = -1;
    if (check(options, &error) == 0 && read_asked(&comparison, &error) == 0 &&
        open_log(&comparison, &error) == 0) {
        comparison.io = rn_io_new();
        rn_io_log(comparison.io, comparison.log_fd);
        if (open_race(&comparison, &error) == 0)
            status = run(&comparison, &error);
    }
    if (comparison.race && comparison.race->warning)
        tell("%s", comparison.race->warning->text);
    clear(&comparison);
    return status < 0 ? cli_fail(&error) : status;
}
