/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory that is always there: out of memory ends the process, since limits on all that comes from
 * outside keep it away.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *s);               /* NULL gives NULL */
char *xstrndup(const char *s, size_t len);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Overwrite a secret before it is freed; the compiler may not leave it out. */
void wipe(void *secret, size_t len);

#define xnew(type) ((type *)xcalloc(1, sizeof(type)))

#endif
