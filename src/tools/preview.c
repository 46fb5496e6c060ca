/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a call would do, for the user who is asked.
 */
#include "tools/tools.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "tools/arguments.h"
#include "tools/content.h"
#include "tools/diff.h"
#include "tools/edit.h"
#include "tools/place.h"

/* What the file would become. */
static int foresee(const json_t *args, const struct place *place, struct buf *old, struct buf *new,
                   struct error *error)
{
    const struct edit edit = {
        .old = json_get_text(args, "old"),
        .new = json_get_text(args, "new"),
        .all = arguments_has(args, "all"),
    };
    long line;
    bool is_edit = json_object_get(args, "old") != NULL;
    if ((place->fd >= 0 || is_edit) && content_read(place, old, error) < 0)
        return -1;
    if (is_edit)
        return edit_apply(&edit, buf_str(old), old->len, new, &line, error);
    buf_adds(new, json_get_text(args, "content"));
    return 0;
}

/* As a reader would write it, who knows where he is. */
static const char *short_name(const struct place *place, const struct grounds *grounds)
{
    size_t len = strlen(grounds->folder);
    bool is_below = path_is_within(place->path, grounds->folder) && place->path[len] == '/';
    return is_below ? place->path + len + 1 : place->path;
}

/* A line break in a name would look like a line of the diff. */
static bool is_one_line(const char *name)
{
    return !strpbrk(name, "\n\r");
}

/* What is not in the diff. */
static void add_folders(const json_t *args, const struct place *place, const char *name,
                        struct buf *out)
{
    bool is_missing = place->fd < 0 && strchr(place->rest, '/');
    if (is_missing && arguments_has(args, "make_folders"))
        buf_addf(out, "It makes the folder it is in: %.*s\n", (int)(strrchr(name, '/') - name),
                 name);
}

/* True when there is a diff to show, which says where and what. */
static bool add_change(const json_t *args, const struct place *place, const char *name,
                       struct buf *out, struct error *error)
{
    struct buf old = BUF_INIT, new = BUF_INIT;
    size_t before = out->len;
    bool has_diff = false;
    if (foresee(args, place, &old, &new, error) >= 0) {
        const struct diff_text from = {place->fd < 0 ? "/dev/null" : name, buf_str(&old), old.len};
        const struct diff_text to = {name, buf_str(&new), new.len};
        diff_unified(out, &from, &to);
        has_diff = out->len > before;
        add_folders(args, place, name, out);
    }
    buf_clear(&old);
    buf_clear(&new);
    return has_diff && is_one_line(name);
}

static bool preview_change(const json_t *args, struct buf *out)
{
    struct grounds grounds;
    struct place place = PLACE_INIT;
    struct error error = ERROR_INIT;
    bool tells_all = false;
    if (grounds_init(&grounds, NULL, &error) == 0) {
        if (place_read(&place, &grounds, json_get_text(args, "path"), &error) == 0 &&
            place_open_parent(&place, &error) == 0)
            tells_all = add_change(args, &place, short_name(&place, &grounds), out, &error);
        grounds_clear(&grounds);
    }
    if (*error.text)
        buf_addf(out, "It will fail: %s\n", error.text);
    place_clear(&place);
    return tells_all;
}

/* The path as it will be opened. */
static void preview_reading(const json_t *args, struct buf *out)
{
    struct grounds grounds;
    struct place place = PLACE_INIT;
    struct error ignored = ERROR_INIT;
    const char *written = json_object_get(args, "path") ? json_get_text(args, "path") : ".";
    if (grounds_init(&grounds, NULL, &ignored) < 0)
        return;
    if (place_read(&place, &grounds, written, &ignored) == 0)
        buf_addf(out, "%s\n", place.path);
    place_clear(&place);
    grounds_clear(&grounds);
}

/* It is the only argument. */
static bool preview_text(const json_t *args, const char *key, struct buf *out)
{
    buf_addf(out, "%s\n", json_get_text(args, key));
    return true;
}

static bool preview(const struct builtin *tool, const json_t *args, struct buf *out)
{
    switch (tool->access) {
    case TOOL_PURE:
        break;
    case TOOL_READS:
        preview_reading(args, out);
        break;
    case TOOL_WRITES:
        return preview_change(args, out);
    case TOOL_RUNS:
        return preview_text(args, "command", out);
    case TOOL_FETCHES:
        return preview_text(args, "url", out);
    }
    return false;
}

bool tools_preview(const struct builtin *tool, const char *args, struct buf *out)
{
    struct error error = ERROR_INIT;
    json_t *read = arguments_read(args, strlen(args), tool->schema, &error);
    bool tells_all = false;
    if (read)
        tells_all = preview(tool, read, out);
    else
        buf_addf(out, "It will fail: %s\n", error.text);
    json_decref(read);
    return tells_all;
}
