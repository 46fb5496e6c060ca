/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/markdown_parts.h"

#include "text/line.h"
#include "text/sheet.h"

size_t markdown_rows(const struct markdown *markdown)
{
    if (markdown->count == 0)
        return 0;
    const struct part *last = &markdown->parts[markdown->count - 1];
    return last->above + last->rows;
}

/* The last part that begins at a number or before it, by one of its measures. */
static struct part *find_part(const struct markdown *markdown, size_t (*begin)(const struct part *),
                              size_t number)
{
    size_t low = 0, high = markdown->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (begin(&markdown->parts[middle]) <= number)
            low = middle;
        else
            high = middle;
    }
    return &markdown->parts[low];
}

static size_t first_row(const struct part *part)
{
    return part->above;
}

static size_t first_source(const struct part *part)
{
    return part->block.start;
}

static size_t first_place(const struct part *part)
{
    return part->said_above;
}

static const struct sheet *sheet_of(struct markdown *markdown, struct part *part)
{
    if (!part->sheet)
        markdown_lay_out(markdown, (size_t)(part - markdown->parts));
    return part->sheet;
}

void markdown_line(struct markdown *markdown, size_t row, struct line *line)
{
    struct part *part = find_part(markdown, first_row, row);
    size_t before = markdown_said_before(markdown, part);
    sheet_line(sheet_of(markdown, part), row - part->above, line);
    for (size_t i = 0; i < line->count; i++)
        line->spans[i].place += line->spans[i].place ? before : 0;
}

uint64_t markdown_key(struct markdown *markdown, size_t row)
{
    struct part *part = find_part(markdown, first_row, row);
    return sheet_key(sheet_of(markdown, part), row - part->above);
}

size_t markdown_offset(struct markdown *markdown, size_t row)
{
    struct part *part = find_part(markdown, first_row, row);
    return sheet_of(markdown, part)->rows[row - part->above].source;
}

size_t markdown_row_at(struct markdown *markdown, size_t offset)
{
    if (markdown->count == 0)
        return 0;
    struct part *part = find_part(markdown, first_source, offset);
    return part->above + (part->rows > 0 ? sheet_row_at(sheet_of(markdown, part), offset) : 0);
}

/* ---- Wording */

size_t markdown_place(struct markdown *markdown, size_t row)
{
    struct part *part = find_part(markdown, first_row, row);
    return markdown_said_before(markdown, part) +
           sheet_place(sheet_of(markdown, part), row - part->above);
}

size_t markdown_row_with(struct markdown *markdown, size_t place)
{
    if (markdown->count == 0)
        return 0;
    struct part *part = find_part(markdown, first_place, place);
    size_t before = markdown_said_before(markdown, part);
    if (part->rows == 0)
        return part->above;
    return part->above +
           sheet_row_with(sheet_of(markdown, part), place > before ? place - before : 0);
}

/* Of code that is open the whole lines are final, too, and what stands before an empty line. */
size_t markdown_final(struct markdown *markdown)
{
    if (markdown->seen_end)
        return markdown_rows(markdown);
    if (markdown->settled == 0)
        return 0;
    struct part *open = &markdown->parts[markdown->settled - 1];
    if (markdown->scanner.state == SCAN_BETWEEN)
        return open->above + open->rows;
    size_t rows = 0;
    if (markdown->scanner.state == SCAN_CODE ||
        (markdown->scanner.state == SCAN_TEXT && markdown->scanner.after_blank))
        while (rows < open->rows && sheet_of(markdown, open)->rows[rows].source < markdown->scanned)
            rows++;
    return open->above + rows;
}
