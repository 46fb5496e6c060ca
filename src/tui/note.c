/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/note.h"

#include <string.h>

#include "base/buf.h"
#include "text/styled.h"
#include "text/wrap.h"

void note_add(const struct buf *text, struct styled *shown)
{
    for (size_t start = 0; start < text->len;) {
        const char *line = text->data + start;
        const char *newline = memchr(line, '\n', text->len - start);
        size_t len = newline ? (size_t)(newline - line) : text->len - start;
        size_t first = wrap_column(line, len);
        styled_add(shown, STYLE_TEXT, line, first);
        styled_add(shown, STYLE_FAINT, line + first, len - first + (newline != NULL));
        start += len + (newline != NULL);
    }
}
