/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line ends in LF, CR or CRLF.  A CRLF may be split between two feeds, so a CR ends its line at once
 * and an LF right after it is swallowed.  The bytes are not looked at as UTF-8: a read may end in the
 * middle of a character, and whoever reads the data mends what is malformed.
 *
 * Nothing is copied that need not be.  A line that lies whole in the fed bytes is used in place; only
 * one that is cut goes to `line`, to which the rest is added when it comes, and no byte is searched
 * twice.  An event's data is in place too (`given`), until a second data line comes or the fed bytes
 * end before the event does: then it goes to `data`.
 *
 * `retry` is left out on purpose: nobody here reconnects.
 */
#include "io/sse.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static const char BOM[] = "\xEF\xBB\xBF";
enum { BOM_LEN = 3 };

struct slice {
    const char *at;
    size_t len;
};

struct sse {
    const char *at, *end; /* what is left of the fed bytes */
    const char *lf;       /* the next LF in them, or end; NULL: not looked for yet */
    struct buf line;      /* the beginning of a line that is cut */
    unsigned bom;         /* bytes of it seen; BOM_LEN: seen, or there is none */
    bool skip_lf;         /* the byte before was a CR */
    bool has_ended, has_failed;

    bool has_data;      /* the event has a data line */
    bool is_bare;       /* that was JSON without a field's name */
    struct slice given; /* its data, in place; at is NULL when it is in `data` */
    struct buf data;
    size_t data_from; /* where in `data` it begins */
    struct buf name, id;
    bool is_delivered; /* the event was handed out: the next begins afresh */
};

struct sse *sse_new(void)
{
    return xnew(struct sse);
}

void sse_free(struct sse *sse)
{
    if (!sse)
        return;
    buf_clear(&sse->line);
    buf_clear(&sse->data);
    buf_clear(&sse->name);
    buf_clear(&sse->id);
    free(sse);
}

void sse_feed(struct sse *sse, const char *bytes, size_t len)
{
    sse->at = bytes;
    sse->end = bytes + len;
    sse->lf = NULL;
}

void sse_end(struct sse *sse)
{
    sse->has_ended = true;
}

bool sse_failed(const struct sse *sse)
{
    return sse->has_failed;
}

/* ---- The event that is being made ---------------------------------------------------------- */

static void reset_event(struct sse *sse)
{
    sse->has_data = sse->is_bare = false;
    sse->given = (struct slice){0};
    buf_reset(&sse->data);
    sse->data_from = 0;
    buf_reset(&sse->name);
}

/* The fed bytes are about to go: what was left in place must be kept. */
static void keep_data(struct sse *sse)
{
    if (sse->given.at)
        buf_add(&sse->data, sse->given.at, sse->given.len);
    sse->given = (struct slice){0};
}

/* The first data line was gathered in `line`: let that be `data`, instead of copying it again. */
static void adopt_line(struct sse *sse, struct slice value)
{
    struct buf empty = sse->data;
    sse->data_from = (size_t)(value.at - sse->line.data);
    sse->data = sse->line;
    sse->line = empty;
}

static size_t data_len(const struct sse *sse)
{
    return sse->given.at ? sse->given.len : sse->data.len - sse->data_from;
}

static void add_data(struct sse *sse, struct slice value, bool in_place)
{
    if (!sse->has_data) {
        sse->has_data = true;
        if (in_place)
            sse->given = value;
        else
            adopt_line(sse, value);
        return;
    }
    if (data_len(sse) + 1 + value.len > SSE_EVENT_MAX) {
        sse->has_failed = true;
        return;
    }
    keep_data(sse);
    buf_addc(&sse->data, '\n');
    buf_add(&sse->data, value.at, value.len);
}

static void set(struct buf *field, struct slice value)
{
    buf_reset(field);
    buf_add(field, value.at, value.len);
}

/* ---- Lines --------------------------------------------------------------------------------- */

static bool is(struct slice name, const char *word)
{
    return name.len == strlen(word) && memcmp(name.at, word, name.len) == 0;
}

/* The value after the colon, without the one space that may follow it; empty without a colon. */
static struct slice split(struct slice line, struct slice *name)
{
    const char *colon = memchr(line.at, ':', line.len);
    const char *end = line.at + line.len;
    if (!colon) {
        *name = line;
        return (struct slice){end, 0};
    }
    *name = (struct slice){line.at, (size_t)(colon - line.at)};
    const char *value = colon + 1;
    if (value < end && *value == ' ')
        value++;
    return (struct slice){value, (size_t)(end - value)};
}

/* An object that stands where an event could begin, laid out over several lines or not: no field's name
 * begins as its lines do. */
static bool is_json(const struct sse *sse, struct slice line)
{
    return sse->is_bare ? memchr(" \t{}[]\"", *line.at, 7) != NULL
                        : !sse->has_data && *line.at == '{';
}

static void read_field(struct sse *sse, struct slice line, bool in_place)
{
    struct slice name, value = split(line, &name);
    if (is_json(sse, line)) {
        sse->is_bare = true;
        add_data(sse, line, in_place);
    } else if (is(name, "data")) {
        add_data(sse, value, in_place);
    } else if (is(name, "event")) {
        set(&sse->name, value);
    } else if (is(name, "id") && !memchr(value.at, '\0', value.len)) {
        set(&sse->id, value);
    }
}

/* True when the line is an empty one that closes an event with data. */
static bool read_line(struct sse *sse, struct slice line, bool in_place)
{
    if (line.len > 0) {
        read_field(sse, line, in_place);
        return false;
    }
    if (!sse->has_data)
        reset_event(sse);
    return sse->has_data;
}

/* Whether a line of this length, with what came of it before, is too long. */
static bool is_too_long(struct sse *sse, size_t len)
{
    if (sse->line.len + len > SSE_EVENT_MAX)
        sse->has_failed = true;
    return sse->has_failed;
}

/* Where the line at `at` ends; NULL when its end has not been fed. */
static const char *find_line_end(struct sse *sse)
{
    if (!sse->lf || sse->lf < sse->at) {
        sse->lf = memchr(sse->at, '\n', (size_t)(sse->end - sse->at));
        if (!sse->lf)
            sse->lf = sse->end;
    }
    const char *cr = memchr(sse->at, '\r', (size_t)(sse->lf - sse->at));
    if (cr)
        return cr;
    return sse->lf < sse->end ? sse->lf : NULL;
}

/* A BOM at the very beginning is dropped.  It may come cut; what turns out to be none is given back. */
static void skip_bom(struct sse *sse)
{
    while (sse->bom < BOM_LEN && sse->at < sse->end) {
        if (*sse->at != BOM[sse->bom]) {
            buf_add(&sse->line, BOM, sse->bom);
            sse->bom = BOM_LEN;
            return;
        }
        sse->at++;
        sse->bom++;
    }
}

static void skip_lf_after_cr(struct sse *sse)
{
    if (sse->skip_lf && sse->at < sse->end) {
        sse->skip_lf = false;
        if (*sse->at == '\n')
            sse->at++;
    }
}

/* The fed bytes have no more line ends: keep what is left of them. */
static void keep_rest(struct sse *sse)
{
    size_t left = (size_t)(sse->end - sse->at);
    if (!is_too_long(sse, left))
        buf_add(&sse->line, sse->at, left);
    sse->at = sse->end;
    keep_data(sse);
}

/* Take the next line out of the fed bytes; true when it closes an event. */
static bool take_line(struct sse *sse, const char *end)
{
    size_t len = (size_t)(end - sse->at);
    struct slice line = {sse->at, len};
    if (is_too_long(sse, len))
        return false;
    bool in_place = sse->line.len == 0;
    if (!in_place) {
        buf_add(&sse->line, line.at, len);
        line = (struct slice){sse->line.data, sse->line.len};
    }
    sse->skip_lf = *end == '\r';
    sse->at = end + 1;
    bool closes = read_line(sse, line, in_place);
    if (!in_place)
        buf_reset(&sse->line);
    return closes;
}

/* The bytes are over: the line and the event that were not closed count. */
static bool take_tail(struct sse *sse)
{
    struct slice line = {sse->line.data, sse->line.len};
    if (line.len > 0)
        read_field(sse, line, false);
    buf_reset(&sse->line);
    sse->has_ended = false;
    return sse->has_data && !sse->has_failed;
}

static bool find_event(struct sse *sse, bool *is_tail)
{
    *is_tail = false;
    skip_bom(sse);
    while (!sse->has_failed) {
        skip_lf_after_cr(sse);
        const char *end = sse->at < sse->end ? find_line_end(sse) : NULL;
        if (!end)
            break;
        if (take_line(sse, end))
            return true;
    }
    if (sse->has_failed)
        return false;
    keep_rest(sse);
    *is_tail = sse->has_ended;
    return sse->has_ended && take_tail(sse);
}

bool sse_next(struct sse *sse, struct sse_event *event)
{
    if (sse->is_delivered)
        reset_event(sse);
    sse->is_delivered = false;
    bool is_tail;
    if (!find_event(sse, &is_tail))
        return false;
    sse->is_delivered = true;
    *event = (struct sse_event){
        .name = sse->name.len > 0 ? sse->name.data : "message",
        .data = sse->given.at ? sse->given.at : buf_str(&sse->data) + sse->data_from,
        .data_len = data_len(sse),
        .id = buf_str(&sse->id),
        .is_tail = is_tail,
    };
    return true;
}
