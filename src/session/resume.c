/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A conversation is the way back from the last run, parent by parent: what lies beside that way (an
 * answer that was taken back, another branch) was said, but is not part of it.
 *
 * A head record names the run to go on after, where that is not the last: of a comparison the answer that
 * was picked, or what was there before.
 *
 * The file is read from its end, and no further than to where the way begins.  A run's events are read
 * only when its message records do not come, or not all of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/message.h"
#include "session/file.h"
#include "session/reader.h"
#include "session/store.h"
#include "session/tail.h"

/* A session that another writer held was branched into a new file, which names its parent: so many
 * files are followed. */
enum { FILES_MAX = 32 };

struct run {
    struct run *next;   /* on the way to the last */
    int64_t start, end; /* where its lines are in the file, up to the next start */
    char *id, *parent, *system;
    json_t *input;
    json_t *answers; /* array: what its message records hold */
    int64_t of;      /* so many there will be; 0: none has come */
};

struct past {
    int fd;
    struct run *first, *last; /* on the way; NULL: none yet */
    json_t *records;          /* message records whose run has not come yet, the last first */
    int64_t edge;             /* where the run after begins */
    char *head;               /* the run to go on after; "": none; NULL: the last in the file */
    char *parent;             /* the session this one is a branch of; NULL: none */
    bool has_run;             /* one has been read, on the way or not */
    bool is_session;          /* there was at least one line that we know */
};

static void run_free(struct run *run)
{
    free(run->id);
    free(run->parent);
    free(run->system);
    json_decref(run->input);
    json_decref(run->answers);
    free(run);
}

static void past_clear(struct past *past)
{
    for (struct run *run = past->first, *next; run; run = next) {
        next = run->next;
        run_free(run);
    }
    json_decref(past->records);
    free(past->parent);
    free(past->head);
    if (past->fd >= 0)
        close(past->fd);
}

/* ---- Reading ---- */

static struct run *run_new(const json_t *start)
{
    struct run *run = xnew(struct run);
    run->id = xstrdup(json_get_text(start, "run"));
    run->parent = xstrdup(json_get_text(start, "parent"));
    run->system = xstrdup(json_string_value(json_object_get(start, "system")));
    run->input = json_incref(json_object_get(start, "input"));
    run->answers = json_array();
    return run;
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
static void add_answer(struct run *run, json_t *message)
{
    int64_t of = json_get_number(message, "of", 1);
    if (is_answered(run) || of != run->of)
        json_array_clear(run->answers);
    run->of = of;
    json_object_del(message, "type");
    json_object_del(message, "of");
    set_role(message);
    json_array_append(run->answers, message);
}

/* Those of this run, and those that name none. */
static void take_answers(struct past *past, struct run *run)
{
    for (size_t i = json_array_size(past->records); i-- > 0;) {
        json_t *record = json_array_get(past->records, i);
        const char *id = json_string_value(json_object_get(record, "run"));
        if (id && strcmp(id, run->id) != 0)
            continue;
        add_answer(run, record);
        json_array_remove(past->records, i);
    }
}

/* The run that is looked for: `last` (NULL: the head's, or any) to begin with, then each one's parent. */
static bool is_on_way(const struct past *past, const char *last, const char *id)
{
    const char *wanted = past->first ? past->first->parent : last ? last : past->head;
    return !wanted || strcmp(id, wanted) == 0;
}

static void add_run(struct past *past, const char *last, const json_t *start, int64_t at)
{
    struct run *run = run_new(start);
    past->has_run = true;
    run->start = at;
    run->end = past->edge;
    past->edge = at;
    take_answers(past, run);
    if (is_on_way(past, last, run->id)) {
        run->next = past->first;
        past->first = run;
        if (!past->last)
            past->last = run;
    } else {
        run_free(run);
    }
}

/* What was said after it counts for more: that is read first. */
static void add_head(struct past *past, const json_t *record)
{
    if (!past->has_run && !past->head)
        past->head = xstrdup(json_get_text(record, "run"));
}

static void add_record(struct past *past, const char *last, json_t *record, int64_t at)
{
    const char *type = json_get_text(record, "type");
    if (strcmp(type, "start") == 0)
        add_run(past, last, record, at);
    else if (strcmp(type, "message") == 0)
        json_array_append(past->records, record);
    else if (strcmp(type, "head") == 0)
        add_head(past, record);
    else if (strcmp(type, "session") != 0)
        return;
    else if (!past->parent)
        past->parent = xstrdup(json_string_value(json_object_get(record, "parent")));
    past->is_session = true;
}

/* Most lines are pieces, which are long gone when they are judged by their beginnings. */
static bool is_piece(const struct session_line *line)
{
    static const char ai[] = "{\"type\":\"ai\",", reasoning[] = "{\"type\":\"reasoning\",";
    return (line->len >= sizeof(ai) && memcmp(line->data, ai, sizeof(ai) - 1) == 0) ||
           (line->len >= sizeof(reasoning) &&
            memcmp(line->data, reasoning, sizeof(reasoning) - 1) == 0);
}

static void add_line(struct past *past, const char *last, struct session_line *line)
{
    if (is_piece(line) ||
        (!session_line_has(line, "\"start\"") && !session_line_has(line, "\"message\"") &&
         !session_line_has(line, "\"session\"") && !session_line_has(line, "\"head\"")))
        return;
    bool mended;
    struct error ignored;
    int64_t at = line->start;
    if (!session_line_is_record(line))
        return;
    json_t *record = json_read(line->data, line->len, &mended, &ignored);
    add_record(past, last, record, at);
    json_decref(record);
}

/* From the end to where the way begins. */
static void past_look(struct past *past, const char *last, struct session_tail *tail)
{
    struct session_line line;
    bool is_rooted = false;
    while (!is_rooted && session_tail_next(tail, &line)) {
        add_line(past, last, &line);
        is_rooted = past->first && !*past->first->parent;
    }
}

static int past_check(const struct past *past, const char *path, const struct session_tail *tail,
                      struct error *error)
{
    errno = session_tail_error(tail);
    if (errno)
        return error_errno(error, RN_EIO, "cannot read the session %s", path);
    if (!past->first && session_tail_skipped(tail) > 0)
        return error_set(error, RN_ELIMIT, "%s cannot be read: a line of it is longer than %d MB",
                         path, SESSION_LINE_MAX >> 20);
    if (!past->is_session)
        return error_set(error, RN_EIO, "%s holds no session", path);
    return 0;
}

static int past_read(struct past *past, const char *path, const char *last, struct error *error)
{
    past->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (past->fd < 0)
        return error_errno(error, RN_EIO, "cannot read the session %s", path);
    past->records = json_array();
    past->edge = INT64_MAX;
    struct session_tail *tail = session_tail_new(past->fd);
    past_look(past, last, tail);
    int result = past_check(past, path, tail, error);
    session_tail_free(tail);
    return result;
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

/* Its events, folded.  Those of other runs that went on beside it carry another run's id. */
static bool add_events(const struct past *past, const struct run *run, struct message *message)
{
    struct event_reader *reader = event_reader_new();
    struct session_reader *lines = session_reader_new(fcntl(past->fd, F_DUPFD_CLOEXEC, 0));
    struct session_line line;
    bool finished = false;
    session_reader_seek(lines, run->start);
    while (session_reader_next(lines, &line) && line.start < run->end) {
        struct event event;
        struct error ignored;
        if (event_read(reader, line.data, line.len, &event, &ignored) < 0 ||
            (*event.pub.run && strcmp(event.pub.run, run->id) != 0))
            continue;
        message_add(message, &event.pub);
        finished |= event.pub.kind == RN_FINISH;
    }
    session_reader_free(lines);
    event_reader_free(reader);
    return finished;
}

/* The messages of a run that lacks records. */
static json_t *fold(const struct past *past, const struct run *run)
{
    struct message *message = message_new();
    bool finished = add_events(past, run, message);
    json_t *answers = message_history(message_public(message));
    if (!finished)
        mark_partial(answers);
    message_free(message);
    return answers;
}

static void say(rn_conversation *conversation, const struct past *past, const struct run *run)
{
    size_t i;
    json_t *message, *answers = is_answered(run) ? json_incref(run->answers) : fold(past, run);
    json_array_foreach (run->input, i, message)
        if (*json_get_text(message, "role"))
            conversation_add_json(conversation, json_incref(message));
    json_array_foreach (answers, i, message) {
        json_object_set_new(message, "run", json_string(run->id));
        conversation_add_json(conversation, json_incref(message));
    }
    json_decref(answers);
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

static int say_way(rn_conversation *conversation, const char *path, const char *run_id,
                   unsigned files, struct error *error);

/* What led to a run in the session that this one is a branch of. */
static void say_earlier(rn_conversation *conversation, const char *path, const char *session,
                        const char *run_id, unsigned files)
{
    struct error ignored; /* it may have been removed */
    char *earlier = sibling(path, session);
    if (earlier && files < FILES_MAX)
        say_way(conversation, earlier, run_id, files + 1, &ignored);
    free(earlier);
}

/* Say what led to a run (NULL: the last one), from this file and from those it is a branch of. */
static int say_way(rn_conversation *conversation, const char *path, const char *run_id,
                   unsigned files, struct error *error)
{
    struct past past = {.fd = -1};
    int result = past_read(&past, path, run_id, error);
    const struct run *first = result == 0 ? past.first : NULL;
    const char *head = run_id ? run_id : past.head;
    if (result == 0 && !first && head && *head && past.parent)
        say_earlier(conversation, path, past.parent, head, files);
    if (first) {
        if (past.parent && *first->parent)
            say_earlier(conversation, path, past.parent, first->parent, files);
        for (const struct run *run = first; run; run = run->next)
            say(conversation, &past, run);
        rn_conversation_system(conversation, past.last->system);
    }
    past_clear(&past);
    return result;
}

rn_conversation *session_conversation_until(const char *path, const char *run, struct error *error)
{
    rn_conversation *conversation = rn_conversation_new(NULL);
    if (say_way(conversation, path, run, 1, error) == 0)
        return conversation;
    rn_conversation_free(conversation);
    return NULL;
}

rn_conversation *session_conversation(const char *path, struct error *error)
{
    return session_conversation_until(path, NULL, error);
}
