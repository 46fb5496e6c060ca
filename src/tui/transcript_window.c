/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/transcript_parts.h"

#include <string.h>

#include "base/mem.h"
#include "text/line.h"

void transcript_mark(struct transcript *transcript, const struct mark *marks, size_t count)
{
    marks_set(&transcript->marks, marks, count);
}

void transcript_select(struct transcript *transcript, size_t number, size_t start, size_t end)
{
    transcript->selection = (struct selection){number, start, end};
}

/* Several rows may begin at one place of the source: the lines of a table's row do. */
static bool is_selected(const struct transcript *transcript, size_t index, struct entry *entry,
                        size_t number)
{
    const struct selection *selection = &transcript->selection;
    if (selection->end == selection->start || selection->entry != index)
        return false;
    if (entry->folded)
        return true;
    size_t start = entry_offset(entry, number), end = entry_source(entry)->len;
    if (number + 1 < entry->rows)
        end = entry_offset(entry, number + 1);
    return start < selection->end && selection->start < (end > start ? end : start + 1);
}

/* A bar in the margin leaves the text as it is; where there is no margin the text is turned round. */
static void show_selected(struct line *line, bool has_margin)
{
    static const char bar[] = "█ ";
    if (has_margin && line->count > 0)
        line->spans[0] = (struct span){.text = bar, .len = sizeof(bar) - 1, .style = STYLE_ACCENT};
    for (size_t i = 0; i < line->count && !has_margin; i++)
        line->spans[i].attributes |= ATTRIBUTE_CURRENT;
}

static const struct row empty_row = {.key = 1, .number = ROW_EMPTY};

static bool has_time(const struct transcript *transcript, size_t index)
{
    const struct entry *entry = &transcript->entries[index];
    bool is_said = entry->kind == ENTRY_USER || entry->kind == ENTRY_ANSWER;
    return entry->time[0] && is_said && transcript->width >= NARROW;
}

static struct row row_above(const struct transcript *transcript, size_t index)
{
    struct row row = {.key = 1, .entry = index, .number = ROW_ABOVE};
    const char *time = transcript->entries[index].time;
    if (!has_time(transcript, index))
        return empty_row;
    for (; *time; time++)
        row.key = row.key << 8 | (unsigned char)*time;
    return row;
}

static struct row text_row(struct transcript *transcript, size_t index, size_t number)
{
    struct row row = {.entry = index, .number = (long)number};
    struct entry *entry = transcript_laid(transcript, index);
    row.key = entry_key(entry, number);
    if (transcript->marks.count > 0 && !entry->folded) {
        struct line line;
        entry_line(entry, number, transcript_has_margin(transcript), &line);
        row.key = marks_key(&transcript->marks, row.key, index, &line);
    }
    if (is_selected(transcript, index, entry, number))
        row.key = ~row.key ? ~row.key : 1;
    return row;
}

/* The row at a place, which moves on to the next one. */
static struct row take_row(struct transcript *transcript, struct place *place)
{
    while (place->entry < transcript->count &&
           place->row >= transcript_height(transcript, place->entry))
        *place = (struct place){.entry = place->entry + 1};
    if (place->entry == transcript->count)
        return empty_row;
    size_t above = transcript_above(transcript, place->entry), row = place->row++;
    return row < above ? row_above(transcript, place->entry)
                       : text_row(transcript, place->entry, row - above);
}

void transcript_rows(struct transcript *transcript, struct row *rows)
{
    struct place place = transcript_place(transcript);
    for (int y = 0; y < transcript->height; y++)
        rows[y] = take_row(transcript, &place);
}

/* At the right edge, so that what is said stays apart. */
static void add_time(const struct transcript *transcript, const char *time, struct line *line)
{
    static const char blanks[] = "                                                                ";
    size_t left = (size_t)transcript_columns(transcript) + GUTTER - strlen(time),
           most = strlen(blanks);
    for (; left > 0 && line->count < LINE_SPANS - 1; left -= left < most ? left : most)
        line_add(line, STYLE_FAINT, blanks, left < most ? left : most);
    line_add(line, STYLE_FAINT, time, strlen(time));
}

void transcript_line(struct transcript *transcript, const struct row *row, struct line *line)
{
    *line = (struct line){.margin = transcript_has_margin(transcript) ? GUTTER : 0};
    if (row->number == ROW_EMPTY)
        return;
    if (row->number == ROW_ABOVE) {
        add_time(transcript, transcript->entries[row->entry].time, line);
        return;
    }
    struct entry *entry = transcript_laid(transcript, row->entry);
    entry_line(entry, (size_t)row->number, transcript_has_margin(transcript), line);
    if (!entry->folded)
        marks_apply(&transcript->marks, row->entry, line);
    if (is_selected(transcript, row->entry, entry, (size_t)row->number))
        show_selected(line, transcript_has_margin(transcript));
}

size_t transcript_unread(struct transcript *transcript)
{
    if (transcript->follows)
        return 0;
    size_t height = transcript_height(transcript, transcript->seen);
    size_t known = transcript_above(transcript, transcript->seen) + 1;
    if (transcript->seen_offset > 0 && height > 0)
        known += entry_row_at(transcript_laid(transcript, transcript->seen),
                              transcript->seen_offset - 1);
    size_t unread = height > known ? height - known : 0;
    for (size_t i = transcript->seen + 1; i < transcript->count; i++)
        unread += transcript_height(transcript, i);
    return unread;
}

/* ---- What stays on leaving */

static size_t last_prompt(const struct transcript *transcript)
{
    for (size_t i = transcript->count; i-- > 0;)
        if (transcript->entries[i].kind == ENTRY_USER)
            return i;
    return transcript->count;
}

/* What is empty above the first row is left out. */
size_t transcript_tail(struct transcript *transcript, bool all, size_t most, struct row **rows)
{
    size_t first = all ? 0 : last_prompt(transcript), count = 0;
    struct place place = {.entry = transcript->count};
    transcript_close(transcript);
    transcript_mark(transcript, NULL, 0);
    transcript_select(transcript, 0, 0, 0);
    while (place.entry > first && count < most)
        count += transcript_height(transcript, --place.entry);
    if (count > most)
        place.row = count - most;
    else if (count > 0 && transcript_height(transcript, place.entry) > 0 &&
             !has_time(transcript, place.entry))
        place.row = transcript_above(transcript, place.entry);
    count -= place.row;
    *rows = xcalloc(count + 1, sizeof(**rows));
    for (size_t i = 0; i < count; i++)
        (*rows)[i] = take_row(transcript, &place);
    return count;
}
