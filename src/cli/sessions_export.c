/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel sessions show, runnel sessions export: a session as people, or other programs, read it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "cli/sessions.h"
#include "export/format.h"
#include "export/talk.h"
#include "plain/tell.h"
#include "session/store.h"

/* What is known of the session: its name, else its title. */
static struct talk_about about(const struct session_list *list)
{
    const struct session_info *info = &list->items[0];
    return (struct talk_about){
        .title = *info->name ? info->name : info->title, .id = info->id, .time = info->changed};
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

static int write_session(const struct errand *errand, const struct format *format, const char *path,
                         struct error *error)
{
    struct session_list list = {0};
    int status = -1;
    char *file = store_find(errand->dir, errand->count > 0 ? errand->words[0] : NULL, error);
    rn_conversation *conversation = file ? session_conversation(file, error) : NULL;
    if (conversation && store_look(file, &list, error) == 0) {
        const struct talk_about known = about(&list);
        struct talk *talk = talk_new(conversation, &known);
        status = write_talk(talk, format, path, error);
        talk_free(talk);
    }
    session_list_clear(&list);
    rn_conversation_free(conversation);
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
