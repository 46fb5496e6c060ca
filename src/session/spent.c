/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/spent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/error.h"
#include "llm/event.h"
#include "llm/message.h"
#include "session/reader.h"
#include "session/tangle.h"

void spent_begin(struct spent *spent)
{
    *spent = (struct spent){.usage = USAGE_UNKNOWN};
}

void spent_answer(struct spent *spent, const rn_usage *usage)
{
    spent->answers++;
    spent->uncounted += usage->input < 0 && usage->output < 0;
    spent->unpriced += usage->cost < 0;
    spent->usage = usage_sum(&spent->usage, usage);
}

void spent_add(struct spent *spent, const struct spent *more)
{
    spent->answers += more->answers;
    spent->uncounted += more->uncounted;
    spent->unpriced += more->unpriced;
    spent->usage = usage_sum(&spent->usage, &more->usage);
}

/* ---- Of a file ---- */

/* The run that is read, and what it has taken so far; NULL between two. */
struct fold {
    struct spent *spent;
    struct message *run;
    struct event_reader *reader;
};

/* One that was broken off has its end here too. */
static void end_run(struct fold *fold)
{
    if (fold->run)
        spent_answer(fold->spent, &message_public(fold->run)->usage);
    message_free(fold->run);
    fold->run = NULL;
}

static void take_usage(struct fold *fold, const struct session_line *line)
{
    struct event event;
    struct error ignored;
    bool is_event = event_read(fold->reader, line->data, line->len, &event, &ignored) == 0;
    if (!is_event || !(event.pub.kind & (RN_USAGE | RN_FINISH)))
        return;
    if (!fold->run)
        fold->run = message_new();
    message_add(fold->run, &event.pub);
}

static void take(struct fold *fold, const struct told *told)
{
    if (cue_begins(&told->cue)) {
        end_run(fold);
        fold->run = message_new();
    }
    if (session_line_has(&told->line, "\"usage\""))
        take_usage(fold, &told->line);
    if (cue_ends(&told->cue))
        end_run(fold);
}

int spent_read(struct spent *spent, const char *path, int64_t end, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_errno(error, RN_EIO, "cannot read the session %s", path);
    struct session_reader *lines = session_reader_new(fd);
    struct fold fold = {.spent = spent, .reader = event_reader_new()};
    struct tangle tangle = {0};
    struct told told;
    while (tangle_step(&tangle, lines, &told) == RN_EVENT)
        if (told.line.start < end)
            take(&fold, &told);
    end_run(&fold);
    errno = session_reader_error(lines);
    int result = errno ? error_errno(error, RN_EIO, "cannot read the session %s", path) : 0;
    tangle_clear(&tangle);
    event_reader_free(fold.reader);
    session_reader_free(lines);
    return result;
}
