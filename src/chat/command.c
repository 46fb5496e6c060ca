/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "config/settings.h"

/* ---- What they do ---- */

static int run_help(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)chat, (void)args, (void)error;
    for (const struct command *command = commands; command->name; command++) {
        char usage[64];
        snprintf(usage, sizeof(usage), "/%s %s", command->name, command->args);
        buf_addf(out, "  %-26s %s\n", usage, command->help);
    }
    buf_adds(out,
             "\n"
             "  Enter sends, Tab completes.  Ctrl-C stops an answer; twice at an empty line it "
             "quits, as does Ctrl-D.\n"
             "  On the screen also: Alt-Enter begins a new line; Esc stops an answer; PgUp, PgDn,\n"
             "  Ctrl-Home, Ctrl-End scroll; Alt-Up and Alt-Down go by message; Alt-T changes\n"
             "  between stream and invoke; Alt-O unfolds a tool's output.");
    return COMMAND_SAY;
}

static int run_stream(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args, (void)error;
    chat_set_mode(chat, RN_STREAM);
    buf_adds(out, "stream: the next answer is shown as it is made");
    return COMMAND_SAY | COMMAND_STATUS;
}

static int run_invoke(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args, (void)error;
    chat_set_mode(chat, RN_INVOKE);
    buf_adds(out, "invoke: the next answer is shown whole, when it is all there");
    return COMMAND_SAY | COMMAND_STATUS;
}

static int run_model(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    if (*args && chat_busy(chat))
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    if (*args && chat_set_model(chat, args, error) < 0)
        return -1;
    buf_addf(out, "%s (%s)", chat_model(chat), chat_model_why(chat));
    return COMMAND_SAY | COMMAND_STATUS;
}

static int run_system(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)error;
    if (strcmp(args, "-") == 0)
        chat_set_system(chat, "");
    else if (*args)
        chat_set_system(chat, args);
    const char *now = chat_system(chat);
    buf_addf(out, *now ? "system prompt: %s" : "there is no system prompt%s", now);
    return COMMAND_SAY;
}

static int run_new(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args, (void)out;
    if (chat_busy(chat))
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    chat_begin(chat);
    return COMMAND_CLEAR | COMMAND_STATUS;
}

static int run_retry(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args, (void)out;
    return chat_retry(chat, error) < 0 ? -1 : COMMAND_RUN;
}

static const char *heading_of(const char *role)
{
    return strcmp(role, "user") == 0 ? "You" : strcmp(role, "tool") == 0 ? "Tool" : "Answer";
}

static void add_conversation(const struct chat *chat, struct buf *text)
{
    const rn_conversation *conversation = chat_conversation(chat);
    for (size_t i = 0; i < rn_conversation_length(conversation); i++) {
        const char *role = rn_conversation_role(conversation, i);
        buf_addf(text, "%s## %s\n\n", text->len > 0 ? "\n" : "", heading_of(role));
        buf_adds(text, rn_conversation_content(conversation, i));
        if (text->data[text->len - 1] != '\n')
            buf_addc(text, '\n');
    }
}

/* Never over a file that is there. */
static int save_as(const char *path, const struct buf *text, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(error, RN_EIO, "%s cannot be made", path);
    int result = fd_write_all(fd, text->data, text->len);
    if (result < 0)
        error_errno(error, RN_EIO, "%s cannot be written", path);
    close(fd);
    return result;
}

static int run_save(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    struct buf text = BUF_INIT;
    const char *id = chat_session(chat);
    if (rn_conversation_length(chat_conversation(chat)) == 0)
        return error_set(error, RN_ECONFIG, "nothing has been said yet");
    char *path = *args ? xstrdup(args) : xasprintf("runnel-%s.md", *id ? id : "chat");
    add_conversation(chat, &text);
    int result = save_as(path, &text, error);
    if (result == 0)
        buf_addf(out, "the conversation is in %s", path);
    free(path);
    buf_clear(&text);
    return result < 0 ? -1 : COMMAND_SAY;
}

static int run_quit(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)chat, (void)args, (void)out, (void)error;
    return COMMAND_QUIT;
}

static int run_tools(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    if (*args && chat_set_tools(chat, args, error) < 0)
        return -1;
    chat_list_tools(chat, out);
    return COMMAND_SAY;
}

static int run_allow(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    if (!*args)
        return error_set(error, RN_ECONFIG,
                         "which tool may run unasked? /allow NAME, or /allow NAME:PATTERN "
                         "(/allow shell:git *)");
    if (chat_allow_list(chat, args, error) < 0)
        return -1;
    buf_addf(out, "runs unasked in this chat: %s", args);
    return COMMAND_SAY;
}

const struct command commands[] = {
    {"allow", "NAME[:PATTERN]", "let a tool run unasked in this chat", run_allow},
    {"help", "", "what can be typed here", run_help},
    {"invoke", "", "show answers whole, when they are there", run_invoke},
    {"model", "[PROVIDER:MODEL]", "show or change the model that answers", run_model},
    {"new", "", "begin a new conversation", run_new},
    {"quit", "", "leave", run_quit},
    {"retry", "", "ask the last prompt again", run_retry},
    {"save", "[FILE]", "write the conversation to a Markdown file", run_save},
    {"stream", "", "show answers as they are made", run_stream},
    {"system", "[TEXT|-]", "show, set or drop (-) the system prompt", run_system},
    {"tools", "[LIST]", "show the tools, or offer these: names, read, all, none", run_tools},
    {0},
};

/* ---- Finding and completing ---- */

static size_t name_length(const char *line)
{
    size_t len = 0;
    while (isalpha((unsigned char)line[1 + len]))
        len++;
    return len;
}

/* A path is none: it goes on with a slash or another sign where a command has a blank. */
bool command_is(const char *line)
{
    if (line[0] != '/')
        return false;
    size_t len = name_length(line);
    char after = line[1 + len];
    return len > 0 && (after == '\0' || isspace((unsigned char)after));
}

static const struct command *find(const char *name)
{
    for (const struct command *command = commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static int fail_unknown(const char *name, struct error *error)
{
    const char *names[sizeof(commands) / sizeof(commands[0])];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        names[i] = commands[i].name;
    const char *near = nearest_word(name, names);
    if (near)
        return error_set(error, RN_ECONFIG, "there is no command /%s: did you mean /%s?", name,
                         near);
    return error_set(error, RN_ECONFIG, "there is no command /%s: /help lists them", name);
}

int command_run(struct chat *chat, const char *line, struct buf *out, struct error *error)
{
    char *name = xstrndup(line + 1, name_length(line));
    char *args = xstrdup(line + 1 + strlen(name));
    char *begin = args + strspn(args, " \t\n");
    size_t len = strlen(begin);
    while (len > 0 && isspace((unsigned char)begin[len - 1]))
        begin[--len] = '\0';
    const struct command *command = find(name);
    int result = command ? command->run(chat, begin, out, error) : fail_unknown(name, error);
    free(args);
    free(name);
    return result;
}

static char *complete_command(const char *line, size_t nth)
{
    size_t len = strlen(line + 1);
    for (const struct command *command = commands; command->name; command++)
        if (strncmp(command->name, line + 1, len) == 0 && nth-- == 0)
            return xasprintf("/%s", command->name);
    return NULL;
}

static char *complete_provider(const char *begun, size_t nth)
{
    size_t len = strlen(begun);
    for (const rn_provider *provider = rn_providers(); provider->name; provider++)
        if (strncmp(provider->name, begun, len) == 0 && nth-- == 0)
            return xasprintf("%s:", provider->name);
    return strncmp("guide", begun, len) == 0 && nth == 0 ? xstrdup("guide") : NULL;
}

char *command_complete(const struct chat *chat, const char *line, size_t nth)
{
    static const char model[] = "/model ";
    (void)chat;
    if (line[0] == '/' && !strpbrk(line, " \t\n"))
        return complete_command(line, nth);
    if (strncmp(line, model, sizeof(model) - 1) == 0 && !strchr(line + sizeof(model) - 1, ' '))
        return complete_provider(line + sizeof(model) - 1, nth);
    return NULL;
}
