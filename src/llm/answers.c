/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "io/ndjson.h"
#include "llm/event.h"

/* Side by side.  Of more, the one that began first is over. */
enum { RUNS_MAX = 64 };

#define NONE ((size_t)-1)

struct run {
    char *name, *prompt;
    size_t given; /* answers to that */
    size_t open;  /* the answer that is being given */
    int64_t t;    /* when the last thing was said that is no part of an answer */
    size_t nth;   /* of all that have begun */
};

struct reading {
    struct answers *answers;
    struct run runs[RUNS_MAX];
    size_t run_count, begun;
};

char *answers_question(const char *prompt, size_t given)
{
    return xasprintf("%zu:%s", given, prompt);
}

void answers_clear(struct answers *answers)
{
    for (size_t i = 0; i < answers->count; i++) {
        free(answers->list[i].question);
        free(answers->list[i].reason);
        free(answers->list[i].raw);
        buf_clear(&answers->list[i].lines);
    }
    free(answers->list);
    *answers = (struct answers){0};
}

/* ---- Answers ---- */

static size_t begin_answer(struct answers *answers, struct run *run)
{
    if (answers->count == answers->cap) {
        answers->cap = answers->cap ? answers->cap * 2 : 8;
        answers->list = xrealloc(answers->list, answers->cap * sizeof(*answers->list));
    }
    answers->list[answers->count] =
        (struct answer){.question = answers_question(run->prompt, run->given++),
                        .began = run->t,
                        .run = run->nth,
                        .place = answers->count};
    return answers->count++;
}

/* What the run made of it is not the model's word. */
static const char *reason_of(const char *reason)
{
    static const char *const ours[] = {"cancelled", "error", "truncated", "max_steps", ""};
    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
        if (strcmp(reason, ours[i]) == 0)
            return "stop";
    return reason;
}

static void end_answer(struct answers *answers, struct run *run, const char *reason,
                       const char *raw, int64_t t)
{
    if (run->open != NONE) {
        answers->list[run->open].reason = xstrdup(reason);
        answers->list[run->open].raw = xstrdup(raw);
    }
    run->open = NONE;
    run->t = t;
}

static void add_piece(struct answers *answers, struct run *run, const rn_event *event,
                      const struct ndjson_line *line)
{
    if (run->open == NONE)
        run->open = begin_answer(answers, run);
    struct answer *answer = &answers->list[run->open];
    buf_add(&answer->lines, line->data, line->len);
    buf_addc(&answer->lines, '\n');
    answer->is_broken |= event->kind == RN_ERROR;
}

/* ---- Runs ---- */

static void end_first(struct reading *reading)
{
    struct run *run = &reading->runs[0];
    end_answer(reading->answers, run, "stop", "", 0);
    free(run->name);
    free(run->prompt);
    reading->run_count--;
    memmove(run, run + 1, reading->run_count * sizeof(*run));
}

static struct run *begin_run(struct reading *reading, const char *name)
{
    if (reading->run_count == RUNS_MAX)
        end_first(reading);
    struct run *run = &reading->runs[reading->run_count++];
    *run = (struct run){.name = xstrdup(name), .open = NONE, .nth = reading->begun++};
    return run;
}

/* NULL when none of this name goes on. */
static struct run *find_run(struct reading *reading, const char *name)
{
    for (size_t i = reading->run_count; i-- > 0;)
        if (!*name || strcmp(reading->runs[i].name, name) == 0)
            return &reading->runs[i];
    return NULL;
}

static struct run *run_of(struct reading *reading, const rn_event *event)
{
    if (event->kind == RN_START)
        return begin_run(reading, event->start->run);
    struct run *run = find_run(reading, event->run);
    return run || event->kind != RN_USER ? run : begin_run(reading, event->run);
}

static void ask(struct answers *answers, struct run *run, const rn_event *event)
{
    end_answer(answers, run, "stop", "", event->t);
    free(run->prompt);
    run->prompt = xstrdup(event->text);
    run->given = 0;
}

static void take_event(struct reading *reading, const rn_event *event,
                       const struct ndjson_line *line)
{
    enum { PIECES = RN_AI | RN_REASONING | RN_TOOL | RN_OPAQUE | RN_USAGE | RN_ERROR };
    struct answers *answers = reading->answers;
    struct run *run = run_of(reading, event);
    if (!run)
        return;
    if (event->kind == RN_START || event->kind == RN_USER)
        ask(answers, run, event);
    else if (event->kind == RN_RESULT)
        end_answer(answers, run, "tool_calls", "", event->t);
    else if (event->kind == RN_FINISH)
        end_answer(answers, run, reason_of(event->finish->reason), event->finish->raw, event->t);
    else if (event->kind & PIECES)
        add_piece(answers, run, event, line);
}

/* ---- Sessions ---- */

static int by_run(const void *one, const void *other)
{
    const struct answer *a = one, *b = other;
    return a->run != b->run ? (a->run > b->run ? 1 : -1) : a->place > b->place ? 1 : -1;
}

void answers_read(struct answers *answers, const struct buf *text)
{
    struct reading reading = {.answers = answers};
    struct ndjson *lines = ndjson_new();
    struct event_reader *reader = event_reader_new();
    struct ndjson_line line;
    struct event event;
    struct error ignored;
    ndjson_feed(lines, buf_str(text), text->len);
    ndjson_end(lines);
    while (ndjson_next(lines, &line))
        if (event_read(reader, line.data, line.len, &event, &ignored) == 0)
            take_event(&reading, &event.pub, &line);
    while (reading.run_count > 0)
        end_first(&reading);
    if (answers->count > 0)
        qsort(answers->list, answers->count, sizeof(*answers->list), by_run);
    event_reader_free(reader);
    ndjson_free(lines);
}
