/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "session/file.h"
#include "session/summary.h"

enum { CANDIDATES_MAX = 10 };
enum { AHEAD_MAX_S = 600 }; /* so far may a server's clock be ahead of ours */

/* The specification says that a path which is not absolute is to be ignored. */
char *store_dir(struct error *error)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    if (data && data[0] == '/')
        return xasprintf("%s/runnel/sessions", data);
    if (home && *home)
        return xasprintf("%s/.local/share/runnel/sessions", home);
    error_set(error, RN_ECONFIG, "no place for sessions: neither XDG_DATA_HOME nor HOME is set");
    return NULL;
}

/* ---- The folder ---- */

void session_list_clear(struct session_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].id);
        free(list->items[i].path);
        free(list->items[i].name);
        free(list->items[i].title);
        free(list->items[i].prompt);
        free(list->items[i].model);
    }
    free(list->items);
    *list = (struct session_list){0};
}

const char *session_called(const struct session_info *info)
{
    bool was_given = strcmp(info->title, info->prompt) != 0;
    return was_given || !*info->name ? info->title : info->name;
}

/* A file whose time lies in the future was written while the clock was wrong, or has got its time from elsewhere:
 * it would be the last one for as long as that.  It counts for as old as its id says, or else for very old. */
static void mend_time(struct session_info *info)
{
    struct tm utc = {0};
    int64_t latest = (int64_t)time(NULL) + AHEAD_MAX_S;
    if (info->changed <= latest)
        return;
    const char *end = strptime(info->id, "%Y%m%d-%H%M%S", &utc);
    int64_t made = end && *end == '-' ? timegm(&utc) : 0;
    info->changed = made <= latest ? made : 0;
    info->changed_ns = 0;
}

/* -1 with errno when there is no such file; one that is empty or no file is passed over. */
static int add_file(struct session_list *list, const char *path)
{
    struct stat file;
    if (stat(path, &file) < 0)
        return -1;
    if (!S_ISREG(file.st_mode) || file.st_size == 0)
        return 0;
    list->items = xrealloc(list->items, (list->count + 1) * sizeof(*list->items));
    list->items[list->count++] = (struct session_info){
        .id = session_file_id(path),
        .path = xstrdup(path),
        .name = xstrdup(""),
        .title = xstrdup(""),
        .prompt = xstrdup(""),
        .model = xstrdup(""),
        .size = file.st_size,
        .changed = file.st_mtim.tv_sec,
        .changed_ns = file.st_mtim.tv_nsec,
    };
    mend_time(&list->items[list->count - 1]);
    return 0;
}

static void add_entry(struct session_list *list, const char *dir, const char *name)
{
    char *path = xasprintf("%s/%s", dir, name);
    add_file(list, path);
    free(path);
}

static int last_changed_first(const void *left, const void *right)
{
    const struct session_info *a = left, *b = right;
    if (a->changed != b->changed)
        return a->changed < b->changed ? 1 : -1;
    if (a->changed_ns != b->changed_ns)
        return a->changed_ns < b->changed_ns ? 1 : -1;
    return strcmp(b->id, a->id);
}

int store_ids(const char *dir, struct session_list *list, struct error *error)
{
    *list = (struct session_list){0};
    DIR *folder = opendir(dir);
    if (!folder)
        return errno == ENOENT ? 0 : error_errno(error, RN_EIO, "cannot read the folder %s", dir);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && session_file_is(entry->d_name))
            add_entry(list, dir, entry->d_name);
    closedir(folder);
    if (list->count > 0)
        qsort(list->items, list->count, sizeof(*list->items), last_changed_first);
    return 0;
}

int store_list(const char *dir, struct session_list *list, struct error *error)
{
    if (store_ids(dir, list, error) < 0)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        summary_read(&list->items[i]);
    return 0;
}

int store_look(const char *path, struct session_list *list, struct error *error)
{
    *list = (struct session_list){0};
    if (add_file(list, path) < 0)
        return error_errno(error, RN_EIO, "cannot read the session %s", path);
    if (list->count == 0)
        return error_set(error, RN_EIO, "%s holds no session", path);
    summary_read(&list->items[0]);
    return 0;
}

/* The lock is on the file itself, so nothing is left behind. */
int store_remove(const char *path, struct error *error)
{
    bool taken;
    int fd = session_file_open(path, &taken, error);
    if (fd < 0)
        return -1;
    int result = 0;
    if (taken)
        result = error_set(error, RN_EIO, "%s is open in another runnel, and is kept", path);
    else if (unlink(path) < 0)
        result = error_errno(error, RN_EIO, "cannot remove %s", path);
    close(fd);
    return result;
}

/* ---- Finding one ---- */

typedef bool match_fn(const struct session_info *info, const char *which);

static bool is_id(const struct session_info *info, const char *which)
{
    size_t len = strlen(info->id);
    return strncmp(info->id, which, len) == 0 &&
           (!which[len] || strcmp(which + len, SESSION_FILE_SUFFIX) == 0);
}

static bool is_name(const struct session_info *info, const char *which)
{
    return strcmp(info->name, which) == 0;
}

static bool is_beginning(const struct session_info *info, const char *which)
{
    return strncmp(info->id, which, strlen(which)) == 0;
}

static void list_candidates(const struct session_list *list, const char *which, match_fn *match,
                            struct error *error)
{
    struct buf ids = BUF_INIT;
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!match(&list->items[i], which))
            continue;
        if (count++ < CANDIDATES_MAX)
            buf_addf(&ids, "%s%s", ids.len > 0 ? ", " : "", list->items[i].id);
    }
    error_set(error, RN_ECONFIG, "\"%.60s\" could be %zu sessions: %s%s", which, count,
              buf_str(&ids), count > CANDIDATES_MAX ? ", ..." : "");
    buf_clear(&ids);
}

/* How many fit; the path of the first. */
static size_t find(const struct session_list *list, const char *which, match_fn *match,
                   const char **path)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (match(&list->items[i], which) && count++ == 0)
            *path = list->items[i].path;
    return count;
}

static char *find_in(struct session_list *list, const char *dir, const char *which,
                     struct error *error)
{
    match_fn *const ways[] = {is_id, is_name, is_beginning};
    const char *path = NULL;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (ways[i] == is_name)
            for (size_t k = 0; k < list->count; k++)
                summary_read(&list->items[k]);
        size_t count = find(list, which, ways[i], &path);
        if (count == 1)
            return xstrdup(path);
        if (count > 1) {
            list_candidates(list, which, ways[i], error);
            return NULL;
        }
    }
    if (session_file_is(which) && access(which, R_OK) == 0)
        return xstrdup(which);
    error_set(error, RN_ECONFIG, "no session \"%.60s\" in %s", which, dir);
    return NULL;
}

static char *find_path(const char *path, struct error *error)
{
    if (access(path, R_OK) == 0)
        return xstrdup(path);
    error_errno(error, RN_ECONFIG, "cannot read the session %s", path);
    return NULL;
}

char *store_find(const char *dir, const char *which, struct error *error)
{
    struct session_list list;
    char *path = NULL;
    if (which && strchr(which, '/'))
        return find_path(which, error);
    if (which && strcmp(which, "-") == 0) {
        error_set(error, RN_ECONFIG, "\"-\" is stdin, and here it has to be a file");
        return NULL;
    }
    if (store_ids(dir, &list, error) < 0)
        return NULL;
    if (which && *which)
        path = find_in(&list, dir, which, error);
    else if (list.count > 0)
        path = xstrdup(list.items[0].path);
    else
        error_set(error, RN_ECONFIG, "no session has been saved in %s yet", dir);
    session_list_clear(&list);
    return path;
}
