/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A conversation is the way back from the last run, parent by parent: what lies beside that way (an
 * answer that was taken back, another branch) was said, but is not part of it.
 *
 * A run's events are kept as lines and parsed only when its message records do not come, or not all of
 * them, so that a long session is resumed at the pace at which it is read.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/message.h"
#include "session/file.h"
#include "session/reader.h"
#include "session/store.h"

/* A session that another writer held was branched into a new file, which names its parent: so many
 * files are followed. */
enum { FILES_MAX = 32 };

struct run {
    struct run *earlier; /* in the file */
    struct run *next;    /* on the way to the last */
    char *id, *parent, *system;
    json_t *input;
    json_t *answers;   /* array: what its message records hold */
    int64_t of;        /* so many there will be; 0: none has come */
    struct buf events; /* its lines until all are there */
};

struct past {
    struct run *latest;
    char *parent;    /* the session this one is a branch of; NULL: none */
    bool is_session; /* there was at least one line that we know */
};

static void past_clear(struct past *past)
{
    for (struct run *run = past->latest, *earlier; run; run = earlier) {
        earlier = run->earlier;
        free(run->id);
        free(run->parent);
        free(run->system);
        json_decref(run->input);
        json_decref(run->answers);
        buf_clear(&run->events);
        free(run);
    }
    free(past->parent);
}

/* This run or the nearest before it that has the id (NULL: any). */
static struct run *find_run(struct run *run, const char *id)
{
    while (run && id && strcmp(run->id, id) != 0)
        run = run->earlier;
    return run;
}

/* ---- Reading ---- */

static void add_run(struct past *past, const json_t *start)
{
    struct run *run = xnew(struct run);
    run->earlier = past->latest;
    run->id = xstrdup(json_get_text(start, "run"));
    run->parent = xstrdup(json_get_text(start, "parent"));
    run->system = xstrdup(json_string_value(json_object_get(start, "system")));
    run->input = json_incref(json_object_get(start, "input"));
    run->answers = json_array();
    past->latest = run;
}

static bool is_answered(const struct run *run)
{
    return run->of > 0 && json_array_size(run->answers) == (size_t)run->of;
}

static void set_role(json_t *message)
{
    const char *role = json_get_text(message, "role");
    if (strcmp(role, "user") != 0 && strcmp(role, "tool") != 0)
        json_object_set_new(message, "role", json_string("assistant"));
}

/* Records that come when there are enough stand for those before. */
static void add_answer(struct past *past, json_t *message)
{
    const char *id = json_string_value(json_object_get(message, "run"));
    struct run *run = find_run(past->latest, id);
    int64_t of = json_get_number(message, "of", 1);
    if (!run)
        return;
    if (is_answered(run) || of != run->of)
        json_array_clear(run->answers);
    run->of = of;
    json_object_del(message, "type");
    json_object_del(message, "of");
    set_role(message);
    json_array_append(run->answers, message);
    if (is_answered(run))
        buf_clear(&run->events);
}

static void add_record(struct past *past, json_t *record)
{
    const char *type = json_get_text(record, "type");
    if (strcmp(type, "start") == 0) {
        add_run(past, record);
    } else if (strcmp(type, "message") == 0) {
        add_answer(past, record);
    } else if (strcmp(type, "session") == 0) {
        free(past->parent);
        past->parent = xstrdup(json_string_value(json_object_get(record, "parent")));
    } else {
        return;
    }
    past->is_session = true;
}

static void add_line(struct past *past, const struct session_line *line)
{
    if (session_line_has(line, "\"start\"") || session_line_has(line, "\"message\"") ||
        session_line_has(line, "\"session\"")) {
        bool mended;
        struct error ignored;
        json_t *record = json_read(line->data, line->len, &mended, &ignored);
        add_record(past, record);
        json_decref(record);
    }
    struct run *run = past->latest;
    if (run && !is_answered(run)) {
        buf_add(&run->events, line->data, line->len);
        buf_addc(&run->events, '\n');
    }
}

static int past_read(struct past *past, const char *path, struct error *error)
{
    struct session_line line;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(error, RN_EIO, "cannot read the session %s", path);
    struct session_reader *reader = session_reader_new(fd);
    while (session_reader_next(reader, &line))
        add_line(past, &line);
    session_reader_free(reader);
    if (!past->is_session)
        return error_set(error, RN_EIO, "%s holds no session", path);
    return 0;
}

/* ---- Writing the conversation ---- */

static void mark_partial(json_t *answers)
{
    for (size_t i = json_array_size(answers); i-- > 0;) {
        json_t *message = json_array_get(answers, i);
        if (strcmp(json_get_text(message, "role"), "assistant") == 0) {
            json_object_set_new(message, "partial", json_true());
            return;
        }
    }
}

/* The messages of a run that lacks records, out of its events.  Those of other runs that went on beside
 * it carry another run's id. */
static json_t *fold(const struct run *run)
{
    struct event_reader *reader = event_reader_new();
    struct message *message = message_new();
    bool finished = false;
    const char *line = buf_str(&run->events);
    for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
        struct event event;
        struct error ignored;
        if (event_read(reader, line, (size_t)(end - line), &event, &ignored) < 0 ||
            (*event.public.run && strcmp(event.public.run, run->id) != 0))
            continue;
        message_add(message, &event.public);
        finished |= event.public.kind == RN_FINISH;
    }
    json_t *answers = message_history(message_public(message));
    if (!finished)
        mark_partial(answers);
    message_free(message);
    event_reader_free(reader);
    return answers;
}

static void say(rn_conversation *conversation, const struct run *run)
{
    size_t i;
    json_t *message, *answers = is_answered(run) ? json_incref(run->answers) : fold(run);
    json_array_foreach (run->input, i, message)
        if (*json_get_text(message, "role"))
            conversation_add_json(conversation, json_incref(message));
    json_array_foreach (answers, i, message) {
        json_object_set_new(message, "run", json_string(run->id));
        conversation_add_json(conversation, json_incref(message));
    }
    json_decref(answers);
}

/* Go back from a run, parent by parent: where the way to it begins.  A parent stands before its child,
 * so that ends. */
static struct run *way_to(struct run *run)
{
    struct run *parent;
    while (*run->parent && (parent = find_run(run->earlier, run->parent))) {
        parent->next = run;
        run = parent;
    }
    return run;
}

/* The file of a session in the same folder; NULL when the id is none that a file can have. */
static char *sibling(const char *path, const char *id)
{
    if (strchr(id, '/') || id[0] == '.' || !*id)
        return NULL;
    char *folder = session_file_folder(path);
    char *file = session_file_path(folder, id);
    free(folder);
    return file;
}

/* Say what led to a run (NULL: the last one), from this file and from those it is a branch of. */
static int say_way(rn_conversation *conversation, const char *path, const char *run_id,
                   unsigned files, struct error *error)
{
    struct past past = {0};
    int result = past_read(&past, path, error);
    struct run *last = result == 0 ? find_run(past.latest, run_id) : NULL;
    if (last) {
        const struct run *first = way_to(last);
        char *earlier = past.parent && *first->parent ? sibling(path, past.parent) : NULL;
        struct error ignored; /* an earlier file may have been removed */
        if (earlier && files < FILES_MAX)
            say_way(conversation, earlier, first->parent, files + 1, &ignored);
        free(earlier);
        for (const struct run *run = first; run; run = run->next)
            say(conversation, run);
        rn_conversation_system(conversation, last->system);
    }
    past_clear(&past);
    return result;
}

rn_conversation *session_conversation(const char *path, struct error *error)
{
    rn_conversation *conversation = rn_conversation_new(NULL);
    if (say_way(conversation, path, NULL, 1, error) == 0)
        return conversation;
    rn_conversation_free(conversation);
    return NULL;
}
