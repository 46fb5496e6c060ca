/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A growing run of bytes, always followed by a NUL that is not counted.  `data` is NULL only while
 * nothing has been added; buf_str gives "" then.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t len, cap;
};

#define BUF_INIT {0}

void buf_clear(struct buf *buf);            /* free, and leave it ready again */
void buf_reset(struct buf *buf);            /* empty, keep the memory */
void buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_adds(struct buf *buf, const char *s);
void buf_addc(struct buf *buf, char c);
void buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
void buf_drop(struct buf *buf, size_t len); /* remove from the front */
void buf_drop_end(struct buf *buf, size_t len);
char *buf_take(struct buf *buf);            /* the bytes are the caller's, the buf is empty */
/* As snprintf: at most `size` bytes, the last a NUL; the length of the whole. */
size_t buf_copy(const struct buf *buf, char *text, size_t size);
const char *buf_str(const struct buf *buf);

#endif
