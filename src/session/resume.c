/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A conversation is the way back from the last run, parent by parent: what lies beside that way (an
 * answer that was taken back, another branch) was said, but is not part of it.
 *
 * A run's events are kept as lines and parsed only when no message record comes for them, so that a
 * long session is resumed at the pace at which it is read.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    char *id, *parent, *system;
    json_t *input;
    json_t *answer;    /* NULL: no message record has come */
    struct buf events; /* its lines until one comes */
    bool on_the_way;
};

struct past {
    struct run *runs;
    size_t count;
    char *parent;    /* the session this one is a branch of; NULL: none */
    bool is_session; /* there was at least one line that we know */
};

static void past_clear(struct past *past)
{
    for (size_t i = 0; i < past->count; i++) {
        free(past->runs[i].id);
        free(past->runs[i].parent);
        free(past->runs[i].system);
        json_decref(past->runs[i].input);
        json_decref(past->runs[i].answer);
        buf_clear(&past->runs[i].events);
    }
    free(past->runs);
    free(past->parent);
}

/* The last run of this id among the first `count`; NULL when there is none. */
static struct run *find_run(const struct past *past, size_t count, const char *id)
{
    for (size_t i = count; i-- > 0;)
        if (strcmp(past->runs[i].id, id) == 0)
            return &past->runs[i];
    return NULL;
}

/* ---- Reading ---- */

static void add_run(struct past *past, const json_t *start)
{
    past->runs = xrealloc(past->runs, (past->count + 1) * sizeof(*past->runs));
    past->runs[past->count++] = (struct run){
        .id = xstrdup(json_get_text(start, "run")),
        .parent = xstrdup(json_get_text(start, "parent")),
        .system = xstrdup(json_string_value(json_object_get(start, "system"))),
        .input = json_incref(json_object_get(start, "input")),
    };
}

static void add_answer(struct past *past, json_t *message)
{
    const char *id = json_get_text(message, "run");
    size_t count = past->count;
    struct run *run = *id || count == 0 ? find_run(past, count, id) : &past->runs[count - 1];
    if (!run)
        return;
    json_object_del(message, "type");
    json_object_set_new(message, "role", json_string("assistant"));
    json_decref(run->answer);
    run->answer = json_incref(message);
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
    if (past->count > 0 && !past->runs[past->count - 1].answer) {
        struct buf *events = &past->runs[past->count - 1].events;
        buf_add(events, line->data, line->len);
        buf_addc(events, '\n');
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

/* The answer of a run that has no message record, out of its events.  Those of other runs that went
 * on beside it carry another run's id. */
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
    json_t *answer = message_json(message_public(message));
    if (!finished)
        json_object_set_new(answer, "partial", json_true());
    message_free(message);
    event_reader_free(reader);
    return answer;
}

static void say(rn_conversation *conversation, const struct run *run)
{
    size_t i;
    json_t *message;
    json_array_foreach(run->input, i, message)
    {
        if (*json_get_text(message, "role"))
            conversation_add_json(conversation, json_incref(message));
    }
    json_t *answer = run->answer ? json_incref(run->answer) : fold(run);
    json_object_set_new(answer, "run", json_string(run->id));
    conversation_add_json(conversation, answer);
}

/* Mark the way back from a run; the run it begins with.  A parent stands before its child, so the way
 * ends. */
static const struct run *mark_way(struct past *past, struct run *run)
{
    for (;;) {
        run->on_the_way = true;
        struct run *parent =
            *run->parent ? find_run(past, (size_t)(run - past->runs), run->parent) : NULL;
        if (!parent)
            return run;
        run = parent;
    }
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
    struct run *last = NULL;
    if (result == 0 && past.count > 0)
        last = run_id ? find_run(&past, past.count, run_id) : &past.runs[past.count - 1];
    if (last) {
        const struct run *first = mark_way(&past, last);
        char *earlier = past.parent && *first->parent ? sibling(path, past.parent) : NULL;
        struct error ignored; /* an earlier file may have been removed */
        if (earlier && files < FILES_MAX)
            say_way(conversation, earlier, first->parent, files + 1, &ignored);
        free(earlier);
        for (size_t i = 0; i < past.count; i++)
            if (past.runs[i].on_the_way)
                say(conversation, &past.runs[i]);
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
