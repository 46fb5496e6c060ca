/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files are read piece by piece, not mapped: one that another program cuts down meanwhile would take us with it.
 */
#include "session/search.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "session/pattern.h"
#include "session/reader.h"
#include "session/store.h"

enum { PIECE = 1024 * 1024 };

struct said {
    const char *role, *text;
    size_t len;
};

struct search {
    struct pattern *pattern;
    struct session_list list;
    size_t next;      /* of the list */
    int fd;           /* of the file that is open; -1: none */
    struct buf piece; /* of it, */
    const char *begin, *end,
        *at;        /* the whole lines in that, and how far they have been looked at */
    bool is_inside; /* the piece begins in a line that is passed over */
    struct pattern_hints hints;
    json_t *record;    /* the line that is open, */
    struct said *said; /* what is said in it, */
    size_t count, cap;
    size_t nth, offset; /* and where in that */
};

struct search *search_new(const char *dir, const char *pattern, struct error *error)
{
    struct search *search = xnew(struct search);
    search->fd = -1;
    if (!*pattern) {
        error_set(error, RN_ECONFIG, "nothing is looked for: runnel sessions search TEXT");
        free(search);
        return NULL;
    }
    if (store_ids(dir, &search->list, error) < 0) {
        free(search);
        return NULL;
    }
    search->pattern = pattern_new(pattern);
    return search;
}

/* ---- Files ---- */

static void close_file(struct search *search)
{
    if (search->fd >= 0)
        close(search->fd);
    search->fd = -1;
}

static void open_file(struct search *search, const char *path)
{
    struct stat file;
    search->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (search->fd >= 0 && (fstat(search->fd, &file) < 0 || !S_ISREG(file.st_mode)))
        close_file(search);
    buf_reset(&search->piece);
    search->begin = search->at = search->end = NULL;
    search->is_inside = false;
}

static bool next_file(struct search *search)
{
    close_file(search);
    while (search->fd < 0 && search->next < search->list.count)
        open_file(search, search->list.items[search->next++].path);
    return search->fd >= 0;
}

/* Add to the piece; false at the end of the file. */
static bool read_more(struct search *search)
{
    struct buf *piece = &search->piece;
    ssize_t got;
    buf_reserve(piece, PIECE);
    do
        got = read(search->fd, piece->data + piece->len, PIECE);
    while (got < 0 && errno == EINTR);
    piece->len += got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Of a line that is too long no more is kept than tells where it ends. */
static void pass_over(struct search *search)
{
    struct buf *piece = &search->piece;
    const char *newline = memchr(piece->data, '\n', piece->len);
    buf_drop(piece, newline ? (size_t)(newline + 1 - piece->data) : piece->len);
    search->is_inside = !newline;
}

/* Past the last whole line of the piece; NULL when there is none.  What was there before has none. */
static const char *find_end(struct search *search, size_t before)
{
    const struct buf *piece = &search->piece;
    search->is_inside |= piece->len > SESSION_LINE_MAX + PIECE;
    if (search->is_inside) {
        pass_over(search);
        before = 0;
    }
    size_t fresh = piece->len - before;
    const char *newline = fresh > 0 ? memrchr(piece->data + before, '\n', fresh) : NULL;
    return newline ? newline + 1 : NULL;
}

/* The next whole lines; false when there are no more. */
static bool next_piece(struct search *search)
{
    struct buf *piece = &search->piece;
    size_t before = piece->len - (size_t)(search->end - search->begin);
    const char *end = NULL;
    bool has_more = search->fd >= 0;
    buf_drop(piece, piece->len - before);
    for (; !end && has_more; before = piece->len)
        if ((has_more = read_more(search)))
            end = find_end(search, before);
    search->hints = (struct pattern_hints){0};
    search->begin = search->at = buf_str(piece);
    search->end = end ? end : search->at + piece->len;
    return search->end > search->at;
}

void search_free(struct search *search)
{
    if (!search)
        return;
    close_file(search);
    session_list_clear(&search->list);
    pattern_free(search->pattern);
    json_decref(search->record);
    free(search->said);
    buf_clear(&search->piece);
    free(search);
}

/* ---- Lines ---- */

static void add_said(struct search *search, const char *role, const json_t *message,
                     const char *key)
{
    const json_t *text = json_object_get(message, key);
    if (json_string_length(text) == 0)
        return;
    if (search->count == search->cap) {
        search->cap = search->cap ? 2 * search->cap : 4;
        search->said = xrealloc(search->said, search->cap * sizeof(*search->said));
    }
    search->said[search->count++] =
        (struct said){role, json_string_value(text), json_string_length(text)};
}

static void add_message(struct search *search, const json_t *message)
{
    const char *role = json_get_text(message, "role");
    if (strcmp(role, "user") == 0) {
        add_said(search, "user", message, "content");
    } else if (strcmp(role, "tool") == 0) {
        add_said(search, "tool", message, "output");
    } else {
        add_said(search, "thinking", message, "reasoning");
        add_said(search, "assistant", message, "content");
    }
}

static void take_line(struct search *search, const struct session_line *line)
{
    bool mended;
    struct error ignored;
    const json_t *message;
    size_t i;
    json_decref(search->record);
    search->record = json_read(line->data, line->len, &mended, &ignored);
    search->count = search->nth = search->offset = 0;
    const char *type = json_get_text(search->record, "type");
    if (strcmp(type, "message") == 0)
        add_message(search, search->record);
    else if (strcmp(type, "start") == 0)
        json_array_foreach (json_object_get(search->record, "input"), i, message)
            add_message(search, message);
}

/* Events repeat what the `message` records have; of them only a start has something of its own. */
static bool is_of_interest(const struct session_line *line)
{
    return line->len <= SESSION_LINE_MAX &&
           (session_line_has(line, "\"message\"") || session_line_has(line, "\"start\""));
}

static bool next_hint(struct search *search, const char **hint)
{
    do
        *hint = pattern_hint(search->pattern, &search->hints, search->at, search->end);
    while (!*hint && next_piece(search));
    return *hint;
}

/* The next line of the file that may have a match; false at its end. */
static bool next_line(struct search *search)
{
    const char *hint;
    while (next_hint(search, &hint)) {
        const char *before = memrchr(search->at, '\n', (size_t)(hint - search->at));
        const char *start = before ? before + 1 : search->at;
        const char *newline = memchr(hint, '\n', (size_t)(search->end - hint));
        const char *stop = newline ? newline : search->end;
        struct session_line line = {.data = start, .len = (size_t)(stop - start)};
        search->at = newline ? newline + 1 : search->end;
        if (is_of_interest(&line)) {
            take_line(search, &line);
            return true;
        }
    }
    return false;
}

/* ---- Hits ---- */

static size_t line_end(const struct said *said, size_t at)
{
    const char *newline = memchr(said->text + at, '\n', said->len - at);
    return newline ? (size_t)(newline - said->text) : said->len;
}

static size_t line_start(const struct said *said, size_t at)
{
    const char *newline = memrchr(said->text, '\n', at);
    return newline ? (size_t)(newline - said->text) + 1 : 0;
}

/* The next match in what the open line says; a line of it is given once. */
static bool next_match(struct search *search, struct search_hit *hit)
{
    for (; search->nth < search->count; search->nth++, search->offset = 0) {
        const struct said *said = &search->said[search->nth];
        const struct session_info *info = &search->list.items[search->next - 1];
        size_t start, end;
        if (search->offset >= said->len ||
            !pattern_find(search->pattern, said->text, said->len, search->offset, &start, &end))
            continue;
        size_t from = line_start(said, start), to = line_end(said, end);
        search->offset = to + 1;
        *hit = (struct search_hit){.id = info->id,
                                   .path = info->path,
                                   .role = said->role,
                                   .line = said->text + from,
                                   .len = to - from,
                                   .start = start - from,
                                   .end = end - from};
        return true;
    }
    return false;
}

bool search_next(struct search *search, struct search_hit *hit)
{
    do {
        do {
            if (next_match(search, hit))
                return true;
        } while (next_line(search));
        search->count = 0;
    } while (next_file(search));
    return false;
}

bool search_match(const struct search *search, const char *line, size_t len, size_t from,
                  size_t *start, size_t *end)
{
    return from < len && pattern_find(search->pattern, line, len, from, start, end);
}
