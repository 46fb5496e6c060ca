/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A passage is a section, or a part of one that is long: it ends after PASSAGE_SIZE bytes with the next
 * paragraph that does.  What belongs to the sentence before it is never parted from it: a list, a
 * table, code, and what follows a colon.
 */
#include "guide/passages.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "guide/guide.h"
#include "guide/lines.h"

enum { PASSAGE_SIZE = 1500 };

struct passages {
    struct passage *items;
    size_t count, cap;
    char **headings; /* the strings that title and section point to */
    size_t heading_count;
};

/* Where the cutting of one document is. */
struct cutting {
    struct passages *into;
    const char *file, *title, *section;
    const char *begin, *end; /* of the passage that is being made: NULL without one */
    bool blank;              /* a blank line came last, */
    bool open;               /* after one that waits for what follows it */
};

/* Pictures and HTML say nothing in a chat. */
static bool is_decoration(struct line line)
{
    const char *text = line.text + line_indent(line);
    return line.kind == LINE_PROSE &&
           (*text == '<' || !strncmp(text, "![", 2) || !strncmp(text, "[![", 3));
}

/* A line that leans on what is before it, though a blank line be between them. */
static bool is_attached(struct line line)
{
    return line.kind != LINE_PROSE || line_is_item(line) || line_indent(line) > 0;
}

/* The heading's words without the marks of Markdown. */
static const char *heading_text(struct passages *passages, struct line line)
{
    char *text = xcalloc(line.len + 1, 1), *end = text;
    for (size_t i = strspn(line.text, "# "); i < line.len; i++) {
        if (!strchr("`*\r", line.text[i]))
            *end++ = line.text[i];
    }
    size_t size = (passages->heading_count + 1) * sizeof(char *);
    passages->headings = xrealloc(passages->headings, size);
    passages->headings[passages->heading_count++] = text;
    return text;
}

static void end_passage(struct cutting *cutting)
{
    struct passages *into = cutting->into;
    if (!cutting->begin)
        return;
    if (into->count == into->cap) {
        into->cap = into->cap ? 2 * into->cap : 64;
        into->items = xrealloc(into->items, into->cap * sizeof(*into->items));
    }
    into->items[into->count++] = (struct passage){
        .file = cutting->file,
        .title = cutting->title ? cutting->title : cutting->file,
        .section = cutting->section ? cutting->section : cutting->file,
        .text = cutting->begin,
        .len = (size_t)(cutting->end - cutting->begin),
    };
    cutting->begin = NULL;
}

static void add_line(struct cutting *cutting, struct line line)
{
    bool parted = cutting->blank && !cutting->open && !is_attached(line);
    if (parted && cutting->begin && cutting->end - cutting->begin > PASSAGE_SIZE)
        end_passage(cutting);
    if (!cutting->begin)
        cutting->begin = line.text;
    cutting->end = line.text + line.len;
    cutting->open = line.len > 0 && line.text[line.len - 1] == ':';
    cutting->blank = false;
}

static void enter_section(struct cutting *cutting, struct line line)
{
    end_passage(cutting);
    cutting->section = heading_text(cutting->into, line);
    if (!cutting->title)
        cutting->title = cutting->section;
}

static void cut_document(struct passages *passages, const struct guide_document *document)
{
    struct cutting cutting = {.into = passages, .file = document->name};
    struct lines lines = lines_of(document->text, strlen(document->text));
    for (struct line line; lines_next(&lines, &line);) {
        if (line.kind == LINE_BLANK)
            cutting.blank = true;
        else if (line.kind == LINE_KEPT && line_is_heading(line))
            enter_section(&cutting, line);
        else if (is_decoration(line))
            end_passage(&cutting);
        else
            add_line(&cutting, line);
    }
    end_passage(&cutting);
}

struct passages *passages_new(const struct guide_document *documents)
{
    struct passages *passages = xnew(struct passages);
    for (; documents->name; documents++)
        cut_document(passages, documents);
    return passages;
}

void passages_free(struct passages *passages)
{
    if (!passages)
        return;
    for (size_t i = 0; i < passages->heading_count; i++)
        free(passages->headings[i]);
    free(passages->headings);
    free(passages->items);
    free(passages);
}

size_t passages_count(const struct passages *passages)
{
    return passages->count;
}

const struct passage *passages_at(const struct passages *passages, size_t index)
{
    return &passages->items[index];
}
