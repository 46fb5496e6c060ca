/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/tangle.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* With more than this they are told as they came: a file may hold whatever it likes. */
enum { STRANDS_MAX = 64, BYTES_MAX = 64 * 1024 * 1024 };

struct strand {
    char *run;
    struct buf text;            /* the lines, each with its NUL; */
    struct session_line *lines; /* where they are in it: `data` is not yet known */
    size_t count, cap, taken, at;
};

static void strand_clear(struct strand *strand)
{
    free(strand->run);
    buf_clear(&strand->text);
    free(strand->lines);
}

static void drop_first(struct tangle *tangle)
{
    tangle->bytes -= tangle->strands[0].text.len;
    strand_clear(&tangle->strands[0]);
    tangle->count--;
    memmove(tangle->strands, tangle->strands + 1, tangle->count * sizeof(*tangle->strands));
}

void tangle_clear(struct tangle *tangle)
{
    while (tangle->count > 0)
        drop_first(tangle);
    free(tangle->strands);
    free(tangle->run);
    *tangle = (struct tangle){0};
}

void tangle_restart(struct tangle *tangle)
{
    tangle_clear(tangle);
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
    *strand = (struct strand){.run = xstrdup(run)};
    return strand;
}

static void keep(struct tangle *tangle, struct strand *strand, const struct session_line *line)
{
    if (strand->count == strand->cap) {
        strand->cap = strand->cap ? strand->cap * 2 : 64;
        strand->lines = xrealloc(strand->lines, strand->cap * sizeof(*strand->lines));
    }
    strand->lines[strand->count++] = *line;
    buf_add(&strand->text, line->data, line->len + 1);
    tangle->bytes += line->len + 1;
}

bool tangle_hold(struct tangle *tangle, const struct tangled *tangled,
                 const struct session_line *line)
{
    bool is_named = *tangled->run;
    if (!tangle->run || (is_named && strcmp(tangle->run, tangled->run) == 0))
        return false;
    if (!is_named && tangle->count == 0)
        return false;
    struct strand *strand =
        is_named ? find(tangle, tangled->run) : &tangle->strands[tangle->count - 1];
    if (!strand && !tangled->begins && tangle->is_partial)
        return true;
    if (tangle->bytes > BYTES_MAX || (!strand && tangle->count == STRANDS_MAX))
        return false;
    /* Who names no run goes on alone: those before were broken off. */
    tangle->is_over |= !is_named;
    keep(tangle, strand ? strand : add_strand(tangle, tangled->run), line);
    return true;
}

/* ---- Taking turns ---- */

static void give_turn(struct tangle *tangle, const char *run)
{
    char *copy = xstrdup(run);
    free(tangle->run);
    tangle->run = copy;
}

bool tangle_take(struct tangle *tangle, struct session_line *line)
{
    while (tangle->count > 0) {
        struct strand *strand = &tangle->strands[0];
        bool is_its_turn = tangle->run && strcmp(tangle->run, strand->run) == 0;
        if (strand->taken == strand->count) {
            drop_first(tangle);
            continue;
        }
        if (!is_its_turn && tangle->run && !tangle->is_over)
            return false;
        if (!is_its_turn)
            give_turn(tangle, strand->run);
        *line = strand->lines[strand->taken++];
        line->data = strand->text.data + strand->at;
        strand->at += line->len + 1;
        return true;
    }
    tangle->is_over = false;
    return false;
}

void tangle_pass(struct tangle *tangle, const struct tangled *tangled)
{
    if (tangled->begins)
        give_turn(tangle, tangled->run);
    if (!tangled->ends)
        return;
    free(tangle->run);
    tangle->run = NULL;
}

bool tangle_end(struct tangle *tangle)
{
    tangle->is_over = true;
    return tangle->count > 0;
}
