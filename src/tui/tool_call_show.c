/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a call of a tool looks like: what is called with which arguments, how it stands with it, and what
 * it gave.
 */
#include "tui/tool_call.h"

#include <string.h>

#include "base/filter.h"
#include "text/cell.h"
#include "text/fields.h"
#include "text/figures.h"
#include "text/patch.h"

enum {
    FOLDED_LINES = 4,
    FOLDED_COLUMNS = 200, /* of each of them */
    CLOCK_FROM_MS = 100,  /* a call that is over by then never shows how long it has run */
};

static const struct gutter head_gutter = {"→ ", "  ", STYLE_ACCENT},
                           text_gutter = {"  ", "  ", STYLE_TEXT},
                           output_gutter = {"│ ", "│ ", STYLE_RULE};

/* How it stands with it: a sign, and in words. */
static const struct look {
    struct gutter gutter;
    const char *word;
    enum style style;
} looks[] = {
    [TOOL_CALL_WRITTEN] = {{"… ", "  ", STYLE_ACCENT}, "writing", STYLE_ACCENT},
    [TOOL_CALL_WAITING] = {{"… ", "  ", STYLE_ACCENT}, "waiting", STYLE_FAINT},
    [TOOL_CALL_ASKED] = {{"? ", "  ", STYLE_WARNING}, "waits for your answer", STYLE_WARNING},
    [TOOL_CALL_RUNNING] = {{"… ", "  ", STYLE_ACCENT}, "running", STYLE_ACCENT},
    [TOOL_CALL_LOST] = {{"■ ", "  ", STYLE_WARNING}, "broken off", STYLE_WARNING},
};

/* Once it has ended, by the result's status. */
static const struct {
    const char *status;
    struct look look;
} ends[] = {
    {"ok", {{"✓ ", "  ", STYLE_GOOD}, "ok", STYLE_GOOD}},
    {"denied", {{"⊘ ", "  ", STYLE_WARNING}, "denied", STYLE_WARNING}},
    {"cancelled", {{"■ ", "  ", STYLE_WARNING}, "stopped", STYLE_WARNING}},
    {"error", {{"✗ ", "  ", STYLE_BAD}, "failed", STYLE_BAD}},
};

static const struct look *look_of(const struct tool_call *call)
{
    size_t last = sizeof(ends) / sizeof(*ends) - 1, i = 0;
    if (call->state != TOOL_CALL_ENDED)
        return &looks[call->state];
    while (i < last && strcmp(call->status, ends[i].status) != 0)
        i++;
    return &ends[i].look;
}

static void add_whole_args(const char *args, struct styled *shown)
{
    struct buf lines = BUF_INIT, text = BUF_INIT;
    fields_text(&lines, args);
    filter_text(&text, buf_str(&lines), lines.len);
    while (text.len > 0 && strchr(" \n", text.data[text.len - 1]))
        buf_drop_end(&text, 1);
    styled_gutter(shown, &text_gutter);
    styled_add(shown, STYLE_TEXT, buf_str(&text), text.len);
    buf_clear(&lines);
    buf_clear(&text);
}

static void add_head(const struct tool_call *call, struct styled *shown)
{
    styled_gutter(shown, &head_gutter);
    styled_adds(shown, STYLE_CHOSEN, call->name);
    if (call->is_unfolded && call->brief.has_cut && call->args) {
        styled_adds(shown, STYLE_TEXT, "\n");
        add_whole_args(call->args, shown);
    } else if (call->head.text.len > 0) {
        styled_adds(shown, STYLE_TEXT, "  ");
        styled_append(shown, &call->head);
    }
    styled_adds(shown, STYLE_TEXT, "\n");
}

static void add_new_args(const struct tool_call *call, struct styled *shown)
{
    struct brief brief = {0};
    struct styled args = {0};
    styled_gutter(shown, &text_gutter);
    styled_adds(shown, STYLE_WARNING, "changed by you to ");
    brief_add(&brief, &args, call->new_args, strlen(call->new_args));
    styled_append(shown, &args);
    styled_adds(shown, STYLE_TEXT, "\n");
    brief_clear(&brief);
    styled_clear(&args);
}

static void add_part(struct buf *line, const char *text)
{
    buf_adds(line, " · ");
    buf_adds(line, text);
}

/* What is being written of a value too long for the head. */
static void add_writing(const struct tool_call *call, struct buf *line)
{
    if (!call->brief.is_cut)
        return;
    buf_adds(line, " · ");
    if (call->brief.lines > 0) {
        buf_adds(line, "line ");
        figures_count(line, (int64_t)call->brief.lines + 1);
        buf_adds(line, ", ");
    }
    figures_bytes(line, call->brief.bytes);
}

static void add_running(const struct tool_call *call, int64_t now, struct buf *line)
{
    if (now >= call->began + CLOCK_FROM_MS) {
        buf_adds(line, " · ");
        figures_duration(line, now - call->began);
    }
    if (call->fraction >= 0 && call->fraction <= 1)
        buf_addf(line, " · %.0f %%", call->fraction * 100);
    if (call->progress.len > 0)
        add_part(line, call->progress.data);
}

static void add_ended(const struct tool_call *call, struct buf *line)
{
    bool is_denied = strcmp(call->status, "denied") == 0;
    if (!is_denied) {
        if (call->ms > 0) {
            buf_adds(line, " · ");
            figures_duration(line, call->ms);
        }
        buf_adds(line, " · ");
        if (call->output.len > 0)
            figures_size(line, call->output.data, call->output.len);
        else
            buf_adds(line, "no output");
    }
    if (call->verdict && !is_denied)
        add_part(line, call->verdict);
}

static void add_state(const struct tool_call *call, int64_t now, int columns, struct styled *shown)
{
    const struct look *look = look_of(call);
    struct buf line = BUF_INIT;
    bool is_denied = call->state == TOOL_CALL_ENDED && strcmp(call->status, "denied") == 0;
    const char *word = is_denied && call->verdict ? call->verdict : look->word;
    if (call->state == TOOL_CALL_WRITTEN)
        add_writing(call, &line);
    else if (call->state == TOOL_CALL_RUNNING)
        add_running(call, now, &line);
    else if (call->state == TOOL_CALL_ENDED)
        add_ended(call, &line);
    size_t len = line.len;
    if (!tool_call_is_over(call)) /* so that its height does not change with each line of it */
        len = cell_fit(buf_str(&line), line.len, columns - cell_columns(word, strlen(word)));
    styled_gutter(shown, &look->gutter);
    styled_adds(shown, look->style, word);
    styled_add(shown, STYLE_FAINT, buf_str(&line), len);
    buf_clear(&line);
}

/* ---- What it gave */

static void add_line(struct styled *shown, enum style style, const char *line, size_t len,
                     bool is_whole)
{
    size_t most = is_whole ? len : cell_fit(line, len, FOLDED_COLUMNS);
    styled_adds(shown, STYLE_TEXT, "\n");
    styled_gutter(shown, &output_gutter);
    styled_add(shown, style, line, most);
    if (most < len)
        styled_adds(shown, STYLE_RULE, "…");
}

static void add_rest(size_t lines, struct styled *shown)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, "… ");
    figures_count(&text, (int64_t)lines);
    buf_adds(&text, " more lines · Alt-O");
    styled_adds(shown, STYLE_TEXT, "\n");
    styled_gutter(shown, &text_gutter);
    styled_adds(shown, STYLE_FAINT, text.data);
    buf_clear(&text);
}

/* The lines that are just being written, and where the pen is. */
static void add_recent(const struct tool_call *call, int columns, struct styled *shown)
{
    struct buf text = BUF_INIT;
    filter_text(&text, buf_str(&call->brief.recent), call->brief.recent.len);
    for (size_t start = 0; start <= text.len;) {
        const char *line = buf_str(&text) + start;
        size_t len = strcspn(line, "\n");
        add_line(shown, STYLE_FAINT, line, cell_fit(line, len, columns - 1), true);
        start += len + 1;
    }
    styled_adds(shown, STYLE_ACCENT, "▌");
    buf_clear(&text);
}

static size_t count_lines(const char *text, size_t len)
{
    size_t lines = 0;
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n' || i + 1 == len;
    return lines;
}

/* A fold that would hide no more than one line is none. */
static void add_output(const struct tool_call *call, struct styled *shown)
{
    struct buf text = BUF_INIT;
    filter_text(&text, buf_str(&call->output), call->output.len);
    bool is_patch = patch_is(buf_str(&text), text.len);
    size_t lines = count_lines(buf_str(&text), text.len);
    bool is_whole = call->is_unfolded || lines <= FOLDED_LINES + 1;
    size_t most = is_whole ? lines : FOLDED_LINES, start = 0;
    for (size_t i = 0; i < most; i++) {
        const char *line = text.data + start;
        const char *newline = memchr(line, '\n', text.len - start);
        size_t len = newline ? (size_t)(newline - line) : text.len - start;
        add_line(shown, is_patch ? patch_style(line, len, STYLE_FAINT) : STYLE_FAINT, line, len,
                 call->is_unfolded);
        start += len + 1;
    }
    if (!is_whole)
        add_rest(lines - most, shown);
    buf_clear(&text);
}

void tool_call_show(struct tool_call *call, int64_t now, int columns, struct styled *shown)
{
    styled_reset(shown);
    add_head(call, shown);
    if (call->new_args)
        add_new_args(call, shown);
    add_state(call, now, columns, shown);
    if (call->state == TOOL_CALL_WRITTEN && call->brief.is_cut)
        add_recent(call, columns, shown);
    /* The output of a denied call tells the model what the user knows. */
    bool is_denial = call->state == TOOL_CALL_ENDED && strcmp(call->status, "denied") == 0;
    if (call->state == TOOL_CALL_ENDED && (!is_denial || call->is_unfolded))
        add_output(call, shown);
    call->is_changed = false;
}
