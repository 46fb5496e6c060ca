/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Backwards, the lines of a run come before its start, which alone says what led to it.  So they wait, and are
 * dropped where the start turns out to be another branch's.
 */
#include "session/glimpse.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "session/reader.h"
#include "session/tail.h"

enum { LOOKED_THROUGH = 4 * 1024 * 1024 };

struct looking {
    struct glimpse *glimpse;
    json_t *records; /* messages whose run has not begun yet, the last first */
    json_t *
        pieces; /* of answers that have no message: the end of each, by run, "" where lines name none */
    char *wanted; /* the run that led here; NULL: any */
    bool has_run; /* one has begun, wanted or not */
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

/* Lines name their run where several went on at once, and messages always. */
static bool may_be(const char *one, const char *other)
{
    return !*one || !*other || strcmp(one, other) == 0;
}

static bool has_message(const struct looking *looking, const char *run)
{
    for (size_t i = 0; i < json_array_size(looking->records); i++)
        if (may_be(json_get_text(json_array_get(looking->records, i), "run"), run))
            return true;
    return false;
}

static void add_piece(struct looking *looking, const json_t *record)
{
    const char *run = json_get_text(record, "run"), *after = json_get_text(looking->pieces, run);
    if (strlen(after) >= GLIMPSE_BYTES || has_message(looking, run))
        return;
    char *text = xasprintf("%s%s", json_get_text(record, "content"), after);
    json_object_set_new(looking->pieces, run, json_string(text));
    free(text);
}

/* What was said after it counts for more: that is read first. */
static void add_head(struct looking *looking, const json_t *record)
{
    if (looking->has_run || looking->wanted)
        return;
    looking->wanted = xstrdup(json_get_text(record, "run"));
    looking->is_done = !*looking->wanted;
}

/* ---- A run ---- */

static void say_messages(struct looking *looking, const char *run)
{
    size_t i;
    const json_t *message;
    json_array_foreach (looking->records, i, message) {
        const char *role = json_get_text(message, "role");
        bool is_prompt = strcmp(role, "user") == 0;
        if (may_be(json_get_text(message, "run"), run) &&
            (is_prompt || strcmp(role, "assistant") == 0))
            add_said(looking->glimpse, json_get_text(message, "content"), is_prompt);
    }
}

static void say_answer(struct looking *looking, const char *run)
{
    const char *own = json_get_text(looking->pieces, run);
    if (has_message(looking, run))
        say_messages(looking, run);
    else
        add_said(looking->glimpse, *own ? own : json_get_text(looking->pieces, ""), false);
}

static void say_input(struct looking *looking, const json_t *start)
{
    const json_t *input = json_object_get(start, "input");
    for (size_t i = json_array_size(input); i-- > 0;) {
        const json_t *message = json_array_get(input, i);
        if (strcmp(json_get_text(message, "role"), "user") == 0)
            add_said(looking->glimpse, json_get_text(message, "content"), true);
    }
}

static void drop_answer(struct looking *looking, const char *run)
{
    for (size_t i = json_array_size(looking->records); i-- > 0;)
        if (may_be(json_get_text(json_array_get(looking->records, i), "run"), run))
            json_array_remove(looking->records, i);
    json_object_del(looking->pieces, run);
    json_object_del(looking->pieces, "");
}

static void end_run(struct looking *looking, const json_t *start)
{
    const char *run = json_get_text(start, "run"), *parent = json_get_text(start, "parent");
    looking->has_run = true;
    if (!looking->wanted || strcmp(looking->wanted, run) == 0) {
        say_answer(looking, run);
        say_input(looking, start);
        free(looking->wanted);
        looking->wanted = xstrdup(parent);
        looking->is_done = !*parent || looking->glimpse->count == GLIMPSE_MAX;
    }
    drop_answer(looking, run);
}

/* ---- Reading ---- */

static void take_line(struct looking *looking, const struct session_line *line)
{
    bool mended;
    struct error ignored;
    if (!session_line_has(line, "\"start\"") && !session_line_has(line, "\"ai\"") &&
        !session_line_has(line, "\"message\"") && !session_line_has(line, "\"head\""))
        return;
    json_t *record = json_read(line->data, line->len, &mended, &ignored);
    const char *type = json_get_text(record, "type");
    if (strcmp(type, "message") == 0)
        json_array_append(looking->records, record);
    else if (strcmp(type, "ai") == 0)
        add_piece(looking, record);
    else if (strcmp(type, "head") == 0)
        add_head(looking, record);
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

/* Of a run that is longer than what was looked through. */
static void say_rest(struct looking *looking)
{
    const char *run = json_get_text(json_array_get(looking->records, 0), "run");
    if (!looking->has_run && !looking->is_done)
        say_answer(looking, looking->wanted ? looking->wanted : run);
}

void glimpse_read(struct glimpse *glimpse, const char *path)
{
    struct looking looking = {.glimpse = glimpse};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    glimpse_clear(glimpse);
    if (fd < 0)
        return;
    looking.records = json_array();
    looking.pieces = json_object();
    look(&looking, fd);
    close(fd);
    say_rest(&looking);
    json_decref(looking.records);
    json_decref(looking.pieces);
    free(looking.wanted);
}
