/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Myers' O(ND) comparison (An O(ND) Difference Algorithm and Its Variations, 1986), on what is left when
 * the lines that both texts begin and end with are taken away.  It walks the grid of old lines (x)
 * against new ones (y); on diagonal k = x - y, step d remembers how far d changes have come.  Beyond
 * STEPS_MAX changes it gives up: then all between is taken out and put in.
 */
#include "tools/diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum { STEPS_MAX = 1000, CONTEXT = 3 };

/* No path of so many steps ends on this diagonal. */
enum { NOWHERE = -2 };

struct line {
    const char *text;
    size_t len; /* with its newline, if it has one */
};

struct lines {
    struct line *line;
    int count;
};

struct diff {
    struct lines old, new;
    bool *removed, *added; /* a line of old, a line of new */
};

static struct lines cut(const char *text, size_t len)
{
    struct lines lines = {0};
    const char *end = text + len;
    size_t count = len > 0 && end[-1] != '\n';
    for (const char *at = text; len > 0 && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        count++;
    lines.line = xcalloc(count, sizeof(*lines.line));
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        const char *next = stop ? stop + 1 : end;
        lines.line[lines.count++] = (struct line){text, (size_t)(next - text)};
        text = next;
    }
    return lines;
}

static bool is_same(const struct line *left, const struct line *right)
{
    return left->len == right->len && memcmp(left->text, right->text, left->len) == 0;
}

/* ---- Comparing ---- */

/* The part of the texts between what they begin and end with alike. */
struct middle {
    const struct line *old, *new;
    int old_count, new_count;
    bool *removed, *added;
};

/* Furthest x on each diagonal after d changes, for d = 0, 1, ...: rows of 1, 3, 5, ... numbers. */
struct trace {
    int *row[STEPS_MAX + 1];
    int steps;
};

/* Where step d begins on diagonal k, before equal lines: below the end of step d - 1 on the next diagonal,
 * or to the right of the one before, whichever is further.  last[d - 1 + k] is diagonal k.  -1: nowhere
 * on the grid. */
static int begin(const struct middle *middle, const int *last, int d, int k, bool *is_down)
{
    int down = k < d - 1 ? last[d + k] : -1;
    int right = k > 1 - d ? last[d + k - 2] + 1 : -1;
    if (down - k > middle->new_count)
        down = -1;
    if (right <= 0 || right > middle->old_count)
        right = -1;
    *is_down = down >= right;
    return *is_down ? down : right;
}

static int follow_equal(const struct middle *middle, int x, int k)
{
    while (x < middle->old_count && x - k < middle->new_count &&
           is_same(&middle->old[x], &middle->new[x - k]))
        x++;
    return x;
}

/* One more change on each diagonal; true when both texts are through. */
static bool step(const struct middle *middle, struct trace *trace, int d)
{
    int *row = xcalloc((size_t)d * 2 + 1, sizeof(*row));
    trace->row[d] = row;
    trace->steps = d;
    for (int k = -d; k <= d; k += 2) {
        bool is_down;
        int x = d > 0 ? begin(middle, trace->row[d - 1], d, k, &is_down) : 0;
        row[d + k] = x < 0 ? NOWHERE : follow_equal(middle, x, k);
        if (row[d + k] == middle->old_count && row[d + k] - k == middle->new_count)
            return true;
    }
    return false;
}

/* Walk back from the end to the beginning, marking what changed. */
static void mark(const struct middle *middle, const struct trace *trace)
{
    int k = middle->old_count - middle->new_count;
    for (int d = trace->steps; d > 0; d--) {
        bool is_down;
        int x = begin(middle, trace->row[d - 1], d, k, &is_down);
        if (is_down)
            middle->added[x - k - 1] = true;
        else
            middle->removed[x - 1] = true;
        k += is_down ? 1 : -1;
    }
}

static void mark_all(const struct middle *middle)
{
    memset(middle->removed, true, (size_t)middle->old_count * sizeof(bool));
    memset(middle->added, true, (size_t)middle->new_count * sizeof(bool));
}

static void compare_middle(const struct middle *middle)
{
    struct trace trace = {.steps = -1};
    bool is_through = false;
    for (int d = 0; d <= STEPS_MAX && !is_through; d++)
        is_through = step(middle, &trace, d);
    if (is_through)
        mark(middle, &trace);
    else
        mark_all(middle);
    for (int d = 0; d <= trace.steps; d++)
        free(trace.row[d]);
}

static void compare(struct diff *diff)
{
    int first = 0, old_end = diff->old.count, new_end = diff->new.count;
    while (first < old_end && first < new_end &&
           is_same(&diff->old.line[first], &diff->new.line[first]))
        first++;
    while (old_end > first && new_end > first &&
           is_same(&diff->old.line[old_end - 1], &diff->new.line[new_end - 1])) {
        old_end--;
        new_end--;
    }
    const struct middle middle = {
        diff->old.line + first, diff->new.line + first, old_end - first,
        new_end - first,        diff->removed + first,  diff->added + first,
    };
    compare_middle(&middle);
}

/* ---- Writing ---- */

struct span {
    int old, new; /* where it begins */
    int old_end, new_end;
};

static bool is_changed(const struct diff *diff, int old, int new)
{
    return (old < diff->old.count && diff->removed[old]) ||
           (new < diff->new.count && diff->added[new]);
}

/* Go on to the next change; false at the end. */
static bool find_change(const struct diff *diff, int *old, int *new)
{
    while (*old < diff->old.count && !is_changed(diff, *old, *new)) {
        ++*old;
        ++*new;
    }
    return is_changed(diff, *old, *new);
}

static void pass_change(const struct diff *diff, int *old, int *new)
{
    while (*old < diff->old.count && diff->removed[*old])
        ++*old;
    while (*new < diff->new.count && diff->added[*new])
        ++*new;
}

/* A hunk from this change on: changes with few lines between them stand together. */
static struct span gather(const struct diff *diff, int old, int new)
{
    int before = old < CONTEXT ? old : CONTEXT;
    struct span span = {old - before, new - before, 0, 0};
    do {
        pass_change(diff, &old, &new);
        span.old_end = old;
        span.new_end = new;
    } while (find_change(diff, &old, &new) && old - span.old_end <= 2 * CONTEXT);
    int after = diff->old.count - span.old_end;
    span.old_end += after < CONTEXT ? after : CONTEXT;
    span.new_end += after < CONTEXT ? after : CONTEXT;
    return span;
}

static void add_line(struct buf *out, char sign, const struct line *line)
{
    buf_addc(out, sign);
    buf_add(out, line->text, line->len);
    if (line->text[line->len - 1] != '\n')
        buf_adds(out, "\n\\ No newline at end of file\n");
}

/* As diff(1) does: an empty range is named by the line before it. */
static void add_range(struct buf *out, char sign, int begin, int end)
{
    int count = end - begin;
    buf_addf(out, "%c%d", sign, count > 0 ? begin + 1 : begin);
    if (count != 1)
        buf_addf(out, ",%d", count);
}

static void add_hunk(struct buf *out, const struct diff *diff, const struct span *span)
{
    int old = span->old, new = span->new;
    buf_adds(out, "@@ ");
    add_range(out, '-', span->old, span->old_end);
    buf_addc(out, ' ');
    add_range(out, '+', span->new, span->new_end);
    buf_adds(out, " @@\n");
    while (old < span->old_end || new < span->new_end) {
        if (old < span->old_end && diff->removed[old]) {
            add_line(out, '-', &diff->old.line[old++]);
        } else if (new < span->new_end && diff->added[new]) {
            add_line(out, '+', &diff->new.line[new ++]);
        } else {
            add_line(out, ' ', &diff->old.line[old++]);
            new ++;
        }
    }
}

static void write_hunks(struct buf *out, const struct diff *diff)
{
    for (int old = 0, new = 0; find_change(diff, &old, &new);) {
        struct span span = gather(diff, old, new);
        add_hunk(out, diff, &span);
        old = span.old_end;
        new = span.new_end;
    }
}

void diff_unified(struct buf *out, const struct diff_text *old, const struct diff_text *new)
{
    if (old->len == new->len && memcmp(old->text, new->text, old->len) == 0)
        return;
    struct diff diff = {.old = cut(old->text, old->len), .new = cut(new->text, new->len)};
    diff.removed = xcalloc((size_t)diff.old.count, sizeof(bool));
    diff.added = xcalloc((size_t)diff.new.count, sizeof(bool));
    compare(&diff);
    buf_addf(out, "--- %s\n+++ %s\n", old->name, new->name);
    write_hunks(out, &diff);
    free(diff.old.line);
    free(diff.new.line);
    free(diff.removed);
    free(diff.added);
}
