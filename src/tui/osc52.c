/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/osc52.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"

/* GNU screen keeps no more than 256 bytes of one string (768 in newer ones), and shows the rest as
 * text. */
enum { SCREEN_PIECE = 240 };

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && value[0];
}

/* Over ssh the two variables are missing, and TERM is all that is left.  That of screen says nothing:
 * tmux uses it too. */
enum osc52_road osc52_road(void)
{
    const char *term = getenv("TERM");
    if (is_set("TMUX") || (term && strncmp(term, "tmux", strlen("tmux")) == 0))
        return OSC52_TMUX;
    return is_set("STY") ? OSC52_SCREEN : OSC52_DIRECT;
}

/* Its end is BEL, which all terminals take, and which does not end the string that it may be wrapped
 * in. */
static void add_sequence(struct buf *out, const char *text, size_t len)
{
    buf_adds(out, "\033]52;c;");
    base64_add(out, text, len);
    buf_addc(out, '\a');
}

/* tmux hands on what is wrapped so, each Esc doubled, if allow-passthrough is on.  If set-clipboard is on
 * it takes the sequence as it is, also for its own buffers; either may be off, so it gets both. */
static void add_for_tmux(struct buf *out, const struct buf *sequence)
{
    buf_addf(out, "\033Ptmux;\033%s\033\\", sequence->data);
    buf_add(out, sequence->data, sequence->len);
}

static void add_for_screen(struct buf *out, const struct buf *sequence)
{
    for (size_t at = 0; at < sequence->len; at += SCREEN_PIECE) {
        size_t left = sequence->len - at;
        buf_adds(out, "\033P");
        buf_add(out, sequence->data + at, left < SCREEN_PIECE ? left : SCREEN_PIECE);
        buf_adds(out, "\033\\");
    }
}

void osc52_add(struct buf *out, const char *text, size_t len, enum osc52_road road)
{
    struct buf sequence = BUF_INIT;
    add_sequence(&sequence, text, len);
    if (road == OSC52_TMUX)
        add_for_tmux(out, &sequence);
    else if (road == OSC52_SCREEN)
        add_for_screen(out, &sequence);
    else
        buf_add(out, sequence.data, sequence.len);
    buf_clear(&sequence);
}
