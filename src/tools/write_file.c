/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "tools/arguments.h"
#include "tools/content.h"

/* Make a folder and open it; `above` is closed. */
static int descend(int above, const char *name)
{
    int fd = mkdirat(above, name, 0777) < 0 && errno != EEXIST
                 ? -1
                 : openat(above, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int cause = errno;
    close(above);
    errno = cause;
    return fd;
}

/* Make the folders that are missing; afterwards the file's own folder is the parent. */
static int make_folders(struct place *place, struct error *error)
{
    for (const char *slash; (slash = strchr(place->rest, '/')) != NULL; place->rest = slash + 1) {
        char *name = xstrndup(place->rest, (size_t)(slash - place->rest));
        place->parent = descend(place->parent, name);
        free(name);
        if (place->parent < 0)
            return error_errno(error, RN_EIO, "%s: its folder cannot be made", place->path);
    }
    return 0;
}

static int prepare(const struct call *call, struct place *place, struct error *error)
{
    if (!strchr(place->rest, '/'))
        return 0;
    if (!arguments_has(call->args, "make_folders"))
        return error_set(error, RN_EIO,
                         "%s: its folder is not there: set make_folders to true to make it",
                         place->path);
    return make_folders(place, error);
}

static int put(const struct call *call, struct place *place, const char *content,
               struct error *error)
{
    size_t len = strlen(content);
    if (len > CONTENT_MAX)
        return error_set(error, RN_ELIMIT, "the content has more than %d bytes", CONTENT_MAX);
    if (prepare(call, place, error) < 0)
        return -1;
    return content_replace(place, content, len, error);
}

int write_file(const struct call *call, struct buf *out)
{
    struct error error = ERROR_INIT;
    const char *content = json_get_text(call->args, "content");
    struct place place = call->place;
    bool is_new = place.fd < 0;
    place.parent = dup(place.parent); /* making folders goes on from it */
    int result = put(call, &place, content, &error);
    if (place.parent >= 0)
        close(place.parent);
    if (result < 0)
        return call_fail(out, "%s", error.text);
    buf_addf(out, "%s %s, %zu bytes.\n", is_new ? "Made" : "Replaced", place.path, strlen(content));
    return 0;
}
