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

static int open_place(const json_t *args, struct place *place, struct error *error)
{
    struct grounds grounds;
    if (grounds_init(&grounds, NULL, error) < 0)
        return -1;
    int result = place_read(place, &grounds, json_get_text(args, "path"), error);
    if (result == 0)
        result = place_open_parent(place, error);
    grounds_clear(&grounds);
    return result;
}

static void preview_change(const json_t *args, struct buf *out)
{
    struct place place = PLACE_INIT;
    struct buf old = BUF_INIT, new = BUF_INIT;
    struct error error = ERROR_INIT;
    if (open_place(args, &place, &error) < 0 || foresee(args, &place, &old, &new, &error) < 0) {
        buf_addf(out, "It will fail: %s\n", error.text);
    } else {
        const struct diff_text before = {place.fd < 0 ? "/dev/null" : place.path, buf_str(&old),
                                         old.len};
        const struct diff_text after = {place.path, buf_str(&new), new.len};
        diff_unified(out, &before, &after);
    }
    place_clear(&place);
    buf_clear(&old);
    buf_clear(&new);
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

static void preview(const struct builtin *tool, const json_t *args, struct buf *out)
{
    switch (tool->access) {
    case TOOL_PURE:
        break;
    case TOOL_READS:
        preview_reading(args, out);
        break;
    case TOOL_WRITES:
        preview_change(args, out);
        break;
    case TOOL_RUNS:
        buf_addf(out, "%s\n", json_get_text(args, "command"));
        break;
    case TOOL_FETCHES:
        buf_addf(out, "%s\n", json_get_text(args, "url"));
    }
}

void tools_preview(const struct builtin *tool, const char *args, struct buf *out)
{
    struct error error = ERROR_INIT;
    json_t *read = arguments_read(args, strlen(args), tool->schema, &error);
    if (read)
        preview(tool, read, out);
    else
        buf_addf(out, "It will fail: %s\n", error.text);
    json_decref(read);
}
