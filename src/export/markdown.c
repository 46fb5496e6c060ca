/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As Markdown.  Answers are Markdown already and stay as they are, but for code that was never closed:
 * it would swallow what comes after.  What is no Markdown of the model's (outputs, arguments, files)
 * stands between fences longer than any in it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "export/escape.h"
#include "export/format.h"
#include "export/talk.h"
#include "text/fence.h"

enum { FENCE_MIN = 3 };

static void end_line(struct buf *out)
{
    if (out->len > 0 && out->data[out->len - 1] != '\n')
        buf_addc(out, '\n');
}

static void add_marks(struct buf *out, char mark, size_t count)
{
    while (count-- > 0)
        buf_addc(out, mark);
}

static size_t longest_run(const char *text, size_t len, char mark)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < len; i++) {
        run = text[i] == mark ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void add_fenced(struct buf *out, const char *language, const char *text, size_t len)
{
    size_t count = longest_run(text, len, '`') + 1;
    count = count < FENCE_MIN ? FENCE_MIN : count;
    add_marks(out, '`', count);
    buf_addf(out, "%s\n", language);
    buf_add(out, text, len);
    end_line(out);
    add_marks(out, '`', count);
    buf_adds(out, "\n\n");
}

/* The fence that is open at the end; its count is 0 when none is. */
static struct fence open_fence(const char *text, size_t len)
{
    struct fence fence = {0};
    const char *end = text + len;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t line = (size_t)((newline ? newline : end) - text);
        struct fence opened;
        if (fence.count > 0 && fence_closes(&fence, text, line))
            fence = (struct fence){0};
        else if (fence.count == 0 && fence_opens(&opened, text, line))
            fence = opened;
        text += line + 1;
    }
    return fence;
}

static void add_prose(struct buf *out, const char *text, size_t len)
{
    struct fence fence = open_fence(text, len);
    buf_add(out, text, len);
    end_line(out);
    if (fence.count > 0) {
        add_marks(out, fence.mark, fence.count);
        buf_addc(out, '\n');
    }
    buf_addc(out, '\n');
}

static void fold(struct buf *out, const char *summary)
{
    buf_addf(out, "<details>\n<summary>%s</summary>\n\n", summary);
}

static void unfold(struct buf *out)
{
    buf_adds(out, "</details>\n\n");
}

/* ---- Turns ---- */

static void add_attachments(struct buf *out, const struct talk *talk, const struct turn *turn)
{
    rn_attachment attachment;
    for (size_t k = 0; talk_attachment(talk, turn, k, &attachment); k++) {
        struct buf name = BUF_INIT;
        escape_adds(&name, attachment.url     ? attachment.url
                           : *attachment.name ? attachment.name
                                              : attachment.type);
        if (attachment.data) {
            fold(out, buf_str(&name));
            add_fenced(out, "", attachment.data, attachment.len);
            unfold(out);
        } else {
            buf_addf(out, "[attached: %s]\n\n", buf_str(&name));
        }
        buf_clear(&name);
    }
}

static void add_call(struct buf *out, const struct turn *turn)
{
    struct buf summary = BUF_INIT;
    buf_adds(&summary, "<b>");
    escape_adds(&summary, turn->tool);
    buf_adds(&summary, "</b> ");
    escape_adds(&summary, turn->brief);
    buf_adds(&summary, *turn->brief ? ": " : "");
    escape_adds(&summary, *turn->status ? turn->status : "no result");
    fold(out, buf_str(&summary));
    if (*turn->args)
        add_fenced(out, "json", turn->args, strlen(turn->args));
    add_fenced(out, "", turn->text, turn->len);
    unfold(out);
    buf_clear(&summary);
}

static void add_folded(struct buf *out, const char *summary, const struct turn *turn)
{
    fold(out, summary);
    add_prose(out, turn->text, turn->len);
    unfold(out);
}

static void add_turn(struct buf *out, const struct talk *talk, const struct turn *turn)
{
    switch (turn->kind) {
    case TURN_SYSTEM:
        add_folded(out, "System prompt", turn);
        break;
    case TURN_USER:
        add_prose(out, turn->text, turn->len);
        add_attachments(out, talk, turn);
        break;
    case TURN_THOUGHT:
        add_folded(out, "Thinking", turn);
        break;
    case TURN_ANSWER:
        add_prose(out, turn->text, turn->len);
        if (turn->is_partial)
            buf_adds(out, "*The answer was cut off here.*\n\n");
        break;
    case TURN_CALL:
        add_call(out, turn);
        break;
    }
}

/* ---- The whole ---- */

enum speaker { NOBODY, USER, MODEL };

static enum speaker speaker_of(const struct turn *turn)
{
    return turn->kind == TURN_SYSTEM ? NOBODY : turn->kind == TURN_USER ? USER : MODEL;
}

static void add_title(struct buf *out, const struct talk *talk)
{
    char time[TALK_TIME_SIZE];
    char *models = talk_models(talk);
    const char *parts[] = {models, talk_time(talk, time), talk->about.id};
    bool has_any = false;
    buf_addf(out, "# %s\n\n", talk->about.title);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (*parts[i])
            buf_addf(out, "%s%s", has_any ? " · " : "", parts[i]);
        has_any |= *parts[i] != '\0';
    }
    buf_adds(out, has_any ? "\n\n" : "");
    free(models);
}

void export_markdown(const struct talk *talk, struct buf *out)
{
    enum speaker before = NOBODY;
    add_title(out, talk);
    for (size_t i = 0; i < talk->count; i++) {
        enum speaker speaker = speaker_of(&talk->turns[i]);
        if (speaker != before || speaker == USER)
            buf_adds(out, speaker == USER ? "## You\n\n" : speaker == MODEL ? "## Answer\n\n" : "");
        before = speaker;
        add_turn(out, talk, &talk->turns[i]);
    }
    while (out->len > 1 && out->data[out->len - 1] == '\n' && out->data[out->len - 2] == '\n')
        buf_drop_end(out, 1);
}
