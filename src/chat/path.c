/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/path.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"

/* ---- What is meant ---- */

/* The home for "~/"; NULL when it is not known. */
static char *expand(const char *path)
{
    const char *home = getenv("HOME");
    if (strncmp(path, "~/", 2) != 0)
        return xstrdup(path);
    return home && *home ? xasprintf("%s%s", home, path + 1) : NULL;
}

/* The path when it is there, else NULL; takes it. */
static char *if_there(char *path)
{
    struct stat info;
    if (path && stat(path, &info) == 0)
        return path;
    free(path);
    return NULL;
}

/* What a shell would make of one word; NULL when it would make two of it, or wait for more. */
static char *unquote(const char *text)
{
    struct buf word = BUF_INIT;
    char quote = '\0';
    bool is_whole = true;
    for (; *text && is_whole; text++) {
        bool is_escaped = *text == '\\' && quote != '\'' && text[1];
        if (is_escaped)
            buf_addc(&word, *++text);
        else if (quote ? *text == quote : *text == '\'' || *text == '"')
            quote = quote ? '\0' : *text;
        else if (!quote && strchr(" \t\n", *text))
            is_whole = false;
        else
            buf_addc(&word, *text);
    }
    if (is_whole && !quote && word.len > 0)
        return buf_take(&word);
    buf_clear(&word);
    return NULL;
}

char *path_find(const char *typed)
{
    char *path = if_there(expand(typed));
    char *word = path ? NULL : unquote(typed);
    if (word)
        path = if_there(expand(word));
    free(word);
    return path;
}

char *path_pasted(const char *text)
{
    struct stat info;
    size_t len = strlen(text);
    if (len == 0 || len > 2 * PATH_MAX || !strchr(text, '/'))
        return NULL;
    char *typed = xstrndup(text, len);
    while (len > 0 && strchr(" \n", typed[len - 1]))
        typed[--len] = '\0';
    char *path = path_find(typed);
    free(typed);
    if (path && stat(path, &info) == 0 && S_ISREG(info.st_mode))
        return path;
    free(path);
    return NULL;
}

/* ---- Completion ---- */

static bool is_folder(const char *folder, const char *name)
{
    struct stat info;
    char *path = xasprintf("%s%s", folder, name);
    bool is = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    free(path);
    return is;
}

static bool begins_so(const char *name, const char *begun)
{
    bool is_hidden = name[0] == '.';
    bool is_own = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    return !is_own && (!is_hidden || begun[0] == '.') && strncmp(name, begun, strlen(begun)) == 0;
}

/* `shown` is the folder as it was typed. */
static char *nth_in(DIR *entries, const char *folder, const char *shown, const char *begun,
                    size_t nth)
{
    for (const struct dirent *entry; (entry = readdir(entries));)
        if (begins_so(entry->d_name, begun) && nth-- == 0)
            return xasprintf("%s%s%s", shown, entry->d_name,
                             is_folder(folder, entry->d_name) ? "/" : "");
    return NULL;
}

char *path_complete(const char *begun, size_t nth)
{
    const char *slash = strrchr(begun, '/');
    const char *name = slash ? slash + 1 : begun;
    char *shown = xstrndup(begun, (size_t)(name - begun)), *found = NULL;
    char *folder = expand(*shown ? shown : "./");
    DIR *entries = folder && nth < PATH_CANDIDATES_MAX ? opendir(folder) : NULL;
    if (entries) {
        found = nth_in(entries, folder, shown, name, nth);
        closedir(entries);
    }
    free(folder);
    free(shown);
    return found;
}
