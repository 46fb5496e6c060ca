/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The formats that a conversation can be written down in: a format is a row of the table in format.c and
 * a function.  A file that is there is never written over.
 */
#ifndef EXPORT_FORMAT_H
#define EXPORT_FORMAT_H

struct buf;
struct error;
struct talk;

struct format {
    const char *name;       /* what --format takes, and the usual ending of its files */
    const char *endings;    /* all of them, each between blanks: " md markdown " */
    const char *help;
    void (*write)(const struct talk *talk, struct buf *out);
};

extern const struct format formats[];   /* ended by a NULL name; the first is the usual one */

/* By its name; NULL with an error that lists them. */
const struct format *format_find(const char *name, struct error *error);
/* By the ending of a file's name; NULL when that is none of theirs. */
const struct format *format_of(const char *path);
/* Write a talk to a new file (0600).  -1 with an error, also when there is one already. */
int format_save(const struct format *format, const struct talk *talk, const char *path,
                struct error *error);

void export_markdown(const struct talk *talk, struct buf *out);
void export_html(const struct talk *talk, struct buf *out);
void export_json(const struct talk *talk, struct buf *out);
void export_text(const struct talk *talk, struct buf *out);

#endif
