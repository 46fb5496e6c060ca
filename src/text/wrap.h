/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Soft text to hard rows: where the rows of a text begin at a width.  The text only grows at its end;
 * then only its last row is laid out again, because breaking a row looks no further than what does
 * not fit into it, and so the beginning of a row never moves.  That makes the cost of a piece
 * independent of what is there already.
 *
 * The text stays the caller's and is given anew each time.
 */
#ifndef TEXT_WRAP_H
#define TEXT_WRAP_H

#include <stdbool.h>
#include <stddef.h>

struct wrap {      /* zero is one that breaks between words */
    bool anywhere; /* rather break where the row is full: for text that is being edited */
    bool hangs;    /* rows that go on stand under their line's last column: for text that is whole */
    int width;
    size_t len;     /* of the text that has been laid out */
    size_t *starts; /* where each row begins */
    size_t count, cap;
    size_t line;  /* where the line of the last row begins */
    size_t solid; /* rows up to the last one on which anything is to be seen */
};

void wrap_clear(struct wrap *wrap);
void wrap_reset(struct wrap *wrap); /* for another text; keep the memory */
/* Lay out a text that begins with the one of the last time; anew if the width is another (it is at
 * least 1). */
void wrap_update(struct wrap *wrap, const char *text, size_t len, int width);
/* Where a row ends, for the eye: without its newline, and between words without the spaces. */
size_t wrap_end(const struct wrap *wrap, const char *text, size_t row);
/* The columns that stay empty before a row, where rows hang. */
int wrap_indent(const struct wrap *wrap, const char *text, size_t row);
/* Where the second column of a line begins: after two spaces or more.  0: it has only one. */
size_t wrap_column(const char *line, size_t len);
/* The row that a byte of the text is on. */
size_t wrap_row_at(const struct wrap *wrap, size_t offset);

#endif
