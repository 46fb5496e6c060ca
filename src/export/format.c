/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"

const struct format formats[] = {
    {"md", " md markdown ", "Markdown", export_markdown},
    {"html", " html htm ", "one page for a browser, light and dark", export_html},
    {"json", " json ", "the messages as OpenAI's API takes them", export_json},
    {"text", " txt text ", "text without marks", export_text},
    {0},
};

static bool has_ending(const struct format *format, const char *ending)
{
    size_t len = strlen(ending);
    for (const char *at = format->endings; (at = strchr(at, ' ')) && at[1]; at++)
        if (len > 0 && strncasecmp(at + 1, ending, len) == 0 && at[1 + len] == ' ')
            return true;
    return false;
}

const struct format *format_find(const char *name, struct error *error)
{
    for (const struct format *format = formats; format->name; format++)
        if (has_ending(format, name))
            return format;
    error_set(error, RN_ECONFIG, "a format is md, html, json or text, not \"%.40s\"", name);
    return NULL;
}

const struct format *format_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    for (const struct format *format = formats; dot && format->name; format++)
        if (has_ending(format, dot + 1))
            return format;
    return NULL;
}

int format_save(const struct format *format, const struct talk *talk, const char *path,
                struct error *error)
{
    struct buf text = BUF_INIT;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return error_set(error, RN_EIO, "%s is there already, and is not written over", path);
    if (fd < 0)
        return error_errno(error, RN_EIO, "%s cannot be made", path);
    format->write(talk, &text);
    int result = fd_write_all(fd, buf_str(&text), text.len);
    if (result < 0) {
        error_errno(error, RN_EIO, "%s cannot be written", path);
        unlink(path);
    }
    close(fd);
    buf_clear(&text);
    return result;
}
