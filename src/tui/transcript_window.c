/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/transcript_parts.h"

#include <string.h>

#include "text/line.h"

void transcript_mark(struct transcript *transcript, const struct mark *marks, size_t count)
{
    marks_set(&transcript->marks, marks, count);
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
    if (transcript->marks.count > 0 && !entry->folded)
        row.key = marks_key(&transcript->marks, row.key, index, entry_offset(entry, number),
                            entry_end(entry, number));
    return row;
}

void transcript_rows(struct transcript *transcript, struct row *rows)
{
    struct place place = transcript_place(transcript);
    for (int y = 0; y < transcript->height; y++) {
        while (place.entry < transcript->count &&
               place.row >= transcript_height(transcript, place.entry))
            place = (struct place){.entry = place.entry + 1};
        rows[y] = empty_row;
        if (place.entry == transcript->count)
            continue;
        size_t above = transcript_above(transcript, place.entry);
        rows[y] = place.row < above ? row_above(transcript, place.entry)
                                    : text_row(transcript, place.entry, place.row - above);
        place.row++;
    }
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
