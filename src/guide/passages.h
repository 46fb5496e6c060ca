/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The documentation cut into passages, and found by what a question says.  The texts are the
 * documents', which outlive the passages.
 */
#ifndef GUIDE_PASSAGES_H
#define GUIDE_PASSAGES_H

#include <stddef.h>

struct guide_document;
struct passages;

struct passage {
    const char *file;       /* "docs/concept.md" */
    const char *title;      /* of the document: its first heading */
    const char *section;    /* the heading that it stands under */
    const char *text;       /* whole Markdown blocks */
    size_t len;
};

struct hit {
    const struct passage *passage;
    double score;
    double share;           /* of what the question is about: 1 is all of it */
};

/* Documents end with a NULL name. */
struct passages *passages_new(const struct guide_document *documents);
void passages_free(struct passages *passages);
size_t passages_count(const struct passages *passages);
const struct passage *passages_at(const struct passages *passages, size_t index);

/* The passages that say something of the question, best first: how many, at most `max`. */
size_t passages_find(const struct passages *passages, const char *question, struct hit *hits,
                     size_t max);

#endif
