/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/call.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "tools/arguments.h"
#include "tools/content.h"
#include "tools/edit.h"

static int edit(const struct call *call, struct buf *old, struct buf *new, long *line,
                struct error *error)
{
    const struct edit edit = {
        .old = json_get_text(call->args, "old"),
        .new = json_get_text(call->args, "new"),
        .all = arguments_has(call->args, "all"),
    };
    if (content_read(&call->place, old, error) < 0)
        return -1;
    int count = edit_apply(&edit, buf_str(old), old->len, new, line, error);
    if (count < 0)
        return error_prefix(error, "%s", call->place.path);
    return content_replace(&call->place, buf_str(new), new->len, error) < 0 ? -1 : count;
}

int edit_file(const struct call *call, struct buf *out)
{
    struct buf old = BUF_INIT, new = BUF_INIT;
    struct error error = ERROR_INIT;
    long line = 0;
    int count = edit(call, &old, &new, &line, &error);
    if (count < 0)
        call_fail(out, "%s", error.text);
    else if (count == 1)
        buf_addf(out, "Replaced at line %ld of %s.\n", line, call->place.path);
    else
        buf_addf(out, "Replaced %d times in %s, first at line %ld.\n", count, call->place.path,
                 line);
    buf_clear(&old);
    buf_clear(&new);
    return count < 0 ? -1 : 0;
}
