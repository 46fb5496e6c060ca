/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel completion: for bash, zsh and fish, and for what these ask while somebody types.  It has to be
 * there at once: so nothing is asked of any server, and only the latest sessions are looked into.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/filter.h"
#include "chat/choose.h"
#include "chat/model_list.h"
#include "chat/models.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/shells.h"
#include "config/settings.h"
#include "session/store.h"

enum { LOOKED_INTO_MAX = 50 };

/* ---- Sessions ---- */

/* "id TAB title", the last changed first. */
static void add_session(struct buf *out, const struct session_info *info, bool is_latest)
{
    struct session_list one = {0};
    struct error ignored;
    filter_line(out, info->id, strlen(info->id));
    if (is_latest && store_look(info->path, &one, &ignored) == 0) {
        const char *called = session_called(&one.items[0]);
        buf_addc(out, '\t');
        filter_line(out, called, strlen(called));
    }
    session_list_clear(&one);
    buf_addc(out, '\n');
}

static int add_sessions(const struct settings *settings, struct buf *out, struct error *error)
{
    struct session_list list = {0};
    char *dir = cli_sessions(settings, error);
    int result = dir ? store_ids(dir, &list, error) : -1;
    for (size_t i = 0; i < list.count; i++)
        add_session(out, &list.items[i], i < LOOKED_INTO_MAX);
    session_list_clear(&list);
    free(dir);
    return result;
}

/* ---- Models ---- */

static void add_list(struct buf *out, const char *provider, const struct model_list *list)
{
    for (size_t i = 0; list && i < list->count; i++) {
        buf_addf(out, "%s:", provider);
        filter_line(out, list->models[i].name, strlen(list->models[i].name));
        buf_addc(out, '\n');
    }
}

/* Those that were told last; of a provider that told none, its name. */
static int add_models(const struct settings *settings, struct buf *out, struct error *error)
{
    (void)error;
    rn_io *io = rn_io_new();
    struct models *models = models_new(settings, io);
    const char **providers = models_providers(models);
    buf_addf(out, "%s\n", GUIDE_NAME);
    for (const char **provider = providers; *provider; provider++) {
        const struct model_list *list = models_list(models, *provider);
        if (list && list->count > 0)
            add_list(out, *provider, list);
        else
            buf_addf(out, "%s:\n", *provider);
    }
    free(providers);
    models_free(models);
    rn_io_free(io);
    return 0;
}

/* ---- The command ---- */

static const struct {
    const char *name;
    void (*write)(struct buf *out);
} shells[] = {{"bash", shell_bash}, {"zsh", shell_zsh}, {"fish", shell_fish}};

static const struct {
    const char *name;
    int (*add)(const struct settings *settings, struct buf *out, struct error *error);
} lists[] = {{"sessions", add_sessions}, {"models", add_models}};

static int write_list(const struct options *options, const char *word, struct buf *out,
                      struct error *error)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, word) != 0)
            continue;
        struct settings *settings = cli_settings(options, error);
        int result = settings ? lists[i].add(settings, out, error) : -1;
        settings_free(settings);
        return result;
    }
    return error_set(error, RN_ECONFIG, "it is: runnel completion bash, zsh or fish");
}

static int write_word(const struct options *options, struct buf *out, struct error *error)
{
    const char *word = options->word_count > 0 ? options->words[0] : "";
    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
        if (strcmp(shells[i].name, word) == 0) {
            shells[i].write(out);
            return 0;
        }
    return write_list(options, word, out, error);
}

int cli_completion(const struct options *options)
{
    struct buf out = BUF_INIT;
    struct error error;
    int status = write_word(options, &out, &error) < 0 ? cli_fail(&error)
                                                       : cli_print(buf_str(&out), out.len);
    buf_clear(&out);
    return status;
}
