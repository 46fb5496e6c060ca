/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat, or one answer.
 */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/schema.h"
#include "chat/chat.h"
#include "chat/command.h"
#include "cli/asked.h"
#include "cli/options.h"
#include "config/settings.h"
#include "plain/plain.h"
#include "plain/tell.h"
#include "session/store.h"
#include "tui/tui.h"

/* ---- The parts of a chat ---- */

struct parts {
    struct settings *settings;
    rn_io *io;
    struct chat *chat;
    char *resume; /* path of the session to go on with; NULL: none */
    int log_fd, record_fd;
};

static void close_parts(struct parts *parts)
{
    chat_free(parts->chat);
    rn_io_free(parts->io);
    settings_free(parts->settings);
    free(parts->resume);
    if (parts->log_fd >= 0)
        close(parts->log_fd);
    if (parts->record_fd >= 0)
        close(parts->record_fd);
}

static int open_file(const char *path, int flags, int *fd, struct error *error)
{
    if (!path)
        return 0;
    *fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    return *fd < 0 ? error_errno(error, RN_ECONFIG, "%s cannot be written", path) : 0;
}

/* -r without a SESSION: the user is to choose one. */
static bool chooses(const struct options *options)
{
    return options->resume && !*options->resume;
}

static int find_session(struct parts *parts, const struct options *options, bool is_chat,
                        struct error *error)
{
    if (chooses(options) && !is_chat)
        return error_set(error, RN_ECONFIG,
                         "--resume wants a SESSION: only a chat lets you choose one");
    if (chooses(options) || (!options->wants_last && !options->resume))
        return 0;
    char *dir = cli_sessions(parts->settings, error);
    if (!dir)
        return -1;
    parts->resume = store_find(dir, options->resume, error);
    free(dir);
    return parts->resume ? 0 : -1;
}

static int open_parts(struct parts *parts, const struct options *options, const struct asked *asked,
                      bool is_chat, struct error *error)
{
    *parts = (struct parts){.log_fd = -1, .record_fd = -1};
    parts->settings = cli_settings(options, error);
    if (!parts->settings || open_file(options->log, O_APPEND, &parts->log_fd, error) < 0 ||
        open_file(options->record, O_TRUNC, &parts->record_fd, error) < 0 ||
        find_session(parts, options, is_chat, error) < 0)
        return -1;
    parts->io = rn_io_new();
    rn_io_log(parts->io, parts->log_fd);
    struct chat_options chat = {.may_guide = is_chat,
                                .record_fd = parts->record_fd < 0 ? 0 : parts->record_fd,
                                .name = options->name,
                                .resume = parts->resume,
                                .until = options->until,
                                .is_fork = options->is_fork,
                                .is_one_answer = !is_chat,
                                .can_ask = is_chat,
                                .allow_all = options->yes,
                                .wants_deltas = is_chat && !options->plain,
                                .extra = asked->extra,
                                .schema = asked->schema};
    parts->chat = chat_new(parts->settings, parts->io, &chat, error);
    return parts->chat ? asked_attach(asked, options, parts->chat, error) : -1;
}

/* ---- A chat ---- */

/* In two columns, of which the screen lets the first stand out. */
static void add_greeting(const struct chat *chat, struct buf *text)
{
    bool is_guide = chat_is_guide(chat);
    buf_addf(text, "runnel " RN_VERSION "  with %s (%s)\n\n",
             is_guide ? "the guide" : chat_model(chat), chat_model_why(chat));
    if (is_guide)
        buf_adds(text, "The guide is no language model: it knows runnel's documentation, and shows "
                       "what streaming feels like. Ask it for a tour, or how to connect a model.\n"
                       "\n"
                       "/model ollama:llama3.2  connects one, and so does a key in the "
                       "environment\n");
    buf_adds(text, is_guide ? "/help                   tells what can be typed here"
                            : "/help  tells what can be typed here");
}

static void add_attached(const struct chat *chat, struct buf *text)
{
    struct buf list = BUF_INIT;
    chat_list_attached(chat, &list);
    if (list.len > 0)
        buf_addf(text, "\n\nWith the first prompt goes:\n%s", list.data);
    buf_clear(&list);
}

static void add_sessions(struct chat *chat, struct buf *text)
{
    struct error error;
    buf_addc(text, '\n');
    if (command_run(chat, "/sessions", text, &error) < 0)
        buf_adds(text, error.text);
}

/* On the screen where there can be one; a terminal that is too simple for it gets the plain chat. */
static int run_chat(struct parts *parts, const struct options *options)
{
    struct buf greeting = BUF_INIT;
    struct error error;
    int status = -1;
    add_greeting(parts->chat, &greeting);
    add_attached(parts->chat, &greeting);
    if (!options->plain) {
        status = tui_run(parts->chat, parts->settings, greeting.data, chooses(options), &error);
        if (status < 0)
            tell("%s: the chat goes on without a screen, as with --plain", error.text);
    }
    if (status < 0 && chooses(options))
        add_sessions(parts->chat, &greeting);
    if (status < 0)
        status = plain_loop(parts->chat, parts->settings, greeting.data);
    buf_clear(&greeting);
    return status;
}

/* ---- One answer ---- */

/* What was written stands, and the exit status tells whether it can be used. */
static int check_answer(const rn_message *answer, const char *schema)
{
    struct error error;
    if (schema_check_text(schema, answer->content, answer->content_len, &error) == 0)
        return CLI_OK;
    tell("the answer does not follow the schema: %s", error.text);
    return CLI_UNFIT;
}

static int run_answer(struct parts *parts, const struct options *options, const struct asked *asked)
{
    struct error error;
    if (chat_send(parts->chat, asked->prompt.data, &error) < 0)
        return cli_fail(&error);
    int status = plain_answer(parts->chat, options_format(options));
    if (status == CLI_OK && asked->schema)
        status = check_answer(chat_answer(parts->chat), asked->schema);
    return status;
}

static bool wants_chat(const struct options *options)
{
    if (options->word_count > 0)
        return false;
    return options->plain || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !options->format);
}

int cli_chat(const struct options *options)
{
    struct parts parts = {.log_fd = -1, .record_fd = -1};
    struct asked asked = {0};
    struct error error;
    bool is_chat = wants_chat(options);
    int status;
    if (asked_read(&asked, options, is_chat, &error) < 0 ||
        open_parts(&parts, options, &asked, is_chat, &error) < 0)
        status = cli_fail(&error);
    else if (is_chat)
        status = run_chat(&parts, options);
    else
        status = run_answer(&parts, options, &asked);
    close_parts(&parts);
    asked_clear(&asked);
    return status;
}
