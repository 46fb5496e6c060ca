/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The wire has no place for how a call went: the output must say it.  The sentences looked for here are
 * those of agent/tasks.c and of the built-in tools; tests/unit/test_guide_agent.c holds them together.
 */
#include "guide/result.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { LINES_SHOWN = 12, BYTES_SHOWN = 2000, LINE_SHOWN = 200 };

enum ending { ENDED_WELL, ENDED_DENIED, ENDED_BADLY };

static const struct {
    enum ending ending;
    const char *begin;    /* of the whole output */
    const char *remark;   /* in its last line, which is in brackets */
    const char *sentence; /* in an output that is one line */
} endings[] = {
    {ENDED_DENIED, .begin = "The user did not allow this call"},
    {ENDED_DENIED, .begin = "This call is not allowed here"},
    {ENDED_BADLY, .begin = "There is no tool named "},
    {ENDED_BADLY, .begin = "There are no tools here"},
    {ENDED_BADLY, .begin = "The arguments are no JSON object"},
    {ENDED_BADLY, .begin = "Error"},
    {ENDED_BADLY, .begin = "error:"},
    {ENDED_BADLY, .remark = "exit status "},
    {ENDED_BADLY, .remark = "ended by signal "},
    {ENDED_BADLY, .remark = "did not end within "},
    {ENDED_BADLY, .remark = "cannot run "},
    {ENDED_BADLY, .remark = "stopped before it had finished"},
    {ENDED_BADLY, .sentence = "the expression cannot be worked out: "},
    {ENDED_BADLY, .sentence = "\" is not known: "},
    {ENDED_BADLY, .sentence = ": there is no such file or folder"},
    {ENDED_BADLY, .sentence = " is a folder: use list_files"},
    {ENDED_BADLY, .sentence = " is a file: use read_file"},
    {ENDED_BADLY, .sentence = " has only "},
    {ENDED_BADLY, .sentence = " is no text: "},
    {ENDED_BADLY, .sentence = " by a symbolic link: ask for "},
    {ENDED_BADLY, .sentence = ": Permission denied"},
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

static const char *sentence_of(const char *output)
{
    return strchr(output, '\n') ? "" : output;
}

static enum ending ending_of(const char *output)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        const char *begin = endings[i].begin, *remark = endings[i].remark;
        const char *sentence = endings[i].sentence;
        if ((begin && !strncmp(output, begin, strlen(begin))) ||
            (remark && strstr(remark_of(output), remark)) ||
            (sentence && strstr(sentence_of(output), sentence)))
            return endings[i].ending;
    }
    return ENDED_WELL;
}

/* The bytes of the first lines, not too many of them. */
static size_t beginning(const char *text)
{
    const char *at = text;
    for (size_t lines = LINES_SHOWN; *at && lines > 0; lines--) {
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    size_t len = (size_t)(at - text);
    return len <= BYTES_SHOWN ? len : BYTES_SHOWN - utf8_cut(text, BYTES_SHOWN);
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
    size_t run = longest_run(text, '`'), fence = run < 3 ? 3 : run + 1;
    size_t len = beginning(text);
    buf_adds(out, "\n\n");
    add_run(out, '`', fence);
    buf_addc(out, '\n');
    buf_add(out, text, len);
    if (text[len - 1] != '\n')
        buf_addc(out, '\n');
    add_run(out, '`', fence);
    if (text[len])
        buf_addf(out, "\n\nThat is the beginning: its result has %zu bytes.", strlen(text));
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
    buf_addf(
        out,
        "So I do not know. If you want it after all, ask me again and say yes, or let it run "
        "without asking: `/allow %s` in a chat, `--allow %s` on the command line. What the config "
        "denies stays denied.\n\n",
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
