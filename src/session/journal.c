/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole lines gather in `waiting` and go out in one write.  What a write leaves over stays there and
 * is continued byte for byte by the next one: as long as this process lives, the file is the records
 * in order and nothing else.  Only a writer that died leaves half a line, and who comes after it ends
 * that line first.
 */
#include "session/journal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/message.h"
#include "session/file.h"
#include "session/store.h"

enum { SESSION_VERSION = 1 };

/* Who lists sessions reads at least so much of a file's end (session/summary.c). */
enum { TITLE_EVERY = 32 * 1024 };

struct journal {
    char *dir, *name, *parent;
    char *title;     /* NULL: none was given, */
    int64_t titled;  /* else how long the file was then */
    char *path, *id; /* "" until the file is there */
    int fd;          /* -1 until then */
    struct buf waiting;
    int64_t since;      /* when the oldest waiting byte came, or writing failed last */
    bool is_new;        /* the disk does not keep its name yet */
    bool torn;          /* the file ends in half a line of a writer that died */
    bool unsynced;      /* a run has ended */
    bool failing, full; /* and has said so */
};

static struct journal *make(char *dir, char *path, int fd)
{
    struct journal *journal = xnew(struct journal);
    journal->dir = dir;
    journal->path = path;
    journal->id = session_file_id(path);
    journal->fd = fd;
    return journal;
}

struct journal *journal_new(const char *dir, const char *name)
{
    struct journal *journal = make(xstrdup(dir), xstrdup(""), -1);
    journal->name = xstrdup(name);
    return journal;
}

const char *journal_path(const struct journal *journal)
{
    return journal->path;
}

const char *journal_id(const struct journal *journal)
{
    return journal->id;
}

const char *journal_called(const struct journal *journal)
{
    return journal->title ? journal->title : journal->name ? journal->name : "";
}

/* ---- The file ---- */

static void add_text(struct buf *out, const char *key, const char *text)
{
    if (!text || !*text)
        return;
    json_add_key(out, key);
    json_add_string(out, text, strlen(text));
}

/* The session line comes before whatever waits. */
static void put_session_line(struct journal *journal)
{
    char time[CLOCK_RFC3339_SIZE];
    struct buf line = BUF_INIT;
    clock_rfc3339(time);
    buf_addf(&line, "{\"type\":\"session\",\"v\":%d", SESSION_VERSION);
    add_text(&line, "id", journal->id);
    add_text(&line, "time", time);
    add_text(&line, "name", journal->name);
    add_text(&line, "parent", journal->parent);
    add_text(&line, "runnel", RN_VERSION);
    buf_adds(&line, "}\n");
    buf_add(&line, buf_str(&journal->waiting), journal->waiting.len);
    buf_clear(&journal->waiting);
    journal->waiting = line;
}

static int create(struct journal *journal, struct error *error)
{
    char *path;
    int fd = session_file_create(journal->dir, &path, error);
    if (fd < 0)
        return -1;
    free(journal->path);
    free(journal->id);
    journal->path = path;
    journal->id = session_file_id(path);
    journal->fd = fd;
    journal->is_new = true;
    put_session_line(journal);
    return 0;
}

struct journal *journal_fork(const char *path)
{
    struct journal *journal = make(session_file_folder(path), xstrdup(""), -1);
    journal->parent = session_file_id(path);
    return journal;
}

/* What the file says of itself; a title that is the first prompt is none that was given. */
static void learn_names(struct journal *journal)
{
    struct session_list list;
    struct error ignored;
    if (store_look(journal->path, &list, &ignored) < 0)
        return;
    const struct session_info *info = list.items;
    if (*info->name)
        journal->name = xstrdup(info->name);
    if (strcmp(info->title, info->prompt) != 0)
        journal->title = xstrdup(info->title);
    session_list_clear(&list);
}

struct journal *journal_open(const char *path, struct error *error)
{
    bool taken;
    int fd = session_file_open(path, &taken, error);
    if (fd < 0)
        return NULL;
    char *folder = session_file_folder(path);
    if (!taken) {
        struct journal *journal = make(folder, xstrdup(path), fd);
        journal->torn = session_file_is_torn(fd);
        learn_names(journal);
        return journal;
    }
    close(fd);
    free(folder);
    return journal_fork(path);
}

/* ---- Writing ---- */

static int write_waiting(struct journal *journal, struct error *error)
{
    struct buf *waiting = &journal->waiting;
    size_t done = 0;
    while (done < waiting->len) {
        errno = EIO; /* what it is when nothing is written and no reason given */
        ssize_t n = write(journal->fd, waiting->data + done, waiting->len - done);
        if (n > 0)
            done += (size_t)n;
        else if (errno != EINTR)
            break;
    }
    buf_drop(waiting, done);
    if (waiting->len > 0)
        return error_errno(error, RN_EIO, "cannot write the session %s", journal->path);
    return 0;
}

/* After a failed fsync the kernel holds the pages for clean: trying again would prove nothing. */
static int sync_run(struct journal *journal, struct error *error)
{
    if (!journal->unsynced)
        return 0;
    journal->unsynced = false;
    if (fsync(journal->fd) < 0)
        return error_errno(error, RN_EIO, "cannot sync the session %s", journal->path);
    if (journal->is_new)
        session_file_keep_name(journal->path);
    journal->is_new = false;
    return 0;
}

static int write_out(struct journal *journal, bool sync, struct error *error)
{
    struct error why;
    if (journal->waiting.len == 0 && !(sync && journal->unsynced))
        return 0;
    if ((journal->fd >= 0 || create(journal, &why) == 0) && write_waiting(journal, &why) == 0 &&
        (!sync || sync_run(journal, &why) == 0)) {
        journal->failing = journal->full = false;
        return 0;
    }
    journal->since = clock_ms();
    if (journal->failing)
        return 0;
    journal->failing = true;
    *error = why;
    return -1;
}

int journal_flush(struct journal *journal, struct error *error)
{
    return write_out(journal, true, error);
}

void journal_free(struct journal *journal)
{
    struct error ignored;
    if (!journal)
        return;
    journal_flush(journal, &ignored);
    if (journal->fd >= 0)
        close(journal->fd);
    buf_clear(&journal->waiting);
    free(journal->dir);
    free(journal->name);
    free(journal->title);
    free(journal->parent);
    free(journal->path);
    free(journal->id);
    free(journal);
}

/* ---- Records ---- */

static bool is_due(const struct journal *journal)
{
    return clock_ms() - journal->since >= JOURNAL_WAIT_MS;
}

/* Make ready for one more line: 1, or 0 when there is no place for it, -1 when that is news. */
static int begin_line(struct journal *journal, struct error *error)
{
    struct error ignored; /* a journal with so much waiting has said why */
    if (journal->waiting.len >= JOURNAL_WAITING_MAX && is_due(journal))
        write_out(journal, false, &ignored);
    if (journal->waiting.len >= JOURNAL_WAITING_MAX) {
        if (journal->full)
            return 0;
        journal->full = true;
        return error_set(error, RN_EIO,
                         "the session %s cannot be written, and too much waits: "
                         "what comes now is not saved",
                         journal->path);
    }
    if (journal->waiting.len == 0)
        journal->since = clock_ms();
    if (journal->torn)
        buf_addc(&journal->waiting, '\n');
    journal->torn = false;
    return 1;
}

int journal_event(struct journal *journal, const rn_event *event, struct error *error)
{
    if (event->kind == RN_TOOL_DELTA)
        return 0;
    int ready = begin_line(journal, error);
    if (ready <= 0)
        return ready;
    event_json(event, &journal->waiting);
    buf_addc(&journal->waiting, '\n');
    if (event->kind == RN_FINISH)
        journal->unsynced = true;
    return event->kind == RN_FINISH || is_due(journal) ? write_out(journal, false, error) : 0;
}

/* `of`: how many records the run has, so that a reader knows when it has them all. */
static void put_message(struct journal *journal, const json_t *message, const char *run, size_t of)
{
    json_t *record = json_pack("{s:s, s:s}", "type", "message", "run", run);
    if (of > 1)
        json_object_set_new(record, "of", json_integer((json_int_t)of));
    json_object_update(record, (json_t *)message);
    json_add_value(&journal->waiting, record);
    buf_addc(&journal->waiting, '\n');
    json_decref(record);
}

/* What is there and what waits. */
static int64_t length(const struct journal *journal)
{
    struct stat info;
    bool is_there = journal->fd >= 0 && fstat(journal->fd, &info) == 0;
    return (is_there ? info.st_size : 0) + (int64_t)journal->waiting.len;
}

static void put_title(struct journal *journal)
{
    buf_adds(&journal->waiting, "{\"type\":\"title\",\"title\":");
    json_add_string(&journal->waiting, journal->title, strlen(journal->title));
    buf_adds(&journal->waiting, "}\n");
    journal->titled = length(journal);
}

int journal_message(struct journal *journal, const rn_message *answer, struct error *error)
{
    int ready = begin_line(journal, error);
    if (ready <= 0)
        return ready;
    json_t *history = message_history(answer), *message;
    size_t i;
    json_array_foreach (history, i, message)
        put_message(journal, message, answer->run, json_array_size(history));
    json_decref(history);
    if (journal->title && length(journal) - journal->titled > TITLE_EVERY)
        put_title(journal);
    return journal_flush(journal, error);
}

int journal_head(struct journal *journal, const rn_conversation *conversation, struct error *error)
{
    const char *run = conversation_parent(conversation);
    if (length(journal) == 0)
        return 0;
    int ready = begin_line(journal, error);
    if (ready <= 0)
        return ready;
    buf_adds(&journal->waiting, "{\"type\":\"head\",\"run\":");
    json_add_string(&journal->waiting, run, strlen(run));
    buf_adds(&journal->waiting, "}\n");
    return 0;
}

int journal_title(struct journal *journal, const char *title, struct error *error)
{
    int ready = begin_line(journal, error);
    if (ready <= 0)
        return ready;
    free(journal->title);
    journal->title = xstrdup(title);
    put_title(journal);
    return 0;
}
