/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/harmless.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/filter.h"
#include "chat/chat.h"
#include "export/talk.h"

static bool is_others(enum turn_kind kind)
{
    return kind == TURN_THOUGHT || kind == TURN_ANSWER || kind == TURN_CALL;
}

static struct filter count(const struct talk *talk)
{
    struct filter filter = {0};
    struct buf shown = BUF_INIT;
    for (size_t i = 0; i < talk->count; i++) {
        if (!is_others(talk->turns[i].kind))
            continue;
        filter_add(&filter, &shown, talk->turns[i].text, talk->turns[i].len);
        filter_end(&filter, &shown);
        buf_reset(&shown);
    }
    buf_clear(&shown);
    return filter;
}

static void tell(struct buf *out, const char *before, unsigned long count, const char *what,
                 const char *done)
{
    if (count > 0)
        buf_addf(out, "%s%lu %s character%s %s", before, count, what, count == 1 ? "" : "s", done);
}

void harmless_tell(const struct chat *chat, struct buf *out)
{
    const struct talk_about about = {0};
    struct talk *talk = talk_new(chat_conversation(chat), &about);
    struct filter filter = count(talk);
    talk_free(talk);
    if (filter.escaped == 0 && filter.hidden == 0)
        return;
    buf_adds(out, "\nMade harmless on the screen: ");
    tell(out, "", filter.escaped, "control", "shown as signs");
    tell(out, filter.escaped > 0 ? ", " : "", filter.hidden, "invisible", "left out");
    buf_addc(out, '.');
}
