/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeping keys out of what is written down: logs, wire records, and what a server says that went wrong.
 */
#ifndef IO_REDACT_H
#define IO_REDACT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Whether the value of a header or of a URL's parameter is secret, by its name. */
bool redact_is_secret(const char *name, size_t len);
/* Add a URL, with *** for the secret values in its query. */
void redact_url(struct buf *out, const char *url);
/* Overwrite with stars what the secret ones of a request's headers say, wherever it stands. */
void redact_headers(char *text, size_t len, const char *const *headers);

#endif
