/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/mention.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "chat/path.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* ---- Finding them */

static char *file_named(const char *name, size_t len)
{
    char *typed = xstrndup(name, len), *path = path_find(typed);
    free(typed);
    if (path && is_file(path))
        return path;
    free(path);
    return NULL;
}

/* What ends a sentence may stand right behind a name. */
static char *file_of_word(const char *word, size_t len)
{
    char *path = len > 0 ? file_named(word, len) : NULL;
    while (!path && len > 1 && strchr(".,;:!?)]\"'", word[len - 1]))
        path = file_named(word, --len);
    return path;
}

/* Up to a blank that has no backslash before it. */
static size_t word_length(const char *word)
{
    size_t len = 0;
    while (word[len] && !is_blank(word[len]))
        len += word[len] == '\\' && word[len + 1] ? 2 : 1;
    return len;
}

/* The next file that is mentioned from *at on, the caller's; NULL when there is none. */
static char *next_file(const char *prompt, size_t *at)
{
    char *path = NULL;
    while (!path && prompt[*at]) {
        bool begins = prompt[*at] == '@' && (*at == 0 || is_blank(prompt[*at - 1]));
        size_t len = begins ? word_length(prompt + *at + 1) : 0;
        if (begins)
            path = file_of_word(prompt + *at + 1, len);
        *at += 1 + len;
    }
    return path;
}

bool mention_any(const char *prompt)
{
    size_t at = 0;
    char *path = next_file(prompt, &at);
    bool is_there = path;
    free(path);
    return is_there;
}

void mention_list(const char *prompt, struct buf *out)
{
    size_t at = 0, count = 0;
    for (char *path; (path = next_file(prompt, &at)); free(path))
        buf_addf(out, "%s%s", count++ > 0 ? ", " : "", path);
}

/* ---- Sending */

struct files {
    char **paths;
    size_t count;
};

static bool has(const struct files *files, const char *path)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->paths[i], path) == 0)
            return true;
    return false;
}

static void find_all(const char *prompt, struct files *files)
{
    size_t at = 0;
    for (char *path; (path = next_file(prompt, &at));) {
        if (has(files, path)) {
            free(path);
            continue;
        }
        files->paths = xrealloc(files->paths, (files->count + 1) * sizeof(*files->paths));
        files->paths[files->count++] = path;
    }
}

int mention_send(struct chat *chat, const char *prompt, struct error *error)
{
    struct files files = {0};
    struct error ignored;
    size_t before = chat_attached(chat);
    int result = 0;
    find_all(prompt, &files);
    for (size_t i = 0; i < files.count && result == 0; i++)
        result = chat_attach(chat, files.paths[i], error);
    if (result == 0)
        result = chat_send(chat, prompt, error);
    while (result < 0 && chat_attached(chat) > before)
        chat_detach(chat, chat_attached(chat), &ignored);
    for (size_t i = 0; i < files.count; i++)
        free(files.paths[i]);
    free(files.paths);
    return result;
}

/* ---- Completing */

/* Where the mention begins that is not ended yet, behind its @; NULL when the line ends otherwise. */
static const char *open_mention(const char *line)
{
    for (const char *c = line + strlen(line); c > line; c--) {
        bool is_quoted = c - line >= 2 && c[-2] == '\\';
        if (is_blank(c[-1]) && !is_quoted)
            return NULL;
        if (c[-1] == '@' && (c - line == 1 || is_blank(c[-2])))
            return c;
    }
    return NULL;
}

static char *without_backslashes(const char *text)
{
    struct buf plain = BUF_INIT;
    for (; *text; text++)
        if (*text != '\\' || !text[1])
            buf_addc(&plain, *text);
        else
            buf_addc(&plain, *++text);
    return buf_take(&plain);
}

static void add_quoted(struct buf *out, const char *name)
{
    for (; *name; name++) {
        if (is_blank(*name) || strchr("\\'\"", *name))
            buf_addc(out, '\\');
        buf_addc(out, *name);
    }
}

/* The part of the name before its last blank is in the line already, and no part of the last word. */
char *mention_complete(const char *line, size_t nth)
{
    const char *begun = open_mention(line);
    if (!begun)
        return NULL;
    char *name = without_backslashes(begun), *found = path_complete(name, nth);
    const char *word = line + strlen(line);
    while (word > begun - 1 && !is_blank(word[-1]))
        word--;
    struct buf whole = BUF_INIT;
    buf_addc(&whole, '@');
    if (found)
        add_quoted(&whole, found);
    size_t skip = (size_t)(word - (begun - 1));
    char *part = found && skip <= whole.len ? xstrdup(buf_str(&whole) + skip) : NULL;
    buf_clear(&whole);
    free(found);
    free(name);
    return part;
}
