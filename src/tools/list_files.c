/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/call.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "tools/arguments.h"
#include "tools/walk.h"

enum { ENTRIES_MAX = 1000 };

struct list {
    struct buf *out;
    int count;
};

/* A name may hold anything but a slash; a newline in one would make two of it. */
static void add_name(struct buf *out, const char *name)
{
    for (; *name; name++)
        buf_addc(out, (unsigned char)*name < 0x20 || *name == 0x7f ? '?' : *name);
}

static bool add_entry(const struct walk_entry *entry, void *user)
{
    struct list *list = user;
    if (list->count++ == ENTRIES_MAX) {
        buf_addf(list->out, "(There is more: %d are shown. List a folder below, or less depth.)\n",
                 ENTRIES_MAX);
        return false;
    }
    add_name(list->out, entry->path);
    if (S_ISDIR(entry->stat.st_mode))
        buf_adds(list->out, "/\n");
    else if (S_ISREG(entry->stat.st_mode))
        buf_addf(list->out, "  %lld\n", (long long)entry->stat.st_size);
    else
        buf_adds(list->out, S_ISLNK(entry->stat.st_mode) ? "  (link)\n" : "  (no file)\n");
    return true;
}

int list_files(const struct call *call, struct buf *out)
{
    struct list list = {.out = out};
    if (!S_ISDIR(call->place.stat.st_mode))
        return call_fail(out, "%s is a file: use read_file", call->place.path);
    if (walk(call, (int)json_get_number(call->args, "depth", 1), add_entry, &list) < 0)
        return call_fail(out, "%s: %s", call->place.path, strerror(errno));
    if (list.count == 0)
        buf_adds(out, arguments_has(call->args, "hidden")
                          ? "(The folder is empty.)\n"
                          : "(The folder is empty, or all names in it begin with a dot.)\n");
    return 0;
}
