/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/shelf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/filter.h"
#include "base/mem.h"
#include "chat/branch.h"
#include "chat/chat.h"
#include "chat/command.h"
#include "text/cell.h"
#include "text/figures.h"

enum { TOLD = 20, TITLE_COLUMNS = 40, AGE_COLUMNS = 10, SIZE_COLUMNS = 9 };

/* ---- The shelf ---- */

int shelf_open(struct shelf *shelf, const struct chat *chat, struct error *error)
{
    char *folder = chat_session_dir(chat, error);
    int result = folder ? store_list(folder, &shelf->list, error) : -1;
    free(folder);
    if (result < 0)
        return -1;
    shelf->found = xcalloc(shelf->list.count + 1, sizeof(*shelf->found));
    shelf_filter(shelf, "");
    return 0;
}

void shelf_clear(struct shelf *shelf)
{
    session_list_clear(&shelf->list);
    free(shelf->found);
    glimpse_clear(&shelf->glimpse);
    *shelf = (struct shelf){0};
}

const char *shelf_name(const struct session_info *info)
{
    return session_called(info);
}

static bool has_word(const struct session_info *info, const char *word)
{
    const char *const texts[] = {info->name, info->title, info->prompt, info->model, info->id};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (strcasestr(texts[i], word))
            return true;
    return false;
}

static bool has_words(const struct session_info *info, const char *words)
{
    bool has_all = true;
    for (size_t len; has_all && *words; words += len) {
        words += strspn(words, " ");
        len = strcspn(words, " ");
        char *word = xstrndup(words, len);
        has_all = has_word(info, word);
        free(word);
    }
    return has_all;
}

void shelf_filter(struct shelf *shelf, const char *words)
{
    shelf->count = 0;
    for (size_t i = 0; i < shelf->list.count; i++)
        if (has_words(&shelf->list.items[i], words))
            shelf->found[shelf->count++] = i;
}

const struct session_info *shelf_nth(const struct shelf *shelf, size_t nth)
{
    return nth < shelf->count ? &shelf->list.items[shelf->found[nth]] : NULL;
}

const struct glimpse *shelf_look(struct shelf *shelf, size_t nth)
{
    const struct session_info *info = shelf_nth(shelf, nth);
    glimpse_clear(&shelf->glimpse);
    if (info)
        glimpse_read(&shelf->glimpse, info->path);
    return &shelf->glimpse;
}

/* ---- As text ---- */

static void add_right(struct buf *out, const struct buf *text, int columns)
{
    buf_addf(out, "%*s", columns, buf_str(text));
}

static void add_title(struct buf *out, const struct session_info *info)
{
    struct buf title = BUF_INIT;
    filter_line(&title, shelf_name(info), strlen(shelf_name(info)));
    size_t fits = cell_fit(buf_str(&title), title.len, TITLE_COLUMNS);
    if (fits < title.len)
        fits = cell_fit(title.data, title.len, TITLE_COLUMNS - 1);
    buf_add(out, buf_str(&title), fits);
    buf_adds(out, fits < title.len ? "…" : "");
    buf_clear(&title);
}

static void tell(const struct session_info *info, int64_t now, struct buf *out)
{
    struct buf age = BUF_INIT, size = BUF_INIT;
    figures_age(&age, info->changed, now);
    figures_bytes(&size, (size_t)info->size);
    buf_addf(out, "  %s ", info->id);
    add_right(out, &age, AGE_COLUMNS);
    add_right(out, &size, SIZE_COLUMNS);
    buf_adds(out, "  ");
    add_title(out, info);
    if (*info->model)
        buf_addf(out, " (%s)", info->model);
    buf_addc(out, '\n');
    buf_clear(&age);
    buf_clear(&size);
}

static void tell_all(const struct shelf *shelf, struct buf *out)
{
    int64_t now = time(NULL);
    for (size_t i = 0; i < shelf->count && i < TOLD; i++)
        tell(shelf_nth(shelf, i), now, out);
    if (shelf->count > TOLD)
        buf_addf(out, "  and %zu more: runnel sessions lists all\n", shelf->count - TOLD);
    buf_adds(out, shelf->count > 0 ? "/resume SESSION goes on with one of them."
                                   : "no session has been saved yet");
}

int shelf_run_list(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args;
    struct shelf shelf = {0};
    if (shelf_open(&shelf, chat, error) < 0)
        return -1;
    tell_all(&shelf, out);
    shelf_clear(&shelf);
    return COMMAND_SAY;
}

/* ---- One of them ---- */

int shelf_run_resume(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)out;
    if (chat_busy(chat))
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    if (!*args)
        return COMMAND_CHOOSE;
    char *folder = chat_session_dir(chat, error);
    char *path = folder ? store_find(folder, args, error) : NULL;
    int result = path ? branch_resume(chat, path, NULL, false, error) : -1;
    free(path);
    free(folder);
    return result < 0 ? -1 : COMMAND_AGAIN | COMMAND_STATUS;
}
