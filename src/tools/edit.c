/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/edit.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "tools/content.h"

/* Told when there are several; the rest is counted. */
enum { PLACES_TOLD = 8 };

static long count_lines(const char *from, const char *to)
{
    long lines = 0;
    while ((from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        lines++;
        from++;
    }
    return lines;
}

/* ---- Why it is not there ---- */

static size_t skip_blanks(const char **text, size_t len)
{
    while (len > 0 && strchr(" \t\r\n", **text)) {
        ++*text;
        len--;
    }
    while (len > 0 && strchr(" \t\r\n", (*text)[len - 1]))
        len--;
    return len;
}

/* The first line whose words are those of the first line of `old`; 0: none. */
static long find_alike(const char *old, const char *text, size_t len)
{
    const char *want = old + strspn(old, " \t\r\n");
    size_t want_len = skip_blanks(&want, strcspn(want, "\n"));
    const char *end = text + len;
    for (long line = 1; text < end && want_len > 0; line++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        const char *next = stop ? stop + 1 : end;
        size_t have_len = skip_blanks(&text, (size_t)(next - text));
        if (have_len == want_len && memcmp(text, want, want_len) == 0)
            return line;
        text = next;
    }
    return 0;
}

static int tell_missing(const struct edit *edit, const char *text, size_t len, struct error *error)
{
    long line = find_alike(edit->old, text, len);
    if (strchr(edit->old, '\n') && !strchr(edit->old, '\r') && memmem(text, len, "\r\n", 2))
        return error_set(error, RN_EIO,
                         "old is not in the file; the lines of this file end in \\r\\n: write them "
                         "so, in new too");
    if (line > 0)
        return error_set(error, RN_EIO,
                         "old is not in the file as it is written, but line %ld is like its first "
                         "line: read the file there, and copy every space",
                         line);
    return error_set(error, RN_EIO, "old is not in the file: read the file, and copy it exactly");
}

static int tell_several(const struct edit *edit, const char *text, size_t len, int count,
                        struct error *error)
{
    char lines[160] = "";
    size_t used = 0, old_len = strlen(edit->old);
    const char *end = text + len, *at = text, *from = text;
    long line = 1;
    for (int i = 0; i < count && i < PLACES_TOLD; i++) {
        at = memmem(at, (size_t)(end - at), edit->old, old_len);
        line += count_lines(from, at);
        used += (size_t)snprintf(lines + used, sizeof(lines) - used, "%s%ld", i ? ", " : "", line);
        from = at;
        at += old_len;
    }
    return error_set(
        error, RN_EIO,
        "old is in the file %d times, at lines %s%s: give more of the lines around it, "
        "or set all to true",
        count, lines, count > PLACES_TOLD ? ", ..." : "");
}

/* ---- The edit ---- */

static int check(const struct edit *edit, struct error *error)
{
    if (!*edit->old)
        return error_set(error, RN_EIO, "old is empty: use write_file to fill a file");
    if (strcmp(edit->old, edit->new) == 0)
        return error_set(error, RN_EIO, "old and new are the same: there is nothing to do");
    return 0;
}

static int count(const struct edit *edit, const char *text, size_t len)
{
    int found = 0;
    size_t old_len = strlen(edit->old);
    const char *end = text + len;
    for (const char *at = text; (at = memmem(at, (size_t)(end - at), edit->old, old_len)) != NULL;
         at += old_len)
        found++;
    return found;
}

int edit_apply(const struct edit *edit, const char *text, size_t len, struct buf *out, long *line,
               struct error *error)
{
    if (check(edit, error) < 0)
        return -1;
    int found = count(edit, text, len);
    if (found == 0)
        return tell_missing(edit, text, len, error);
    if (found > 1 && !edit->all)
        return tell_several(edit, text, len, found, error);
    size_t old_len = strlen(edit->old), new_len = strlen(edit->new);
    if (new_len > old_len && (new_len - old_len) * (size_t)found + len > CONTENT_MAX)
        return error_set(error, RN_ELIMIT, "the file would become larger than %d bytes",
                         CONTENT_MAX);
    const char *end = text + len;
    *line = 0;
    for (const char *at; (at = memmem(text, (size_t)(end - text), edit->old, old_len)) != NULL;
         text = at + old_len) {
        if (*line == 0)
            *line = 1 + count_lines(text, at);
        buf_add(out, text, (size_t)(at - text));
        buf_add(out, edit->new, new_len);
    }
    buf_add(out, text, (size_t)(end - text));
    return found;
}
