/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cut where none is needed would change what the text means, one that is missed only costs time:
 * in doubt there is none.  CommonMark's rules are needed for the lines at the left margin only.
 */
#include "text/block.h"

#include <ctype.h>
#include <string.h>

enum {
    CODE_MAX = 512, /* bytes of a part */
    TABLE_MAX = 2048,
    PLAIN_MAX = 2048,
    TEXT_MAX = 16 * 1024,
    TABLE_HEAD_MAX = 1024,
    INDENTED = 4, /* columns: what is not a marker any more */
    TAB = 4,
};

/* What a line is to the scanner. */
struct look {
    const char *line;
    size_t start, len;
    size_t at;     /* its first character that is no blank */
    size_t indent; /* that one's column */
    bool goes_on;
};

static struct look look_at(const char *source, size_t start, size_t len)
{
    struct look look = {.line = source + start, .start = start, .len = len};
    for (; look.at < len && (look.line[look.at] == ' ' || look.line[look.at] == '\t'); look.at++)
        look.indent += look.line[look.at] == ' ' ? 1 : TAB - look.indent % TAB;
    return look;
}

/* ---- What a line may be */

static bool is_rule(const struct look *look)
{
    char mark = look->line[look->at];
    size_t count = 0;
    if (look->indent >= INDENTED || !strchr("-*_", mark))
        return false;
    for (size_t i = look->at; i < look->len; i++) {
        if (look->line[i] == mark)
            count++;
        else if (look->line[i] != ' ' && look->line[i] != '\t')
            return false;
    }
    return count >= 3;
}

static bool is_heading(const struct look *look)
{
    size_t at = look->at;
    while (at < look->len && look->line[at] == '#')
        at++;
    size_t level = at - look->at;
    return look->indent < INDENTED && level >= 1 && level <= 6 &&
           (at == look->len || look->line[at] == ' ' || look->line[at] == '\t');
}

struct marker {
    char mark;
    unsigned number;
    size_t content; /* the column of the text behind it */
    bool is_empty;
};

static bool is_marker(const struct look *look, struct marker *marker)
{
    size_t at = look->at, digits = 0;
    *marker = (struct marker){0};
    for (; digits < 9 && at < look->len && isdigit((unsigned char)look->line[at]); at++, digits++)
        marker->number = marker->number * 10 + (unsigned)(look->line[at] - '0');
    if (look->indent >= INDENTED || at == look->len ||
        !strchr(digits ? ".)" : "-+*", look->line[at]))
        return false;
    marker->mark = look->line[at++];
    size_t column = look->indent + (at - look->at), blanks = 0;
    for (; at < look->len && (look->line[at] == ' ' || look->line[at] == '\t'); at++)
        blanks += look->line[at] == ' ' ? 1 : TAB - (column + blanks) % TAB;
    marker->is_empty = at == look->len;
    marker->content = column + (marker->is_empty || blanks > INDENTED ? 1 : blanks);
    return blanks > 0 || marker->is_empty;
}

/* | --- | :-: | */
static bool is_delimiter(const struct look *look)
{
    bool dash = false, bar = false;
    for (size_t i = look->at; i < look->len; i++) {
        if (!strchr("|-: \t", look->line[i]))
            return false;
        dash = dash || look->line[i] == '-';
        bar = bar || look->line[i] == '|' || look->line[i] == ':';
    }
    return dash && bar;
}

/* ---- Blocks */

static bool begin(struct scanner *scanner, enum scanner_state state, const struct look *look)
{
    scanner->block = (struct block){.start = look->start,
                                    .kind = state == SCAN_CODE    ? BLOCK_CODE
                                            : state == SCAN_PLAIN ? BLOCK_PLAIN
                                                                  : BLOCK_TEXT,
                                    .gap = !scanner->after_heading || scanner->after_blank};
    scanner->state = state;
    scanner->lines = 1;
    scanner->after_blank = scanner->after_heading = false;
    return true;
}

static bool go_on(struct scanner *scanner, enum scanner_state state, const struct look *look)
{
    struct block before = scanner->block;
    begin(scanner, state, look);
    scanner->block.gap = false;
    scanner->block.goes_on = true;
    scanner->block.fence = before.fence;
    scanner->block.highlight = scanner->highlight;
    scanner->block.head = before.head;
    scanner->block.head_len = before.head_len;
    return true;
}

static bool stay(struct scanner *scanner)
{
    scanner->lines++;
    scanner->after_blank = false;
    return false;
}

static bool is_over(const struct scanner *scanner, const struct look *look, size_t max)
{
    return look->start - scanner->block.start >= max;
}

static bool begin_code(struct scanner *scanner, const struct look *look, const struct fence *fence)
{
    begin(scanner, SCAN_CODE, look);
    scanner->block.fence = *fence;
    scanner->block.highlight =
        highlight_begin(look->line + fence->info, fence_language(fence, look->line));
    scanner->highlight = scanner->block.highlight;
    return true;
}

static bool scan_code(struct scanner *scanner, const struct look *look)
{
    if (!look->goes_on && fence_closes(&scanner->block.fence, look->line, look->len)) {
        scanner->state = SCAN_BETWEEN;
        return false;
    }
    bool begins = is_over(scanner, look, CODE_MAX) && go_on(scanner, SCAN_CODE, look);
    highlight_skip(&scanner->highlight, look->line, look->len);
    return begins;
}

/* An item counts on from the one before, as CommonMark has it: 1. 1. 1. is 1. 2. 3. */
static bool begin_item(struct scanner *scanner, const struct look *look,
                       const struct marker *marker)
{
    bool is_next = scanner->state == SCAN_LIST && scanner->list_mark == marker->mark;
    bool after_blank = scanner->after_blank;
    begin(scanner, SCAN_LIST, look);
    if (is_next) {
        scanner->block.gap = after_blank;
        scanner->block.ordinal = ++scanner->ordinal;
    } else {
        scanner->ordinal = marker->number;
    }
    scanner->list_mark = marker->mark;
    scanner->content = marker->content;
    return true;
}

static bool in_paragraph(const struct scanner *scanner)
{
    return scanner->state == SCAN_TEXT && !scanner->after_blank;
}

static bool may_begin_item(const struct scanner *scanner, const struct look *look,
                           const struct marker *marker)
{
    if (scanner->state == SCAN_LIST && look->indent >= scanner->content)
        return false;
    return !in_paragraph(scanner) ||
           (!marker->is_empty &&
            (!isdigit((unsigned char)look->line[look->at]) || marker->number == 1));
}

/* Lines that begin a block wherever they stand at the left margin. */
static bool begins_here(struct scanner *scanner, const struct look *look)
{
    struct fence fence;
    struct marker marker;
    bool inside = scanner->state == SCAN_LIST && look->indent >= scanner->content;
    if (inside || look->indent >= INDENTED)
        return false;
    if (fence_opens(&fence, look->line, look->len))
        return begin_code(scanner, look, &fence);
    bool heading = is_heading(look);
    bool rule = is_rule(look) && !(in_paragraph(scanner) && look->line[look->at] == '-');
    if (heading || rule) {
        begin(scanner, SCAN_BETWEEN, look);
        scanner->after_heading = heading;
        return true;
    }
    if (is_marker(look, &marker) && !is_rule(look) && may_begin_item(scanner, look, &marker))
        return begin_item(scanner, look, &marker);
    bool quote = look->line[look->at] == '>';
    if (quote && (scanner->state == SCAN_LIST || scanner->state == SCAN_TABLE))
        return begin(scanner, SCAN_TEXT, look);
    return false;
}

/* A table's second line tells that it is one.  What is indented as code is none of its lines. */
static void note_table(struct scanner *scanner, const struct look *look)
{
    size_t first_len = look->start - scanner->block.start, head = first_len + look->len;
    struct look first = look_at(look->line - first_len, 0, first_len);
    bool is_code = first.indent >= INDENTED || look->indent >= INDENTED;
    if (scanner->state != SCAN_TEXT || scanner->lines != 1 || !is_delimiter(look) || is_code ||
        head > TABLE_HEAD_MAX || !memchr(first.line, '|', first_len))
        return;
    scanner->state = SCAN_TABLE;
    scanner->block.head = scanner->block.start;
    scanner->block.head_len = head;
}

static bool scan_text(struct scanner *scanner, const struct look *look)
{
    bool in_list = scanner->state == SCAN_LIST;
    if (scanner->after_blank && look->indent < (in_list ? scanner->content : INDENTED) &&
        look->indent < INDENTED)
        return begin(scanner, SCAN_TEXT, look);
    if (scanner->state == SCAN_TABLE && is_over(scanner, look, TABLE_MAX))
        return go_on(scanner, SCAN_TABLE, look);
    if (is_over(scanner, look, TEXT_MAX))
        return go_on(scanner, SCAN_PLAIN, look);
    note_table(scanner, look);
    return stay(scanner);
}

static bool scan_blank(struct scanner *scanner)
{
    scanner->after_blank = true;
    if (scanner->state == SCAN_TABLE || scanner->state == SCAN_PLAIN)
        scanner->state = SCAN_BETWEEN;
    return false;
}

static bool scan_rest(struct scanner *scanner, const struct look *look)
{
    if (scanner->state == SCAN_CODE)
        return scan_code(scanner, look);
    if (scanner->state == SCAN_PLAIN)
        return is_over(scanner, look, PLAIN_MAX) && go_on(scanner, SCAN_PLAIN, look);
    return is_over(scanner, look, TEXT_MAX) && go_on(scanner, SCAN_PLAIN, look);
}

static bool scan(struct scanner *scanner, const struct look *look)
{
    if (look->goes_on || scanner->state == SCAN_CODE)
        return scan_rest(scanner, look);
    if (look->at == look->len)
        return scan_blank(scanner);
    if (scanner->state == SCAN_PLAIN)
        return scan_rest(scanner, look);
    if (begins_here(scanner, look))
        return true;
    if (scanner->state == SCAN_BETWEEN)
        return begin(scanner, SCAN_TEXT, look);
    return scan_text(scanner, look);
}

bool scanner_line(struct scanner *scanner, const char *source, size_t start, size_t len,
                  bool goes_on)
{
    struct look look = look_at(source, start, len);
    look.goes_on = goes_on;
    return scan(scanner, &look);
}
