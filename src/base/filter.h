/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one way to a terminal for text that is not ours.  What comes out holds only newlines, tabs
 * and printable characters whose width every terminal agrees on: no control character, no escape,
 * no bidi override, nothing invisible.
 *
 *      control characters      a visible sign (U+2400 and up)
 *      C1, bidi controls       <U+202E>
 *      invisible characters    left out, counted
 *      malformed UTF-8, unassigned, noncharacters   U+FFFD
 *      CR LF, CR, NEL, LS, PS  a newline
 *      clusters                what all terminals draw alike: joiners and variation selectors
 *                              dropped, skin tones dropped after an emoji, flags as pairs or as
 *                              letters, at most four marks on a base, a leading mark on a dotted
 *                              circle
 *
 * The text may be cut anywhere; the result is the same.  Width is libc's wcwidth, so LC_CTYPE must
 * be a UTF-8 locale.
 */
#ifndef BASE_FILTER_H
#define BASE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Zero is a fresh one; it holds no memory. */
struct filter {
    char cut[4];            /* the beginning of a code point that the last piece ended in */
    unsigned char cut_len;
    bool one_line;          /* newlines and tabs become visible signs too */
    bool after_cr;
    bool has_base;          /* the last character may take marks; */
    unsigned char marks;    /* so many it has */
    unsigned char joiners;  /* left out since it */
    bool takes_tone;        /* a skin tone would melt into it */
    uint32_t flag;          /* a regional indicator that waits for its pair */
    unsigned long hidden;   /* invisible characters left out, beyond those that clusters need */
    unsigned long escaped;  /* control characters made visible */
};

/* Add the filtered form of the next piece of text. */
void filter_add(struct filter *filter, struct buf *out, const char *text, size_t len);
/* The text is over: what was held back comes out.  The counts stay, and the next text may begin. */
void filter_end(struct filter *filter, struct buf *out);
/* A whole text at once. */
void filter_text(struct buf *out, const char *text, size_t len);
/* The same for one line: newlines and tabs become visible signs too. */
void filter_line(struct buf *out, const char *text, size_t len);

#endif
