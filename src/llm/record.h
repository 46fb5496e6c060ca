/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The wire record: what went over the wire, as JSON Lines, so that trouble with a server becomes a file
 * that can be sent and decoded again.  No key is in it: the request's headers are not written, secret
 * parameters of its URL and secret headers of the answer neither, and where a server repeats the key, or
 * the body holds it, there are stars.
 *
 *      {"type":"wire","v":1,"wire":"openai","url":"...","time":"...","request":{...}}
 *      {"t":212,"status":200,"headers":"content-type: text/event-stream\n..."}
 *      {"t":212,"bytes":"data: {...}\n\n"}         or "hex", when they are not UTF-8
 *      {"t":845,"end":""}                          or why it broke
 *
 * `t` is in ms since the request.  A line of bytes is what arrived together.
 */
#ifndef LLM_RECORD_H
#define LLM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct error;
struct mail;

struct record {
    int fd;
    const char *const *headers; /* the request's, ended by NULL: what is secret in them is struck out */
};

void record_request(const struct record *record, const char *wire, const char *url, const char *body);
void record_mail(const struct record *record, const struct mail *mail, int64_t t);

/* Reading it back. */
struct record_line {
    enum record_kind { RECORD_REQUEST, RECORD_HEAD, RECORD_BYTES, RECORD_END } kind;
    char wire[32]; /* of the request */
    int status;
    char content_type[128];
    struct buf bytes;
};

/* The file begins like a record, and not like a recorded body. */
bool record_is(const char *file);
/* -1 with an error when the line is none of a record's. */
int record_read(struct record_line *line, const char *text, size_t len, struct error *error);
void record_line_clear(struct record_line *line);

#endif
