/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel sessions: what was said so far, and where it is kept.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/filter.h"
#include "cli/options.h"
#include "config/settings.h"
#include "plain/tell.h"
#include "session/store.h"

static void add_time(struct buf *out, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm local;
    char text[32] = "";
    if (localtime_r(&when, &local))
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &local);
    buf_adds(out, text);
}

/* What a file says of itself is untrusted, and the list may be read on a terminal. */
static void add_filtered(struct buf *out, const char *text)
{
    filter_line(out, text, strlen(text));
}

static void add_row(struct buf *out, const struct session_info *info, int model_width)
{
    struct buf model = BUF_INIT;
    add_filtered(&model, info->model);
    add_filtered(out, info->id);
    buf_adds(out, "  ");
    add_time(out, info->changed);
    buf_addf(out, "  %6lld kB  %-*s  ", (long long)(info->size + 999) / 1000, model_width,
             buf_str(&model));
    add_filtered(out, *info->name ? info->name : info->title);
    buf_addc(out, '\n');
    buf_clear(&model);
}

static int longest_model(const struct session_list *list)
{
    enum { MOST = 24 };
    size_t longest = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t len = strlen(list->items[i].model);
        if (len > longest)
            longest = len;
    }
    return longest < MOST ? (int)longest : MOST;
}

static int list_sessions(const char *dir, int *status, struct error *error)
{
    struct session_list list = {0};
    struct buf out = BUF_INIT;
    if (store_list(dir, &list, error) < 0)
        return -1;
    int width = longest_model(&list);
    for (size_t i = 0; i < list.count; i++)
        add_row(&out, &list.items[i], width);
    if (list.count == 0)
        tell("no sessions are in %s yet", dir);
    *status = cli_print(buf_str(&out), out.len);
    buf_clear(&out);
    session_list_clear(&list);
    return 0;
}

static int print_path(const char *dir)
{
    struct buf line = BUF_INIT;
    buf_addf(&line, "%s\n", dir);
    int status = cli_print(line.data, line.len);
    buf_clear(&line);
    return status;
}

static int on_word(const char *word, const char *dir, int *status, struct error *error)
{
    if (strcmp(word, "list") == 0)
        return list_sessions(dir, status, error);
    if (strcmp(word, "path") != 0)
        return error_set(error, RN_ECONFIG, "runnel sessions knows list and path, not \"%.40s\"",
                         word);
    *status = print_path(dir);
    return 0;
}

int cli_list_sessions(const struct options *options)
{
    struct error error;
    int result = -1, status = CLI_OK;
    const char *word = options->word_count > 0 ? options->words[0] : "list";
    struct settings *settings = cli_settings(options, &error);
    char *dir = settings ? cli_sessions(settings, &error) : NULL;
    if (dir)
        result = on_word(word, dir, &status, &error);
    free(dir);
    settings_free(settings);
    return result < 0 ? cli_fail(&error) : status;
}
