/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel sessions remove: for good, so somebody has to say yes to it first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/filter.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/sessions.h"
#include "plain/tell.h"
#include "session/store.h"
#include "text/figures.h"

/* All that are meant, before any is removed: a word that means none stops it. */
static char **find_all(const struct errand *errand, struct error *error)
{
    char **paths = xcalloc((size_t)errand->count + 1, sizeof(*paths));
    for (int i = 0; i < errand->count; i++) {
        paths[i] = store_find(errand->dir, errand->words[i], error);
        if (!paths[i]) {
            while (i-- > 0)
                free(paths[i]);
            free(paths);
            return NULL;
        }
    }
    return paths;
}

static void tell_one(const char *path)
{
    struct session_list list;
    struct error ignored;
    if (store_look(path, &list, &ignored) < 0)
        return;
    const struct session_info *info = &list.items[0];
    struct buf age = BUF_INIT;
    figures_age(&age, info->changed, time(NULL));
    tell("%s  %s  %s", info->id, buf_str(&age), session_called(info));
    buf_clear(&age);
    session_list_clear(&list);
}

static bool says_yes(void)
{
    char answer[16] = "";
    return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static bool is_agreed(char **paths, int count)
{
    for (int i = 0; i < count; i++)
        tell_one(paths[i]);
    fprintf(stderr, "Remove %s for good? [y/N] ", count == 1 ? "it" : "them");
    fflush(stderr);
    return says_yes();
}

static int remove_all(char **paths, int count, struct error *error)
{
    int status = CLI_OK;
    for (int i = 0; i < count; i++)
        if (store_remove(paths[i], error) < 0)
            status = cli_fail(error);
    return status;
}

int sessions_remove(const struct errand *errand, struct error *error)
{
    bool can_ask = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    int status = CLI_FAILED;
    if (!errand->options->yes && !can_ask)
        return error_set(error, RN_ECONFIG, "nobody can be asked here: --yes removes without");
    char **paths = find_all(errand, error);
    if (!paths)
        return -1;
    if (errand->options->yes || is_agreed(paths, errand->count))
        status = remove_all(paths, errand->count, error);
    else
        tell("nothing is removed");
    for (int i = 0; i < errand->count; i++)
        free(paths[i]);
    free(paths);
    return status;
}
