/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/call.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/utf8.h"
#include "tools/arguments.h"
#include "tools/walk.h"

enum {
    PATTERN_MAX = 1000,
    FILE_MAX = 16 * 1024 * 1024,
    LINE_SHOWN = 200,
    RESULTS_MAX = 200,
    FILES_PER_NEWS = 1000,
};

struct search {
    regex_t regex;
    const char *name; /* a shell pattern; "": all */
    struct buf *out;
    struct buf text; /* of the file at hand */
    int results, files, left_out;
};

/* ---- The pattern ---- */

/* What other dialects have and this one takes for something else, silently. */
static const char *foreign_part(const char *pattern)
{
    for (; *pattern; pattern++) {
        if (strncmp(pattern, "(?", 2) == 0)
            return "(? is not known: write ( for every group";
        if (strncmp(pattern, "\\d", 2) == 0)
            return "\\d is not known: write [0-9]";
        if (*pattern == '\\' && pattern[1])
            pattern++;
    }
    return NULL;
}

static int compile(struct search *search, const struct call *call)
{
    const char *pattern = json_get_text(call->args, "pattern");
    const char *foreign = foreign_part(pattern);
    char why[128];
    if (strlen(pattern) > PATTERN_MAX)
        return call_fail(search->out, "the pattern is longer than %d bytes", PATTERN_MAX);
    if (foreign)
        return call_fail(search->out, "the pattern is a POSIX extended regular expression: %s",
                         foreign);
    int flags = REG_EXTENDED | (arguments_has(call->args, "ignore_case") ? REG_ICASE : 0);
    int failure = regcomp(&search->regex, pattern, flags);
    if (failure == 0)
        return 0;
    regerror(failure, &search->regex, why, sizeof(why));
    return call_fail(search->out,
                     "the pattern is no POSIX extended regular expression: %s. Write \\ before a "
                     "sign that is meant as it is: ( ) [ { . * + ? ^ $ |",
                     why);
}

/* ---- A file ---- */

static void add_result(struct search *search, const char *path, long line, const char *text)
{
    size_t len = strlen(text);
    buf_addf(search->out, "%s:%ld:", path, line);
    if (len <= LINE_SHOWN) {
        buf_add(search->out, text, len);
    } else {
        buf_add(search->out, text, LINE_SHOWN - utf8_cut(text, LINE_SHOWN));
        buf_adds(search->out, " ... (cut)");
    }
    buf_addc(search->out, '\n');
}

static bool search_lines(struct search *search, const char *path)
{
    long line = 0;
    for (char *text = search->text.data, *next; text && *text; text = next) {
        char *end = strchr(text, '\n');
        next = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        line++;
        if (regexec(&search->regex, text, 0, NULL, 0) != 0)
            continue;
        if (search->results++ == RESULTS_MAX)
            return false;
        add_result(search, path, line, text);
    }
    return true;
}

/* Takes over `fd`, of which a negative one is a file that could not be opened. */
static bool search_file(struct search *search, int fd, const char *path)
{
    struct error ignored = ERROR_INIT;
    buf_reset(&search->text);
    bool is_read = fd >= 0 && fd_read_all(fd, &search->text, FILE_MAX, &ignored) == 0;
    if (fd >= 0)
        close(fd);
    search->left_out += !is_read;
    if (++search->files % FILES_PER_NEWS == 0)
        call_progress("%d files searched", search->files);
    if (!is_read || memchr(buf_str(&search->text), '\0', search->text.len))
        return true;
    return search_lines(search, path);
}

static bool search_entry(const struct walk_entry *entry, void *user)
{
    struct search *search = user;
    if (!S_ISREG(entry->stat.st_mode))
        return true;
    if (*search->name && fnmatch(search->name, entry->name, 0) != 0)
        return true;
    int fd = openat(entry->folder, entry->name,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return search_file(search, fd, entry->path);
}

/* ---- The search ---- */

static void sum_up(struct search *search)
{
    if (search->results > RESULTS_MAX)
        buf_addf(search->out,
                 "(There is more: %d are shown. Use a narrower pattern, path or name.)\n",
                 RESULTS_MAX);
    if (search->results == 0)
        buf_addf(search->out, "(No line of %d files fits the pattern.)\n", search->files);
    if (search->left_out > 0)
        buf_addf(search->out, "(%d files were left out: larger than %d MiB, or not to be read.)\n",
                 search->left_out, FILE_MAX / 1024 / 1024);
}

static int search_place(struct search *search, const struct call *call)
{
    if (S_ISDIR(call->place.stat.st_mode))
        return walk(call, WALK_DEPTH_MAX, search_entry, search);
    search_file(search, place_reopen(call->place.fd), walk_shown(call, call->place.path));
    return 0;
}

int search_files(const struct call *call, struct buf *out)
{
    struct search search = {.name = json_get_text(call->args, "name"), .out = out};
    if (compile(&search, call) < 0)
        return -1;
    int result = search_place(&search, call);
    if (result == 0)
        sum_up(&search);
    else
        call_fail(out, "%s: %s", call->place.path, strerror(errno));
    regfree(&search.regex);
    buf_clear(&search.text);
    return result;
}
