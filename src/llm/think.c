/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/think.h"

#include <string.h>

/* An answer that begins with more blanks than this is no thinking: it is not held back for ever. */
enum { BLANKS_MAX = 256 };

static const char open_tag[] = "<think>";
static const char close_tag[] = "</think>";

static size_t blanks(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && memchr(" \t\r\n", text[n], 4))
        n++;
    return n;
}

static void move_all(struct buf *from, struct buf *to)
{
    buf_add(to, buf_str(from), from->len);
    buf_reset(from);
}

/* Before the tag only blanks may stand; false when more must come before it is known. */
static bool leave_before(struct think *think, struct buf *answer)
{
    struct buf *held = &think->held;
    size_t skip = blanks(buf_str(held), held->len);
    size_t rest = held->len - skip, tag = sizeof(open_tag) - 1;
    size_t compare = rest < tag ? rest : tag;
    if (skip > BLANKS_MAX || (compare > 0 && memcmp(held->data + skip, open_tag, compare) != 0)) {
        think->place = THINK_OVER;
        move_all(held, answer);
        return false;
    }
    if (rest < tag)
        return false;
    buf_drop(held, skip + tag);
    think->place = THINK_INSIDE;
    return true;
}

/* The longest end of the text that could be the beginning of the closing tag. */
static size_t tag_begun(const struct buf *held)
{
    size_t most = sizeof(close_tag) - 2;
    for (size_t n = held->len < most ? held->len : most; n > 0; n--)
        if (memcmp(held->data + held->len - n, close_tag, n) == 0)
            return n;
    return 0;
}

static bool leave_inside(struct think *think, struct buf *thinking)
{
    struct buf *held = &think->held;
    const char *found =
        held->len > 0 ? memmem(held->data, held->len, close_tag, sizeof(close_tag) - 1) : NULL;
    size_t part = found ? (size_t)(found - held->data) : held->len - tag_begun(held);
    buf_add(thinking, buf_str(held), part);
    buf_drop(held, found ? part + sizeof(close_tag) - 1 : part);
    if (found)
        think->place = THINK_BEHIND;
    return found;
}

/* Blanks between the closing tag and the answer belong to neither. */
static bool leave_behind(struct think *think)
{
    buf_drop(&think->held, blanks(buf_str(&think->held), think->held.len));
    if (think->held.len == 0)
        return false;
    think->place = THINK_OVER;
    return true;
}

void think_split(struct think *think, const char *text, size_t len, struct buf *thinking,
                 struct buf *answer)
{
    buf_add(&think->held, text, len);
    if (think->place == THINK_BEFORE && !leave_before(think, answer))
        return;
    if (think->place == THINK_INSIDE && !leave_inside(think, thinking))
        return;
    if (think->place == THINK_BEHIND && !leave_behind(think))
        return;
    move_all(&think->held, answer);
}

void think_end(struct think *think, struct buf *thinking, struct buf *answer)
{
    move_all(&think->held, think->place == THINK_INSIDE ? thinking : answer);
    think->place = THINK_OVER;
}

void think_clear(struct think *think)
{
    buf_clear(&think->held);
}
