/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The wire has no place for how a call went: it says so in its output.  The sentences looked for here
 * are those of agent/tasks.c.
 */
#include "guide/result.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

enum { LINES_SHOWN = 12, LINE_SHOWN = 200 };

enum ending { ENDED_WELL, ENDED_DENIED, ENDED_BADLY };

/* How the whole output begins, or what its last line says in brackets. */
static const struct {
    enum ending ending;
    const char *begin, *remark;
} endings[] = {
    {ENDED_DENIED, .begin = "The user did not allow this call"},
    {ENDED_DENIED, .begin = "This call is not allowed here"},
    {ENDED_BADLY, .begin = "There is no tool named "},
    {ENDED_BADLY, .begin = "The arguments are no JSON object"},
    {ENDED_BADLY, .begin = "Error"},
    {ENDED_BADLY, .begin = "error:"},
    {ENDED_BADLY, .remark = "exit status "},
    {ENDED_BADLY, .remark = "ended by signal "},
    {ENDED_BADLY, .remark = "did not end within "},
    {ENDED_BADLY, .remark = "cannot run "},
    {ENDED_BADLY, .remark = "stopped before it had finished"},
};

static const struct {
    const char *tool, *hint;
} hints[] = {
    {"time", "Time zones are named like Europe/Paris."},
    {"calculate", "Write it with digits, + - * / ^ and parentheses."},
    {"list_files", "Ask me **what files are here?** to see the names."},
    {"read_file", "Ask me **what files are here?** to see the names."},
    {"search_files", "Ask me **what files are here?** to see where there is something to search."},
};

static const char *remark_of(const char *output)
{
    const char *newline = strrchr(output, '\n'), *line = newline ? newline + 1 : output;
    return *line == '[' ? line : "";
}

static enum ending ending_of(const char *output)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        const char *begin = endings[i].begin, *remark = endings[i].remark;
        if (begin ? !strncmp(output, begin, strlen(begin))
                  : strstr(remark_of(output), remark) != NULL)
            return endings[i].ending;
    }
    return ENDED_WELL;
}

static size_t line_count(const char *text)
{
    size_t count = 0;
    for (; *text; count++) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return count;
}

/* The first lines' bytes. */
static size_t lines_length(const char *text, size_t lines)
{
    const char *at = text;
    for (; *at && lines > 0; lines--) {
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return (size_t)(at - text);
}

static size_t longest_run(const char *text, char of)
{
    size_t longest = 0, run = 0;
    for (; *text; text++) {
        run = *text == of ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void add_run(struct buf *out, char c, size_t count)
{
    while (count-- > 0)
        buf_addc(out, c);
}

/* A fence longer than any in the text, so that nothing in it ends the quotation. */
static void quote_lines(const char *text, struct buf *out)
{
    size_t fence = longest_run(text, '`') + 1, lines = line_count(text);
    size_t len = lines_length(text, LINES_SHOWN);
    fence = fence < 3 ? 3 : fence;
    buf_adds(out, "\n\n");
    add_run(out, '`', fence);
    buf_addc(out, '\n');
    buf_add(out, text, len);
    if (text[len - 1] != '\n')
        buf_addc(out, '\n');
    add_run(out, '`', fence);
    if (lines > LINES_SHOWN)
        buf_addf(out, "\n\nThat is the beginning. %zu more lines stand in its result.",
                 lines - LINES_SHOWN);
    buf_adds(out, "\n\n");
}

static void quote(const char *text, struct buf *out)
{
    if (strlen(text) > LINE_SHOWN || strpbrk(text, "\n`"))
        quote_lines(text, out);
    else
        buf_addf(out, " `%s`\n\n", text);
}

static void name_tool(const char *tool, struct buf *out)
{
    if (*tool && !strpbrk(tool, "`\n"))
        buf_addf(out, "The tool `%s`", tool);
    else
        buf_adds(out, "The tool");
}

static void say_denied(const char *tool, const char *output, struct buf *out)
{
    name_tool(tool, out);
    buf_adds(out, " was not allowed to run. What I am told is:");
    quote(output, out);
    buf_addf(out,
             "So I do not know. If you want it after all, ask me again and say yes, or let it run "
             "without asking: `/allow %s` in a chat, `--allow %s` on the command line.\n\n",
             *tool ? tool : "NAME", *tool ? tool : "NAME");
}

static void say_failed(const char *tool, const char *output, struct buf *out)
{
    name_tool(tool, out);
    buf_adds(out, " failed, and I know no more than it says:");
    quote(output, out);
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (!strcmp(hints[i].tool, tool))
            buf_addf(out, "%s\n\n", hints[i].hint);
    }
}

static void say_given(const char *tool, const char *output, struct buf *out)
{
    name_tool(tool, out);
    if (!*output) {
        buf_adds(out, " says nothing: its output is empty.\n\n");
        return;
    }
    buf_adds(out, " says:");
    quote(output, out);
}

void result_say(const char *tool, const char *output, struct buf *out)
{
    switch (ending_of(output)) {
    case ENDED_WELL:
        say_given(tool, output, out);
        break;
    case ENDED_DENIED:
        say_denied(tool, output, out);
        break;
    case ENDED_BADLY:
        say_failed(tool, output, out);
        break;
    }
}
