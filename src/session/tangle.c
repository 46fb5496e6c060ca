/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/tangle.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "runnel.h"

/* With more than this they are told as they came: a file may hold whatever it likes. */
enum { STRANDS_MAX = 64, BYTES_MAX = 64 * 1024 * 1024 };

struct strand {
    char run[CUE_RUN_SIZE];
    struct buf text;    /* the lines, each with its NUL; */
    struct told *lines; /* where they are in it: `data` is not yet known */
    size_t count, cap, taken, at;
};

static size_t weight(const struct told *told)
{
    return told->line.len + 1 + sizeof(*told);
}

static void drop_first(struct tangle *tangle)
{
    struct strand *strand = &tangle->strands[0];
    for (size_t i = 0; i < strand->count; i++)
        tangle->bytes -= weight(&strand->lines[i]);
    buf_clear(&strand->text);
    free(strand->lines);
    tangle->count--;
    memmove(tangle->strands, tangle->strands + 1, tangle->count * sizeof(*tangle->strands));
}

void tangle_clear(struct tangle *tangle)
{
    while (tangle->count > 0)
        drop_first(tangle);
    free(tangle->strands);
    free(tangle->run);
    *tangle = (struct tangle){.keeps_order = tangle->keeps_order};
}

void tangle_restart(struct tangle *tangle, int64_t start)
{
    tangle_clear(tangle);
    tangle->told = start;
    tangle->is_partial = true;
}

/* ---- Setting aside ---- */

static struct strand *find(const struct tangle *tangle, const char *run)
{
    for (size_t i = 0; i < tangle->count; i++)
        if (strcmp(tangle->strands[i].run, run) == 0)
            return &tangle->strands[i];
    return NULL;
}

static struct strand *add_strand(struct tangle *tangle, const char *run)
{
    tangle->strands = xrealloc(tangle->strands, (tangle->count + 1) * sizeof(*tangle->strands));
    struct strand *strand = &tangle->strands[tangle->count++];
    *strand = (struct strand){.count = 0};
    memcpy(strand->run, run, sizeof(strand->run));
    return strand;
}

static void keep(struct tangle *tangle, struct strand *strand, const struct told *told)
{
    if (strand->count == strand->cap) {
        strand->cap = strand->cap ? strand->cap * 2 : 64;
        strand->lines = xrealloc(strand->lines, strand->cap * sizeof(*strand->lines));
    }
    strand->lines[strand->count++] = *told;
    buf_add(&strand->text, told->line.data, told->line.len + 1);
    tangle->bytes += weight(told);
}

static bool is_its_turn(const struct tangle *tangle, const char *run)
{
    return tangle->run && strcmp(tangle->run, run) == 0;
}

/* The rest of a run whose beginning was not told. */
static bool is_leftover(const struct tangle *tangle, const struct cue *cue)
{
    return tangle->is_partial && *cue->run && !cue_begins(cue) && !is_its_turn(tangle, cue->run) &&
           !find(tangle, cue->run);
}

/* True when the line is kept for later. */
static bool hold(struct tangle *tangle, const struct told *told)
{
    const char *run = told->cue.run;
    bool is_named = *run;
    if (!tangle->run || (is_named && is_its_turn(tangle, run)))
        return false;
    if (!is_named && tangle->count == 0)
        return false;
    struct strand *strand = is_named ? find(tangle, run) : &tangle->strands[tangle->count - 1];
    if (tangle->bytes > BYTES_MAX || (!strand && tangle->count == STRANDS_MAX))
        return false;
    /* Who names no run goes on alone: those before were broken off. */
    tangle->is_over |= !is_named;
    keep(tangle, strand ? strand : add_strand(tangle, run), told);
    return true;
}

/* ---- Taking turns ---- */

static void give_turn(struct tangle *tangle, const char *run)
{
    char *copy = xstrdup(run);
    free(tangle->run);
    tangle->run = copy;
}

/* The next of those that were set aside, when it is its turn. */
static bool take(struct tangle *tangle, struct told *told)
{
    while (tangle->count > 0) {
        struct strand *strand = &tangle->strands[0];
        if (strand->taken == strand->count) {
            drop_first(tangle);
            continue;
        }
        if (!is_its_turn(tangle, strand->run) && tangle->run && !tangle->is_over)
            return false;
        if (!is_its_turn(tangle, strand->run))
            give_turn(tangle, strand->run);
        *told = strand->lines[strand->taken++];
        told->line.data = strand->text.data + strand->at;
        strand->at += told->line.len + 1;
        return true;
    }
    tangle->is_over = false;
    return false;
}

static void note_turn(struct tangle *tangle, const struct cue *cue)
{
    if (cue_begins(cue))
        give_turn(tangle, cue->run);
    if (!cue_ends(cue))
        return;
    free(tangle->run);
    tangle->run = NULL;
}

/* ---- Telling ---- */

static int step_in_file(struct session_reader *reader, struct told *told)
{
    int status;
    do
        status = session_reader_step(reader, &told->line);
    while (status == RN_EVENT && !cue_read(&told->cue, &told->line));
    return status;
}

static int step_in_turn(struct tangle *tangle, struct session_reader *reader, struct told *told)
{
    while (!take(tangle, told)) {
        int status = step_in_file(reader, told);
        if (status == RN_DONE && tangle->count > 0) {
            tangle->is_over = true;
            continue;
        }
        if (status != RN_EVENT)
            return status;
        if (!is_leftover(tangle, &told->cue) && !hold(tangle, told))
            break;
    }
    note_turn(tangle, &told->cue);
    return RN_EVENT;
}

int tangle_step(struct tangle *tangle, struct session_reader *reader, struct told *told)
{
    int status =
        tangle->keeps_order ? step_in_file(reader, told) : step_in_turn(tangle, reader, told);
    if (status == RN_EVENT) {
        told->start = tangle->told;
        tangle->told += (int64_t)told->line.len + 1;
    }
    return status;
}
