/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel sessions: what was said so far, and where it is kept.
 */
#include "cli/sessions.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/filter.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "config/settings.h"

static int sessions_path(const struct errand *errand, struct error *error)
{
    struct buf line = BUF_INIT;
    (void)error;
    buf_addf(&line, "%s\n", errand->dir);
    int status = cli_print(line.data, line.len);
    buf_clear(&line);
    return status;
}

static const struct verb {
    const char *name, *args;
    int least, most; /* words after it */
    int (*run)(const struct errand *errand, struct error *error);
} verbs[] = {
    {"list", "", 0, 0, sessions_list},
    {"search", " TEXT", 1, 1000, sessions_search},
    {"show", " [SESSION]", 0, 1, sessions_show},
    {"export", " [SESSION]", 0, 1, sessions_export},
    {"remove", " SESSION...", 1, 100000, sessions_remove},
    {"path", "", 0, 0, sessions_path},
};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

const char *sessions_verb(size_t nth)
{
    return nth < VERBS ? verbs[nth].name : NULL;
}

int sessions_print(const char *text, size_t len)
{
    if (!isatty(STDOUT_FILENO))
        return cli_print(text, len);
    struct buf filtered = BUF_INIT;
    filter_text(&filtered, text, len);
    int status = cli_print(buf_str(&filtered), filtered.len);
    buf_clear(&filtered);
    return status;
}

static const struct verb *find_verb(const char *name, struct error *error)
{
    for (const struct verb *verb = verbs; verb < verbs + VERBS; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    error_set(error, RN_ECONFIG,
              "runnel sessions knows list, search, show, export, remove and path, not \"%.40s\"",
              name);
    return NULL;
}

static int run(const struct options *options, const char *dir, struct error *error)
{
    struct errand errand = {.options = options, .dir = dir};
    const struct verb *verb = verbs;
    if (options->word_count > 0) {
        verb = find_verb(options->words[0], error);
        errand.words = options->words + 1;
        errand.count = options->word_count - 1;
    }
    if (!verb)
        return -1;
    if (errand.count < verb->least || errand.count > verb->most)
        return error_set(error, RN_ECONFIG, "it is: runnel sessions %s%s", verb->name, verb->args);
    return verb->run(&errand, error);
}

int cli_list_sessions(const struct options *options)
{
    struct error error;
    int status = -1;
    struct settings *settings = cli_settings(options, &error);
    char *dir = settings ? cli_sessions(settings, &error) : NULL;
    if (dir)
        status = run(options, dir, &error);
    free(dir);
    settings_free(settings);
    return status < 0 ? cli_fail(&error) : status;
}
