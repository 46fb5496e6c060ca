/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/seek.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runnel.h"
#include "session/reader.h"
#include "session/tangle.h"

enum { REREAD_MAX = 8 * 1024 * 1024 };

/* ---- Places ---- */

enum part { NO_PART, BEGINS_RUN, BEGINS_PROMPT, ANSWERS, ENDS_ANSWER };

static enum part part_of(const char *type)
{
    static const struct {
        const char *type;
        enum part part;
    } parts[] = {
        {"start", BEGINS_RUN}, {"user", BEGINS_PROMPT}, {"ai", ANSWERS},
        {"tool", ANSWERS},     {"reasoning", ANSWERS},  {"tool_delta", ANSWERS},
        {"error", ANSWERS},    {"result", ENDS_ANSWER}, {"finish", ENDS_ANSWER},
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        if (strcmp(type, parts[i].type) == 0)
            return parts[i].part;
    return NO_PART;
}

static void add_place(struct seek *seek, const struct told *told, bool begins_run)
{
    if (seek->count == seek->cap) {
        seek->cap = seek->cap ? seek->cap * 2 : 64;
        seek->places = xrealloc(seek->places, seek->cap * sizeof(*seek->places));
    }
    seek->places[seek->count++] = (struct place){.start = told->start,
                                                 .offset = told->line.start,
                                                 .at = seek->length,
                                                 .begins_run = begins_run};
}

/* Where a run begins beside others is a place to go to, but none to begin at: the others would be missing. */
static void add_event(struct seek *seek, struct playtime *playtime, const struct told *told)
{
    enum part part = part_of(told->cue.type);
    bool is_between = playtime_is_between(playtime);
    seek->length = playtime_add(playtime, &told->cue);
    struct playtime_run *run = playtime_run(playtime, &told->cue);
    if (part == BEGINS_RUN || part == BEGINS_PROMPT || (part == ANSWERS && !run->answers))
        add_place(seek, told, part == BEGINS_RUN && is_between);
    if (part != NO_PART)
        run->answers = part == ANSWERS;
}

int seek_scan(struct seek *seek, struct session_reader *reader, double max_gap, bool keeps_order)
{
    struct playtime playtime = {.max_gap = max_gap};
    struct tangle tangle = {.keeps_order = keeps_order};
    struct told told;
    if (session_reader_seek(reader, 0) < 0)
        return -1;
    while (tangle_step(&tangle, reader, &told) == RN_EVENT)
        add_event(seek, &playtime, &told);
    tangle_clear(&tangle);
    return session_reader_seek(reader, 0);
}

void seek_clear(struct seek *seek)
{
    free(seek->places);
    *seek = (struct seek){0};
}

const struct place *seek_before(const struct seek *seek, int64_t start)
{
    size_t low = 0, high = seek->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (seek->places[middle].start <= start)
            low = middle;
        else
            high = middle;
    }
    return &seek->places[low];
}

const struct place *seek_at(const struct seek *seek, double at)
{
    size_t i = seek->count;
    while (i > 1 && seek->places[i - 1].at > at)
        i--;
    return &seek->places[i > 0 ? i - 1 : 0];
}

/* What is no further back than REREAD_MAX, if a run begins there; else the run itself. */
const struct place *seek_entry(const struct seek *seek, int64_t start)
{
    const struct place *entry = NULL, *place = seek_before(seek, start);
    for (;; place--) {
        bool is_near = start - place->start <= REREAD_MAX;
        if (place == seek->places && (is_near || !entry))
            return place;
        if (!is_near && entry)
            return entry;
        if (place->begins_run)
            entry = place;
    }
}
