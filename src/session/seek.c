/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/seek.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "session/reader.h"

enum { REREAD_MAX = 8 * 1024 * 1024, TYPE_SIZE = 16 };

double playtime_add(struct playtime *playtime, bool begins, int64_t t)
{
    double gap = (double)t - playtime->t;
    if (!playtime->has_begun || begins) {
        playtime->t = (double)t;
        playtime->has_begun = true;
    } else if (gap > 0) {
        playtime->t = (double)t;
        playtime->at += fmin(gap, playtime->max_gap);
    }
    return playtime->at;
}

/* ---- A look at a line ---- */

struct glance {
    char type[TYPE_SIZE];
    int64_t t;
};

/* Past a word, or NULL when something else stands there. */
static const char *skip(const char *at, const char *word)
{
    size_t len = strlen(word);
    return at && strncmp(at, word, len) == 0 ? at + len : NULL;
}

static const char *skip_number(const char *at, int64_t *number)
{
    enum { DIGITS_MAX = 15 }; /* no time is longer, and no number overflows */
    if (!at)
        return NULL;
    const char *begin = at;
    for (*number = 0; *at >= '0' && *at <= '9' && at - begin < DIGITS_MAX; at++)
        *number = *number * 10 + (*at - '0');
    return at > begin ? at : NULL;
}

/* The way in which we write it ourselves, {"type":"ai","seq":2,"t":412,... needs no parser. */
static bool glance_own(const char *text, struct glance *glance)
{
    int64_t seq;
    const char *type = skip(text, "{\"type\":\"");
    size_t len = type ? strcspn(type, "\"\\") : TYPE_SIZE;
    if (len >= TYPE_SIZE)
        return false;
    const char *at = skip(skip_number(skip(type + len, "\",\"seq\":"), &seq), ",\"t\":");
    at = skip_number(at, &glance->t);
    memcpy(glance->type, type, len);
    glance->type[len] = '\0';
    return at && (*at == ',' || *at == '}');
}

static bool glance_any(const struct session_line *line, struct glance *glance)
{
    bool mended;
    struct error ignored;
    json_t *tree = json_read(line->data, line->len, &mended, &ignored);
    const char *type = json_get_text(tree, "type");
    bool has_type = *type;
    strncpy(glance->type, strlen(type) < TYPE_SIZE ? type : "", TYPE_SIZE - 1);
    glance->t = json_get_number(tree, "t", -1);
    json_decref(tree);
    return has_type;
}

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

static void add_place(struct seek *seek, int64_t start, bool begins_run)
{
    if (seek->count == seek->cap) {
        seek->cap = seek->cap ? seek->cap * 2 : 64;
        seek->places = xrealloc(seek->places, seek->cap * sizeof(*seek->places));
    }
    seek->places[seek->count++] =
        (struct place){.start = start, .at = seek->length, .begins_run = begins_run};
}

int seek_scan(struct seek *seek, struct session_reader *reader, double max_gap)
{
    struct playtime playtime = {.max_gap = max_gap};
    struct session_line line;
    bool answers = false;
    if (session_reader_seek(reader, 0) < 0)
        return -1;
    while (session_reader_next(reader, &line)) {
        struct glance glance = {0};
        if ((!glance_own(line.data, &glance) && !glance_any(&line, &glance)) ||
            session_is_record(glance.type))
            continue;
        enum part part = part_of(glance.type);
        seek->length = playtime_add(&playtime, part == BEGINS_RUN, glance.t);
        if (part == BEGINS_RUN || part == BEGINS_PROMPT || (part == ANSWERS && !answers))
            add_place(seek, line.start, part == BEGINS_RUN);
        if (part != NO_PART)
            answers = part == ANSWERS;
    }
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
