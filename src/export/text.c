/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As text: what the user said behind a ">", as letters have it; answers as they are; calls in brackets.
 */
#include "base/buf.h"
#include "export/format.h"
#include "export/talk.h"

#include <string.h>

static void add_lines(struct buf *out, const char *prefix, const char *text, size_t len)
{
    const char *end = text + len;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline ? newline : end;
        if (stop > text)
            buf_adds(out, prefix);
        else
            buf_add(out, prefix, strcspn(prefix, " ")); /* no blank at the end of an empty line */
        buf_add(out, text, (size_t)(stop - text));
        buf_addc(out, '\n');
        text = stop + 1;
    }
}

static void add_attachments(struct buf *out, const struct talk *talk, const struct turn *turn)
{
    rn_attachment attachment;
    for (size_t k = 0; talk_attachment(talk, turn, k, &attachment); k++)
        buf_addf(out, "> [%s]\n",
                 attachment.url     ? attachment.url
                 : *attachment.name ? attachment.name
                                    : attachment.type);
}

static void add_call(struct buf *out, const struct turn *turn)
{
    buf_addf(out, "[%s%s%s: %s]\n", turn->tool, *turn->brief ? " " : "", turn->brief,
             *turn->status ? turn->status : "no result");
    add_lines(out, "    ", turn->text, turn->len);
}

static void add_turn(struct buf *out, const struct talk *talk, const struct turn *turn)
{
    switch (turn->kind) {
    case TURN_SYSTEM:
        buf_adds(out, "System prompt:\n");
        add_lines(out, "    ", turn->text, turn->len);
        break;
    case TURN_USER:
        add_lines(out, "> ", turn->text, turn->len);
        add_attachments(out, talk, turn);
        break;
    case TURN_THOUGHT:
        buf_adds(out, "Thinking:\n");
        add_lines(out, "    ", turn->text, turn->len);
        break;
    case TURN_ANSWER:
        add_lines(out, "", turn->text, turn->len);
        if (turn->is_partial)
            buf_adds(out, "[the answer was cut off here]\n");
        break;
    case TURN_CALL:
        add_call(out, turn);
        break;
    }
}

void export_text(const struct talk *talk, struct buf *out)
{
    char time[TALK_TIME_SIZE];
    buf_addf(out, "%s\n", talk->about.title);
    if (*talk_time(talk, time))
        buf_addf(out, "%s\n", time);
    for (size_t i = 0; i < talk->count; i++) {
        buf_addc(out, '\n');
        add_turn(out, talk, &talk->turns[i]);
    }
}
