/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel sessions show, runnel sessions export: a session as people, or other programs, read it.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "cli/sessions.h"
#include "export/format.h"
#include "export/talk.h"
#include "plain/tell.h"
#include "session/spool.h"
#include "session/store.h"

static struct talk_about about(const struct session_info *info, bool is_piped)
{
    return (struct talk_about){.title = session_called(info),
                               .id = is_piped ? "" : info->id,
                               .time = is_piped ? 0 : info->changed};
}

static int write_talk(const struct talk *talk, const struct format *format, const char *path,
                      struct error *error)
{
    struct buf text = BUF_INIT;
    if (path && strcmp(path, "-") != 0) {
        if (format_save(format, talk, path, error) < 0)
            return -1;
        tell("the session is in %s", path);
        return 0;
    }
    format->write(talk, &text);
    int status = sessions_print(buf_str(&text), text.len);
    buf_clear(&text);
    return status;
}

static int write_file(const char *file, bool is_piped, const struct format *format,
                      const char *path, struct error *error)
{
    struct session_list list = {0};
    int status = -1;
    rn_conversation *conversation = session_conversation(file, error);
    if (conversation && store_look(file, &list, error) == 0) {
        const struct talk_about known = about(&list.items[0], is_piped);
        struct talk *talk = talk_new(conversation, &known);
        status = write_talk(talk, format, path, error);
        talk_free(talk);
    }
    session_list_clear(&list);
    rn_conversation_free(conversation);
    return status;
}

static int write_piped(int from, const char *name, const struct format *format, const char *path,
                       struct error *error)
{
    struct spool spool;
    if (spool_open(&spool, from, error) < 0)
        return error_prefix(error, "%s", name);
    int status = write_file(spool.path, true, format, path, error);
    if (status < 0 && strstr(error->text, spool.path))
        error_set(error, RN_EIO, "%s holds no session", name);
    spool_close(&spool);
    return status;
}

/* Also one that a shell has made, <(...). */
static int open_pipe(const char *file)
{
    struct stat info;
    bool is_pipe = stat(file, &info) == 0 && S_ISFIFO(info.st_mode);
    return is_pipe ? open(file, O_RDONLY | O_CLOEXEC) : -1;
}

static int write_session(const struct errand *errand, const struct format *format, const char *path,
                         struct error *error)
{
    const char *which = errand->count > 0 ? errand->words[0] : NULL;
    if (which && strcmp(which, "-") == 0)
        return write_piped(STDIN_FILENO, "stdin", format, path, error);
    char *file = store_find(errand->dir, which, error);
    int pipe = file ? open_pipe(file) : -1, status = -1;
    if (pipe >= 0)
        status = write_piped(pipe, file, format, path, error);
    else if (file)
        status = write_file(file, false, format, path, error);
    if (pipe >= 0)
        close(pipe);
    free(file);
    return status;
}

int sessions_show(const struct errand *errand, struct error *error)
{
    const struct format *format = format_find("text", error);
    return write_session(errand, format, NULL, error);
}

int sessions_export(const struct errand *errand, struct error *error)
{
    const struct options *options = errand->options;
    const struct format *format = options->output ? format_of(options->output) : NULL;
    if (options->export_format)
        format = format_find(options->export_format, error);
    else if (!format)
        format = formats;
    return format ? write_session(errand, format, options->output, error) : -1;
}
