/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File descriptors: whole reads and writes, whatever the kernel cuts or interrupts.
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stddef.h>

struct buf;
struct error;

/* 0, or -1 with errno. */
int fd_write_all(int fd, const char *bytes, size_t len);
/* Add all there is until the end, at most `max` bytes; -1 with an error, also when there is more. */
int fd_read_all(int fd, struct buf *out, size_t max, struct error *error);
/* The same of a file by name. */
int file_read(const char *path, struct buf *out, size_t max, struct error *error);

#endif
