/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/command.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/attach.h"
#include "chat/branch.h"
#include "chat/chat.h"
#include "chat/contest.h"
#include "chat/copy.h"
#include "chat/display.h"
#include "chat/encore.h"
#include "chat/save.h"
#include "chat/scout.h"
#include "chat/shelf.h"
#include "chat/tally.h"
#include "chat/usage.h"
#include "config/settings.h"

enum { COMMANDS_MAX = 64 };

/* ---- Which one is meant ---- */

static const struct command *find(const char *name)
{
    for (const struct command *command = commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static int fail_unknown(const char *name, struct error *error)
{
    const char *names[COMMANDS_MAX];
    size_t count = 0;
    do
        names[count] = commands[count].name;
    while (names[count++]);
    const char *near = nearest_word(name, names);
    if (near)
        return error_set(error, RN_ECONFIG, "there is no command /%s: did you mean /%s?", name,
                         near);
    return error_set(error, RN_ECONFIG, "there is no command /%s: /help lists them", name);
}

/* ---- What they do ---- */

/* Two columns; a usage too long for its own is a line to itself. */
static void add_usage(const struct command *command, struct buf *out)
{
    enum { COLUMNS = 22 };
    char usage[64];
    int len = snprintf(usage, sizeof(usage), "/%s %s", command->name, command->args);
    if (len > COLUMNS) {
        buf_addf(out, "  %s\n", usage);
        usage[0] = '\0';
    }
    buf_addf(out, "  %-*s  %s\n", COLUMNS, usage, command->help);
}

static int help_with(const char *name, struct buf *out, struct error *error)
{
    const struct command *command = find(name + (name[0] == '/'));
    if (!command)
        return fail_unknown(name + (name[0] == '/'), error);
    add_usage(command, out);
    return COMMAND_SAY;
}

static const char keys_help[] =
    "\n"
    "  Enter                   send\n"
    "  Tab                     complete\n"
    "  Ctrl-C                  stop the answer; twice at an empty line, leave\n"
    "  Ctrl-D                  leave, at an empty line\n"
    "\n"
    "On the screen also:\n"
    "  Alt-Enter               begin a new line\n"
    "  Esc                     stop the answer\n"
    "  PgUp, PgDn              scroll\n"
    "  Ctrl-Home, Ctrl-End     go to the beginning, to the end\n"
    "  Alt-Up, Alt-Down        go by message\n"
    "  Alt-/                   look for words\n"
    "  Alt-S                   select a message or a block of code, to copy it\n"
    "  Alt-O                   fold and unfold\n"
    "  Alt-T                   change between stream and invoke\n"
    "  Alt-M                   answer with the model that was found on this machine";

static int run_help(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)chat;
    if (*args)
        return help_with(args, out, error);
    for (const struct command *command = commands; command->name; command++)
        add_usage(command, out);
    buf_adds(out, keys_help);
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
    struct error why;
    if (*args && chat_busy(chat))
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    if (*args && chat_set_model(chat, args, error) < 0)
        return -1;
    buf_addf(out, "%s (%s)", chat_model(chat), chat_model_why(chat));
    if (*args && scout_chosen(chat_scout(chat), args, chat_is_guide(chat), &why) < 0)
        buf_addf(out, "\nit is not remembered: %s", why.text);
    return COMMAND_SAY | COMMAND_STATUS;
}

static int run_models(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    return scout_ask(chat_scout(chat), args, out, error) < 0 ? -1 : COMMAND_SAY;
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

/* "none", "-2": what to take away, 0 for all; -1 when it is no such thing. */
static long read_detached(const char *args)
{
    char *rest;
    if (strcmp(args, "none") == 0)
        return 0;
    long nth = args[0] == '-' ? strtol(args + 1, &rest, 10) : 0;
    return nth > 0 && !*rest ? nth : -1;
}

static int run_attach(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    long detached = read_detached(args);
    if (detached >= 0 && chat_detach(chat, (size_t)detached, error) < 0)
        return -1;
    if (detached < 0 && *args && chat_attach(chat, args, error) < 0)
        return -1;
    chat_list_attached(chat, out);
    if (out->len == 0)
        buf_adds(out, "nothing is attached to the next prompt");
    return COMMAND_SAY;
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

static int run_usage(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args, (void)error;
    usage_tell(chat, out);
    return COMMAND_SAY;
}

static int run_timing(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args, (void)error;
    timing_tell(&chat_tally(chat)->timing, out);
    return COMMAND_SAY;
}

static int run_clear(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)args;
    if (chat_busy(chat))
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    buf_adds(out, "cleared; the conversation goes on (/new begins another)");
    return COMMAND_CLEAR | COMMAND_SAY;
}

static int run_editor(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)chat, (void)error;
    buf_adds(out, args);
    return COMMAND_EDITOR;
}

static void list_roles(const struct chat *chat, struct buf *out)
{
    const char *now = chat_role(chat), **roles = chat_roles(chat);
    if (!roles[0])
        buf_adds(out, "the config has no [role.NAME]");
    for (const char **at = roles; *at; at++)
        buf_addf(out, "%s%s%s", at > roles ? "\n" : "", *at,
                 now && strcmp(now, *at) == 0 ? "  (in force)" : "");
    free(roles);
}

static int run_role(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    if (*args && chat_set_role(chat, strcmp(args, "-") == 0 ? NULL : args, error) < 0)
        return -1;
    const char *now = chat_role(chat);
    if (!*args)
        list_roles(chat, out);
    else
        buf_addf(out, now ? "role: %s, answered by %s" : "no role", now, chat_model(chat));
    return COMMAND_SAY | COMMAND_STATUS;
}

static int run_set(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    if (*args && chat_set(chat, args, error) < 0)
        return -1;
    chat_list_set(chat, out);
    if (out->len == 0)
        buf_adds(out, "nothing is set: requests are as the provider likes");
    return COMMAND_SAY;
}

static int run_find(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)chat, (void)error;
    buf_adds(out, args);
    return COMMAND_FIND;
}

const struct command commands[] = {
    {"allow", "NAME[:PATTERN]", "let a tool run unasked in this chat", run_allow},
    {"attach", "[FILE|URL|-N|none]", "attach to the next prompt; show it; take it away",
     run_attach},
    {"branches", "[N]", "list the branches of this session, or go to one", branch_run_list},
    {"clear", "", "empty the screen; the conversation goes on", run_clear},
    {"compare", "[-m MODEL]... [PROMPT]",
     "ask with stream and with invoke, or several models, side by side", contest_run_compare},
    {"continue", "", "let an answer that was broken off go on", branch_run_continue},
    {"copy", "[N|code [N]|all]",
     "copy the last answer, or the Nth last; its code; the conversation", copy_run},
    {"edit", "[N]", "change your Nth prompt, or the last: in a new branch", branch_run_edit},
    {"editor", "[TEXT]", "write the prompt in $EDITOR", run_editor},
    {"export", "[FILE]", "the same as /save", save_run},
    {"find", "[TEXT]", "look for words in what has been said", run_find},
    {"fold", "[all]", "fold or unfold thinking and the output of tools", display_fold},
    {"fork", "", "go on in a new session, and leave this one as it is", branch_run_fork},
    {"help", "[NAME]", "what can be typed here", run_help},
    {"invoke", "", "show answers whole, when they are there", run_invoke},
    {"model", "[PROVIDER:MODEL]", "show or change the model that answers", run_model},
    {"models", "[PROVIDER]", "list the models that can be had", run_models},
    {"new", "", "begin a new conversation", run_new},
    {"pick", "N", "go on with the Nth answer of the comparison", contest_run_pick},
    {"quit", "", "leave", run_quit},
    {"replay", "[SESSION]", "play this session again, or another", encore_run},
    {"resume", "[SESSION]", "go on with another session; choose one", shelf_run_resume},
    {"retry", "", "ask the last prompt again", run_retry},
    {"role", "[NAME|-]", "take a role of the config, or none (-); list them", run_role},
    {"save", "[FILE]", "write the conversation to a file: .md, .html, .json, .txt", save_run},
    {"screen", "FILE", "write what is on the screen to a file, as text", display_save},
    {"sessions", "", "list the last sessions", shelf_run_list},
    {"set", "[KEY=[VALUE]]", "set temperature, max_tokens, reasoning or any field of requests",
     run_set},
    {"stream", "", "show answers as they are made", run_stream},
    {"system", "[TEXT|-]", "show, set or drop (-) the system prompt", run_system},
    {"theme", "[NAME]", "change the colours; list what there is", display_theme},
    {"timing", "", "show where the time of the last answer went", run_timing},
    {"title", "NAME", "call the session so in lists", save_run_title},
    {"tools", "[LIST]", "show the tools, or offer these: names, read, all, none", run_tools},
    {"undo", "", "take back the last prompt and its answer", branch_run_undo},
    {"usage", "", "show what the chat costs, and what is sent", run_usage},
    {0},
};

/* ---- Finding ---- */

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
