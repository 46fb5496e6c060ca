/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Backwards, the lines of a run come before its start, which alone says what led to it.  So they wait in
 * `run`, and are dropped where the start turns out to be another branch's.
 */
#include "session/glimpse.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "session/reader.h"
#include "session/tail.h"

enum { LOOKED_THROUGH = 4 * 1024 * 1024 };

struct looking {
    struct glimpse *glimpse;
    struct glimpse run; /* the one that is read */
    struct buf pieces;  /* of its answer, while no message of it has come */
    bool is_full;       /* they are the answer's end */
    bool has_message;
    char *wanted; /* the run that led here; NULL: any */
    bool is_done;
};

void glimpse_clear(struct glimpse *glimpse)
{
    for (size_t i = 0; i < glimpse->count; i++)
        free(glimpse->said[i].text);
    glimpse->count = 0;
}

static void add_said(struct glimpse *glimpse, const char *text, bool is_prompt)
{
    size_t len = strlen(text);
    if (text[strspn(text, " \t\r\n")] == '\0' || glimpse->count == GLIMPSE_MAX)
        return;
    if (len > GLIMPSE_BYTES)
        len = GLIMPSE_BYTES - utf8_cut(text, GLIMPSE_BYTES);
    glimpse->said[glimpse->count++] = (struct said){xstrndup(text, len), is_prompt};
}

static void add_before(struct looking *looking, const char *text)
{
    struct buf *pieces = &looking->pieces;
    looking->is_full |= pieces->len + strlen(text) > GLIMPSE_BYTES;
    if (looking->has_message || looking->is_full)
        return;
    char *after = xstrdup(buf_str(pieces));
    buf_reset(pieces);
    buf_adds(pieces, text);
    buf_adds(pieces, after);
    free(after);
}

static void add_message(struct looking *looking, const json_t *message)
{
    const char *role = json_get_text(message, "role");
    bool is_prompt = strcmp(role, "user") == 0;
    looking->has_message = true;
    if (is_prompt || strcmp(role, "assistant") == 0)
        add_said(&looking->run, json_get_text(message, "content"), is_prompt);
}

static void add_input(struct looking *looking, const json_t *start)
{
    const json_t *input = json_object_get(start, "input");
    for (size_t i = json_array_size(input); i-- > 0;) {
        const json_t *message = json_array_get(input, i);
        if (strcmp(json_get_text(message, "role"), "user") == 0)
            add_said(&looking->run, json_get_text(message, "content"), true);
    }
}

static void take_run(struct looking *looking)
{
    for (size_t i = 0; i < looking->run.count; i++)
        add_said(looking->glimpse, looking->run.said[i].text, looking->run.said[i].is_prompt);
    looking->is_done |= looking->glimpse->count == GLIMPSE_MAX;
}

static void end_run(struct looking *looking, const json_t *start)
{
    const char *parent = json_get_text(start, "parent");
    bool is_wanted = !looking->wanted || strcmp(looking->wanted, json_get_text(start, "run")) == 0;
    if (!looking->has_message)
        add_said(&looking->run, buf_str(&looking->pieces), false);
    add_input(looking, start);
    if (is_wanted) {
        take_run(looking);
        free(looking->wanted);
        looking->wanted = xstrdup(parent);
        looking->is_done |= !*parent;
    }
    glimpse_clear(&looking->run);
    buf_reset(&looking->pieces);
    looking->has_message = looking->is_full = false;
}

static void take_line(struct looking *looking, const struct session_line *line)
{
    bool mended;
    struct error ignored;
    if (!session_line_has(line, "\"start\"") && !session_line_has(line, "\"ai\"") &&
        !session_line_has(line, "\"message\""))
        return;
    json_t *record = json_read(line->data, line->len, &mended, &ignored);
    const char *type = json_get_text(record, "type");
    if (strcmp(type, "message") == 0)
        add_message(looking, record);
    else if (strcmp(type, "ai") == 0)
        add_before(looking, json_get_text(record, "content"));
    else if (strcmp(type, "start") == 0)
        end_run(looking, record);
    json_decref(record);
}

static void look(struct looking *looking, int fd)
{
    struct session_tail *tail = session_tail_new(fd);
    struct session_line line;
    int64_t enough = -1;
    while (!looking->is_done && session_tail_next(tail, &line) && line.start > enough) {
        if (enough < 0 && line.start > LOOKED_THROUGH)
            enough = line.start - LOOKED_THROUGH;
        if (session_line_is_record(&line))
            take_line(looking, &line);
    }
    session_tail_free(tail);
}

void glimpse_read(struct glimpse *glimpse, const char *path)
{
    struct looking looking = {.glimpse = glimpse};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    glimpse_clear(glimpse);
    if (fd < 0)
        return;
    look(&looking, fd);
    close(fd);
    if (!looking.wanted) { /* a run that is longer than what was looked through */
        if (!looking.has_message)
            add_said(&looking.run, buf_str(&looking.pieces), false);
        take_run(&looking);
    }
    glimpse_clear(&looking.run);
    buf_clear(&looking.pieces);
    free(looking.wanted);
}
