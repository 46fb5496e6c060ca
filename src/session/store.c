/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "session/file.h"
#include "session/reader.h"

/* How much of a file's two ends is read: at first, and at most when what is looked for is longer. */
enum { WINDOW_MIN = 64 * 1024, WINDOW_MAX = 4 * 1024 * 1024 };
enum { TITLE_MAX = 200, CANDIDATES_MAX = 10 };

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

/* ---- What a file's two ends tell ---- */

enum { SAW_TITLE = 1, SAW_MODEL = 2 };

static void replace(char **text, const char *with)
{
    free(*text);
    *text = xstrdup(with);
}

/* The first line with something on it. */
static void set_title(struct session_info *info, const char *text)
{
    text += strspn(text, " \t\r\n");
    size_t len = strcspn(text, "\r\n");
    if (len > TITLE_MAX) {
        len = TITLE_MAX;
        len -= utf8_cut(text, len);
    }
    free(info->title);
    info->title = xstrndup(text, len);
}

static const char *first_prompt(const json_t *start)
{
    size_t i;
    const json_t *message;
    json_array_foreach (json_object_get(start, "input"), i, message) {
        if (strcmp(json_get_text(message, "role"), "user") == 0)
            return json_get_text(message, "content");
    }
    return "";
}

static unsigned take_record(struct session_info *info, const json_t *record)
{
    const char *type = json_get_text(record, "type");
    unsigned saw = 0;
    if (strcmp(type, "session") == 0)
        replace(&info->name, json_get_text(record, "name"));
    if (strcmp(type, "title") == 0)
        set_title(info, json_get_text(record, "title"));
    if (strcmp(type, "start") == 0 && !*info->title)
        set_title(info, first_prompt(record));
    if (strcmp(type, "start") == 0 || strcmp(type, "message") == 0) {
        const char *model = json_get_text(record, "model");
        if (*model) {
            replace(&info->model, model);
            saw |= SAW_MODEL;
        }
    }
    return saw | (*info->title ? SAW_TITLE : 0);
}

static unsigned take_line(struct session_info *info, const struct session_line *line)
{
    bool mended;
    struct error ignored;
    if (!session_line_has(line, "\"start\"") && !session_line_has(line, "\"message\"") &&
        !session_line_has(line, "\"title\"") && !session_line_has(line, "\"session\""))
        return 0;
    json_t *record = json_read(line->data, line->len, &mended, &ignored);
    unsigned saw = take_record(info, record);
    json_decref(record);
    return saw;
}

/* All lines of the window that end in it; the first is not whole when it does not begin the file. */
static unsigned take_window(struct session_info *info, const struct buf *window, bool cut)
{
    const char *at = buf_str(window);
    const char *end = at + window->len;
    unsigned saw = 0;
    for (const char *stop; (stop = memchr(at, '\n', (size_t)(end - at))); at = stop + 1) {
        if (!cut)
            saw |= take_line(info, &(struct session_line){at, (size_t)(stop - at)});
        cut = false;
    }
    return saw;
}

static void look(struct session_info *info, int fd, bool at_end, unsigned wanted)
{
    struct buf window = BUF_INIT;
    for (int64_t size = WINDOW_MIN;; size *= 4) {
        int64_t from = at_end && info->size > size ? info->size - size : 0;
        buf_reset(&window);
        buf_reserve(&window, (size_t)size);
        ssize_t got = pread(fd, window.data, (size_t)size, from);
        window.len = got > 0 ? (size_t)got : 0;
        if (take_window(info, &window, from > 0) & wanted || size >= info->size ||
            size >= WINDOW_MAX)
            break;
    }
    buf_clear(&window);
}

static void describe(struct session_info *info)
{
    int fd = open(info->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    look(info, fd, false, SAW_TITLE);
    if (info->size > WINDOW_MIN)
        look(info, fd, true, SAW_MODEL);
    close(fd);
}

/* ---- The folder ---- */

void session_list_clear(struct session_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].id);
        free(list->items[i].path);
        free(list->items[i].name);
        free(list->items[i].title);
        free(list->items[i].model);
    }
    free(list->items);
    *list = (struct session_list){0};
}

static void add_file(struct session_list *list, const char *dir, const char *name)
{
    struct stat file;
    char *path = xasprintf("%s/%s", dir, name);
    if (stat(path, &file) < 0 || !S_ISREG(file.st_mode) || file.st_size == 0) {
        free(path);
        return;
    }
    list->items = xrealloc(list->items, (list->count + 1) * sizeof(*list->items));
    list->items[list->count++] = (struct session_info){
        .id = session_file_id(name),
        .path = path,
        .name = xstrdup(""),
        .title = xstrdup(""),
        .model = xstrdup(""),
        .size = file.st_size,
        .changed = file.st_mtim.tv_sec,
        .changed_ns = file.st_mtim.tv_nsec,
    };
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

/* Which files there are, without a look into them. */
static int scan(const char *dir, struct session_list *list, struct error *error)
{
    *list = (struct session_list){0};
    DIR *folder = opendir(dir);
    if (!folder)
        return errno == ENOENT ? 0 : error_errno(error, RN_EIO, "cannot read the folder %s", dir);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && session_file_is(entry->d_name))
            add_file(list, dir, entry->d_name);
    closedir(folder);
    if (list->count > 0)
        qsort(list->items, list->count, sizeof(*list->items), last_changed_first);
    return 0;
}

int store_list(const char *dir, struct session_list *list, struct error *error)
{
    if (scan(dir, list, error) < 0)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        describe(&list->items[i]);
    return 0;
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
                describe(&list->items[k]);
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
    if (scan(dir, &list, error) < 0)
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
