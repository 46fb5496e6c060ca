/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/completion.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "chat/command.h"
#include "chat/mention.h"
#include "chat/path.h"
#include "chat/scout.h"
#include "session/store.h"

static const char blanks[] = " \t\n";

/* ---- Arguments of commands ---- */

static char *complete_name(const char *begun, const char *before, size_t nth)
{
    size_t len = strlen(begun);
    for (const struct command *command = commands; command->name; command++)
        if (strncmp(command->name, begun, len) == 0 && nth-- == 0)
            return xasprintf("%s%s", before, command->name);
    return NULL;
}

static char *complete_help(const struct chat *chat, const char *begun, size_t nth)
{
    (void)chat;
    return complete_name(begun, "", nth);
}

static char *complete_model(const struct chat *chat, const char *begun, size_t nth)
{
    return strpbrk(begun, blanks) ? NULL : scout_complete(chat_scout(chat), begun, nth);
}

/* A name may have blanks, and it is only the last word of it that is replaced. */
static char *complete_file(const struct chat *chat, const char *begun, size_t nth)
{
    (void)chat;
    const char *word = begun + strlen(begun);
    while (word > begun && !strchr(blanks, word[-1]))
        word--;
    char *whole = path_complete(begun, nth);
    char *part = whole ? xstrdup(whole + (word - begun)) : NULL;
    free(whole);
    return part;
}

/* The model behind the last -m. */
static char *complete_compare(const struct chat *chat, const char *begun, size_t nth)
{
    const char *word = begun + strlen(begun), *end;
    while (word > begun && !strchr(blanks, word[-1]))
        word--;
    for (end = word; end > begun && strchr(blanks, end[-1]); end--)
        ;
    bool is_model = end - begun >= 2 && strncmp(end - 2, "-m", 2) == 0 &&
                    (end - begun == 2 || strchr(blanks, end[-3]));
    return is_model ? scout_complete(chat_scout(chat), word, nth) : NULL;
}

static char *complete_role(const struct chat *chat, const char *begun, size_t nth)
{
    const char **roles = chat_roles(chat);
    char *role = NULL;
    for (const char **at = roles; *at && !role; at++)
        if (strncmp(*at, begun, strlen(begun)) == 0 && nth-- == 0)
            role = xstrdup(*at);
    free(roles);
    return role;
}

/* By their ids, the last changed first. */
static char *complete_session(const struct chat *chat, const char *begun, size_t nth)
{
    struct session_list list = {0};
    struct error ignored;
    char *dir = chat_session_dir(chat, &ignored), *id = NULL;
    if (dir && store_ids(dir, &list, &ignored) == 0)
        for (size_t i = 0; i < list.count && !id; i++)
            if (strncmp(list.items[i].id, begun, strlen(begun)) == 0 && nth-- == 0)
                id = xstrdup(list.items[i].id);
    session_list_clear(&list);
    free(dir);
    return id;
}

static char *complete_copy(const struct chat *chat, const char *begun, size_t nth)
{
    static const char *const words[] = {"all", "code"};
    (void)chat;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strncmp(words[i], begun, strlen(begun)) == 0 && nth-- == 0)
            return xstrdup(words[i]);
    return NULL;
}

static char *complete_set(const struct chat *chat, const char *begun, size_t nth)
{
    (void)chat;
    return chat_complete_set(begun, nth);
}

static const struct {
    const char *command;
    char *(*nth)(const struct chat *chat, const char *begun, size_t nth);
} arguments[] = {
    {"attach", complete_file},    {"compare", complete_compare}, {"copy", complete_copy},
    {"export", complete_file},    {"help", complete_help},       {"model", complete_model},
    {"replay", complete_session}, {"resume", complete_session},  {"role", complete_role},
    {"save", complete_file},      {"set", complete_set},
};

static char *complete_argument(const struct chat *chat, const char *line, size_t nth)
{
    for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
        size_t len = strlen(arguments[i].command);
        if (strncmp(line + 1, arguments[i].command, len) != 0 || !strchr(blanks, line[1 + len]))
            continue;
        const char *begun = line + 1 + len;
        return arguments[i].nth(chat, begun + strspn(begun, blanks), nth);
    }
    return NULL;
}

/* ---- The line ---- */

char *completion_nth(const struct chat *chat, const char *line, size_t nth)
{
    if (!command_is(line) && strcmp(line, "/") != 0)
        return mention_complete(line, nth);
    return strpbrk(line, blanks) ? complete_argument(chat, line, nth)
                                 : complete_name(line + 1, "/", nth);
}
