/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines of JSON, cut out of a stream of bytes: a line ends in LF, a CR before it is dropped, empty
 * lines are skipped.  The same manners as io/sse.h.
 */
#ifndef IO_NDJSON_H
#define IO_NDJSON_H

#include <stdbool.h>
#include <stddef.h>

struct ndjson;

struct ndjson_line {
    const char *data;
    size_t len;
    bool is_tail;           /* the bytes ended without its newline */
};

enum { NDJSON_LINE_MAX = 64 * 1024 * 1024 };

struct ndjson *ndjson_new(void);
void ndjson_free(struct ndjson *ndjson);
void ndjson_feed(struct ndjson *ndjson, const char *bytes, size_t len);
void ndjson_end(struct ndjson *ndjson);
bool ndjson_next(struct ndjson *ndjson, struct ndjson_line *line);
bool ndjson_failed(const struct ndjson *ndjson);

#endif
