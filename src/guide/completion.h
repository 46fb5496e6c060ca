/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One chat completion in OpenAI's shape: from a request's body to the guide's answer, its calls of
 * tools included, whole or piece by piece.  It knows no socket and no clock's pace.
 */
#ifndef GUIDE_COMPLETION_H
#define GUIDE_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct completion;
struct error;

/* `number` makes its id.  NULL with an error when the body is no request that can be answered. */
struct completion *completion_new(const char *body, size_t len, unsigned long number,
                                  struct error *error);
void completion_free(struct completion *completion);

/* Whether a stream is asked for, and of how many pieces the answer is. */
bool completion_is_stream(const struct completion *completion);
size_t completion_pieces(const struct completion *completion);

/* Add the server-sent events of the next piece; with the last one come the end and the usage. */
void completion_next(struct completion *completion, struct buf *out);
bool completion_is_over(const struct completion *completion);
/* Add the whole answer as one JSON object. */
void completion_whole(const struct completion *completion, struct buf *out);

/* Add an error as OpenAI tells it. */
void completion_error(struct buf *out, const char *type, const char *message);
/* Add the list of models. */
void completion_models(struct buf *out);

#endif
